"""A member's own numbers, and the sessions that make them up."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import ONE_DAY, Calendar, PeriodName, bounds, by_day, counted_days, streak
from domain.command import Answer, Command
from domain.errors import UserError
from domain.goals import Goal, Progress, progress
from domain.intervals import Ends, Interval, total, union
from domain.periods import Period, parse_period
from domain.sessions import Session
from domain.state import State
from domain.summary import Part, Summary, parts_of, summary
from domain.work_intervals import SESSION, Row, Work, cut, intervals_of, together, total_of, work_in

PAGE = 10
LOOK_BACK = 32  # days that are read first for a streak
MARGIN = timedelta(days=2)  # between the same day's beginnings anywhere on earth
WEEK = timedelta(days=8)  # and more, by as much as a zone or a day's beginning may shift it
UTC = ZoneInfo("UTC")
NAMES: tuple[PeriodName, ...] = ("today", "yesterday", "week", "month", "year", "all")


@dataclass(frozen=True, slots=True)
class Stats(Answer):
    """A member's numbers in a server; `asked_id` is the interaction at whose time they hold."""

    asked_id: int
    at: datetime
    user_name: str
    period: Period
    summary: Summary
    before: timedelta | None  # the total of the period before, if there is one
    streak: int  # days on end up to today, whatever the period
    together: timedelta  # of the total, how much others worked too
    everywhere: timedelta | None  # the total over all servers, if there is more than here
    progress: Progress | None
    goals: tuple[Goal, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Breakdown(Answer):
    """A page of the sessions that make up a number; pages count from 1."""

    asked_id: int
    at: datetime
    first: date
    last: date
    parts: tuple[Part, ...]
    before: timedelta  # the work of all on the pages before
    total: timedelta
    count: int
    page: int
    pages: int


def asked_period(period_text: str | None, now: datetime, calendar: Calendar) -> Period:
    """Read a period; two dates that are those of a name are called by it. Raise UserError."""
    found = parse_period(period_text or "week", now=now, calendar=calendar)
    if found.name != "between":
        return found
    today = calendar.day_of(now)
    for name in NAMES:
        if bounds(name, today, calendar.week_starts) == (found.first, found.last):
            return parse_period(name, now=now, calendar=calendar)
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """Which instants to read for a period while the member's zone is not known yet."""

    window: Interval
    own: Interval  # with the period before, and the week around any end of this one


def reach(period_text: str | None, now: datetime) -> Reach:
    """Return what a period may be in any zone; an empty interval if it cannot be read."""
    try:
        found = [
            asked_period(period_text, now, Calendar(UTC, 0, week_starts)) for week_starts in (0, 1)
        ]
    except UserError:
        found = []
    # a week is another one wherever it begins on another day
    weeks = range(7) if found[1:] and found[0] != found[1] else (0,)
    for days in (-1, 0, 1):  # it is another day somewhere, so maybe another month
        for week_starts in weeks:
            with suppress(UserError):
                at = now + days * ONE_DAY
                found.append(asked_period(period_text, at, Calendar(UTC, 0, week_starts)))
    if not found:
        return Reach(Interval(now, now), Interval(now, now))
    start = min(asked.window.start for asked in found)
    end = max(asked.window.end for asked in found)
    before = min(start - WEEK, *(asked.before.start for asked in found))
    return Reach(Interval(start - MARGIN, end + MARGIN), Interval(before - MARGIN, end + MARGIN))


def sessions_in(state: State, command: Command, window: Interval) -> list[Session]:
    """Return what the member did here in a window; what ended since they asked, was active then."""
    return [
        replace(session, ended_at=None)
        if session.ended_at and session.ended_at > command.at
        else session
        for session in state.sessions
        if session.started_at < window.end
        and (session.ended_at is None or session.ended_at > window.start)
    ]


def own_rows(state: State) -> list[Row]:
    """Return all that was read of the member's own work here."""
    known = {row[SESSION] for row in state.worked}
    return [*state.worked, *(row for row in state.lately if row[SESSION] not in known)]


def days_in(work: Work, window: Interval, calendar: Calendar) -> dict[date, timedelta]:
    """Add one member's work within a window up by day."""
    return by_day(calendar.cut(intervals_of(cut(work, window))))


def last_days(command: Command, calendar: Calendar, back: int, until: int = 0) -> Interval:
    """Return the days from so many before today up to another, or to now."""
    today = calendar.day_of(command.at)
    first, last = (calendar.start_of(today - timedelta(days=days)) for days in (back, until))
    return Interval(first, last if until else command.at)


def streak_of(
    by_day: Mapping[date, timedelta], command: Command, calendar: Calendar, back: int
) -> int | None:
    """Count the days in a row up to today; None if the streak may be longer.

    `by_day` has the work of the `back` days before today.
    """
    count = streak(counted_days(by_day), calendar.day_of(command.at), calendar)
    return count if count < back - 3 else None  # a zone may have skipped a day


def stats(
    state: State, command: Command, period_text: str | None, streak: int, *, shared: bool
) -> Stats:
    """Add up what the member did here in a period."""
    prefs, calendar, now = state.prefs, state.prefs.calendar, command.at
    wanted = asked_period(period_text, now, calendar)
    window = wanted.window.until(now)
    rows = own_rows(state)
    work, numbers = work_in(rows), summary(rows, window, calendar)
    return Stats(
        prefs,
        command.id,
        now,
        command.user_name,
        wanted,
        numbers,
        total_of(cut(work, wanted.before.until(now))) if wanted.before.length else None,
        streak,
        together(numbers.intervals, state.met, now=now),
        everywhere(state.elsewhere, window, numbers.intervals),
        progress_in(state, command, wanted, work),
        tuple(state.goals),
        shared,
    )


def progress_in(state: State, command: Command, wanted: Period, work: Work) -> Progress | None:
    """Return how far a goal has come today; in a period that is over, if it had only one."""
    calendar, now = state.prefs.calendar, command.at
    today = calendar.day_of(now)

    def done(first: date, last: date) -> timedelta:
        return total_of(cut(work, calendar.between(first, last).until(now)))

    found = progress(state.goals, min(today, wanted.last), done, calendar.week_starts)
    if found is None or today < wanted.first:
        return None
    return None if today > wanted.last and found.first > wanted.first else found


def everywhere(
    rows: Iterable[Row], window: Interval, here: list[Ends[datetime]]
) -> timedelta | None:
    """Add up the member's work in all servers, overlaps once; None if it is only here."""
    there = intervals_of(cut(rows, window))
    return total(union([*here, *there])) if there else None


def breakdown(state: State, command: Command, period_text: str | None, page: int) -> Breakdown:
    """List the parts of a number, a page of them, in order."""
    prefs, calendar, now = state.prefs, state.prefs.calendar, command.at
    wanted = asked_period(period_text, now, calendar)
    window = wanted.window.until(now)
    sessions = sessions_in(state, command, window)
    parts = tuple(parts_of(sessions, window, now))
    pages = max(1, -(-len(parts) // PAGE))
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE
    lengths = [part.worked for part in parts]
    return Breakdown(
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
