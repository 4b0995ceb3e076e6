"""A command as it reached us, and the answers that it may have."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.day import Calendar
from domain.session import Session


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where neither the member nor the server has said otherwise."""

    zone: ZoneInfo
    language: str


@dataclass(frozen=True, slots=True)
class Command:
    """Who asked, where and when by Discord's clock; `id`, the interaction's, is done only once."""

    id: int
    guild_id: int
    user_id: int
    user_name: str
    channel_id: int | None
    at: datetime
    defaults: Defaults


@dataclass(frozen=True, slots=True)
class Preferences:
    """Whose zone and whose language hold for a member in a server.

    `language` is what the member chose, None for whatever Discord shows them;
    public posts are in `server_language`.
    """

    zone: ZoneInfo
    server_zone: ZoneInfo
    language: str | None
    server_language: str
    day_starts: int = 0

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.zone, self.day_starts)


@dataclass(frozen=True, slots=True)
class Answer:
    """What every answer carries: in whose words and zone to tell it."""

    preferences: Preferences


@dataclass(frozen=True, slots=True)
class Started(Answer):
    """A session runs; `others` work in the server too."""

    session: Session
    others: int


@dataclass(frozen=True, slots=True)
class AlreadyOpen(Answer):
    """A start while a session runs: nothing changed; `task` is what the start was for."""

    session: Session
    task: str | None


@dataclass(frozen=True, slots=True)
class Ended(Answer):
    """A session is over; `change_id` is the interaction whose change Undo takes back."""

    session: Session
    today: timedelta
    change_id: int


@dataclass(frozen=True, slots=True)
class Restarted(Answer):
    """One session ended and the next began."""

    ended: Ended
    started: Started


@dataclass(frozen=True, slots=True)
class NothingOpen(Answer):
    """There is no session to act on; `last` is the latest one that ended."""

    last: Session | None


@dataclass(frozen=True, slots=True)
class Working(Answer):
    """Who is working now, the longest first; `own` is the reader's session."""

    sessions: tuple[Session, ...]
    own: Session | None


@dataclass(frozen=True, slots=True)
class Running(Answer):
    """The member's session runs on; `undone` if an undo brought that about."""

    session: Session
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Discarding(Answer):
    """The question before a session is discarded."""

    session: Session


@dataclass(frozen=True, slots=True)
class Discarded(Answer):
    """A session is discarded; `change_id` is the interaction whose change Undo takes back."""

    session: Session
    change_id: int


@dataclass(frozen=True, slots=True)
class NotYours(Answer):
    """Somebody else's button; `own` is the session of the one who pressed it."""

    owner: str
    own: Session | None


@dataclass(frozen=True, slots=True)
class Panel(Answer):
    """The permanent message with which everybody starts and ends."""


@dataclass(frozen=True, slots=True)
class Known:
    """What completion needs of a member: their zone and their latest tasks."""

    zone: ZoneInfo
    tasks: list[str]
