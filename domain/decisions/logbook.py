"""Add, edit and delete sessions of one's own by hand."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.command import Command
from domain.decisions.corrections import confirmed, refuse_unfinished
from domain.decisions.sessions import clashing, end_values, new_session, refuse, refuse_clash
from domain.errors import UserError
from domain.forms import Shown, is_new
from domain.intervals import Interval
from domain.logbook import Inputs, LogbookEntry
from domain.sessions import Session, with_activity
from domain.snapshots import snapshot
from domain.state import Decision, SessionChanged, SessionCreated, State
from domain.time_grammar import parse_length
from domain.times import format_time, parse_correction, parse_end, parse_time

LONGEST = timedelta(hours=24)


def logbook_entry(state: State, command: Command) -> Decision[LogbookEntry]:
    """Show one session, to be edited."""
    session = state.require_own(state.named, command)
    if session.removed_at:
        raise UserError("discarded_since")
    return LogbookEntry(state.prefs, session, "shown", command.at), ()


def times_to_add(state: State, command: Command, inputs: Inputs) -> Interval | None:
    """Return the times of a session to add; None if this interaction added it already."""
    if state.already_done(command) and state.previous and state.previous.session_id:
        return None
    if inputs.start is None or (inputs.end is None) == (inputs.length is None):
        raise UserError("add.incomplete")
    start = parse_time(inputs.start, now=command.at, zone=state.prefs.zone)
    end = end_of(inputs, start, command, state.prefs.zone)
    refuse_length(start, end)
    return Interval(start, end)


def add(
    state: State, command: Command, inputs: Inputs, times: Interval | None
) -> Decision[LogbookEntry]:
    """Add a session that was not recorded."""
    if times is None:
        assert state.previous
        session = state.require_own(state.previous.session, command)
        return LogbookEntry(state.prefs, session, "added", command.at, command.id), ()
    refuse(clashing(state.near, times.start, times.end))
    session = new_session(
        command,
        inputs.task,
        inputs.text,
        started_at=times.start,
        ended_at=times.end,
        edited_at=command.at,
    )
    # undoing it brings back what was before: nothing that anybody sees
    before = snapshot(session) | {"removed_at": command.at.isoformat()}
    answer = LogbookEntry(state.prefs, session, "added", command.at, command.id)
    return answer, (SessionCreated("add", session, before),)


def times_to_fix(state: State, command: Command, inputs: Inputs, shown: Shown) -> dict[str, Any]:
    """Return the corrected times of a session that has ended; nothing if they stay."""
    done = state.already_done(command)
    session = state.require_own(state.named, command)
    if done:
        return {}
    refuse_unfinished(session)
    return times(session, inputs, command, state.prefs.zone, shown)


def times_to_edit(state: State, command: Command, inputs: Inputs, shown: Shown) -> dict[str, Any]:
    """Return the changed times of a session; nothing if they stay."""
    done = state.already_done(command)
    session = state.require_own(state.named, command)
    if session.removed_at:
        raise UserError("discarded_since")
    return {} if done else times(session, inputs, command, state.prefs.zone, shown)


def edit(
    state: State, command: Command, inputs: Inputs, times: dict[str, Any], shown: Shown
) -> Decision[LogbookEntry]:
    """Edit a session; times that are left out, or typed as they are, stay to the second."""
    session = state.require_own(state.named, command)
    if state.already_done(command):
        return LogbookEntry(state.prefs, session, "edited", command.at, command.id), ()
    refuse_clash(state, session, times)
    known, texts = shown.digests, {}
    if is_new("task", inputs.task, known.task, session.task):
        texts["task"] = inputs.task
    if is_new("text", inputs.text, known.text, session.note):
        texts["note"] = inputs.text
    changed = replace(session, **times, **texts)
    if changed == session:
        return LogbookEntry(state.prefs, session, "shown", command.at), ()
    changed = replace(changed, edited_at=command.at, **confirmed(session, command))
    changed = with_activity(changed, command.at)
    answer = LogbookEntry(state.prefs, changed, "edited", command.at, command.id)
    return answer, (SessionChanged("edit", session, changed),)


def delete(state: State, command: Command) -> Decision[LogbookEntry]:
    """Delete a session; its row stays for the undo."""
    done = state.already_done(command)
    session = state.require_own(state.named, command)
    if done:
        return LogbookEntry(state.prefs, session, "deleted", command.at, command.id), ()
    if session.removed_at:
        raise UserError("discarded_since")
    changed = replace(session, removed_at=command.at)
    answer = LogbookEntry(state.prefs, changed, "deleted", command.at, command.id)
    return answer, (SessionChanged("delete", session, changed),)


def times(
    session: Session, inputs: Inputs, command: Command, zone: ZoneInfo, shown: Shown
) -> dict[str, Any]:
    """Read a session's start and end as typed, and return the fields that change.

    They are read in the zone in which the form showed them.
    """
    start, end, known = session.started_at, session.ended_at, shown.digests
    zone = shown.zone or zone
    if inputs.start is not None and is_new(
        "start", inputs.start, known.start, format_time(start, zone)
    ):
        start = parse_correction(inputs.start, was=start, now=command.at, zone=zone)
    ended = format_time(end, zone) if end else None
    if inputs.end is not None and is_new("end", inputs.end, known.end, ended):
        end = parse_end(inputs.end, start=start, now=command.at, zone=zone)
    if (start, end) == (session.started_at, session.ended_at):
        return {}
    if end is None:
        return {"started_at": start}
    refuse_length(start, end, before=session)
    # a break that lasted, lasted to the end as it was
    breaks = end_values(session, session.ended_at or end)
    return {"started_at": start} | breaks | {"ended_at": end}


def end_of(inputs: Inputs, start: datetime, command: Command, zone: ZoneInfo) -> datetime:
    """Return the end of a session, from its end as typed or from its length."""
    if inputs.end is not None:
        return parse_end(inputs.end, start=start, now=command.at, zone=zone)
    assert inputs.length is not None
    took = parse_length(inputs.length)
    if took > command.at - start:
        raise UserError("add.future", text=inputs.length)
    return start + took


def refuse_length(start: datetime, end: datetime, *, before: Session | None = None) -> None:
    """Raise UserError for an end before the start, or a length over a day and over the old one."""
    if end <= start:
        raise UserError("end.before_start", start=start)
    was = before.ended_at - before.started_at if before and before.ended_at else timedelta()
    if end - start > max(LONGEST, was):
        raise UserError("fix.too_long")
