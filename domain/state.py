"""What was read to decide on, and the changes that a decision wants."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, TypeVar

from domain.command import Answer, Command, Preferences
from domain.errors import UserError
from domain.goals import Goal
from domain.sessions import Session
from domain.snapshots import Snapshot
from domain.work_intervals import Row


@dataclass(frozen=True, slots=True)
class Previous:
    """A row of the history that an interaction wrote: who acted, and on which session."""

    user_id: int
    session_id: int | None
    session: Session | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A change that the history has: what it was done to, and what was before and after."""

    user_id: int
    user_name: str
    session_id: int | None
    at: datetime
    before: Snapshot | None
    after: Snapshot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything that a command may need, read in one round trip; most need little of it."""

    prefs: Preferences
    previous: Previous | None = None  # of this very interaction, that comes a second time
    named: Session | None = None  # what a button is about
    fresh: Session | None = None  # what this very interaction began
    active: Session | None = None
    recent: Sequence[Session] = ()  # the member's own
    days: Sequence[Row] = ()  # the member's own work of the last days
    last: Session | None = None  # to end
    others: int = 0  # who work here too
    deletion: datetime | None = None  # when all of the member's data is to be deleted
    goals: Sequence[Goal] = ()
    companions: Sequence[Row] = ()  # what others did meanwhile
    near: Sequence[Session] = ()  # which may share time with what is said
    recorded: Recorded | None = None  # the change that is to be undone
    chosen: Snapshot | None = None  # what the member chose for themselves
    server: Snapshot | None = None  # what organisers set for the server
    sessions: Sequence[Session] = ()  # those of a page, a period, or all that are active
    count: int = 0  # of the member's sessions here
    worked: Sequence[Row] = ()  # the member's own work in a period and before it, with its tasks
    lately: Sequence[Row] = ()  # and up to now
    met: Sequence[Row] = ()  # what others did while the member worked
    elsewhere: Sequence[Row] = ()  # and in other servers
    everybody: Sequence[Row] = ()  # all work in a server
    week: Sequence[Row] | None = None  # and that of this week, if `everybody` has not all of it
    server_goals: Sequence[Goal] = ()
    listed: AbstractSet[int] = frozenset()  # who are on the leaderboard
    working: AbstractSet[int] = frozenset()  # who are active
    unseen: AbstractSet[int] = frozenset()  # who keep to themselves, or left

    def done(self, command: Command) -> bool:
        """Return whether this interaction has done its work already.

        It comes twice as a retry, or because a second process heard it too. Raise UserError if it
        was somebody else's.
        """
        if self.previous and self.previous.user_id != command.user_id:
            raise UserError("unknown_button")
        return self.previous is not None

    def own(self, session: Session | None, command: Command) -> Session:
        """Return a session that is this member's; raise UserError for anybody else's or none."""
        if session is None:
            raise UserError("unknown_button")
        if session.user_id != command.user_id:
            raise UserError("not_yours", name=session.user_name)
        return session


@dataclass(frozen=True, slots=True)
class Created:
    """A new session; `before` is what undoing it brings back."""

    cmd: Literal["start", "add"]
    session: Session
    before: Snapshot | None = None
    second: bool = False  # the other half of an interaction that ended one too


@dataclass(frozen=True, slots=True)
class Changed:
    """A session that is to be as `after` says, unless somebody else was faster."""

    cmd: str
    before: Session
    after: Session


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a member chose for themselves, or an organiser for a server, as the history keeps it."""

    cmd: Literal["me", "goal", "config", "undo"]
    before: Snapshot
    after: Snapshot


@dataclass(frozen=True, slots=True)
class CameBack:
    """A member who was seen to be gone is here."""


@dataclass(frozen=True, slots=True)
class Imports:
    """Sessions that are added together, and taken back together."""

    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class TakesBack:
    """The import that an interaction made is no more; it had so many sessions."""

    change_id: int
    count: int


Change: TypeAlias = Created | Changed | Chosen | CameBack | Imports | TakesBack
A_co = TypeVar("A_co", bound=Answer, covariant=True)
Decision: TypeAlias = tuple[A_co, tuple[Change, ...]]
