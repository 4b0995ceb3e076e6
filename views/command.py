"""How commands and their options are described in Discord's own menus."""

from typing import Any

from disnake import Localized, OptionChoice
from disnake.ext import commands

from i18n import words


def localized(key: str) -> Localized[str]:
    """Give a name or a description: the English one, and all languages by its key."""
    return Localized(words("en-US")[key], key=key)


def described(key: str) -> dict[str, Any]:
    """Name and describe a command."""
    return {
        "name": localized(f"{key}_NAME"),
        "description": localized(f"{key}_DESCRIPTION"),
    }


def option(
    key: str,
    *,
    max_length: int | None = None,
    required: bool = False,
    default: object = None,
    choices: dict[str, str] | None = None,
) -> Any:
    """Describe an option; `choices` are the keys of their names, and their values."""
    return commands.Param(  # pyright: ignore[reportUnknownMemberType]
        ... if required else default,
        name=localized(f"{key}_NAME"),
        description=localized(f"{key}_DESCRIPTION"),
        max_length=max_length,
        choices=[OptionChoice(localized(key), value) for key, value in (choices or {}).items()],
    )
