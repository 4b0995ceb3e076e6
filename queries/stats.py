"""A member's own numbers, and the parts they are made of; every function is one transaction."""

from datetime import timedelta

from database.round_trips import fetch
from domain.calendar import Calendar
from domain.command import Command
from domain.decisions import stats as decisions
from domain.decisions.stats import LOOK_BACK, MARGIN, Breakdown, Stats, last_days, reach
from domain.intervals import Interval
from domain.work_intervals import Work, work_in
from queries import session_rows
from queries.companions import companions_within
from queries.goals import goals
from queries.unit_of_work import read
from queries.work_intervals import elsewhere, own, rows_in


def stats(command: Command, period_text: str | None, *, shared: bool = False) -> Stats:
    """Add up what the member did here in a period: this week, unless they say another one.

    A streak that is longer than what was read takes another round trip.
    """
    who, now, asked = (
        (command.guild_id, command.user_id),
        command.at,
        reach(period_text, command.at),
    )
    window, whole = asked.window.until(now), asked.own.until(now)
    reads = {
        "worked": own(*who, whole.start, whole.end, now),
        "elsewhere": elsewhere(*who, window.start, window.end, now),
        "met": companions_within(*who, window.start, window.end, now),
        "goals": goals(*who),
    }
    lately = now - timedelta(days=LOOK_BACK) - MARGIN
    if whole.start > lately or whole.end < now:
        reads["lately"] = own(*who, lately, now, now)
    state = read(command, lock=False, **reads)
    work = work_in(decisions.own_rows(state))
    streak = streak_of(work, whole, command, state.prefs.calendar)
    return decisions.stats(state, command, period_text, streak, shared=shared)


def streak_of(work: Work, known: Interval, command: Command, calendar: Calendar) -> int:
    """Count the days on end up to today, of work in a `known` interval and of the last days.

    A streak that is longer than was read takes more trips.
    """
    back = LOOK_BACK
    by_day = decisions.days_in(work, last_days(command, calendar, back), calendar)
    while (count := decisions.streak_of(by_day, command, calendar, back)) is None:
        older = last_days(command, calendar, back * 4, back)
        if not known.start <= older.start <= older.end <= known.end:
            work = own_work(command, older)
        by_day |= decisions.days_in(work, older, calendar)
        back *= 4
    return count


def own_work(command: Command, window: Interval) -> Work:
    """Read the member's own work here within a window."""
    who = command.guild_id, command.user_id
    rows = fetch({"own": own(*who, window.start, window.end, command.at)})["own"]
    return work_in(rows_in(rows))


def breakdown(command: Command, period_text: str | None, page: int) -> Breakdown:
    """List the parts of a number, a page of them, in order."""
    window = reach(period_text, command.at).window.until(command.at)
    who = command.guild_id, command.user_id
    state = read(command, sessions=session_rows.within(*who, window.start, window.end))
    return decisions.breakdown(state, command, period_text, page)
