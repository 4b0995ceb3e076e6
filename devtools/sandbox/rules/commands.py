"""Application commands: names, descriptions, options, choices and their translations."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from devtools.sandbox import limits
from devtools.sandbox.errors import Refusal
from devtools.sandbox.rules.shape import (
    Check,
    Location,
    anything,
    boolean,
    each,
    number,
    one_of,
    passes,
    required,
    shape,
    text,
    unique,
)

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, NUMBER = 3, 4, 10
_NAME = re.compile(limits.COMMAND_NAME_PATTERN)
_INT = limits.INTEGER_OPTION

_command = shape(
    {"name": text(limits.COMMAND_NAME, 1)},
    {
        "type": one_of(CHAT_INPUT, USER, MESSAGE),
        "description": text(limits.COMMAND_DESCRIPTION),
        "options": each(anything, limits.OPTIONS),
        "nsfw": boolean,
        "dm_permission": boolean,
        "contexts": each(one_of(0, 1, 2), 3, 1),
        "integration_types": each(one_of(0, 1), 2, 1),
    },
)
_option = shape(
    {
        "type": one_of(*range(1, 12)),
        "name": text(limits.COMMAND_NAME, 1),
        "description": text(limits.COMMAND_DESCRIPTION, 1),
    },
    {
        "required": boolean,
        "autocomplete": boolean,
        "choices": each(anything, limits.CHOICES),
        "options": each(anything, limits.OPTIONS),
        "min_length": number(0, limits.STRING_OPTION),
        "max_length": number(1, limits.STRING_OPTION),
        "min_value": number(-_INT, _INT, whole=False),
        "max_value": number(-_INT, _INT, whole=False),
    },
)
_choice_values: dict[int, Check] = {
    STRING: text(limits.CHOICE_TEXT),
    INTEGER: number(-_INT, _INT),
    NUMBER: number(-_INT, _INT, whole=False),
}


def check_commands(sent: Any) -> None:
    """Refuse a bulk overwrite that Discord would refuse."""
    at = Location()
    if passes(each(anything, 10_000), sent, at):
        for index, command in enumerate(sent):
            _check_command(command, at / index)
    at.raise_any()
    keys = [(command.get("type") or CHAT_INPUT, command["name"]) for command in sent]
    _check_numbers(Counter(kind for kind, _ in keys))
    found = ((at / index, key) for index, key in enumerate(keys))
    unique(found, "APPLICATION_COMMANDS_DUPLICATE_NAME")
    at.raise_any()


def check_command(sent: Any) -> None:
    at = Location()
    _check_command(sent, at)
    at.raise_any()


def check_count(commands: list[Any]) -> None:
    """Refuse one command more than Discord holds."""
    _check_numbers(Counter(command.type for command in commands))


def _check_numbers(counts: Counter[int]) -> None:
    for kind, count in counts.items():
        most = limits.CHAT_INPUT_COMMANDS if kind == CHAT_INPUT else limits.CONTEXT_COMMANDS
        if count > most:
            message = f"Maximum number of application commands reached ({most})."
            raise Refusal(400, 30032, message)


def check_choices(sent: Any, kind: int) -> None:
    """Refuse the answer to a completion that Discord would refuse."""
    at, choices = Location("data", "choices"), sent.get("choices") or []
    if passes(each(anything, limits.CHOICES), choices, at):
        _check_choices(choices, kind, at)
    at.raise_any()


def _check_command(sent: Any, at: Location) -> None:
    if not passes(_command, sent, at):
        return
    kind = sent.get("type") or CHAT_INPUT
    if kind == CHAT_INPUT:
        _check_name(sent["name"], at / "name")
        if not (sent.get("description") or "").strip():
            required(at / "description")
    elif sent.get("description"):
        (at / "description").add("APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID")
    elif sent.get("options"):
        (at / "options").add("APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID")
    _check_translations(sent, at, names=kind == CHAT_INPUT)
    options = sent.get("options") or []
    known = passes(_check_options_of(0), options, at / "options")
    if known and _size(sent) > limits.COMMAND_CHARACTERS:
        at.add("APPLICATION_COMMAND_TOO_LARGE", most=limits.COMMAND_CHARACTERS)


def _check_name(name: str, at: Location) -> None:
    if not _NAME.match(name) or name != name.lower():
        at.add("APPLICATION_COMMAND_INVALID_NAME")


def _check_translations(sent: dict[str, Any], at: Location, *, names: bool = True) -> None:
    """Check `name_localizations` and `description_localizations`: locales, lengths, letters."""
    for key, most in (
        ("name_localizations", limits.COMMAND_NAME),
        ("description_localizations", limits.COMMAND_DESCRIPTION),
    ):
        for locale, words in (sent.get(key) or {}).items():
            where = at / key / locale
            if locale not in limits.LOCALES:
                choices = ", ".join(sorted(limits.LOCALES))
                where.add("ENUM_TYPE_COERCE", choices=choices)
            elif passes(text(most, 1), words, where) and names and key == "name_localizations":
                _check_name(words, where)


def _check_options_of(depth: int) -> Check:
    """Create the check of the options of a command (depth 0), a group or a subcommand."""

    def check(options: Any, at: Location) -> None:
        if not passes(each(anything, limits.OPTIONS), options, at):
            return
        for index, option in enumerate(options):
            _check_option(option, depth, at / index)
        if not at.count:
            _check_order(options, at)
            _check_names_unique(options, at)

    return check


def _check_option(option: Any, depth: int, at: Location) -> None:
    if not passes(_option, option, at):
        return
    kind = option["type"]
    _check_name(option["name"], at / "name")
    _check_translations(option, at)
    if kind in (SUBCOMMAND, GROUP):
        if depth > 1 or (depth == 1 and kind == GROUP):
            (at / "type").add("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID")
            return
        below = 1 if kind == GROUP else 2
        _check_options_of(below)(option.get("options") or [], at / "options")
        return
    if depth == 1:
        message = "A group holds sub-commands only"
        (at / "type").add("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
    _check_ranges(option, at)
    _check_option_choices(option, at)


def _check_ranges(option: dict[str, Any], at: Location) -> None:
    for low, high, kinds in (
        ("min_length", "max_length", (STRING,)),
        ("min_value", "max_value", (INTEGER, NUMBER)),
    ):
        least, most = option.get(low), option.get(high)
        if option["type"] not in kinds and (least, most) != (None, None):
            message = f"{low} and {high} are not for this type"
            (at / low).add("APPLICATION_COMMAND_OPTIONS_RANGE_INVALID", message)
        if least is not None and most is not None and least > most:
            (at / low).add("APPLICATION_COMMAND_OPTIONS_RANGE_INVALID", low=low, high=high)


def _check_option_choices(option: dict[str, Any], at: Location) -> None:
    kind, choices = option["type"], option.get("choices") or []
    completes = option.get("autocomplete")
    if completes and choices:
        (at / "autocomplete").add("APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES")
    if (completes or choices) and kind not in _choice_values:
        (at / "choices").add("APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID")
        return
    if choices:
        _check_choices(choices, kind, at / "choices")


def _check_choices(choices: list[Any], kind: int, at: Location) -> None:
    one = shape({"name": text(limits.CHOICE_TEXT, 1), "value": _choice_values[kind]})
    for index, choice in enumerate(choices):
        where = at / index
        if passes(one, choice, where):
            for locale, words in (choice.get("name_localizations") or {}).items():
                translated = where / "name_localizations" / locale
                if locale not in limits.LOCALES:
                    translated.add("ENUM_TYPE_COERCE", "Unknown locale.")
                text(limits.CHOICE_TEXT, 1)(words, translated)
    if not at.count:
        names = ((at / index, choice["name"]) for index, choice in enumerate(choices))
        unique(names, "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS")


def _check_order(options: list[dict[str, Any]], at: Location) -> None:
    levels = [option["type"] in (SUBCOMMAND, GROUP) for option in options]
    if any(levels) and not all(levels):
        at.add("APPLICATION_COMMAND_OPTIONS_TYPE_MIXED")
    optional_seen = False
    for index, option in enumerate([] if any(levels) else options):
        if option.get("required") and optional_seen:
            (at / index).add("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID")
        optional_seen = optional_seen or not option.get("required")


def _check_names_unique(options: list[dict[str, Any]], at: Location) -> None:
    """Check that no two options share a name, in any one language (a default name fills gaps)."""
    locales = {one for option in options for one in option.get("name_localizations") or {}}
    for locale in ("", *sorted(locales)):
        names = (
            (at / index, (option.get("name_localizations") or {}).get(locale) or option["name"])
            for index, option in enumerate(options)
        )
        unique(names, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS")


def _size(sent: dict[str, Any]) -> int:
    """Count names, descriptions and values; of each only its longest language."""
    value = sent.get("value")
    own = _longest(sent, "name") + _longest(sent, "description")
    below = [*(sent.get("options") or []), *(sent.get("choices") or [])]
    return own + (len(value) if isinstance(value, str) else 0) + sum(map(_size, below))


def _longest(sent: dict[str, Any], key: str) -> int:
    others = (sent.get(f"{key}_localizations") or {}).values()
    return max(len(words) for words in (sent.get(key) or "", *others))
