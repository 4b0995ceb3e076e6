"""What members correct afterwards: notes, times, what should not have been; and the undo."""

from datetime import timedelta

from domain.command import (
    Command,
    Discarded,
    Discarding,
    Ended,
    NothingOpen,
    Running,
)
from domain.errors import UserError
from domain.logbook import Entry
from domain.sessions import Session
from models import History
from queries import session_rows
from queries.history import change, previous_result, restored, same, snapshot
from queries.logbook import times
from queries.preferences import preferences
from queries.sessions import ended, nothing_open

UNDO_FOR = timedelta(hours=24)


def set_note(command: Command, session_id: int, note: str | None) -> Ended:
    """Write down what was done in a session that is over."""
    prefs = preferences(command)
    done = previous_result(command)
    session = session_rows.own(command, session_id)
    if done is None:
        refuse_unfinished(session)
        session = change(command, "note", session, note=note)
    return ended(prefs, session, command)


def fix(command: Command, session_id: int, start_said: str | None, end_said: str | None) -> Ended:
    """Correct when a session began and ended; what is not said stays."""
    prefs = preferences(command)
    done = previous_result(command)
    session = session_rows.own(command, session_id)
    if done is None:
        refuse_unfinished(session)
        changes = times(session, start_said, end_said, command, prefs)
        if changes:
            changes["edited_at"] = command.at
        session = change(command, "fix", session, **changes)
    return ended(prefs, session, command)


def ask_to_discard(command: Command) -> Discarding | NothingOpen:
    """Find what /cancel would remove."""
    prefs = preferences(command)
    session = session_rows.running(command)
    return Discarding(prefs, session) if session else nothing_open(command, prefs)


def discard(command: Command, session_id: int) -> Discarded | NothingOpen:
    """Remove a running session; it is kept for the undo."""
    prefs = preferences(command)
    done = previous_result(command)
    session = session_rows.own(command, session_id)
    if done is None:
        if not session.running:
            return nothing_open(command, prefs)
        session = change(command, "cancel", session, removed_at=command.at)
    return Discarded(prefs, session, command.id)


def keep(command: Command, session_id: int) -> Running | NothingOpen:
    """Leave the running session as it is."""
    prefs = preferences(command)
    session = session_rows.own(command, session_id)
    if not session.running:
        return nothing_open(command, prefs)
    return Running(prefs, session, "kept")


def undo(command: Command, change_id: int) -> Ended | Running | Discarded:
    """Take back the change that an interaction made, within 24 hours and if it still fits."""
    prefs = preferences(command)
    session = _taken_back(command, change_id)
    if session.removed_at:
        return Discarded(prefs, session, command.id)
    if session.ended_at is None:
        return Running(prefs, session, "undone", command.id)
    return ended(prefs, session, command)


def revert(command: Command, change_id: int) -> Entry:
    """Take back a change of the log, and show what the log has now."""
    session = _taken_back(command, change_id)
    return Entry(preferences(command), session, "undone", command.at, command.id)


def _taken_back(command: Command, change_id: int) -> Session:
    done = previous_result(command)
    made = undoable(command, change_id)
    session = session_rows.own(command, made.session_id)
    if done is not None:
        return session
    if command.at - made.created_at > UNDO_FOR:
        raise UserError("undo.too_late")
    if not same(snapshot(session), made.after):
        raise UserError("undo.changed_since")
    before = restored(made.before)
    if before["removed_at"] is None:
        interval = before["started_at"], before["ended_at"]
        session_rows.refuse_overlap(command, *interval, besides=session.id)
    return change(command, "undo", session, **before)


def undoable(command: Command, change_id: int) -> History:
    """Find an undoable change of this member in this server."""
    made = History.get_or_none(
        History.interaction_id == change_id, History.guild_id == command.guild_id
    )
    if made is None or made.before is None or made.session_id is None:
        raise UserError("unknown_button")
    if made.user_id != str(command.user_id):
        raise UserError("not_yours", name=made.user_name)
    return made


def refuse_unfinished(session: Session) -> None:
    """Refuse what still runs or is no more."""
    if session.removed_at:
        raise UserError("discarded_since")
    if session.ended_at is None:
        raise UserError("still_running", start=session.started_at)
