"""A command, the preferences that hold for it, and the answers of sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from domain.calendar import Calendar
from domain.goals import Progress
from domain.sessions import Session


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where neither the member nor the server has chosen."""

    zone: ZoneInfo
    language: str


class Hours(NamedTuple):
    """Hours without activity after which a session is treated as forgotten; 0: never.

    `ask`: /end asks when it ended. `remind`: its member is sent a reminder. `close`: it is ended.
    """

    ask: int = 6
    remind: int = 4
    close: int = 12

    @property
    def in_order(self) -> bool:
        """Whether everybody is reminded before their session is closed."""
        return self.remind == 0 or self.close == 0 or self.remind < self.close


DEFAULT_HOURS = Hours()


@dataclass(frozen=True, slots=True)
class Command:
    """Who asked, where, and when by Discord's clock.

    `id` is the interaction's: the idempotency key.
    """

    id: int
    guild_id: int
    user_id: int
    user_name: str
    channel_id: int | None
    at: datetime
    defaults: Defaults
    organiser: bool = False  # may manage the server, at the time of the command
    language: str | None = None  # of the reader's Discord client; None if not known
    direct: bool = False  # sent from a DM, so without the member's name in the server


@dataclass(frozen=True, slots=True)
class Preferences:
    """What holds for a member in a server, from their own choices, the server's and the defaults.

    `language` is the member's choice, None for that of their Discord client; public posts are in
    `server_language`.
    """

    zone: ZoneInfo
    server_zone: ZoneInfo
    language: str | None
    server_language: str
    day_starts: int = 0
    server_day_starts: int = 0
    listed: bool = False  # on the server's leaderboard
    private: bool = False  # in no post and no list
    left: bool = False  # the bot saw that they left the server
    hours: Hours = DEFAULT_HOURS
    last_language: str | None = None  # of their last interaction
    undelivered: bool = False  # a notice about a session here could not be sent by DM yet
    week_starts: int = 0  # the server's, for everybody in it; 0 is Monday
    posts: bool = True  # starts and ends are posted in the server at all

    @property
    def posted(self) -> bool:
        """Whether everybody sees what the member begins and ends."""
        return self.posts and not self.private

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.zone, self.day_starts, self.week_starts)

    @property
    def server_calendar(self) -> Calendar:
        return Calendar(self.server_zone, self.server_day_starts, self.week_starts)


@dataclass(frozen=True, slots=True)
class Answer:
    """What every answer has: the preferences by which it is shown."""

    preferences: Preferences


@dataclass(frozen=True, slots=True)
class Started(Answer):
    """A session has begun; `others` work in the server too."""

    session: Session
    others: int


@dataclass(frozen=True, slots=True)
class AlreadyOpen(Answer):
    """A start, `at` a moment, while a session is active: nothing changed.

    `task` is what the start was for, `plan` until when or how long, as it was typed.
    """

    session: Session
    at: datetime
    task: str | None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class Ended(Answer):
    """A session has ended; `change_id` is the interaction whose change Undo takes back.

    `today` is all of the member's work that day, `together` how much of the session others worked
    too.
    """

    session: Session
    today: timedelta
    change_id: int
    together: timedelta = timedelta()
    progress: Progress | None = None


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
class Continued(Answer):
    """The member's session goes on, and what is new about it.

    `change_id` is the interaction whose change Undo takes back, None if nothing was changed.
    """

    session: Session
    news: Literal["kept", "undone", "paused", "resumed", "task", "planned"] = "kept"
    change_id: int | None = None


@dataclass(frozen=True, slots=True)
class ConfirmDiscard(Answer):
    """The question, `at` a moment, before a session is discarded."""

    session: Session
    at: datetime


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
class CompletionData:
    """What completion needs of a member: their zone and their latest tasks."""

    zone: ZoneInfo
    tasks: list[str]
