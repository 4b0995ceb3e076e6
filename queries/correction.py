"""What members correct afterwards: notes, times, what should not have been; and the undo."""

from datetime import datetime, timedelta

from domain.command import (
    Answer,
    Command,
    Discarded,
    Discarding,
    Ended,
    NothingOpen,
    Running,
)
from domain.refused import Refused
from domain.when import moment
from models import History, Session
from queries.log import change, claim, restored, snapshot
from queries.preferences import preferences
from queries.session import ended, nothing_open, open_row, own_row, refuse_overlap, value

LONGEST = timedelta(hours=24)  # what a correction may make of a session
UNDO_FOR = timedelta(hours=24)


def set_note(command: Command, session_id: int, note: str | None) -> Ended:
    """Write down what was done in a session that is over."""
    asked = preferences(command)
    done = claim(command)
    row = own_row(command, session_id)
    if done is None:
        over_at(row)
        row = change(command, "note", row, note=note)
    return ended(asked, row, command)


def fix(command: Command, session_id: int, start_said: str | None, end_said: str | None) -> Ended:
    """Correct when a session began and ended; what is not said stays."""
    asked = preferences(command)
    done = claim(command)
    row = own_row(command, session_id)
    if done is None:
        start, end = row.started_at, (was_over := over_at(row))
        if start_said is not None:
            start = moment(start_said, now=command.at, zone=asked.zone)
        if end_said is not None:
            end = moment(end_said, now=command.at, zone=asked.zone)
        if end <= start:
            raise Refused("end.before_start", start=start)
        if end - start > LONGEST and end - start > was_over - row.started_at:
            raise Refused("fix.too_long")
        refuse_overlap(command, start, end, besides=row.id)
        row = change(command, "fix", row, started_at=start, ended_at=end)
    return ended(asked, row, command)


def ask_to_discard(command: Command) -> Discarding | NothingOpen:
    """Find what /cancel would remove."""
    asked = preferences(command)
    row = open_row(command)
    return Discarding(asked, value(row)) if row else nothing_open(command, asked)


def discard(command: Command, session_id: int) -> Discarded | NothingOpen:
    """Remove a running session; it is kept for the undo."""
    asked = preferences(command)
    done = claim(command)
    row = own_row(command, session_id)
    if done is None:
        if row.ended_at or row.removed_at:
            return nothing_open(command, asked)
        row = change(command, "cancel", row, removed_at=command.at)
    return Discarded(asked, value(row), command.id)


def keep(command: Command, session_id: int) -> Running | NothingOpen:
    """Leave the running session as it is."""
    asked = preferences(command)
    row = own_row(command, session_id)
    if row.ended_at or row.removed_at:
        return nothing_open(command, asked)
    return Running(asked, value(row))


def undo(command: Command, change_id: int) -> Answer:
    """Take back the change that an interaction made, within 24 hours and if it still fits."""
    asked = preferences(command)
    done = claim(command)
    made = repeated_change(command, change_id)
    row = own_row(command, made.session_id)
    if done is None:
        if command.at - made.created_at > UNDO_FOR:
            raise Refused("undo.too_late")
        if snapshot(row) != made.after:
            raise Refused("undo.changed_since")
        before = restored(made.before)
        if before["removed_at"] is None:
            refuse_overlap(command, before["started_at"], before["ended_at"], besides=row.id)
        row = change(command, "undo", row, **before)
    if row.removed_at:
        return Discarded(asked, value(row), command.id)
    if row.ended_at is None:
        return Running(asked, value(row), undone=True)
    return ended(asked, row, command)


def repeated_change(command: Command, change_id: int) -> History:
    """Find an undoable change of this member in this server."""
    made = History.get_or_none(
        History.interaction_id == change_id, History.guild_id == command.guild_id
    )
    if made is None or made.before is None:
        raise Refused("unknown_button")
    if made.user_id != str(command.user_id):
        raise Refused("not_yours", name=made.user_name)
    return made


def over_at(row: Session) -> datetime:
    """Say when a session ended; Refused for one that still runs or is no more."""
    if row.removed_at:
        raise Refused("discarded_since")
    if row.ended_at is None:
        raise Refused("still_running", start=row.started_at)
    return row.ended_at
