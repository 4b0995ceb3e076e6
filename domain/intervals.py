"""Half-open intervals of time, and how they are joined, cut, compared and added up.

The functions take whatever begins with a start and an end, be it an Interval, a bare tuple or a
row of a whole server's work, and give bare tuples: objects for all of those would cost ten times
what the arithmetic does.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import compress
from operator import gt
from typing import Any, NamedTuple, TypeAlias, TypeVar

# Instants, or texts that are in the order of the instants they write.
T = TypeVar("T", datetime, str)
Ends: TypeAlias = tuple[T, T]


def in_utc(at: datetime) -> datetime:
    """Return the same instant in UTC; a naive datetime is no instant and raises ValueError."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"naive datetime: {at!r}")
    return at.astimezone(UTC)


class _StartAndEnd(NamedTuple):
    start: datetime
    end: datetime


class Interval(_StartAndEnd):
    """The instants from `start` up to, but not including, `end`; kept in UTC."""

    __slots__ = ()

    def __new__(cls, start: datetime, end: datetime) -> "Interval":
        # datetimes of one zone compare by their wall clocks, wrong over a clock change: hence UTC
        start, end = in_utc(start), in_utc(end)
        if end < start:
            raise ValueError(f"ends before it starts: {start} {end}")
        return super().__new__(cls, start, end)

    def __contains__(self, at: object) -> bool:
        return isinstance(at, datetime) and self.start <= at < self.end

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        """Return whether the two share any time; touching is none."""
        return max(self.start, other.start) < min(self.end, other.end)

    def until(self, at: datetime) -> "Interval":
        """Return the part before an instant, empty if there is none."""
        return self if self.end <= at else Interval(self.start, max(self.start, in_utc(at)))

    def cut(self, window: "Interval") -> "Interval | None":
        """Return the part inside the window, None if there is none."""
        if window.start <= self.start < self.end <= window.end:
            return self
        start, end = max(self.start, window.start), min(self.end, window.end)
        return Interval(start, end) if start < end else None


def total(intervals: Iterable[tuple[datetime, datetime, *tuple[Any, ...]]]) -> timedelta:
    """Add the lengths up; what overlaps counts as often as it occurs."""
    return sum([interval[1] - interval[0] for interval in intervals], timedelta())


def inside(intervals: Iterable[Ends[T]], window: Ends[T]) -> list[Ends[T]]:
    """Return the parts inside the window."""
    first, last = window
    parts = [(max(start, first), min(end, last)) for start, end in intervals]
    return [(start, end) for start, end in parts if start < end]


def covered(starts: list[T], ends: list[T], times: int = 1) -> list[Ends[T]]:
    """Return when at least so many intervals last at once; sorted and disjoint.

    Takes all their starts and all their ends, and sorts them in place. What began `times` - 1
    places after an end's own place lasts with enough others until that end, if it is before it.
    """
    starts.sort()
    ends.sort()
    if len(starts) < times:
        return []
    later = starts[times:]
    apart = list(map(gt, later, ends))
    firsts = starts[times - 1], *compress(later, apart)
    lasts = *compress(ends, apart), ends[len(later)]
    return [(first, last) for first, last in zip(firsts, lasts, strict=True) if first < last]


def union(intervals: Iterable[tuple[T, T, *tuple[Any, ...]]]) -> list[Ends[T]]:
    """Join what overlaps or touches; sorted and disjoint, without empty ones."""
    some = list(intervals)
    return covered([interval[0] for interval in some], [interval[1] for interval in some])


def shared(intervals: Iterable[tuple[T, T, *tuple[Any, ...]]]) -> list[Ends[T]]:
    """Return when at least two of the intervals overlap; sorted and disjoint."""
    some = list(intervals)
    return covered([interval[0] for interval in some], [interval[1] for interval in some], 2)


def intersection(mine: list[Ends[T]], theirs: list[Ends[T]]) -> list[Ends[T]]:
    """Return what two lists have in common, each of them sorted and disjoint."""
    found: list[Ends[T]] = []
    i = j = 0
    while i < len(mine) and j < len(theirs):
        start, end = max(mine[i][0], theirs[j][0]), min(mine[i][1], theirs[j][1])
        if start < end:
            found.append((start, end))
        if mine[i][1] < theirs[j][1]:
            i += 1
        else:
            j += 1
    return found


def subtract(interval: Ends[T], breaks: Iterable[Ends[T]]) -> list[Ends[T]]:
    """Return what is left of an interval without its breaks, in order."""
    found: list[Ends[T]] = []
    start, end = interval
    for begun, over in sorted(breaks):
        if begun >= end:
            break
        if over > start and begun < over:
            if start < begun:
                found.append((start, begun))
            start = over
    if start < end:
        found.append((start, end))
    return found
