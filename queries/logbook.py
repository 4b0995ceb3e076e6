"""One's own sessions as a log: look, add, edit, delete; every function is one transaction."""

from datetime import datetime, timedelta
from typing import Any

from domain.command import Command, Preferences
from domain.errors import UserError
from domain.logbook import LATEST, Entry, Log, Logbook, Words
from domain.sessions import Session
from domain.times import ending, length, moment, nearest, written
from queries import session_rows
from queries.history import change, previous_result, recorded, snapshot, write
from queries.preferences import preferences
from queries.sessions import new_row, new_session, over

PAGE = 10
LONGEST = timedelta(hours=24)


def listed(command: Command, page: int) -> Log:
    """Show a page of the member's sessions in this server; the last one if there are fewer."""
    prefs = preferences(command)
    pages = max(1, -(-session_rows.count(command) // PAGE))
    page = min(max(page, 1), pages)
    found = session_rows.latest(command, PAGE, (page - 1) * PAGE)
    return Log(prefs, tuple(found), page, pages, command.at)


def logbook(command: Command) -> Logbook:
    """Read what completion shows of the member's sessions."""
    return Logbook(preferences(command).zone, tuple(session_rows.latest(command, LATEST)))


def shown(command: Command, session_id: int) -> Entry:
    """Show one session, to be edited."""
    prefs = preferences(command)
    session = session_rows.own(command, session_id)
    if session.removed_at:
        raise UserError("discarded_since")
    return Entry(prefs, session, "shown", command.at)


def add(command: Command, words: Words, *, lasted: bool = False) -> Entry:
    """Write down a session that was not recorded; `until` may be how long it `lasted`."""
    prefs = preferences(command)
    if done := previous_result(command):
        return Entry(prefs, session_rows.own(command, done), "added", command.at, command.id)
    said, until = words.said, words.until
    if said is None or until is None:
        raise UserError("add.incomplete")
    start = moment(said, now=command.at, zone=prefs.zone)
    end = end_of(until, start, command, prefs, lasted=lasted)
    refuse_length(start, end)
    session_rows.refuse_overlap(command, start, end)
    session = new_session(
        command, words.task, words.text, started_at=start, ended_at=end, edited_at=command.at
    )
    # undoing it brings back what was before: nothing that anybody sees
    before = snapshot(session) | {"removed_at": command.at.isoformat()}
    write(recorded(command, "add", session.id, before, snapshot(session)), new_row(session))
    return Entry(prefs, session, "added", command.at, command.id)


def edit(command: Command, session_id: int, words: Words) -> Entry:
    """Write a session anew; times that are not said, or said as they are, stay to the second."""
    prefs = preferences(command)
    done = previous_result(command)
    session = session_rows.own(command, session_id)
    if session.removed_at:
        raise UserError("discarded_since")
    if done is None:
        changes = times(session, words.said, words.until, command, prefs)
        changes |= {"task": words.task, "note": words.text}
        if all(getattr(session, name) == value for name, value in changes.items()):
            return Entry(prefs, session, "shown", command.at)
        session = change(command, "edit", session, **changes, edited_at=command.at)
    return Entry(prefs, session, "edited", command.at, command.id)


def times(
    session: Session, said: str | None, until: str | None, command: Command, prefs: Preferences
) -> dict[str, Any]:
    """Read when a session is said to have begun and ended, and give what that changes."""
    start, end = session.started_at, session.ended_at
    if said is not None and said != written(start, prefs.zone):
        start = nearest(said, was=start, now=command.at, zone=prefs.zone)
    if until is not None and not (end and until == written(end, prefs.zone)):
        end = ending(until, start=start, now=command.at, zone=prefs.zone)
    if (start, end) == (session.started_at, session.ended_at):
        return {}
    if end is not None:
        refuse_length(start, end, before=session)
    session_rows.refuse_overlap(command, start, end, besides=session.id)
    changes: dict[str, Any] = {"started_at": start}
    if end is not None:
        # a break that lasted, lasted to the end as it was
        changes |= over(session, session.ended_at or end) | {"ended_at": end}
    return changes


def delete(command: Command, session_id: int) -> Entry:
    """Remove a session; it is kept for the undo."""
    prefs = preferences(command)
    done = previous_result(command)
    session = session_rows.own(command, session_id)
    if done is None:
        if session.removed_at:
            raise UserError("discarded_since")
        session = change(command, "delete", session, removed_at=command.at)
    return Entry(prefs, session, "deleted", command.at, command.id)


def end_of(
    until: str, start: datetime, command: Command, prefs: Preferences, *, lasted: bool
) -> datetime:
    """Say when something ended from its end or, if it may be one, its length."""
    took = _length(until) if lasted else None
    if took is None:
        return _end(until, start, command, prefs, lasted=lasted)
    if took > command.at - start:
        raise UserError("add.future", text=until)
    return start + took


def _length(text: str) -> timedelta | None:
    try:
        return length(text)
    except UserError:  # then it is a time
        return None


def _end(
    until: str, start: datetime, command: Command, prefs: Preferences, *, lasted: bool
) -> datetime:
    try:
        return ending(until, start=start, now=command.at, zone=prefs.zone)
    except UserError as refused:
        if lasted and refused.key == "time.unreadable":  # the examples are to be of both
            raise UserError("add.unreadable", **refused.values) from None
        raise


def refuse_length(start: datetime, end: datetime, *, before: Session | None = None) -> None:
    """Refuse what ends before it began, or would last longer than a day and than it did before."""
    if end <= start:
        raise UserError("end.before_start", start=start)
    was = before.ended_at - before.started_at if before and before.ended_at else timedelta()
    if end - start > max(LONGEST, was):
        raise UserError("fix.too_long")
