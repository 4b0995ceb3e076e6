"""What a member did in a window of time, and every part that makes up the numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from domain.calendar import Calendar, Piece, by_day
from domain.hours import by_hour
from domain.intervals import Ends, Interval, inside, subtract, total
from domain.sessions import Session, sitting, worked
from domain.streaks import counted_days
from domain.text import task_key

_NOTHING = timedelta()
_TOP = 5


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
    """The numbers of a window; all of them follow from its parts."""

    window: Interval
    total: timedelta
    by_day: dict[date, timedelta]  # in order, days without work left out
    by_task: dict[str | None, timedelta]  # the most first; None: no task was named
    best_weekday: int | None  # 0 is Monday
    best_hour: int | None  # of the wall clock
    parts: tuple[Part, ...]  # in order

    @property
    def days(self) -> int:
        """How many days have at least a minute of work."""
        return len(counted_days(self.by_day))

    @property
    def sessions(self) -> int:
        return len(self.parts)

    @property
    def average(self) -> timedelta:
        """The total per session."""
        return self.total / len(self.parts) if self.parts else timedelta()

    @property
    def longest(self) -> Part | None:
        """The part with the most work, the earliest of equals."""
        return max(self.parts, key=lambda part: part.worked, default=None)

    @property
    def top_tasks(self) -> list[tuple[str, timedelta]]:
        named = [(task, length) for task, length in self.by_task.items() if task]
        return named[:_TOP]


def summary(
    sessions: Iterable[Session], *, window: Interval, calendar: Calendar, now: datetime
) -> Summary:
    """Add up one member's sessions in one server, where no two are at once.

    Needs every session that touches the window.
    """
    parts = tuple(parts_of(sessions, window, now))
    pieces = list(calendar.cut(chain.from_iterable(part.pieces for part in parts)))
    days = by_day(pieces)
    return Summary(
        window=window,
        total=sum([part.worked for part in parts], _NOTHING),
        by_day=days,
        by_task=_by_task(parts),
        best_weekday=_best_weekday(days),
        best_hour=_best_hour(pieces, calendar),
        parts=parts,
    )


def parts_of(sessions: Iterable[Session], window: Interval, now: datetime) -> Iterator[Part]:
    """Return what of each session lies in a window, in order."""
    for session in sorted(sessions, key=attrgetter("started_at")):
        whole = sitting(session, now=now)
        interval = whole.cut(window)
        if interval and session.removed_at is None:
            pieces = inside(worked(session, now=now), window)
            yield Part(session, whole, interval, pieces, total(pieces))


def _by_task(parts: Iterable[Part]) -> dict[str | None, timedelta]:
    """Add up by task, called as it was spelled last."""
    names: dict[str | None, str | None] = {}
    totals: dict[str | None, timedelta] = {}
    for part in parts:
        task = part.session.task
        key = task and task_key(task)
        names[key] = task
        totals[key] = totals.get(key, _NOTHING) + part.worked
    ordered = sorted(totals.items(), key=lambda item: item[1], reverse=True)
    return {names[key]: total for key, total in ordered}


def _best_weekday(by_day: Mapping[date, timedelta]) -> int | None:
    by_weekday: dict[int, timedelta] = {}
    for on, length in by_day.items():
        by_weekday[on.weekday()] = by_weekday.get(on.weekday(), _NOTHING) + length
    return max(sorted(by_weekday), key=by_weekday.__getitem__, default=None)


def _best_hour(pieces: list[Piece], calendar: Calendar) -> int | None:
    hours = by_hour(pieces, calendar)
    return hours.index(max(hours)) if pieces else None
