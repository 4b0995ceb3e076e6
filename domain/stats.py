"""What one's own numbers answer, and why they are what they are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.command import Answer
from domain.goals import Goal, Progress
from domain.periods import Period
from domain.summary import Part, Summary


@dataclass(frozen=True, slots=True)
class Stats(Answer):
    """A member's numbers in a server; `asked_id` is the interaction at whose time they hold."""

    asked_id: int
    at: datetime
    user_name: str
    period: Period
    summary: Summary
    before: timedelta | None  # the total of the period before, if there is one
    streak: int  # days on end up to today, whatever the period
    together: timedelta  # of the total, how much others worked too
    everywhere: timedelta | None  # the total over all servers, if there is more than here
    progress: Progress | None
    goals: tuple[Goal, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Account(Answer):
    """Every part of a number, a page of them; pages count from 1."""

    asked_id: int
    at: datetime
    first: date
    last: date
    parts: tuple[Part, ...]
    before: timedelta  # the parts of the pages before
    total: timedelta
    count: int
    page: int
    pages: int
