"""A member's own numbers, and the parts they are made of; every function is one transaction."""

from datetime import timedelta

from database.round_trips import fetch
from domain.command import Command
from domain.decisions import stats as decisions
from domain.decisions.stats import LOOK_BACK, MARGIN, reach
from domain.intervals import Interval
from domain.state import State
from domain.stats import Account, Stats
from domain.work_intervals import WorkInterval, days_of, without_breaks
from domain.work_intervals import read as read_rows
from queries import session_rows
from queries.goals import goals
from queries.reading import read
from queries.work_intervals import companions_within, elsewhere, own, rows_in


def stats(command: Command, said: str | None, *, shared: bool = False) -> Stats:
    """Add up what the member did here in a period: this week, unless they say another one.

    A streak that is longer than what was read takes another round trip.
    """
    who, now, asked = (command.guild_id, command.user_id), command.at, reach(said, command.at)
    window = asked.window.until(now)
    before = asked.before.until(now)
    state = read(
        command,
        sessions=session_rows.within(*who, window.start, window.end),
        before=own(*who, before.start, before.end, now),
        lately=own(*who, now - timedelta(days=LOOK_BACK) - MARGIN, now, now),
        elsewhere=elsewhere(*who, window.start, window.end, now),
        companions=companions_within(*who, window.start, window.end, now),
        goals=goals(*who),
    )
    return decisions.stats(state, command, said, streak_of(state, command), shared=shared)


def streak_of(state: State, command: Command) -> int:
    """Count the days on end up to today; a streak that is longer than was read takes more trips."""
    calendar, back = state.prefs.calendar, LOOK_BACK
    lately = decisions.last_days(command, calendar, back)
    by_day = days_of(decisions.own_work(state, command, lately), calendar)
    while (count := decisions.streak_of(by_day, command, calendar, back)) is None:
        older = decisions.last_days(command, calendar, back * 4, back)
        by_day |= days_of(own_work(command, older), calendar)
        back *= 4
    return count


def own_work(command: Command, window: Interval) -> list[WorkInterval]:
    """List the member's own work here within a window, in no order."""
    who = command.guild_id, command.user_id
    rows = fetch({"rows": own(*who, window.start, window.end, command.at)})["rows"]
    return read_rows(without_breaks(rows_in(rows), window))


def account(command: Command, said: str | None, page: int) -> Account:
    """List the parts of a number, a page of them, in order."""
    window = reach(said, command.at).window.until(command.at)
    who = command.guild_id, command.user_id
    state = read(command, sessions=session_rows.within(*who, window.start, window.end))
    return decisions.account(state, command, said, page)
