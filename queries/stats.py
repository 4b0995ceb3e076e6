"""A member's own numbers, and the parts they are made of; every function is one transaction."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from domain import overlaps
from domain.calendar import Calendar, PeriodName, bounds, week_of
from domain.command import Command
from domain.goals import Goal, Progress, goal_on
from domain.intervals import Interval, subtract
from domain.periods import Period, period
from domain.sessions import Session
from domain.stats import Account, Stats
from domain.streaks import counted_days, streak
from domain.summary import summary
from queries import session_rows
from queries.goals import goals_of
from queries.preferences import preferences
from queries.work_intervals import (
    days_of,
    own_work_intervals,
    own_work_intervals_elsewhere,
    together,
)

PAGE = 10
LOOK_BACK = 32  # days that are read first for a streak
NAMES: tuple[PeriodName, ...] = ("today", "yesterday", "week", "month", "year", "all")


def stats(command: Command, said: str | None, *, shared: bool = False) -> Stats:
    """Add up what the member did here in a period: this week, unless they say another one."""
    prefs = preferences(command)
    calendar, now = prefs.calendar, command.at
    wanted = spoken(said, now, calendar)
    window, before = wanted.window.until(now), wanted.before
    today = calendar.day_of(now)
    parts = within(command, window)
    numbers = summary(parts, window=window, calendar=calendar, now=now)
    here = [
        (interval.start, interval.end)
        for one in numbers.parts
        for interval in subtract(one.interval, one.breaks)
    ]
    goals = goals_of(command.guild_id, command.user_id) if prefs.aims else []
    return Stats(
        prefs,
        command.id,
        now,
        command.user_name,
        wanted,
        replace(
            numbers,
            before=total(command, before) if before.length else None,
            streak=streak_of(command, calendar),
        ),
        together(command, here),
        everywhere(command, window, here),
        progress_in(command, wanted, goals, calendar, today),
        tuple(goals),
        shared,
    )


def within(command: Command, window: Interval) -> list[Session]:
    """Find what the member did here in a window; what ended since they asked, still ran then."""
    found = session_rows.within(command, window.start, window.end)
    return [replace(one, ended_at=None) if ended_after(one, command.at) else one for one in found]


def ended_after(session: Session, then: datetime) -> bool:
    """Tell whether a session that is over by now still ran then."""
    return session.ended_at is not None and session.ended_at > then


def total(command: Command, window: Interval) -> timedelta:
    """Add up the member's own work here."""
    return overlaps.length(own_work_intervals(command, window))


def spoken(said: str | None, now: datetime, calendar: Calendar) -> Period:
    """Read a period; two dates that are those of a name are called by it. Raises UserError."""
    found = period(said or "week", now=now, calendar=calendar)
    if found.name != "between":
        return found
    today = calendar.day_of(now)
    for name in NAMES:
        if bounds(name, today) == (found.first, found.last):
            return period(name, now=now, calendar=calendar)
    return found


def progress_in(
    command: Command, wanted: Period, goals: list[Goal], calendar: Calendar, today: date
) -> Progress | None:
    """Give how far a goal has come today; in a period that is over, if it had but one to reach."""
    on = min(today, wanted.last)
    goal = goal_on(goals, on)
    if goal is None or today < wanted.first:
        return None
    first, last = week_of(on) if goal.per == "week" else (on, on)
    if today > wanted.last and first > wanted.first:
        return None
    done = total(command, calendar.between(first, on))
    return Progress(goal, first, last, done)


def streak_of(command: Command, calendar: Calendar) -> int:
    """Count the days on end up to today; only as many are read as it takes."""
    today, back = calendar.day_of(command.at), LOOK_BACK
    end = calendar.day(today).end
    by_day: dict[date, timedelta] = {}
    while True:
        start = calendar.start_of(today - timedelta(days=back))
        by_day |= days_of(own_work_intervals(command, Interval(start, end)), calendar)
        count = streak(counted_days(by_day), today, calendar)
        if count < back - 3:  # it began within them; a zone may have skipped a day
            return count
        end, back = start, back * 4


def everywhere(command: Command, window: Interval, here: list[overlaps.Pair]) -> timedelta | None:
    """Add up what the member did in all servers, what overlaps once; None if only here."""
    there = own_work_intervals_elsewhere(command, window)
    return overlaps.length(overlaps.joined([*here, *there])) if there else None


def account(command: Command, said: str | None, page: int) -> Account:
    """List the parts of a number, a page of them, in order."""
    prefs = preferences(command)
    calendar, now = prefs.calendar, command.at
    wanted = spoken(said, now, calendar)
    window = wanted.window.until(now)
    found = within(command, window)
    parts = summary(found, window=window, calendar=calendar, now=now).parts
    pages = max(1, -(-len(parts) // PAGE))
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE
    lengths = [part.counted for part in parts]
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
