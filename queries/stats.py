"""A member's own numbers, and the parts they are made of; every function is one transaction."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from peewee import Node, Query, chunked

from domain import sweep
from domain.command import Command
from domain.day import Calendar, PeriodName, bounds, cut_at_days, week_of
from domain.goal import Goal, Progress, goal_on, progress
from domain.period import Period, period
from domain.session import worked
from domain.span import Span, union
from domain.stats import Account, Stats
from domain.streak import counted_days, streak
from domain.summary import summary
from models import Break, Session
from queries import reading
from queries.goal import goals_of
from queries.preferences import preferences
from queries.prepared import Prepared
from queries.work import Rest, moment, together, worked_in

PAGE = 10
IDS = 500  # in one question; SQLite takes no more than 999 values
LOOK_BACK = 32  # days that are read first for a streak
NAMES: tuple[PeriodName, ...] = ("today", "yesterday", "week", "month", "year", "all")


def stats(command: Command, said: str | None, *, shared: bool = False) -> Stats:
    """Add up what the member did here in a period: this week, unless they say another one."""
    asked = preferences(command)
    calendar, now = asked.calendar, command.at
    wanted = spoken(said, now, calendar)
    window, before = wanted.window, wanted.before
    today = calendar.day_of(now)
    monday = calendar.start_of(week_of(min(today, wanted.last))[0])
    found = reading.within(command, min(window.start, before.start, monday), window.end)
    compared = before if before.length else None
    numbers = summary(found, window=window, calendar=calendar, now=now, previous=compared)
    mine = union(span for one in found for span in worked(one, now=now))
    inside = [cut for span in mine if (cut := span.cut(window))]
    goals = goals_of(command.guild_id, command.user_id)
    return Stats(
        asked,
        command.id,
        now,
        command.user_name,
        wanted,
        replace(numbers, streak=streak_of(command, calendar)),
        together(command, inside),
        everywhere(command, window, inside),
        progress_in(wanted, goals, cut_at_days(mine, calendar), today),
        tuple(goals),
        shared,
    )


def spoken(said: str | None, now: datetime, calendar: Calendar) -> Period:
    """Read a period; two dates that are those of a name are called by it. Raises Refused."""
    found = period(said or "week", now=now, calendar=calendar)
    if found.name != "between":
        return found
    today = calendar.day_of(now)
    for name in NAMES:
        if bounds(name, today) == (found.first, found.last):
            return period(name, now=now, calendar=calendar)
    return found


def progress_in(
    wanted: Period, goals: list[Goal], by_day: dict[date, timedelta], today: date
) -> Progress | None:
    """Give how far a goal has come today; in a period that is over, if it had but one to reach."""
    if wanted.first <= today <= wanted.last:
        return progress(goals, by_day, today)
    goal = goal_on(goals, wanted.last)
    if goal is None or today < wanted.first:
        return None
    first = week_of(wanted.last)[0] if goal.per == "week" else wanted.last
    return progress(goals, by_day, wanted.last) if first <= wanted.first else None


def streak_of(command: Command, calendar: Calendar) -> int:
    """Count the days on end up to today; only as many are read as it takes."""
    today, days = calendar.day_of(command.at), LOOK_BACK
    end = calendar.day(today).end
    while True:
        first = today - timedelta(days=days)
        found = reading.within(command, calendar.start_of(first), end)
        spans = (span for one in found for span in worked(one, now=command.at))
        window = Span(calendar.start_of(first), end)
        by_day = cut_at_days((cut for span in spans if (cut := span.cut(window))), calendar)
        count = streak(counted_days(by_day), today, calendar)
        if count < days - 3:  # it began within them; a zone may have skipped a day
            return count
        days *= 4


@Prepared
def _elsewhere(user_id: Node, guild_id: Node, start: Node, end: Node) -> Query:
    return Session.select(
        Session.id, Session.started_at.cast("TEXT"), Session.ended_at.cast("TEXT")
    ).where(
        Session.user_id == user_id,
        Session.guild_id != guild_id,
        Session.removed_at.is_null(),
        Session.started_at < end,
        Session.ended_at.is_null() | (Session.ended_at > start),
    )


def everywhere(command: Command, window: Span, here: Iterable[Span]) -> timedelta | None:
    """Add up what the member did in all servers, what overlaps once; None if only here."""
    rows = _elsewhere(command.user_id, command.guild_id, window.start, window.end).fetchall()
    if not rows:
        return None
    breaks = breaks_of([row[0] for row in rows])
    pieces = [(span.start, span.end) for span in here]
    for id_, begun, ended in rows:
        start = moment(begun)
        end = moment(ended) if ended else max(start, command.at)
        pieces += worked_in(start, end, breaks.get(id_, []))
    both = ((max(start, window.start), min(end, window.end)) for start, end in pieces)
    return sweep.length(sweep.joined(pair for pair in both if pair[0] < pair[1]))


def breaks_of(sessions: list[int]) -> dict[int, list[Rest]]:
    """Find the breaks of sessions by their ids."""
    found: dict[int, list[Rest]] = {}
    for some in chunked(sessions, IDS):
        columns = Break.session, Break.started_at, Break.ended_at
        rows: Any = Break.select(*columns).where(Break.session.in_(some)).tuples()
        for id_, begun, ended in rows:
            found.setdefault(id_, []).append((begun, ended))
    return found


def account(command: Command, said: str | None, page: int) -> Account:
    """List the parts of a number, a page of them, in order."""
    asked = preferences(command)
    calendar, now = asked.calendar, command.at
    wanted = spoken(said, now, calendar)
    window = wanted.window
    found = reading.within(command, window.start, window.end)
    parts = summary(found, window=window, calendar=calendar, now=now).parts
    pages = max(1, -(-len(parts) // PAGE))
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE
    lengths = [part.counted for part in parts]
    return Account(
        asked,
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
