"""At which hours of the wall clock the work was done."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from domain.day import Calendar, clock_change
from domain.span import Span

_TICK = timedelta.resolution
_HOUR = timedelta(hours=1) // _TICK  # whole numbers of ticks are quicker to cut than datetimes


def by_hour(spans: Iterable[Span], calendar: Calendar) -> list[timedelta]:
    """Add the spans up by the hour that the wall clock showed, from 0 to 23."""
    ticks = [0] * 24
    for at, left in _steady(spans, calendar):
        while left > 0:
            hour, gone = divmod(at, _HOUR)
            part = min(left, _HOUR - gone)
            ticks[hour % 24] += part
            at, left = at + part, left - part  # noqa: PLW2901 - it walks along the stretch
    return [count * _TICK for count in ticks]


def _steady(spans: Iterable[Span], calendar: Calendar) -> Iterator[tuple[int, int]]:
    """Give stretches without a clock change: ticks since local midnight, and length in ticks."""
    for _, piece in calendar.cut(spans):
        ends = [piece.start, piece.end]
        first, last = (at.astimezone(calendar.zone) for at in ends)
        if first.utcoffset() != last.utcoffset():  # a day has no more than one change
            ends.insert(1, clock_change(piece.start, piece.end, calendar.zone))
        for start, end in pairwise(ends):
            local = start.astimezone(calendar.zone)
            since = timedelta(
                hours=local.hour,
                minutes=local.minute,
                seconds=local.second,
                microseconds=local.microsecond,
            )
            yield since // _TICK, (end - start) // _TICK
