"""At which hours of the wall clock the work was done."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import accumulate, pairwise

from domain.calendar import ONE_DAY, Calendar, Piece, clock_change

_TICK = timedelta.resolution
_HOUR = timedelta(hours=1) // _TICK  # whole numbers of ticks are quicker to cut than datetimes


def by_hour(pieces: Iterable[Piece], calendar: Calendar) -> list[timedelta]:
    """Add the pieces up by the hour that the wall clock showed, from 0 to 23."""
    # a day that begins late runs on past midnight: 30 hours, of which 24 and over are 0 and over
    begun, ticks = [0] * 32, [0] * 32
    for since, length in _steady(pieces, calendar):
        first, into = divmod(since, _HOUR)
        last, over = divmod(since + length, _HOUR)
        begun[first] += 1  # whole hours from the first up to the last,
        begun[last] -= 1
        ticks[first] -= into  # but for what is missing in the first and of the last
        ticks[last] += over
    hours = [count * _HOUR + rest for count, rest in zip(accumulate(begun), ticks, strict=True)]
    return [sum(hours[hour::24]) * _TICK for hour in range(24)]


def _steady(pieces: Iterable[Piece], calendar: Calendar) -> Iterator[tuple[int, int]]:
    """Return intervals without a clock change: wall ticks since midnight, and length in ticks."""
    day_starts = timedelta(hours=calendar.day_starts)
    for _, day, start, end in pieces:
        if day[1] - day[0] == ONE_DAY:
            yield (start - day[0] + day_starts) // _TICK, (end - start) // _TICK
        else:
            for first, last in _around_change(start, end, calendar):
                local = first.astimezone(calendar.zone)
                midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
                yield (local - midnight) // _TICK, (last - first) // _TICK


def _around_change(
    start: datetime, end: datetime, calendar: Calendar
) -> Iterator[tuple[datetime, datetime]]:
    ends = [start, end]
    first, last = (at.astimezone(calendar.zone).utcoffset() for at in ends)
    if first != last:
        ends.insert(1, clock_change(start, end, calendar.zone))
    return pairwise(ends)
