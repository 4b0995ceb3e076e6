"""Application commands: the registry that the bot writes and a person's client reads."""

from __future__ import annotations

import time
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from devtools.sandbox import rules
from devtools.sandbox.errors import Refusal, unknown
from devtools.sandbox.state import State

CHAT_INPUT = 1
_QUIET_SECONDS = 0.1  # between asking for the commands and writing those that differ
_LOCALIZATIONS = ("name_localizations", "description_localizations")


@dataclass(frozen=True, eq=False)
class Command:
    """A registered command: `payload` is as Discord stores it."""

    id: int
    guild_id: int | None
    payload: dict[str, Any]

    @property
    def name(self) -> str:
        return self.payload["name"]

    @property
    def type(self) -> int:
        return self.payload["type"]

    @property
    def description(self) -> str:
        return self.payload["description"]

    @property
    def options(self) -> list[dict[str, Any]]:
        return self.payload.get("options") or []


class Commands:
    """All commands, by where they hold (None: everywhere), then by kind and name."""

    def __init__(self, discord: State, guilds: Container[int]) -> None:
        self._discord = discord
        self._guilds = guilds
        self._scopes: dict[int | None, dict[tuple[int, str], Command]] = {}
        # when a bot last asked for or wrote them; 0: not since it connected
        self._accessed_at = 0.0

    def forget_access(self) -> None:
        self._accessed_at = 0.0

    @property
    def settled(self) -> bool:
        """Whether there are commands, and a bot that connected left or made them as they are."""
        quiet = time.monotonic() - self._accessed_at > _QUIET_SECONDS
        return bool(self._accessed_at and quiet and any(self._scopes.values()))

    def of(self, guild_id: int | None = None) -> list[Command]:
        return list(self._scopes.get(guild_id, {}).values())

    def seen_in(self, guild_id: int | None) -> list[Command]:
        """List the slash commands that a person finds in a guild; its own win over global ones."""
        found = {command.name: command for command in self.of(None)}
        if guild_id is not None:
            found |= {command.name: command for command in self.of(guild_id)}
        return [command for command in found.values() if command.type == CHAT_INPUT]

    # what the bot asks for

    def listed(self, guild_id: int | None, *, whole: bool) -> list[dict[str, Any]]:
        """Read the commands of a guild (None: those of all); localizations only if `whole`."""
        self._accessed_at = time.monotonic()
        return [_written(command, whole) for command in self.of(guild_id)]

    def find(self, guild_id: int | None, number: str) -> Command:
        for command in self.of(guild_id):
            if str(command.id) == number:
                return command
        raise unknown("application command")

    def overwrite(self, guild_id: int | None, wishes: Any) -> list[Command]:
        """Write all commands of a guild anew."""
        self._check_guild(guild_id)
        rules.check_commands(wishes)
        before = self._scopes.get(guild_id, {})
        stored = [self._stored(guild_id, wish, before) for wish in wishes]
        self._scopes[guild_id] = {(command.type, command.name): command for command in stored}
        self._accessed_at = time.monotonic()
        return stored

    def create(self, guild_id: int | None, wish: Any) -> tuple[Command, bool]:
        """Create a command, or replace one of its name; return whether it is new, too."""
        self._check_guild(guild_id)
        rules.check_command(wish)
        held = self._scopes.setdefault(guild_id, {})
        command = self._stored(guild_id, wish, held)
        new = (command.type, command.name) not in held
        rules.check_count([*held.values(), command] if new else [*held.values()])
        held[command.type, command.name] = command
        return command, new

    def edit(self, old: Command, changes: dict[str, Any]) -> Command:
        wish = {**old.payload, **changes}
        rules.check_command(wish)
        held = self._scopes[old.guild_id]
        del held[old.type, old.name]
        command = self._stored(old.guild_id, wish, {(old.type, wish["name"]): old})
        held[command.type, command.name] = command
        return command

    def delete(self, command: Command) -> None:
        del self._scopes[command.guild_id][command.type, command.name]

    def _check_guild(self, guild_id: int | None) -> None:
        if guild_id is not None and guild_id not in self._guilds:
            raise Refusal(403, 50001, "Missing Access")

    def _stored(
        self, scope: int | None, wish: dict[str, Any], before: dict[tuple[int, str], Command]
    ) -> Command:
        kind = wish.get("type") or CHAT_INPUT
        old = before.get((kind, wish["name"]))
        command_id = old.id if old else self._discord.new_id()
        return Command(command_id, scope, self._written_out(command_id, kind, scope, wish))

    def _written_out(
        self, command_id: int, kind: int, scope: int | None, wish: dict[str, Any]
    ) -> dict[str, Any]:
        """Fill in what Discord fills in."""
        allowed = wish.get("default_member_permissions")
        payload = {
            "id": str(command_id),
            "application_id": str(self._discord.bot_user.id),
            "version": str(self._discord.new_id()),
            "type": kind,
            "name": wish["name"],
            "name_localizations": wish.get("name_localizations") or None,
            "description": wish.get("description") or "",
            "description_localizations": wish.get("description_localizations") or None,
            "default_member_permissions": None if allowed is None else str(allowed),
            "nsfw": bool(wish.get("nsfw")),
        }
        if wish.get("options"):
            payload["options"] = [_option(option) for option in wish["options"]]
        if scope is None:
            payload["dm_permission"] = wish.get("dm_permission") is not False
            payload["contexts"] = wish.get("contexts")
            payload["integration_types"] = wish.get("integration_types") or [0]
        else:
            payload["guild_id"] = str(scope)
        return payload


def _option(wish: dict[str, Any]) -> dict[str, Any]:
    """Leave out of an option what is empty, as Discord does."""
    kept = {key: value for key, value in wish.items() if value not in (None, False, [], {})}
    for key in ("min_value", "max_value", "min_length", "max_length"):
        if wish.get(key) is not None:
            kept[key] = wish[key]
    if "options" in kept:
        kept["options"] = [_option(option) for option in kept["options"]]
    return kept


def _written(command: Command, whole: bool) -> dict[str, Any]:
    return command.payload if whole else _without_localizations(command.payload)


def _without_localizations(payload: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in payload.items() if key not in _LOCALIZATIONS}
    for nested in ("options", "choices"):
        if nested in kept:
            kept[nested] = [_without_localizations(part) for part in kept[nested]]
    return kept
