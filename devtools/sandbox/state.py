"""The base of the sandbox: ids, accounts, roles, Discord's limits, listeners to events."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from devtools.sandbox import limits
from devtools.sandbox.errors import unknown
from devtools.sandbox.snowflakes import Snowflakes, SpacedMoments

API = "/api/v10"
GATEWAY = "/gateway"
_YEAR = timedelta(days=365)
# What a user, a role, a guild and so on have in Discord's API as long as nothing of it was set.
EMPTY: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("empty.json").read_text("utf-8")
)
# Of which guild (None: of none), what, with which data, and for which intents.
Listener = Callable[[int | None, str, dict[str, Any], int], None]


@dataclass(eq=False, repr=False)
class User:
    """An account; `locale` is the language of its Discord client."""

    id: int
    name: str
    locale: str = "en-US"
    bot: bool = False
    accepts_dms: bool = True

    @cached_property
    def payload(self) -> dict[str, Any]:
        return EMPTY["user"] | {
            "id": str(self.id),
            "username": self.name if self.bot else f"user{self.id % 100_000:05}",
            "global_name": None if self.bot else self.name,
            "discriminator": "0000" if self.bot else "0",
            "bot": self.bot,
        }


@dataclass(eq=False, repr=False)
class Role:
    id: int
    name: str
    permissions: int
    managed: bool = False

    @property
    def resolved(self) -> dict[str, Any]:
        return {"roles": self.payload}

    @property
    def payload(self) -> dict[str, Any]:
        return EMPTY["role"] | {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions),
            "position": 0 if self.name == "@everyone" else 1,
            "managed": self.managed,
        }


def stopwatch() -> Callable[[], float]:
    """Return a function that tells the seconds since now."""
    began = time.monotonic()
    return lambda: time.monotonic() - began


class State:
    """An application and the accounts it meets.

    The attributes below are Discord's rules; a test may shorten or bend them at any time.
    """

    def __init__(self, token: str, bot_name: str) -> None:
        self.token = token
        self.valid_tokens: set[str] | None = None  # None: any token is welcome
        self.answer_seconds = limits.ANSWER_SECONDS
        self.stopwatch = stopwatch  # how an interaction's seconds are counted
        self.token_seconds = limits.TOKEN_SECONDS
        self.deferred_seconds = 30.0  # how long a driver waits for what was deferred
        self.heartbeat_seconds = limits.HEARTBEAT_SECONDS
        self.resume_seconds = limits.RESUME_SECONDS
        self.rate_limits = True
        self.privileged_intents = 0  # those that the application's owner switched on
        self.shards = 1  # the number that /gateway/bot recommends
        self.max_concurrency = 16
        self.identify_seconds = 0.0  # Discord: one IDENTIFY per 5 s and max_concurrency key
        self.identifies_left = limits.IDENTIFIES
        self.ahead = timedelta()  # of this machine's clock

        self.url = ""  # where the sandbox is, once it has begun
        self.listeners: list[Listener] = []
        self._snowflakes = Snowflakes()
        self._users_since = SpacedMoments(datetime.now(UTC) - 2 * _YEAR)
        self._guilds_since = SpacedMoments(datetime.now(UTC) - _YEAR)
        self._users: dict[int, User] = {}
        self.bot_user = self.add_user(bot_name, bot=True)
        self.owner = self.add_user("owner")

    @property
    def api_url(self) -> str:
        return self.url + API

    @property
    def gateway_url(self) -> str:
        return self.url.replace("http", "ws", 1) + GATEWAY

    def accepts(self, token: str) -> bool:
        return bool(token) and (self.valid_tokens is None or token in self.valid_tokens)

    def now(self) -> datetime:
        """Return the time by Discord's clock."""
        return datetime.now(UTC) + self.ahead

    def new_id(self, at: datetime | None = None) -> int:
        return self._snowflakes.at(at or self.now())

    def new_guild_id(self) -> int:
        return self.new_id(self._guilds_since.next())

    def add_user(self, name: str, *, locale: str = "en-US", bot: bool = False) -> User:
        user = User(self.new_id(self._users_since.next()), name, locale, bot)
        self._users[user.id] = user
        return user

    def user(self, number: str) -> User:
        user = self._users.get(int(number)) if number.isdecimal() else None
        if user is None:
            raise unknown("User")
        return user

    def users_among(self, ids: list[str]) -> list[User]:
        found = (self._users.get(int(one)) for one in ids if one.isdecimal())
        return [user for user in found if user]

    def dispatch(
        self, guild_id: int | None, event: str, data: dict[str, Any], intents: int
    ) -> None:
        """Dispatch an event to every listener."""
        for listener in self.listeners:
            listener(guild_id, event, data, intents)
