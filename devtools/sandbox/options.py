"""What a person typed after a command, turned into what Discord's client sends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from devtools.sandbox import limits, permissions
from devtools.sandbox.commands import Command
from devtools.sandbox.errors import NotPossible
from devtools.sandbox.places import BaseMember, Channel
from devtools.sandbox.world import World

SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)


class Choice(NamedTuple):
    """One completion or fixed choice, in the viewer's language."""

    name: str
    value: str | int | float

    @classmethod
    def read(cls, choice: dict[str, Any], locale: str) -> Choice:
        return cls(localized(choice, locale), choice["value"])


class Focus(NamedTuple):
    """The option that is being typed, and what stands in it so far."""

    option: str
    value: str


def localized(named: dict[str, Any], locale: str, key: str = "name") -> str:
    """Read a name or description as somebody with that language sees it."""
    return (named.get(f"{key}_localizations") or {}).get(locale) or named.get(key) or ""


def names(named: dict[str, Any]) -> set[str]:
    """List everything that a command, option or choice is called, in all languages."""
    return {named["name"], *(named.get("name_localizations") or {}).values()}


@dataclass(frozen=True)
class Route:
    """A command down to its subcommand: what is sent around the options, and the options."""

    command: Command
    path: tuple[dict[str, Any], ...]

    @property
    def options(self) -> list[dict[str, Any]]:
        return (self.path[-1].get("options") or []) if self.path else self.command.options

    def option(self, name: str) -> dict[str, Any]:
        for option in self.options:
            if name in names(option):
                return option
        raise NotPossible("no_option", name=self.command.name, option=name, there=self.there)

    @property
    def there(self) -> str:
        return ", ".join(option["name"] for option in self.options) or "-"


def route(discord: World, member: BaseMember, channel: Channel, words: str) -> Route:
    """Find the command that `remind add` means for this member. Raises NotPossible."""
    first, *rest = words.lstrip("/").split() or [""]
    if channel.guild and channel.guild.removed:
        raise NotPossible("bot_not_here", guild=channel.guild.name)
    guild_id = channel.guild.id if channel.guild else None
    for command in discord.commands_in(guild_id):
        if first in names(command.payload):
            _check_allowed(member, channel, command)
            return Route(command, _path(command, rest))
    raise NotPossible("no_command", name=first)


def _check_allowed(member: BaseMember, channel: Channel, command: Command) -> None:
    contexts = command.payload.get("contexts")
    here = 0 if channel.guild else 1
    in_dms = command.payload.get("dm_permission", True)
    if (contexts and here not in contexts) or (not contexts and here == 1 and not in_dms):
        raise NotPossible("not_here", name=command.name)
    needed = command.payload["default_member_permissions"]
    if needed is None or channel.guild is None or command.name in channel.guild.opened_commands:
        return
    # "0" means administrators only
    if not permissions.allows(member.permissions, int(needed) or permissions.ADMINISTRATOR):
        raise NotPossible("not_allowed", who=member.name, name=command.name)


def _path(command: Command, words: list[str]) -> tuple[dict[str, Any], ...]:
    path: list[dict[str, Any]] = []
    options = command.options
    for word in words:
        found = [
            one for one in options if one["type"] in (SUBCOMMAND, GROUP) and word in names(one)
        ]
        if not found:
            raise NotPossible("no_subcommand", name=command.name, word=word)
        path.append(found[0])
        options = found[0].get("options") or []
    if any(option["type"] in (SUBCOMMAND, GROUP) for option in options):
        there = ", ".join(option["name"] for option in options)
        raise NotPossible("needs_subcommand", name=command.name, there=there)
    return tuple(path)


