"""A member's own numbers, and the parts they are made of."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import ONE_DAY, Calendar, PeriodName, bounds, week_of
from domain.command import Command
from domain.errors import UserError
from domain.goals import Progress, goal_on
from domain.intervals import Ends, Interval, inside, total, union
from domain.periods import Period, period
from domain.sessions import Session, worked
from domain.state import State
from domain.stats import Account, Stats
from domain.streaks import counted_days, streak
from domain.summary import parts_of, summary
from domain.work_intervals import (
    Row,
    WorkInterval,
    read,
    together,
    without_breaks,
)

PAGE = 10
LOOK_BACK = 32  # days that are read first for a streak
MARGIN = timedelta(days=2)  # between the same day's beginnings anywhere on earth
WEEK = timedelta(days=8)  # and more, by as much as a zone or a day's beginning may shift it
UTC = ZoneInfo("UTC")
NAMES: tuple[PeriodName, ...] = ("today", "yesterday", "week", "month", "year", "all")


def asked_period(said: str | None, now: datetime, calendar: Calendar) -> Period:
    """Read a period; two dates that are those of a name are called by it. Raise UserError."""
    found = period(said or "week", now=now, calendar=calendar)
    if found.name != "between":
        return found
    today = calendar.day_of(now)
    for name in NAMES:
        if bounds(name, today, calendar.week_starts) == (found.first, found.last):
            return period(name, now=now, calendar=calendar)
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """Which instants to read for a period, whatever zone turns out to hold."""

    window: Interval
    before: Interval  # the period before, and the week around any end of this one


def reach(said: str | None, now: datetime) -> Reach:
    """Return what a period may be anywhere on earth; nothing if it cannot be read."""
    try:
        found = [asked_period(said, now, Calendar(UTC, 0, week_starts)) for week_starts in (0, 1)]
    except UserError:
        found = []
    # a week is another one wherever it begins on another day
    weeks = range(7) if found[1:] and found[0] != found[1] else (0,)
    for days in (-1, 0, 1):  # it is another day somewhere, so maybe another month
        for week_starts in weeks:
            with suppress(UserError):
                at = now + days * ONE_DAY
                found.append(asked_period(said, at, Calendar(UTC, 0, week_starts)))
    if not found:
        return Reach(Interval(now, now), Interval(now, now))
    start, latest = (pick(one.window.start for one in found) for pick in (min, max))
    end = max(one.window.end for one in found)
    before = min(start - WEEK, *(one.before.start for one in found))
    return Reach(Interval(start - MARGIN, end + MARGIN), Interval(before - MARGIN, latest + MARGIN))


def sessions_in(state: State, command: Command, window: Interval) -> list[Session]:
    """Return what the member did here in a window; what ended since they asked, was active then."""
    return [
        replace(one, ended_at=None) if one.ended_at and one.ended_at > command.at else one
        for one in state.sessions
        if one.started_at < window.end and (one.ended_at is None or one.ended_at > window.start)
    ]


def own_work(state: State, command: Command, window: Interval) -> list[WorkInterval]:
    """Return the member's own work here within a window, of all that was read; in no order."""
    now, window = command.at, window.until(command.at)
    known = {session.id for session in state.sessions}
    rows = {tuple(row) for row in (*state.before, *state.lately) if row[0] not in known}
    return read(without_breaks(rows, window)) + [
        (*part, session.user_id, session.id)
        for session in state.sessions
        if session.started_at < window.end
        and (session.ended_at is None or session.ended_at > window.start)
        for part in inside(worked(session, now=now), window)
    ]


def last_days(command: Command, calendar: Calendar, back: int, until: int = 0) -> Interval:
    """Return the days from so many before today up to another, or to now."""
    today = calendar.day_of(command.at)
    first, last = (calendar.start_of(today - timedelta(days=days)) for days in (back, until))
    return Interval(first, last if until else command.at)


def streak_of(
    by_day: Mapping[date, timedelta], command: Command, calendar: Calendar, back: int
) -> int | None:
    """Count the days on end up to today; None if it may have begun before the days given.

    Of the days before today, `back` are given.
    """
    count = streak(counted_days(by_day), calendar.day_of(command.at), calendar)
    return count if count < back - 3 else None  # a zone may have skipped a day


def stats(state: State, command: Command, said: str | None, streak: int, *, shared: bool) -> Stats:
    """Add up what the member did here in a period."""
    prefs, calendar, now = state.prefs, state.prefs.calendar, command.at
    wanted = asked_period(said, now, calendar)
    window = wanted.window.until(now)
    sessions = sessions_in(state, command, window)
    numbers = summary(sessions, window=window, calendar=calendar, now=now)
    here = [piece for one in numbers.parts for piece in one.pieces]
    before = done_in(state, command, wanted.before) if wanted.before.length else None
    return Stats(
        prefs,
        command.id,
        now,
        command.user_name,
        wanted,
        numbers,
        before,
        streak,
        together(here, state.companions, now=now),
        everywhere(state.elsewhere, window, here),
        progress_in(state, command, wanted),
        tuple(state.goals),
        shared,
    )


def done_in(state: State, command: Command, window: Interval) -> timedelta:
    """Add up the member's own work here within a window."""
    return total(own_work(state, command, window))


def progress_in(state: State, command: Command, wanted: Period) -> Progress | None:
    """Return how far a goal has come today; in a period that is over, if it had only one."""
    calendar = state.prefs.calendar
    today = calendar.day_of(command.at)
    on = min(today, wanted.last)
    goal = goal_on(state.goals, on)
    if goal is None or today < wanted.first:
        return None
    first, last = week_of(on, calendar.week_starts) if goal.per == "week" else (on, on)
    if today > wanted.last and first > wanted.first:
        return None
    return Progress(goal, first, last, done_in(state, command, calendar.between(first, on)))


def everywhere(
    rows: Iterable[Row], window: Interval, here: list[Ends[datetime]]
) -> timedelta | None:
    """Add up what the member did in all servers, what overlaps once; None if only here."""
    there = read(without_breaks(rows, window))
    worked = [*here, *((start, end) for start, end, *_ in there)]
    return total(union(worked)) if there else None


def account(state: State, command: Command, said: str | None, page: int) -> Account:
    """List the parts of a number, a page of them, in order."""
    prefs, calendar, now = state.prefs, state.prefs.calendar, command.at
    wanted = asked_period(said, now, calendar)
    window = wanted.window.until(now)
    sessions = sessions_in(state, command, window)
    parts = tuple(parts_of(sessions, window, now))
    pages = max(1, -(-len(parts) // PAGE))
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE
    lengths = [part.worked for part in parts]
    return Account(
        prefs,
        command.id,
        now,
        wanted.first,
        wanted.last,
        parts[first : first + PAGE],
        sum(lengths[:first], timedelta()),
        sum(lengths, timedelta()),
        len(parts),
        page,
        pages,
    )
