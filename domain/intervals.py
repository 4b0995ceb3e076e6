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
class Span:
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

    def overlaps(self, other: "Span") -> bool:
        """Say whether the two share any time; touching is none."""
        return max(self.start, other.start) < min(self.end, other.end)

    def until(self, at: datetime) -> "Span":
        """Give the part before an instant, empty if there is none."""
        return self if self.end <= at else Span(self.start, max(self.start, in_utc(at)))

    def cut(self, window: "Span") -> "Span | None":
        """Give the part inside the window, None if there is none."""
        if window.start <= self.start < self.end <= window.end:
            return self
        start, end = max(self.start, window.start), min(self.end, window.end)
        return Span(start, end) if start < end else None


def total(spans: Iterable[Span]) -> timedelta:
    """Add the lengths up; what overlaps counts as often as it occurs."""
    return sum([span.end - span.start for span in spans], timedelta())


def union(spans: Iterable[Span]) -> list[Span]:
    """Join what overlaps or touches; sorted, disjoint, without empty spans."""
    joined: list[Span] = []
    for span in sorted(spans, key=attrgetter("start")):
        if span.start == span.end:
            continue
        if joined and span.start <= joined[-1].end:
            if span.end > joined[-1].end:
                joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def subtract(span: Span, breaks: Iterable[Span]) -> list[Span]:
    """Give what is left of the span without the breaks, in order."""
    left: list[Span] = []
    start = span.start
    for gap in sorted(breaks, key=attrgetter("start")):
        if gap.start >= span.end:
            break
        if gap.end <= start or gap.start == gap.end:
            continue
        if start < gap.start:
            left.append(Span(start, gap.start))
        start = gap.end
    if start < span.end:
        left.append(Span(start, span.end))
    return left
