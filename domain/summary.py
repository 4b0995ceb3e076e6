"""The numbers of a member's work in a window of time, and the sessions that make them up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from operator import attrgetter, itemgetter
from typing import NamedTuple

from domain.calendar import ONE_DAY, Calendar, Piece, by_day, clock_change, counted_days
from domain.intervals import Ends, Interval, inside, subtract, total
from domain.sessions import Session, interval_of, is_unconfirmed, worked
from domain.text import task_key
from domain.work_intervals import (
    CLOSED_BY,
    CONFIRMED,
    NOBODY,
    TASK,
    Row,
    cut,
    intervals_of,
    lengths_by,
    lengths_of,
)

_TICK = timedelta.resolution
_HOUR = timedelta(hours=1) // _TICK  # whole numbers of ticks are quicker to cut than datetimes


_NOTHING = timedelta()
_TOP = 5
_START = itemgetter(2)


class Part(NamedTuple):
    """One session's share of the total."""

    session: Session
    whole: Interval  # the session from start to end, or until now
    interval: Interval  # the same, cut to the window
    pieces: list[Ends[datetime]]  # of it that were worked, in order
    worked: timedelta

    @property
    def breaks(self) -> list[Ends[datetime]]:
        """The breaks, cut to the window."""
        return subtract(self.interval, self.pieces)

    @property
    def starts_before(self) -> bool:
        """Whether the session began before the window."""
        return self.whole.start < self.interval.start

    @property
    def ends_after(self) -> bool:
        """Whether the session went on past the window."""
        return self.whole.end > self.interval.end


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of a window."""

    total: timedelta
    sessions: int
    unconfirmed: int  # of them, that were ended unanswered
    longest: timedelta  # the most work in one session
    intervals: list[Ends[datetime]]  # in which the work was done, in order
    by_day: dict[date, timedelta]  # in order, days without work left out
    by_task: dict[str | None, timedelta]  # the most first; None: no task was named
    best_weekday: int | None  # 0 is Monday
    best_hour: int | None  # of the wall clock

    @property
    def days(self) -> int:
        """How many days have at least a minute of work."""
        return len(counted_days(self.by_day))

    @property
    def average(self) -> timedelta:
        """The total per session."""
        return self.total / self.sessions if self.sessions else timedelta()

    @property
    def top_tasks(self) -> list[tuple[str, timedelta]]:
        named = [(task, length) for task, length in self.by_task.items() if task]
        return named[:_TOP]


def summary(rows: Iterable[Row], window: Interval, calendar: Calendar) -> Summary:
    """Add up one member's sessions in one server, where no two are at once.

    Needs the rows of every session that touches the window, each with its task.
    """
    rows = list(rows)
    found = cut(rows, window)
    time = lengths_by(found.sessions, lengths_of(found))
    intervals = intervals_of(found)
    pieces = list(calendar.cut(intervals))
    days = by_day(pieces)
    return Summary(
        total=sum(time.values(), _NOTHING),
        sessions=len(time),
        unconfirmed=sum(
            is_unconfirmed(row[CLOSED_BY], row[CONFIRMED])
            for row in rows
            if row[1] != NOBODY and row[0] in time
        ),
        longest=max(time.values(), default=_NOTHING),
        intervals=intervals,
        by_day=days,
        by_task=_by_task(rows, time),
        best_weekday=_best_weekday(days),
        best_hour=_best_hour(pieces, calendar),
    )


def parts_of(sessions: Iterable[Session], window: Interval, now: datetime) -> Iterator[Part]:
    """Return what of each session lies in a window, in order."""
    for session in sorted(sessions, key=attrgetter("started_at")):
        whole = interval_of(session, now=now)
        interval = whole.cut(window)
        if interval and session.removed_at is None:
            pieces = inside(worked(session, now=now), window)
            yield Part(session, whole, interval, pieces, total(pieces))


def _by_task(rows: Iterable[Row], time: Mapping[int, timedelta]) -> dict[str | None, timedelta]:
    """Add up by task, called as it was spelled last."""
    names: dict[str | None, str | None] = {}
    totals: dict[str | None, timedelta] = {}
    keys: dict[str, str] = {}
    for row in sorted((row for row in rows if row[1] != NOBODY and row[0] in time), key=_START):
        task = row[TASK]
        key = task and (keys.get(task) or keys.setdefault(task, task_key(task)))
        names[key] = task
        totals[key] = totals.get(key, _NOTHING) + time[row[0]]
    ordered = sorted(totals.items(), key=itemgetter(1), reverse=True)
    return {names[key]: total for key, total in ordered}


def _best_weekday(by_day: Mapping[date, timedelta]) -> int | None:
    by_weekday: dict[int, timedelta] = {}
    for on, length in by_day.items():
        by_weekday[on.weekday()] = by_weekday.get(on.weekday(), _NOTHING) + length
    return max(sorted(by_weekday), key=by_weekday.__getitem__, default=None)


def _best_hour(pieces: list[Piece], calendar: Calendar) -> int | None:
    hours = by_hour(pieces, calendar)
    return hours.index(max(hours)) if pieces else None


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
