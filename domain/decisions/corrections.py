"""Corrections of sessions: notes, times, discarding and deleting; and the undo."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.command import Command, ConfirmDiscard, Continued, Discarded, Ended, NothingOpen
from domain.decisions.sessions import clashing, ended, refuse, refuse_clash
from domain.errors import UserError
from domain.forms import Shown, Unchanged, is_new
from domain.logbook import LogbookEntry
from domain.sessions import Session, with_activity
from domain.snapshots import restored, same, snapshot
from domain.state import Change, Decision, RecordedChange, SessionChanged, State

UNDO_FOR = timedelta(hours=24)


def set_note(
    state: State, command: Command, note: str | None, shown: Shown
) -> Decision[Ended | Unchanged]:
    """Set the note of a session that has ended."""
    done = state.already_done(command)
    session = state.require_own(state.named, command)
    new = done or is_new("text", note, shown.digests.text, session.note)
    return rewrite(state, command, "note", {"note": note} if new else {})


def fix(state: State, command: Command, times: dict[str, Any]) -> Decision[Ended | Unchanged]:
    """Correct when a session began and ended."""
    if state.named:
        refuse_clash(state, state.named, times)
        times |= confirmed(state.named, command)
    return rewrite(state, command, "fix", times | {"edited_at": command.at} if times else {})


def rewrite(
    state: State, command: Command, cmd: str, changes: dict[str, Any]
) -> Decision[Ended | Unchanged]:
    """Change fields of a session that has ended."""
    done = state.already_done(command)
    session = state.require_own(state.named, command)
    if done:
        return ended(state, command, session), ()
    refuse_unfinished(session)
    if not changes:
        return Unchanged(state.prefs), ()
    changed = replace(session, **changes)
    return ended(state, command, changed), (SessionChanged(cmd, session, changed),)


def confirmed(session: Session, command: Command) -> dict[str, Any]:
    """Return the fields that change when a member confirms an automatic end, or corrects it."""
    return {"confirmed_at": command.at, "untold": None} if session.unconfirmed else {}


def confirm(state: State, command: Command) -> Decision[LogbookEntry]:
    """Confirm the end of a session that was ended unanswered."""
    done = state.already_done(command)
    session = state.require_own(state.named, command)
    if session.removed_at:
        raise UserError("discarded_since")
    changes = {} if done else confirmed(session, command)
    changed = replace(session, **changes)
    answer = LogbookEntry(state.prefs, changed, "confirmed", command.at)
    return answer, (SessionChanged("confirm", session, changed),) if changes else ()


def ask_to_discard(state: State, command: Command) -> Decision[ConfirmDiscard | NothingOpen]:
    """Find what /cancel would remove."""
    if state.active:
        return ConfirmDiscard(state.prefs, state.active, command.at), ()
    return NothingOpen(state.prefs, state.last), ()


def discard(state: State, command: Command) -> Decision[Discarded | NothingOpen]:
    """Discard an active session; its row stays for the undo."""
    done = state.already_done(command)
    session = state.require_own(state.named, command)
    if done:
        return Discarded(state.prefs, session, command.id), ()
    if not session.active:
        return NothingOpen(state.prefs, state.last), ()
    changed = replace(session, removed_at=command.at)
    return (
        Discarded(state.prefs, changed, command.id),
        (SessionChanged("cancel", session, changed),),
    )


def undo(state: State, command: Command) -> Decision[Ended | Continued | Discarded]:
    """Undo a change, within 24 hours and if the session has not changed since."""
    session, changes = taken_back(state, command)
    if session.removed_at:
        return Discarded(state.prefs, session, command.id), changes
    if session.ended_at is None:
        return Continued(state.prefs, session, "undone", command.id), changes
    return ended(state, command, session), changes


def revert(state: State, command: Command) -> Decision[LogbookEntry]:
    """Undo a change made in the logbook."""
    session, changes = taken_back(state, command)
    return LogbookEntry(state.prefs, session, "undone", command.at, command.id), changes


def taken_back(state: State, command: Command) -> tuple[Session, tuple[Change, ...]]:
    """Return the session as it was before a change."""
    done = state.already_done(command)
    made = undoable(state.recorded, command, of_session=True)
    session = state.require_own(state.named, command)
    if done:
        return session, ()
    refuse_late(made, command)
    assert made.before is not None
    assert made.after is not None
    if not same(snapshot(session), made.after):
        raise UserError("undo.changed_since")
    before = with_activity(replace(session, **restored(made.before)), command.at)
    if before.removed_at is None:
        refuse(clashing(state.near, before.started_at, before.ended_at, besides=session.id))
    return before, (SessionChanged("undo", session, before),)


def undoable(made: RecordedChange | None, command: Command, *, of_session: bool) -> RecordedChange:
    """Return a change that this member can undo; raise UserError if there is none."""
    if made is None or made.before is None or of_session != (made.session_id is not None):
        raise UserError("unknown_button")
    if made.user_id != command.user_id:
        raise UserError("not_yours", name=made.user_name)
    return made


def refuse_late(made: RecordedChange, command: Command) -> None:
    """Raise UserError for a change made more than a day ago."""
    if command.at - made.at > UNDO_FOR:
        raise UserError("undo.too_late")


def refuse_unfinished(session: Session) -> None:
    """Raise UserError for a session that is active or removed."""
    if session.removed_at:
        raise UserError("discarded_since")
    if session.ended_at is None:
        raise UserError("still_running", start=session.started_at)