def command_data(
    discord: World,
    member: BaseMember,
    channel: Channel,
    words: str,
    *,
    values: dict[str, Any],
    focus: Focus | None = None,
) -> dict[str, Any]:
    """Return the `data` of a command or of its completion. Raises NotPossible."""
    taken = route(discord, member, channel, words)
    typing = taken.option(focus.option) if focus else None
    if typing and not typing.get("autocomplete"):
        raise NotPossible("no_completion", option=typing["name"])
    given = {taken.option(name)["name"]: value for name, value in values.items()}
    sent: list[dict[str, Any]] = []
    resolved: dict[str, Any] = {}
    for option in taken.options:
        if focus and option is typing:
            sent.append(_part(option, focus.value) | {"focused": True})
        elif given.get(option["name"]) is not None:
            value = _converted(discord, member, option, given[option["name"]], resolved)
            sent.append(_part(option, value))
        elif option.get("required") and focus is None:
            raise NotPossible("needs_option", name=taken.command.name, option=option["name"])
    for level in reversed(taken.path):
        sent = [{"type": level["type"], "name": level["name"], "options": sent}]
    data: dict[str, Any] = {
        "id": str(taken.command.id),
        "name": taken.command.name,
        "type": taken.command.type,
        "options": sent,
    }
    if taken.command.guild_id:
        data["guild_id"] = str(taken.command.guild_id)
    if resolved:
        data["resolved"] = resolved
    return data


def _part(option: dict[str, Any], value: Any) -> dict[str, Any]:
    return {"type": option["type"], "name": option["name"], "value": value}


def _converted(
    discord: World, member: BaseMember, option: dict[str, Any], value: Any, resolved: dict[str, Any]
) -> Any:
    if option.get("choices"):
        return _choice(option, value)
    match option["type"]:
        case 3:
            return _string(option, str(value))
        case 4 | 10:
            return _number(option, value)
        case 5:
            return _boolean(option, value)
        case 11:
            return upload(discord, value, resolved)
        case _:
            return _thing(member, option, value, resolved)


def _choice(option: dict[str, Any], value: Any) -> Any:
    for choice in option["choices"]:
        if value == choice["value"] or str(value) in {str(choice["value"]), *names(choice)}:
            return choice["value"]
    there = ", ".join(choice["name"] for choice in option["choices"])
    raise NotPossible("no_choice", value=value, option=option["name"], there=there)


def _string(option: dict[str, Any], text: str) -> str:
    low = option.get("min_length", 0)
    high = option.get("max_length", limits.STRING_OPTION)
    if not low <= len(text) <= high:
        raise NotPossible(
            "option_length", option=option["name"], low=low, high=high, length=len(text)
        )
    return text


def _number(option: dict[str, Any], value: Any) -> int | float:
    try:
        number = int(value) if option["type"] == INTEGER else float(value)
    except (TypeError, ValueError):
        raise NotPossible("no_number", option=option["name"], value=value) from None
    low = option.get("min_value", -limits.INTEGER_OPTION)
    high = option.get("max_value", limits.INTEGER_OPTION)
    if not low <= number <= high:
        raise NotPossible("out_of_range", option=option["name"], low=low, high=high, value=number)
    return number


def _boolean(option: dict[str, Any], value: Any) -> bool:
    meanings = {"true": True, "false": False}
    try:
        return meanings[str(value).lower()]
    except KeyError:
        raise NotPossible("no_boolean", option=option["name"], value=value) from None


def upload(discord: World, value: Any, resolved: dict[str, Any]) -> str:
    """Upload bytes, (filename, bytes), or the file at a path, as it is typed."""
    if isinstance(value, str):
        path = Path(value).expanduser()
        if not path.is_file():
            raise NotPossible("no_file", path=value)
        value = path.name, path.read_bytes()
    filename, data = value if isinstance(value, tuple) else ("file.bin", value)
    file = discord.keep(filename, data)
    resolved.setdefault("attachments", {})[str(file.id)] = file.payload
    return str(file.id)


def _thing(member: BaseMember, option: dict[str, Any], value: Any, resolved: dict[str, Any]) -> str:
    """Name a user, channel or role by itself, its id, its mention or its name."""
    found = _find_thing(member, option["type"], value)
    if found is None:
        raise NotPossible("nobody", option=option["name"], value=value)
    for section, payload in found.resolved.items():
        resolved.setdefault(section, {})[str(found.id)] = payload
    return str(found.id)


def _find_thing(member: BaseMember, kind: int, value: Any) -> Any:
    guild = member.guild
    members, roles = list(guild.members.values()), list(guild.roles.values())
    pool = {USER: members, CHANNEL: guild.channels, ROLE: roles}.get(kind, [*members, *roles])
    wanted = str(getattr(value, "id", value)).strip("<@#&!>")
    return next((one for one in pool if wanted in (str(one.id), one.name)), None)
