"""Forgotten sessions: when their members are reminded, when they are ended, and the answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias

from domain.command import Answer, Hours
from domain.sessions import Session

HOUR = timedelta(hours=1)  # at least so long after a reminder nothing is ended
LATE = timedelta(minutes=5)  # a reminder later than this says so


def last_known(session: Session) -> datetime:
    """Return until when a member is known to work, or planned to."""
    return max(session.last_activity, session.planned_end_at or session.last_activity)


def must_ask_end(session: Session, hours: Hours, now: datetime) -> bool:
    """Return whether an end must ask when the session ended, instead of taking it to be now."""
    return bool(hours.ask) and now - last_known(session) > hours.ask * HOUR


def remind_at(session: Session, hours: Hours) -> datetime | None:
    """Return when the member is reminded: at the end that they planned, else after some hours."""
    if not hours.remind:
        return None
    planned = session.planned_end_at
    if planned and planned > session.last_activity:
        return planned
    return session.last_activity + hours.remind * HOUR


def close_at(session: Session, hours: Hours) -> datetime | None:
    """Return when a session is ended if nobody answers; None before its reminder is sent.

    Even after a downtime, the time between reminder and end is at least that of the hours set.
    """
    if not hours.close:
        return None
    if not hours.remind:
        return last_known(session) + hours.close * HOUR
    if session.reminded_at is None:
        return None
    out = max((hours.close - hours.remind) * HOUR, HOUR)
    return max(session.last_activity + hours.close * HOUR, session.reminded_at + out)


def next_at(session: Session, hours: Hours) -> datetime | None:
    """Return when something is due about a session; None for never."""
    if not session.active:
        return None
    if session.reminded_at is None and (at := remind_at(session, hours)):
        return at
    return close_at(session, hours)


@dataclass(frozen=True, slots=True)
class AskEndTime(Answer):
    """The question when a session ended; nothing changed.

    `text` is the note, or with `then` the task of the session to start next, and `plan` its end or
    length as it was typed.
    """

    session: Session
    at: datetime
    text: str | None = None
    then: Literal["", "restart"] = ""
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class Reminder(Answer):
    """The question whether a member still works, which was due at a moment, maybe planned."""

    session: Session
    due_at: datetime
    planned: bool
    late: bool
    closes_at: datetime | None  # when it is ended if there is no answer


@dataclass(frozen=True, slots=True)
class Unanswered(Answer):
    """A session was ended because its reminder was not answered."""

    session: Session


Notice: TypeAlias = Reminder | Unanswered


class SessionKey(NamedTuple):
    """A session, and whose it is in which server."""

    session_id: int
    guild_id: int
    user_id: int


class DueTime(NamedTuple):
    """When something is due about a session.

    `answered`: its member may have answered in a DM, which reaches the first shard alone.
    `own_hours`: the hours are its member's own, which they may have changed in any server. Of both
    another process may not know.
    """

    at: datetime
    answered: bool
    own_hours: bool


class Taken(NamedTuple):
    """The notice to send about a session, if any, and when something is due next."""

    next_at: datetime | None
    notice: Notice | None = None


def key_of(session: Session) -> SessionKey:
    """Return the key of a session."""
    return SessionKey(session.id, session.guild_id, session.user_id)
