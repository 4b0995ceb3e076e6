"""What organisers set for a server."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from domain.command import Answer, Hours
from domain.goals import Goal

Weekday: TypeAlias = Literal[0, 1, 2, 3, 4, 5, 6]  # 0 is Monday
Page: TypeAlias = Literal["main", "hours", "summary"]
# What may be in the way of a post: the channel is gone, or the bot may not post in it.
Blocked: TypeAlias = Literal["", "gone", "closed"]


@dataclass(frozen=True, slots=True)
class WeeklySummary:
    """Where and when a server's week is posted; `failed`: the last one could not be."""

    channel_id: int
    day: Weekday
    hour: int
    failed: bool
    blocked: Blocked = ""


@dataclass(frozen=True, slots=True)
class Config(Answer):
    """What holds for a server.

    `own_zone` and `own_language`: the server has its own, not the bot's. `proposed` is the zone of
    an organiser whose server has none. `change_id` is the interaction whose change Undo takes back,
    None if nothing was changed.
    """

    at: datetime
    own_zone: bool
    own_language: bool
    hours: Hours
    goal: Goal | None
    summary: WeeklySummary | None
    page: Page = "main"
    news: Literal["shown", "changed", "undone"] = "shown"
    proposed: ZoneInfo | None = None
    change_id: int | None = None


@dataclass(frozen=True, slots=True)
class Confirming(Answer):
    """The question before what changes numbers that people have seen.

    The values are None where nothing is to change. What else was asked for is changed already, by
    the interaction `change_id`.
    """

    zone: ZoneInfo | None
    day_starts: Literal[0, 1, 2, 3, 4, 5, 6] | None
    week_starts: Weekday | None
    change_id: int | None = None
