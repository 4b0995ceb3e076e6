"""What a member did in a window of time, and every part that makes up the numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter, itemgetter
from typing import NamedTuple

from domain.calendar import Calendar, Piece, by_day
from domain.hours import by_hour
from domain.intervals import Ends, Interval, inside, subtract, total
from domain.sessions import Session, interval_of, is_unconfirmed, worked
from domain.streaks import counted_days
from domain.text import task_key
from domain.work_intervals import (
    CLOSED_BY,
    CONFIRMED,
    NOBODY,
    SESSION,
    TASK,
    Row,
    cut,
    intervals_of,
    lengths,
)

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
    time = lengths(found, SESSION)
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
