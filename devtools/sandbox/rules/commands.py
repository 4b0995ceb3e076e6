"""Application commands: names, descriptions, options, choices and their translations."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Protocol

from devtools.sandbox import limits
from devtools.sandbox.errors import Refusal
from devtools.sandbox.rules.shape import (
    Check,
    Path,
    Problems,
    boolean,
    each,
    number,
    one_of,
    required,
    sane,
    shape,
    text,
)

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, NUMBER = 3, 4, 10
_NAME = re.compile(limits.COMMAND_NAME_PATTERN)
_INT = limits.INTEGER_OPTION

_anything: Check = lambda value, path, problems: None  # noqa: E731 - looked at one by one below
_command = shape(
    {"name": text(limits.COMMAND_NAME, 1)},
    {
        "type": one_of(CHAT_INPUT, USER, MESSAGE),
        "description": text(limits.COMMAND_DESCRIPTION),
        "options": each(_anything, limits.OPTIONS),
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
        "choices": each(_anything, limits.CHOICES),
        "options": each(_anything, limits.OPTIONS),
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


class Counted(Protocol):
    @property
    def type(self) -> int: ...


def check_commands(sent: Any) -> None:
    """Refuse a bulk overwrite that Discord would refuse."""
    problems = Problems()
    if sane(each(_anything, 10_000), sent, (), problems):
        for index, command in enumerate(sent):
            _check_command(command, (index,), problems)
    problems.raise_any()
    kinds = [command.get("type") or CHAT_INPUT for command in sent]
    _check_numbers(Counter(kinds))
    seen: set[tuple[int, str]] = set()
    for index, (kind, command) in enumerate(zip(kinds, sent, strict=True)):
        if (kind, command["name"]) in seen:
            message = "Application command names must be unique"
            problems.add((index,), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        seen.add((kind, command["name"]))
    problems.raise_any()


def check_command(sent: Any) -> None:
    problems = Problems()
    _check_command(sent, (), problems)
    problems.raise_any()


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
    problems = Problems()
    choices = sent.get("choices") or []
    if sane(each(_anything, limits.CHOICES), choices, ("data", "choices"), problems):
        _check_choices(choices, kind, ("data", "choices"), problems)
    problems.raise_any()


def _check_command(sent: Any, path: Path, problems: Problems) -> None:
    if not sane(_command, sent, path, problems):
        return
    kind = sent.get("type") or CHAT_INPUT
    if kind == CHAT_INPUT:
        _check_name(sent["name"], (*path, "name"), problems)
        if not (sent.get("description") or "").strip():
            required((*path, "description"), problems)
    elif sent.get("description"):
        code = "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID"
        problems.add((*path, "description"), code, "Context menu commands have no description")
    elif sent.get("options"):
        code = "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID"
        problems.add((*path, "options"), code, "Context menu commands have no options")
    _check_translations(sent, path, problems, names=kind == CHAT_INPUT)
    if sane(_check_options_of(sent, 0), sent.get("options") or [], (*path, "options"), problems):
        size = _size(sent)
        if size > limits.COMMAND_CHARACTERS:
            message = f"Command exceeds maximum size ({limits.COMMAND_CHARACTERS})"
            problems.add(path, "APPLICATION_COMMAND_TOO_LARGE", message)


def _check_name(name: str, path: Path, problems: Problems) -> None:
    if not _NAME.match(name) or name != name.lower():
        problems.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_translations(
    sent: dict[str, Any], path: Path, problems: Problems, *, names: bool = True
) -> None:
    """Check `name_localizations` and `description_localizations`: locales, lengths, letters."""
    for key, most in (
        ("name_localizations", limits.COMMAND_NAME),
        ("description_localizations", limits.COMMAND_DESCRIPTION),
    ):
        for locale, words in (sent.get(key) or {}).items():
            where = (*path, key, locale)
            if locale not in limits.LOCALES:
                choices = ", ".join(sorted(limits.LOCALES))
                problems.add(where, "ENUM_TYPE_COERCE", f"Value must be one of ({choices}).")
            elif not sane(text(most, 1), words, where, problems):
                continue
            elif names and key == "name_localizations":
                _check_name(words, where, problems)


def _check_options_of(parent: dict[str, Any], depth: int) -> Check:
    """Create the check of the options of a command (depth 0), a group or a subcommand."""

    def check(options: Any, path: Path, problems: Problems) -> None:
        if not sane(each(_anything, limits.OPTIONS), options, path, problems):
            return
        for index, option in enumerate(options):
            _check_option(option, depth, (*path, index), problems)
        if problems.count:
            return
        _check_order(options, path, problems)
        _check_names_unique(options, path, problems)

    return check


def _check_option(option: Any, depth: int, path: Path, problems: Problems) -> None:
    if not sane(_option, option, path, problems):
        return
    kind = option["type"]
    _check_name(option["name"], (*path, "name"), problems)
    _check_translations(option, path, problems)
    if kind in (SUBCOMMAND, GROUP):
        if depth > 1 or (depth == 1 and kind == GROUP):
            code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
            problems.add((*path, "type"), code, "Sub-command option type is not allowed here")
            return
        below = 1 if kind == GROUP else 2
        _check_options_of(option, below)(option.get("options") or [], (*path, "options"), problems)
        return
    if depth == 1:
        code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
        problems.add((*path, "type"), code, "A group holds sub-commands only")
    _check_ranges(option, path, problems)
    _check_option_choices(option, path, problems)


def _check_ranges(option: dict[str, Any], path: Path, problems: Problems) -> None:
    for low, high, kinds in (
        ("min_length", "max_length", (STRING,)),
        ("min_value", "max_value", (INTEGER, NUMBER)),
    ):
        least, most = option.get(low), option.get(high)
        if option["type"] not in kinds and (least, most) != (None, None):
            code = "APPLICATION_COMMAND_OPTIONS_RANGE_INVALID"
            problems.add((*path, low), code, f"{low} and {high} are not for this type")
        if least is not None and most is not None and least > most:
            code = "APPLICATION_COMMAND_OPTIONS_RANGE_INVALID"
            problems.add((*path, low), code, f"{low} must not be greater than {high}")


def _check_option_choices(option: dict[str, Any], path: Path, problems: Problems) -> None:
    kind, choices = option["type"], option.get("choices") or []
    completes = option.get("autocomplete")
    if completes and choices:
        code = "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES"
        problems.add((*path, "autocomplete"), code, "Autocomplete and choices exclude each other")
    if (completes or choices) and kind not in _choice_values:
        code = "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID"
        problems.add((*path, "choices"), code, "This type has no choices and does not complete")
        return
    if choices:
        _check_choices(choices, kind, (*path, "choices"), problems)


def _check_choices(choices: list[Any], kind: int, path: Path, problems: Problems) -> None:
    one = shape({"name": text(limits.CHOICE_TEXT, 1), "value": _choice_values[kind]})
    for index, choice in enumerate(choices):
        where = (*path, index)
        if sane(one, choice, where, problems):
            for locale, words in (choice.get("name_localizations") or {}).items():
                spot = (*where, "name_localizations", locale)
                if locale not in limits.LOCALES:
                    problems.add(spot, "ENUM_TYPE_COERCE", "Unknown locale.")
                text(limits.CHOICE_TEXT, 1)(words, spot, problems)
    if problems.count:
        return
    names = [choice["name"] for choice in choices]
    for index, name in enumerate(names):
        if name in names[:index]:
            code = "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS"
            problems.add((*path, index), code, "Choice names must be unique")


def _check_order(options: list[dict[str, Any]], path: Path, problems: Problems) -> None:
    levels = [option["type"] in (SUBCOMMAND, GROUP) for option in options]
    if any(levels) and not all(levels):
        code = "APPLICATION_COMMAND_OPTIONS_TYPE_MIXED"
        problems.add(path, code, "Sub-commands and other options cannot be mixed")
    optional_seen = False
    for index, option in enumerate(options):
        if levels[index]:
            continue
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options"
            problems.add((*path, index), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen = optional_seen or not option.get("required")


def _check_names_unique(options: list[dict[str, Any]], path: Path, problems: Problems) -> None:
    """Check that no two options share a name, in any one language (a default name fills gaps)."""
    locales = {one for option in options for one in option.get("name_localizations") or {}}
    for locale in ("", *sorted(locales)):
        seen: set[str] = set()
        for index, option in enumerate(options):
            name = (option.get("name_localizations") or {}).get(locale) or option["name"]
            if name in seen:
                code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
                problems.add((*path, index), code, "Option name already exists")
            seen.add(name)


def _size(sent: dict[str, Any]) -> int:
    """Count names, descriptions and values; of each only its longest language."""
    total = _longest(sent, "name") + _longest(sent, "description")
    if isinstance(sent.get("value"), str):
        total += len(sent["value"])
    for nested in ("options", "choices"):
        total += sum(_size(part) for part in sent.get(nested) or [])
    return total


def _longest(sent: dict[str, Any], key: str) -> int:
    others = (sent.get(f"{key}_localizations") or {}).values()
    return max(len(words) for words in (sent.get(key) or "", *others))
