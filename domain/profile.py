"""What a member chose for themselves, and an organiser for a server."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.command import Answer
from domain.goals import Goal, Progress


@dataclass(frozen=True, slots=True)
class Profile(Answer):
    """What a member chose; None where the server's or Discord's settings hold.

    `change_id` is the interaction whose change Undo takes back, None if nothing was changed.
    """

    user_id: int
    at: datetime
    zone: str | None
    day_starts: int | None
    goal: Goal | None
    news: Literal["shown", "changed", "zone", "undone"] = "shown"
    change_id: int | None = None
    deletion: datetime | None = None  # when all of their data is to be deleted
    remind_hours: int | None = None  # 0: never


@dataclass(frozen=True, slots=True)
class GroupGoal(Answer):
    """What a server together means to work in a week, and how far it has come."""

    progress: Progress | None
    change_id: int | None = None
