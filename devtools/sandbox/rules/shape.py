"""What JSON must look like, and where it does not, in Discord's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from devtools.sandbox.errors import Refusal

Place = tuple[str | int, ...]
_MESSAGES: dict[str, str] = json.loads(Path(__file__).with_name("errors.json").read_text("utf-8"))


class Location:
    """A place in what was sent: `at / "name"` is below `at`. All share what was found wrong."""

    def __init__(self, *path: str | int, found: dict[Place, tuple[str, str]] | None = None) -> None:
        self.path = path
        self._found = {} if found is None else found

    def __truediv__(self, key: str | int) -> Location:
        return Location(*self.path, key, found=self._found)

    def add(self, code: str, message: str = "", **values: object) -> None:
        """Note what is wrong here, with Discord's message for the code or with another one."""
        message = message or _MESSAGES[code].format_map(values)
        self._found.setdefault(self.path, (code, message))

    @property
    def count(self) -> int:
        return len(self._found)

    def raise_any(self) -> None:
        """Raise all that was found as one 400, nested by path (reference, Error Messages)."""
        errors: dict[str, Any] = {}
        for path, (code, message) in self._found.items():
            node = errors
            for step in path:
                node = node.setdefault(str(step), {})
            node.setdefault("_errors", []).append({"code": code, "message": message})
        if errors:
            raise Refusal(400, 50035, "Invalid Form Body", errors)


Check = Callable[[Any, Location], None]


def required(at: Location) -> None:
    at.add("BASE_TYPE_REQUIRED")


def text(high: int, low: int = 0) -> Check:
    """Create the check of a string of `low` to `high` characters; spaces alone are none."""

    def check(value: Any, at: Location) -> None:
        if not isinstance(value, str):
            at.add("BASE_TYPE_BAD_STRING")
        elif low and not value.strip():
            required(at)
        else:
            _length(len(value), low, high, at)

    return check


def _length(length: int, low: int, high: int, at: Location) -> None:
    if low <= length <= high:
        return
    if low and high != low:
        at.add("BASE_TYPE_BAD_LENGTH", low=low, high=high)
    else:
        at.add("BASE_TYPE_MAX_LENGTH", high=high)


def number(low: float, high: float, *, whole: bool = True) -> Check:
    def check(value: Any, at: Location) -> None:
        kinds = int if whole else (int, float)
        if not isinstance(value, kinds) or isinstance(value, bool):
            at.add("NUMBER_TYPE_COERCE", value=value)
        elif value < low:
            at.add("NUMBER_TYPE_MIN", low=low)
        elif value > high:
            at.add("NUMBER_TYPE_MAX", high=high)

    return check


def boolean(value: Any, at: Location) -> None:
    if not isinstance(value, bool):
        at.add("BOOLEAN_TYPE_CONVERT")


def one_of(*allowed: Any) -> Check:
    def check(value: Any, at: Location) -> None:
        if value not in allowed or isinstance(value, bool):
            choices = ", ".join(map(str, allowed))
            at.add("BASE_TYPE_CHOICES", choices=choices)

    return check


def snowflake(value: Any, at: Location) -> None:
    if not str(value).isdecimal():
        at.add("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')


def moment(value: Any, at: Location) -> None:
    """Check an ISO 8601 date and time."""
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        at.add("DATE_TIME_TYPE_PARSE", value=value)


def url(high: int, *schemes: str) -> Check:
    """Create the check of an address with one of the schemes."""

    def check(value: Any, at: Location) -> None:
        if not passes(text(high, 1), value, at):
            return
        scheme, separator, rest = value.partition("://")
        if not separator or not rest:
            at.add("URL_TYPE_INVALID_URL")
        elif scheme not in schemes:
            at.add("URL_TYPE_INVALID_SCHEME", schemes=schemes)

    return check


def each(check_one: Check, high: int, low: int = 0) -> Check:
    """Create the check of a list of `low` to `high` things that each pass."""

    def check(value: Any, at: Location) -> None:
        if not isinstance(value, list):
            at.add("LIST_TYPE_CONVERT")
            return
        _length(len(value), low, high, at)
        for index, one in enumerate(value):
            check_one(one, at / index)

    return check


def shape(needed: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """Create the check of an object: `needed` keys, and `optional` ones that may also be null."""
    may = optional or {}

    def check(value: Any, at: Location) -> None:
        if not isinstance(value, dict):
            at.add("MODEL_TYPE_CONVERT")
            return
        for key, check_one in needed.items():
            if value.get(key) is None:
                required(at / key)
            else:
                check_one(value[key], at / key)
        for key, check_one in may.items():
            if value.get(key) is not None:
                check_one(value[key], at / key)

    return check


def anything(value: Any, at: Location) -> None:
    """Pass everything: what is looked at later, part by part."""


def passes(check: Check, value: Any, at: Location) -> bool:
    """Check, and return whether nothing new was found: then the value's shape is known."""
    before = at.count
    check(value, at)
    return at.count == before


def unique(values: Iterable[tuple[Location, Any]], code: str) -> None:
    """Check that no value stands twice."""
    seen: set[Any] = set()
    for at, value in values:
        if value in seen:
            at.add(code)
        seen.add(value)
