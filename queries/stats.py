"""A member's own numbers, and the parts they are made of; every function is one transaction."""

from datetime import timedelta

from database.round_trips import Statement
from domain.command import Command
from domain.decisions import stats as decisions
from domain.decisions.stats import LOOK_BACK, MARGIN, reach
from domain.stats import Account, Stats
from queries import session_rows
from queries.goals import goals
from queries.reading import read, read_more
from queries.work_intervals import companions_within, elsewhere, own


def stats(command: Command, said: str | None, *, shared: bool = False) -> Stats:
    """Add up what the member did here in a period: this week, unless they say another one.

    A streak that is longer than what was read takes another round trip.
    """
    who, now, asked = (command.guild_id, command.user_id), command.at, reach(said, command.at)
    window = asked.window.until(now)
    before = asked.before.until(now)
    back = LOOK_BACK
    state = read(
        command,
        sessions=session_rows.within(*who, window.start, window.end),
        before=own(*who, before.start, before.end, now),
        lately=work_since(command, back),
        elsewhere=elsewhere(*who, window.start, window.end, now),
        companions=companions_within(*who, window.start, window.end, now),
        goals=goals(*who),
    )
    while (answer := decisions.stats(state, command, said, back, shared=shared)) is None:
        back *= 4
        state = read_more(state, lately=work_since(command, back))
    return answer


def work_since(command: Command, days: int) -> Statement:
    """Select the member's own work here of the last days, wherever on earth they begin."""
    start = command.at - timedelta(days=days) - MARGIN
    return own(command.guild_id, command.user_id, start, command.at, command.at)


def account(command: Command, said: str | None, page: int) -> Account:
    """List the parts of a number, a page of them, in order."""
    window = reach(said, command.at).window.until(command.at)
    who = command.guild_id, command.user_id
    state = read(command, sessions=session_rows.within(*who, window.start, window.end))
    return decisions.account(state, command, said, page)
