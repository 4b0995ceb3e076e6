"""What a member is asked and told about a session that was left alone for long."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from domain.command import Answer
from domain.sessions import Session


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
