"""The member's own logbook: look, add, edit, delete; every function is one transaction."""

from domain.command import Command
from domain.decisions import logbook as decisions
from domain.forms import NOT_SHOWN, Shown
from domain.logbook import LATEST, Inputs, Logbook, LogbookEntry, LogbookPage
from queries import session_rows
from queries.unit_of_work import commit, read, read_more

PAGE = 10


def logbook_page(command: Command, page: int) -> LogbookPage:
    """Show a page of the member's sessions in this server; the last one if there are fewer."""
    who = command.guild_id, command.user_id
    page = max(page, 1)
    sessions = (
        session_rows.newest(*who, PAGE)
        if page == 1
        else session_rows.latest(*who, PAGE, (page - 1) * PAGE)
    )
    state = read(command, count=session_rows.number_of(*who), sessions=sessions)
    pages = max(1, -(-state.count // PAGE))
    return LogbookPage(state.prefs, tuple(state.sessions), min(page, pages), pages, command.at)


def logbook(command: Command) -> Logbook:
    """Read what completion shows of the member's sessions."""
    who = command.guild_id, command.user_id
    state = read(command, sessions=session_rows.newest(*who, LATEST))
    return Logbook(state.prefs.zone, tuple(state.sessions))


def logbook_entry(command: Command, session_id: int) -> LogbookEntry:
    """Show one session, to be edited."""
    state = read(command, named=session_rows.by_id(session_id, command.guild_id))
    return commit(command, *decisions.logbook_entry(state, command))


def add(command: Command, inputs: Inputs) -> LogbookEntry:
    """Write down a session that was not recorded, by its end or by how long it took."""
    state = read(command, lock=True)
    times = decisions.times_to_add(state, command, inputs)
    if times:
        who = command.guild_id, command.user_id
        state = read_more(state, near=session_rows.within(*who, times.start, times.end))
    return commit(command, *decisions.add(state, command, inputs, times))


def edit(
    command: Command, session_id: int, inputs: Inputs, shown: Shown = NOT_SHOWN
) -> LogbookEntry:
    """Write a session anew; times that are not said, or said as they are, stay to the second."""
    state = read(command, lock=True, named=session_rows.by_id(session_id, command.guild_id))
    times = decisions.times_to_edit(state, command, inputs, shown)
    if times:
        who = command.guild_id, command.user_id
        end = times.get("ended_at", session_rows.FOR_EVER)
        state = read_more(state, near=session_rows.within(*who, times["started_at"], end))
    return commit(command, *decisions.edit(state, command, inputs, times, shown))


def delete(command: Command, session_id: int) -> LogbookEntry:
    """Remove a session; it is kept for the undo."""
    state = read(command, lock=True, named=session_rows.by_id(session_id, command.guild_id))
    return commit(command, *decisions.delete(state, command))
