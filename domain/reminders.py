"""What a member is asked and told about a session that was left alone for long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias

from domain.command import Answer, Hours
from domain.sessions import Session

HOUR = timedelta(hours=1)  # how long a reminder is out at least before anything is ended
LATE = timedelta(minutes=5)  # from when on a reminder says that it is


def last_known(session: Session) -> datetime:
    """Return until when a member is known to work, or said that they would."""
    return max(session.last_activity, session.planned_end_at or session.last_activity)


def long_ago(session: Session, hours: Hours, now: datetime) -> bool:
    """Return whether it has to be asked when a session ended, rather than taken to be now."""
    return bool(hours.ask) and now - last_known(session) > hours.ask * HOUR


def remind_at(session: Session, hours: Hours) -> datetime | None:
    """Return when the member is asked whether they still work: at the end that they planned."""
    if not hours.remind:
        return None
    planned = session.planned_end_at
    if planned and planned > session.last_activity:
        return planned
    return session.last_activity + hours.remind * HOUR


def close_at(session: Session, hours: Hours) -> datetime | None:
    """Return when a session is ended if nobody answers; None while nobody was asked.

    Whatever the bot missed, a reminder has been out for as long as there is between the two.
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
class EndAsked(Answer):
    """The question when a session ended; nothing changed.

    `text` is what was to be noted, or what the next session is to be for, which `then` begins,
    and `plan` until when or how long, as it was typed.
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
    """A session was ended for want of an answer."""

    session: Session


Notice: TypeAlias = Reminder | Unanswered


class Key(NamedTuple):
    """A session, and whose it is in which server."""

    session_id: int
    guild_id: int
    user_id: int


class Moment(NamedTuple):
    """When something is due about a session, and who may know nothing of it.

    `answered`: maybe in a message, which reaches the first shard alone. `own_hours`: its member's,
    which they may have set in any server.
    """

    at: datetime
    answered: bool
    own_hours: bool


class Taken(NamedTuple):
    """What was due about a session, and when something is next; None for nothing."""

    next_at: datetime | None
    notice: Notice | None = None


def key_of(session: Session) -> Key:
    """Return the key of a session."""
    return Key(session.id, session.guild_id, session.user_id)
