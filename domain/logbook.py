"""The logbook, a member's own sessions: its answers, and what is typed into its forms."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from domain.command import Answer
from domain.sessions import Session


class Inputs(NamedTuple):
    """What was typed: a note or a task, from when, to when, the task beside a note, and how long.

    Where something is chosen too, `text` is the choice.
    """

    text: str | None = None
    start: str | None = None
    end: str | None = None
    task: str | None = None
    length: str | None = None


LATEST = 25  # sessions, as many as a completion may show


@dataclass(frozen=True, slots=True)
class Logbook:
    """A member's latest sessions in a server, the newest first, and their zone."""

    zone: ZoneInfo
    sessions: tuple[Session, ...]

    def with_session(self, session: Session) -> "Logbook":
        """Return it with a session added or replaced; without it if it was removed."""
        others = [one for one in self.sessions if one.id != session.id]
        kept = others if session.removed_at else [*others, session]
        kept.sort(key=lambda one: one.started_at, reverse=True)
        return replace(self, sessions=tuple(kept[:LATEST]))

    def in_zone(self, zone: ZoneInfo) -> "Logbook":
        """Return the same in another zone."""
        return replace(self, zone=zone)


@dataclass(frozen=True, slots=True)
class LogbookPage(Answer):
    """A page of one's own sessions, the newest first; pages count from 1."""

    sessions: tuple[Session, ...]
    page: int
    pages: int
    at: datetime  # until when an active one has lasted


@dataclass(frozen=True, slots=True)
class LogbookEntry(Answer):
    """One session of the logbook, and what was done to it.

    `change_id` is the interaction whose change Undo takes back, None if nothing was changed.
    """

    session: Session
    news: Literal["shown", "added", "edited", "deleted", "undone", "confirmed"]
    at: datetime
    change_id: int | None = None
