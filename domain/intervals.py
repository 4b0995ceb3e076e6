"""Half-open spans of time, and how they are joined, cut and added up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter


def in_utc(at: datetime) -> datetime:
    """Give the same instant in UTC; a naive datetime is no instant and raises ValueError."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"naive datetime: {at!r}")
    return at.astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The instants from `start` up to, but not including, `end`; kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        # datetimes of one zone compare by their wall clocks, wrong over a clock change: hence UTC
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            object.__setattr__(self, "start", in_utc(self.start))
            object.__setattr__(self, "end", in_utc(self.end))
        if self.end < self.start:
            raise ValueError(f"ends before it starts: {self.start} {self.end}")

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        """Say whether the two share any time; touching is none."""
        return max(self.start, other.start) < min(self.end, other.end)

    def until(self, at: datetime) -> "Interval":
        """Give the part before an instant, empty if there is none."""
        return self if self.end <= at else Interval(self.start, max(self.start, in_utc(at)))

    def cut(self, window: "Interval") -> "Interval | None":
        """Give the part inside the window, None if there is none."""
        if window.start <= self.start < self.end <= window.end:
            return self
        start, end = max(self.start, window.start), min(self.end, window.end)
        return Interval(start, end) if start < end else None


def total(intervals: Iterable[Interval]) -> timedelta:
    """Add the lengths up; what overlaps counts as often as it occurs."""
    return sum([interval.end - interval.start for interval in intervals], timedelta())


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Join what overlaps or touches; sorted, disjoint, without empty spans."""
    joined: list[Interval] = []
    for interval in sorted(intervals, key=attrgetter("start")):
        if interval.start == interval.end:
            continue
        if joined and interval.start <= joined[-1].end:
            if interval.end > joined[-1].end:
                joined[-1] = Interval(joined[-1].start, interval.end)
        else:
            joined.append(interval)
    return joined


def subtract(interval: Interval, breaks: Iterable[Interval]) -> list[Interval]:
    """Give what is left of the span without the breaks, in order."""
    left: list[Interval] = []
    start = interval.start
    for gap in sorted(breaks, key=attrgetter("start")):
        if gap.start >= interval.end:
            break
        if gap.end <= start or gap.start == gap.end:
            continue
        if start < gap.start:
            left.append(Interval(start, gap.start))
        start = gap.end
    if start < interval.end:
        left.append(Interval(start, interval.end))
    return left
