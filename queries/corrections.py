"""What members correct afterwards: notes, times, what should not have been; and the undo."""

from peewee import Query, Select

from database.round_trips import Statement
from domain.command import Command, ConfirmDiscard, Continued, Discarded, Ended, NothingOpen
from domain.decisions import corrections as decisions
from domain.decisions import logbook as logbook_decisions
from domain.forms import NOT_SHOWN, Shown, Unchanged
from domain.logbook import Inputs, LogbookEntry
from models import History, Session
from queries import session_rows
from queries.active import read_named
from queries.companions import companions_between, companions_of, companions_restored
from queries.compiled import CompiledQuery
from queries.history import change_by
from queries.session_rows import FOR_EVER
from queries.sessions import day_reads
from queries.unit_of_work import commit, read, read_more


def set_note(
    command: Command, session_id: int, note: str | None, shown: Shown = NOT_SHOWN
) -> Ended | Unchanged:
    """Write down what was done in a session that is over."""
    who = command.guild_id, command.user_id
    state = read(
        command,
        lock=True,
        named=session_rows.by_id(session_id, command.guild_id),
        companions=companions_of(session_id, *who, command.at),
        **day_reads(command),
    )
    return commit(command, *decisions.set_note(state, command, note, shown))


def fix(
    command: Command,
    session_id: int,
    start_text: str | None,
    end_text: str | None,
    shown: Shown = NOT_SHOWN,
) -> Ended | Unchanged:
    """Correct when a session began and ended; what is not said stays."""
    who = command.guild_id, command.user_id
    named = session_rows.by_id(session_id, command.guild_id)
    state = read(command, lock=True, named=named, **day_reads(command))
    inputs = Inputs(start=start_text, end=end_text)
    times = logbook_decisions.times_to_fix(state, command, inputs, shown)
    session = state.require_own(state.named, command)
    start = times.get("started_at", session.started_at)
    end = times.get("ended_at", session.ended_at) or command.at
    state = read_more(
        state,
        near=session_rows.within(*who, start, end),
        companions=companions_between(*who, start, end, command.at),
    )
    return commit(command, *decisions.fix(state, command, times))


def confirm(command: Command, session_id: int) -> LogbookEntry:
    """Confirm the end of a session that was ended for want of an answer."""
    return commit(command, *decisions.confirm(read_named(command, session_id), command))


def ask_to_discard(command: Command) -> ConfirmDiscard | NothingOpen:
    """Find what /cancel would remove."""
    who = command.guild_id, command.user_id
    state = read(command, active=session_rows.active(*who), last=session_rows.last(*who))
    return commit(command, *decisions.ask_to_discard(state, command))


def discard(command: Command, session_id: int) -> Discarded | NothingOpen:
    """Remove an active session; it is kept for the undo."""
    return commit(command, *decisions.discard(read_named(command, session_id), command))


def undo(command: Command, change_id: int) -> Ended | Continued | Discarded:
    """Take back the change that an interaction made, within 24 hours and if it still fits."""
    who = command.guild_id, command.user_id
    state = read(
        command,
        lock=True,
        **change_reads(command, change_id),
        companions=companions_restored(change_id, *who, command.at),
        **day_reads(command),
    )
    if state.already_done(command):  # its session may have changed since
        session_id = state.named.id if state.named else 0
        state = read_more(state, companions=companions_of(session_id, *who, command.at))
    return commit(command, *decisions.undo(state, command))


def revert(command: Command, change_id: int) -> LogbookEntry:
    """Take back a change of the logbook, and show what it has now."""
    state = read(command, lock=True, **change_reads(command, change_id))
    return commit(command, *decisions.revert(state, command))


def change_reads(command: Command, change_id: int) -> dict[str, Statement]:
    """Select a change, its session, and what may share time with the session as it was."""
    return {
        "recorded": change_by(change_id, command.guild_id),
        "named": changed_by(change_id, command.guild_id),
        "near": near_before(change_id, command.guild_id, command.user_id),
    }


@CompiledQuery
def changed_by(change_id: int, guild_id: int) -> Query:
    """Select the session that an interaction changed."""
    its = History.select(History.session_id).where(History.interaction_id == change_id)
    return session_rows.with_breaks().where(Session.id == its, Session.guild_id == guild_id)


@CompiledQuery
def near_before(change_id: int, guild_id: int, user_id: int) -> Query:
    """Select what the member did while a session lasted, as it was before a change."""
    then = session_rows.restored(change_id, FOR_EVER)
    begun, until = (Select((then,), (getattr(then.c, name),)) for name in ("begun", "until"))
    return session_rows.overlapping(guild_id, user_id, begun, until).with_cte(then)
