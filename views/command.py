"""How commands and their options are described in Discord's own menus."""

from collections.abc import Mapping
from typing import Any

from disnake import Localized, OptionChoice
from disnake.ext import commands

from domain.text import task_key
from i18n import LANGUAGES, words

YES = frozenset({"true", "yes", "はい"})


def localized(key: str) -> Localized[str]:
    """Return a name or a description: the English one, and all languages by its key."""
    return Localized(words("en-US")[key], key=key)


def described(key: str) -> dict[str, Any]:
    """Return the name and description of a command, as disnake takes them."""
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
        choices=[
            OptionChoice(choice_name(key, key) if key in LANGUAGES else localized(key), value)
            for key, value in (choices or {}).items()
        ],
    )


def choice_name(key: str, language: str) -> str:
    """Return what a choice is called: a language by its own name, for whoever reads it."""
    return words(key)["language"] if key in LANGUAGES else words(language)[key]


def choice_of(typed: str, choices: Mapping[str, str]) -> str:
    """Return the value of the choice with this value or name, in any language; else `typed`."""
    names = {
        task_key(name): value
        for key, value in choices.items()
        for name in (value, *(choice_name(key, language) for language in LANGUAGES))
    }
    return names.get(task_key(typed).strip(), typed)


def yes(typed: object) -> bool:
    """Read an option that is true or false, which a client may send as a word."""
    return str(typed).strip().casefold() in YES
