"""What organisers set for a server."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from domain import time_grammar
from domain.command import Answer, Hours
from domain.errors import UserError
from domain.goals import Goal, parse_aim
from domain.zones import parse_zone

MINUTE = timedelta(minutes=1)
LONGEST_HOURS = 168
_HOURS = re.compile(r"(\d{1,3}) ?(?:h|hours?|時間|時|:00)?", re.ASCII)


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
    """The settings of a server.

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
class ConfirmSettings(Answer):
    """The question before what changes numbers that people have seen.

    The values are None where nothing is to change. What else was asked for is changed already, by
    the interaction `change_id`.
    """

    zone: ZoneInfo | None
    day_starts: Literal[0, 1, 2, 3, 4, 5, 6] | None
    week_starts: Weekday | None
    change_id: int | None = None


def _one_of(*values: Any) -> Callable[[str], Any]:
    """Return a reader of values that only the bot's own buttons and choices send."""
    known = {str(value): value for value in values}

    def read(text: str) -> Any:
        if text not in known:
            raise UserError("unknown_button")
        return known[text]

    return read


def _hours(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        phrase = time_grammar.normalize(text)
        match = _HOURS.fullmatch(phrase)
        hours = 0 if phrase in ("never", "なし", "しない") else int(match[1]) if match else None
        if hours is None or hours > most:
            raise UserError("hours.unreadable", text=text, most=most)
        return hours

    return read


def _minutes(text: str) -> int:
    return min((parse_aim(text) or timedelta()) // MINUTE, 2**31 - 1)


def _zone(text: str) -> str | None:
    return parse_zone(text).key if text else None


def _language(text: str) -> str | None:
    return None if text == "auto" else text


def _channel(text: str) -> int | None:
    if text == "none":
        return None
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) >= 2**63:
        raise UserError("unknown_button")
    return int(text)


# Each setting by the name that options and buttons give it: its column, and what reads it.
SETTINGS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "zone": ("zone", _zone),
    "language": ("language", _language),
    "day_starts": ("day_starts", _hours(6)),
    "week_starts": ("week_starts", _one_of(*range(7))),
    "posts": ("posts", lambda text: _one_of("yes", "no")(text) == "yes"),
    "ask_hours": ("ask_hours", _hours(LONGEST_HOURS)),
    "remind_hours": ("remind_hours", _hours(LONGEST_HOURS)),
    "close_hours": ("close_hours", _hours(LONGEST_HOURS)),
    "summary_channel": ("summary_channel_id", _channel),
    "summary_day": ("summary_day", _one_of(*range(7))),
    "summary_hour": ("summary_hour", _hours(23)),
    "goal": ("goal", _minutes),
}
_NAMED = re.compile(rf"(?:^|,)({'|'.join(SETTINGS)}):")


def read_settings(text: str | None) -> dict[str, str]:
    """Read `zone:London,week_starts:6`; a value goes on until the next setting is named.

    Raise UserError for what no option or button of the bot sends.
    """
    before, *found = _NAMED.split(text or "")
    if before or not found:
        raise UserError("unknown_button")
    return dict(zip(found[::2], found[1::2], strict=True))


def settings_text(values: Mapping[str, object]) -> str:
    """Return values of settings as `read_settings` reads them."""
    return ",".join(f"{name}:{value}" for name, value in values.items())
