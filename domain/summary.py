"""What a member did in a window of time, and every part that makes up the numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from domain.calendar import Calendar, Piece, by_day
from domain.hours import by_hour
from domain.intervals import Interval, subtract, total, union
from domain.sessions import Session, sitting, worked
from domain.streaks import counted_days, longest_streak, streak
from domain.text import task_key

_NOTHING = timedelta()
_TOP = 5


class Part(NamedTuple):
    """One session's share of the total: `worked` less `twice`."""

    session: Session
    whole: Interval  # the session from start to end, or until now
    interval: Interval  # the same, cut to the window
    breaks: tuple[Interval, ...]  # cut to the span
    worked: timedelta
    twice: timedelta  # of it already counted by an earlier session, in another server

    @property
    def starts_before(self) -> bool:
        """Say whether the session began before the window."""
        return self.whole.start < self.interval.start

    @property
    def ends_after(self) -> bool:
        """Say whether the session went on past the window."""
        return self.whole.end > self.interval.end

    @property
    def counted(self) -> timedelta:
        return self.worked - self.twice


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of a window; all of them follow from its parts, but the streaks.

    Where sessions overlap, in two servers, the time is counted once, for the one that began first.
    """

    window: Interval
    total: timedelta
    before: timedelta | None  # the total of the window before, if it was asked for
    by_day: dict[date, timedelta]  # in order, days without work left out
    by_task: dict[str | None, timedelta]  # the most first; None: no task was named
    best_weekday: int | None  # 0 is Monday
    best_hour: int | None  # of the wall clock
    streak: int  # up to today, whatever the window
    longest_streak: int
    parts: tuple[Part, ...]  # in order

    @property
    def days(self) -> int:
        """Count the days with at least a minute of work."""
        return len(counted_days(self.by_day))

    @property
    def sessions(self) -> int:
        return len(self.parts)

    @property
    def average(self) -> timedelta:
        """Give the total per session."""
        return self.total / len(self.parts) if self.parts else timedelta()

    @property
    def longest(self) -> Part | None:
        """Give the part with the most work, the earliest of equals."""
        return max(self.parts, key=lambda part: part.worked, default=None)

    @property
    def top_tasks(self) -> list[tuple[str, timedelta]]:
        named = [(task, length) for task, length in self.by_task.items() if task]
        return named[:_TOP]


def summary(
    sessions: Iterable[Session],
    *,
    window: Interval,
    calendar: Calendar,
    now: datetime,
    previous: Interval | None = None,
) -> Summary:
    """Add up one member's sessions; the streaks are those of all sessions given.

    Give every session that touches the window, and the window before if it is to be compared with.
    """
    kept = sorted(
        (session for session in sessions if session.removed_at is None),
        key=attrgetter("started_at"),
    )
    shares = [(session, worked(session, now=now)) for session in kept]
    ever = list(
        calendar.cut(union([interval for _, intervals in shares for interval in intervals]))
    )
    days_ever = counted_days(by_day(ever))
    inside = list(_inside(ever, window))
    days = by_day(inside)
    parts = tuple(_parts(shares, window, now))
    return Summary(
        window=window,
        total=_total(days),
        before=_total(by_day(_inside(ever, previous))) if previous else None,
        by_day=days,
        by_task=_by_task(parts),
        best_weekday=_best_weekday(days),
        best_hour=_best_hour(inside, calendar),
        streak=streak(days_ever, calendar.day_of(now), calendar),
        longest_streak=longest_streak(days_ever, calendar),
        parts=parts,
    )


def _inside(pieces: Iterable[Piece], window: Interval) -> Iterator[Piece]:
    first, last = window.start, window.end
    for piece in pieces:
        if first <= piece.start and piece.end <= last:
            yield piece
        elif piece.start < last and first < piece.end:
            on, day, start, end = piece
            yield Piece(on, day, max(start, first), min(end, last))


def _total(by_day: Mapping[date, timedelta]) -> timedelta:
    return sum(by_day.values(), _NOTHING)


def _parts(
    shares: Iterable[tuple[Session, list[Interval]]], window: Interval, now: datetime
) -> Iterator[Part]:
    """Give the parts of sessions that come in order, each with the spans that were worked."""
    counted: list[Interval] = []  # and not over before the session at hand begins
    for session, intervals in shares:
        whole = sitting(session, now=now)
        interval = whole.cut(window)
        if not interval:
            continue
        mine = (
            intervals
            if interval is whole
            else [part for piece in intervals if (part := piece.cut(window))]
        )
        if counted:
            counted = [other for other in counted if other.end > interval.start]
        fresh = [left for piece in mine for left in subtract(piece, counted)] if counted else mine
        counted += fresh
        length = total(mine)
        twice = _NOTHING if fresh is mine else length - total(fresh)
        rests = tuple(subtract(interval, mine)) if session.breaks else ()
        yield Part(session, whole, interval, rests, length, twice)


def _by_task(parts: Iterable[Part]) -> dict[str | None, timedelta]:
    """Add up by task, called as it was spelled last."""
    names: dict[str | None, str | None] = {}
    totals: dict[str | None, timedelta] = {}
    for part in parts:
        task = part.session.task
        key = task and task_key(task)
        names[key] = task
        totals[key] = totals.get(key, _NOTHING) + part.counted
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
