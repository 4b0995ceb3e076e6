"""Days, weeks, months and years as their people live them: by the wall clock of a zone."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from domain.intervals import Ends, Interval, in_utc

ENOUGH = timedelta(minutes=1)  # of work for a day to count


PeriodName = Literal["today", "yesterday", "week", "month", "year", "all"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)


class Piece(NamedTuple):
    """The part of an interval within one day: the day, its bounds, and the part's start and end."""

    on: date
    day: Ends[datetime]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """A zone, the hour at which days begin in it (0 to 6), and the first day of the week (0 is
    Monday).
    """

    zone: ZoneInfo
    day_starts: int = 0
    week_starts: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.day_starts <= 6:
            raise ValueError(f"a day starts at an hour from 0 to 6, not {self.day_starts}")
        if not 0 <= self.week_starts <= 6:
            raise ValueError(f"a week starts on a day from 0 to 6, not {self.week_starts}")

    def start_of(self, on: date) -> datetime:
        """Return the first instant at which the wall clock shows this day's beginning or later."""
        return start_of(self.zone, self.day_starts, on)

    def day_of(self, at: datetime) -> date:
        """Return the day to which the instant belongs."""
        local = at.astimezone(self.zone)
        on = local.date() - ONE_DAY if local.hour < self.day_starts else local.date()
        # clocks put back over the day's beginning show the old date again; the day goes on
        return on + ONE_DAY if self.start_of(on + ONE_DAY) <= at else on

    def day(self, on: date) -> Interval:
        """Return the day: 23 or 25 hours over a clock change, empty if a change skipped it."""
        return Interval(self.start_of(on), self.start_of(on + ONE_DAY))

    def cut(self, intervals: Iterable[Ends[datetime]]) -> Iterator[Piece]:
        """Cut intervals at the days' beginnings; quick if they come in order."""
        on, day = date.min, (EPOCH, EPOCH)
        for first, end in intervals:
            start = first
            if start >= day[1]:  # the next day has come, as a rule
                on += ONE_DAY
                day = day[1], self.start_of(on + ONE_DAY)
            if not day[0] <= start < day[1]:
                on = self.day_of(start)
                day = self.start_of(on), self.start_of(on + ONE_DAY)
            while end > day[1]:
                if start < day[1]:  # a skipped day has no piece
                    yield Piece(on, day, start, day[1])
                start, on = day[1], on + ONE_DAY
                day = start, self.start_of(on + ONE_DAY)
            if start < end:
                yield Piece(on, day, start, end)

    def between(self, first: date, last: date) -> Interval:
        """Return the interval of the days from the first to the last, both of them inside."""
        return Interval(self.start_of(first), self.start_of(last + ONE_DAY))

    def period(self, name: PeriodName, now: datetime) -> Interval:
        """Return the whole calendar period that contains now."""
        return self.between(*bounds(name, self.day_of(in_utc(now)), self.week_starts))


def week_of(on: date, week_starts: int = 0) -> tuple[date, date]:
    """Return the first and the last day of the week around a day."""
    first = on - timedelta(days=(on.weekday() - week_starts) % 7)
    return first, first + timedelta(days=6)


def bounds(name: PeriodName, today: date, week_starts: int = 0) -> tuple[date, date]:
    """Return the first and the last day of the period that contains today."""
    match name:
        case "today":
            return today, today
        case "yesterday":
            return today - ONE_DAY, today - ONE_DAY
        case "week":
            return week_of(today, week_starts)
        case "month":
            first = today.replace(day=1)
            return first, (first + timedelta(days=31)).replace(day=1) - ONE_DAY
        case "year":
            return today.replace(month=1, day=1), today.replace(month=12, day=31)
        case "all":
            return EPOCH.date(), today


def bounds_before(name: PeriodName, today: date, week_starts: int = 0) -> tuple[date, date]:
    """Return the first and the last day of the period before; nothing comes before all."""
    if name == "all":
        return EPOCH.date(), EPOCH.date() - ONE_DAY
    first, _ = bounds(name, today, week_starts)
    return bounds("today" if name == "yesterday" else name, first - ONE_DAY, week_starts)


def by_day(pieces: Iterable[Piece]) -> dict[date, timedelta]:
    """Add the pieces up by day; days without any are left out."""
    days: dict[date, timedelta] = {}
    for on, _, start, end in pieces:
        length = end - start
        days[on] = days[on] + length if on in days else length
    return days


@lru_cache(maxsize=4096)  # asked again and again for the same days: ten years of a zone's
def start_of(zone: ZoneInfo, hour: int, on: date) -> datetime:
    """Return the first instant at which the wall clock shows this hour of a day, or later."""
    wall = datetime.combine(on, time(hour), zone)
    before, after = wall.utcoffset(), wall.replace(fold=1).utcoffset()
    start = wall.astimezone(UTC)
    if before is not None and after is not None and before < after:
        # the clocks skip it: it comes with the change, at most the gap earlier
        return clock_change(start - (after - before), start, zone)
    return start


def clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the clock change between two instants around it, to the second."""
    offset = before.astimezone(zone).utcoffset()

    def changed(second: int) -> bool:
        return (before + timedelta(seconds=second)).astimezone(zone).utcoffset() != offset

    seconds = range(int((after - before).total_seconds()) + 1)
    return before + timedelta(seconds=bisect_left(seconds, True, key=changed))


def counted_days(by_day: Mapping[date, timedelta]) -> set[date]:
    """Return the days with at least a minute of work."""
    return {on for on, length in by_day.items() if length >= ENOUGH}


def streak(days: Collection[date], today: date, calendar: Calendar | None = None) -> int:
    """Count the days in a row up to today; today without work does not end the streak.

    With a calendar, a day that the zone skipped does not end it either.
    """
    worked = days if isinstance(days, set) else set(days)
    on = today if today in worked else today - ONE_DAY
    count = 0
    while on in worked or (calendar and not calendar.day(on).length):
        count += on in worked
        on -= ONE_DAY
    return count
