"""What is due about sessions that run: read once, and taken so that it is done once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Literal

from peewee import JOIN, Query

from database.round_trips import Statement, fetch, write
from domain.command import Command, Defaults, Preferences
from domain.decisions import reminders as decisions
from domain.reminders import DueTime, Notice, SessionKey, Taken, Unanswered, key_of, next_at
from domain.sessions import Session
from domain.state import SessionChanged
from models import Guild, Member
from models import Session as SessionRow
from queries import session_rows
from queries.compiled import CompiledQuery
from queries.history import history_row
from queries.preferences import HOURS, hours_of, preferences_of, settings
from queries.unit_of_work import as_user_error, lock_key, statements_of


@CompiledQuery
def _active() -> Query:
    return (
        SessionRow.select(SessionRow, *HOURS)
        .join(Guild, JOIN.LEFT_OUTER, on=(Guild.guild_id == SessionRow.guild_id))
        .join(Member, JOIN.LEFT_OUTER, on=(Member.user_id == SessionRow.user_id))
        .where(*session_rows.ACTIVE, SessionRow.guild_id != 0)
    )


def due_times() -> dict[SessionKey, DueTime]:
    """Return when something is due about each session that runs, if ever."""
    found = dict[SessionKey, DueTime]()
    for row in fetch({"all": _active()})["all"]:
        session = session_rows.session_of(row)
        if at := next_at(session, hours_of(row)):
            answered = session.last_activity > session.started_at
            own_hours = row["remind_hours"] is not None
            found[key_of(session)] = DueTime(at, answered, own_hours)
    return found


def take(defaults: Defaults, key: SessionKey, now: datetime) -> Taken:
    """Do what is due about a session, as far as rows go; nothing if somebody else was faster."""
    asked = Command(0, key.guild_id, key.user_id, "", None, now, defaults)
    reads = {
        "session": session_rows.by_id(key.session_id, key.guild_id),
        "settings": settings(key.guild_id, key.user_id),
    }
    found = fetch(reads, lock=lock_key(asked))
    session = session_rows.first(found["session"])
    prefs = preferences_of(asked, found["settings"])
    if session is None:
        return Taken(None)
    after = decisions.once_due(session, prefs.hours, now)
    if after is None:
        return Taken(next_at(session, prefs.hours))
    asked = replace(asked, user_name=session.user_name)
    write(list(_taken(asked, session, after)), as_user_error)
    ended = after.ended_at is not None
    notice = Unanswered(prefs, after) if ended else decisions.reminder(prefs, after, now)
    return Taken(next_at(after, prefs.hours), notice)


def _taken(asked: Command, before: Session, after: Session) -> Iterator[Statement]:
    if after.ended_at:
        yield from statements_of(asked, SessionChanged("timeout", before, after))
    else:
        yield history_row(asked, "remind", after.id, None, None)
        yield _reminded(after.id, asked.at)


def _remind(session_id: int, at: datetime) -> Query:
    return SessionRow.update(reminded_at=at).where(
        SessionRow.id == session_id, SessionRow.reminded_at.is_null(), *session_rows.ACTIVE
    )


_reminded = CompiledQuery(_remind, guarded=True)


def note_undelivered(session_id: int, what: Literal["reminder", "timeout"]) -> None:
    """Write down that a member could not be told of something, if it still holds."""
    holds = (
        SessionRow.reminded_at.is_null(False)
        if what == "reminder"
        else SessionRow.closed_by == what
    )
    over = SessionRow.ended_at.is_null(what == "reminder")
    SessionRow.update(untold=what).where(SessionRow.id == session_id, holds, over).execute()


def take_undelivered(command: Command) -> list[Notice]:
    """Return what a member could not be told of their sessions here, each once."""
    who = command.guild_id, command.user_id
    reads = {"sessions": _undelivered(*who), "settings": settings(*who)}
    found = fetch(reads, lock=lock_key(command))
    prefs = preferences_of(command, found["settings"])
    sessions = session_rows.sessions(found["sessions"])
    if sessions:
        write([_delivered(session.id) for session in sessions], as_user_error)
    return list(_notices(prefs, sessions, command.at))


@CompiledQuery
def _undelivered(guild_id: int, user_id: int) -> Query:
    return (
        session_rows.with_breaks()
        .where(
            SessionRow.guild_id == guild_id,
            SessionRow.user_id == user_id,
            SessionRow.untold.is_null(False),
        )
        .order_by(SessionRow.started_at, SessionRow.id)
    )


@CompiledQuery
def _delivered(session_id: int) -> Query:
    return SessionRow.update(untold=None).where(SessionRow.id == session_id)


def _notices(prefs: Preferences, sessions: Iterable[Session], now: datetime) -> Iterator[Notice]:
    for session in sessions:
        if session.active:
            yield decisions.reminder(prefs, session, now)
        elif session.unconfirmed and session.removed_at is None:
            yield Unanswered(prefs, session)
