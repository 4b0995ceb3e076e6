"""Discord's ids: the millisecond since 2015 in the high bits, a counter in the low 22."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_LOW_BITS = 22
_MILLISECOND = timedelta(milliseconds=1)


class Snowflakes:
    """A source of ids that never repeats one, whatever moments are asked for."""

    def __init__(self) -> None:
        self._count = 0

    def at(self, moment: datetime) -> int:
        """Create an id whose moment is the one given."""
        milliseconds = (moment - EPOCH) // _MILLISECOND
        self._count = (self._count + 1) % (1 << _LOW_BITS)
        return (milliseconds << _LOW_BITS) | self._count


class SpacedMoments:
    """Moments one millisecond apart: guilds made in a row fall on different shards."""

    def __init__(self, first: datetime) -> None:
        self._last = first

    def next(self) -> datetime:
        self._last += _MILLISECOND
        return self._last


def moment_of(snowflake: int) -> datetime:
    """Read the moment out of an id."""
    return EPOCH + (snowflake >> _LOW_BITS) * _MILLISECOND


def shard_of(guild_id: int, shards: int) -> int:
    """Return the shard of a guild (gateway documentation, Sharding formula)."""
    return (guild_id >> _LOW_BITS) % shards
