"""What was read for a decision, and the changes that a decision makes."""

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
from domain.work_intervals import Row, Work


@dataclass(frozen=True, slots=True)
class PreviousResult:
    """A row of the history that an interaction wrote: who acted, and on which session."""

    user_id: int
    session_id: int | None
    session: Session | None


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A change that the history has: what it was done to, and what was before and after."""

    user_id: int
    user_name: str
    session_id: int | None
    at: datetime
    before: Snapshot | None
    after: Snapshot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a command needs, read in one round trip; what it does not need is not read."""

    prefs: Preferences
    previous: PreviousResult | None = None  # the row of this interaction, if it comes a second time
    named: Session | None = None  # the session that a button names
    fresh: Session | None = None  # the session that this interaction started, likewise
    active: Session | None = None
    recent: Sequence[Session] = ()  # the member's own
    days: Sequence[Row] = ()  # the member's own work of the last days
    last: Session | None = None  # the member's latest that ended
    others: int = 0  # how many others work here now
    deletion: datetime | None = None  # when all of the member's data is to be deleted
    goals: Sequence[Goal] = ()
    companions: Sequence[Row] = ()  # others' work during the session
    near: Sequence[Session] = ()  # which may overlap with the times given
    recorded: RecordedChange | None = None  # the change that is to be undone
    chosen: Snapshot | None = None  # what the member chose for themselves
    server: Snapshot | None = None  # what organisers set for the server
    sessions: Sequence[Session] = ()  # those of a page, a period, or all that are active
    count: int = 0  # of the member's sessions here
    worked: Sequence[Row] = ()  # the member's own work in a period and before it, with its tasks
    lately: Sequence[Row] = ()  # and up to now
    met: Sequence[Row] = ()  # others' work while the member worked
    elsewhere: Sequence[Row] = ()  # the member's own work in other servers
    everybody: Work | Sequence[Row] = ()  # all work in the server
    # that of this week, if `everybody` has not all of it
    week: Work | Sequence[Row] | None = None
    server_goals: Sequence[Goal] = ()
    listed: AbstractSet[int] = frozenset()  # who are on the leaderboard
    working: AbstractSet[int] = frozenset()  # who are active
    unseen: AbstractSet[int] = frozenset()  # who are private, or left

    def already_done(self, command: Command) -> bool:
        """Return whether this interaction has been carried out already.

        It comes twice as a retry, or to a second process. Raise UserError if it was somebody
        else's.
        """
        if self.previous and self.previous.user_id != command.user_id:
            raise UserError("unknown_button")
        return self.previous is not None

    def require_own(self, session: Session | None, command: Command) -> Session:
        """Return a session that is this member's; raise UserError for anybody else's or none."""
        if session is None:
            raise UserError("unknown_button")
        if session.user_id != command.user_id:
            raise UserError("not_yours", name=session.user_name)
        return session


@dataclass(frozen=True, slots=True)
class SessionCreated:
    """A new session; `before` is what undoing it brings back."""

    cmd: Literal["start", "add"]
    session: Session
    before: Snapshot | None = None
    second: bool = False  # the other half of an interaction that ended one too


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """A session changes from `before` to `after`; not if it is no longer as `before`."""

    cmd: str
    before: Session
    after: Session


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """What a member chose for themselves, or an organiser for a server, as the history keeps it."""

    cmd: Literal["me", "goal", "config", "undo"]
    before: Snapshot
    after: Snapshot


@dataclass(frozen=True, slots=True)
class MemberReturned:
    """A member who had left the server is back."""


@dataclass(frozen=True, slots=True)
class SessionsImported:
    """Sessions that an import adds, to be undone together."""

    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class ImportUndone:
    """The undo of the import that an interaction made, with so many sessions."""

    change_id: int
    count: int


Change: TypeAlias = (
    SessionCreated
    | SessionChanged
    | SettingsChanged
    | MemberReturned
    | SessionsImported
    | ImportUndone
)
A_co = TypeVar("A_co", bound=Answer, covariant=True)
Decision: TypeAlias = tuple[A_co, tuple[Change, ...]]
