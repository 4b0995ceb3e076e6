"""What is due at a moment that somebody set: known in memory, and looked at with each heartbeat."""

import logging
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

import database
from domain.command import Answer
from settings import Settings

log = logging.getLogger(__name__)

PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)  # while the database is away
LATER = timedelta(hours=1)  # until what failed by a fault of ours is tried again

K = TypeVar("K", bound=Hashable)


class DueKind(Protocol[K]):
    """One kind of due moments, each of a thing that `K` names."""

    name: str

    async def read(self) -> Mapping[K, datetime]:
        """Read every moment that this process looks after."""
        ...

    def changes_in(self, answer: Answer) -> Mapping[K, datetime | None] | None:
        """Return the moments that an answer changes; None if all are to be read again."""
        ...

    async def act(self, key: K, now: datetime) -> datetime | None:
        """Do what is due, unless somebody else has; return when it is due next, None for never."""
        ...


class DueTimes(Generic[K]):
    """The moments of one kind, as far as this process knows: at first, nothing."""

    def __init__(self, kind: DueKind[K]) -> None:
        self.kind = kind
        self.at: dict[K, datetime] = {}
        self.is_read = self.stopped = False
        # what is set while the database is asked
        self._changed_meanwhile: dict[K, datetime | None] | None = None
        self._pause = PAUSE
        self._paused_until: datetime | None = None

    def set(self, key: K, at: datetime | None) -> None:
        """Set when something is due, None for never."""
        if self._changed_meanwhile is not None:
            self._changed_meanwhile[key] = at
        if at is None:
            self.at.pop(key, None)
        else:
            self.at[key] = at

    async def run_due(self, clock: Callable[[], datetime]) -> None:
        """Do what is due; raises ConnectionLost, and leaves the database alone for a while then."""
        if self.stopped or (self._paused_until and clock() < self._paused_until):
            return
        try:
            if not self.is_read:
                await self._read()
            now = clock()
            for key in [key for key, at in self.at.items() if at <= now]:
                if key in self.at and not self.stopped:
                    await self._act(key, clock())
        except database.ConnectionLost:
            self._paused_until = clock() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self.is_read = False
            raise
        finally:
            self._changed_meanwhile = None
        self._pause, self._paused_until = PAUSE, None

    async def _read(self) -> None:
        self.is_read = True  # unless somebody forgets it meanwhile
        self._changed_meanwhile = {}
        self.at = dict(await self.kind.read())
        for key, at in self._changed_meanwhile.items():
            self.set(key, at)

    async def _act(self, key: K, now: datetime) -> None:
        self._changed_meanwhile = {}
        try:
            at = await self.kind.act(key, now)
        except database.ConnectionLost:
            raise
        except Exception:  # the others are due all the same
            log.exception("%s of %s failed", self.kind.name, key)
            at = now + LATER
        if key not in self._changed_meanwhile:  # what somebody did after it was read holds
            self.set(key, at)


def is_ours(settings: Settings, guild_id: int) -> bool:
    """Return whether this process hears of a server that the bot is in."""
    if settings.shard_ids is None or settings.shard_count is None:
        return True
    return (guild_id >> 22) % settings.shard_count in settings.shard_ids


class Schedule:
    """Everything that is due at some time; while nothing is, the database is not asked."""

    def __init__(self) -> None:
        self._kinds: list[DueTimes[Hashable]] = []
        self._running = False

    def add(self, kind: DueKind[K]) -> DueTimes[K]:
        """Add one more kind."""
        moments = DueTimes(kind)
        self._kinds.append(moments)  # pyright: ignore[reportArgumentType]
        return moments

    @property
    def next(self) -> datetime | None:
        """When the next thing is due, as far as is known."""
        return min((at for kind in self._kinds for at in kind.at.values()), default=None)

    def update(self, answer: Answer) -> None:
        """Take over what an answer changes."""
        for moments in self._kinds:
            changed = moments.kind.changes_in(answer)
            if changed is None:
                moments.is_read = False
            else:
                for key, at in changed.items():
                    moments.set(key, at)

    def invalidate(self) -> None:
        """Read everything again: it may have changed without our knowing."""
        for moments in self._kinds:
            moments.is_read = False

    def stop(self) -> None:
        """Take nothing more; what is being done goes on."""
        for moments in self._kinds:
            moments.stopped = True

    async def run_due(self, clock: Callable[[], datetime]) -> None:
        """Do whatever is due; raises ConnectionLost. A call while another one runs does nothing."""
        if self._running:
            return
        self._running = True
        try:
            lost: list[database.ConnectionLost] = []
            for moments in self._kinds:
                try:
                    await moments.run_due(clock)
                except database.ConnectionLost as error:
                    lost.append(error)
            if lost:
                raise lost[0]
        finally:
            self._running = False
