"""Describing what JSON must look like, and saying where it does not, as Discord says it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from devtools.sandbox.errors import Refusal

Path = tuple[str | int, ...]


class Problems:
    """What is wrong, by path; raised together as one "Invalid Form Body"."""

    def __init__(self) -> None:
        self._found: dict[Path, tuple[str, str]] = {}

    def add(self, path: Path, code: str, message: str) -> None:
        self._found.setdefault(path, (code, message))

    @property
    def count(self) -> int:
        return len(self._found)

    def raise_any(self) -> None:
        if self._found:
            raise refusal(self._found)


Check = Callable[[Any, Path, Problems], None]


def refusal(found: Mapping[Path, tuple[str, str]]) -> Refusal:
    """Create the 400 with Discord's nested errors (reference, Error Messages)."""
    errors: dict[str, Any] = {}
    for path, (code, message) in found.items():
        node = errors
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})
    return Refusal(400, 50035, "Invalid Form Body", errors)


def required(path: Path, problems: Problems) -> None:
    problems.add(path, "BASE_TYPE_REQUIRED", "This field is required")


def text(high: int, low: int = 0) -> Check:
    """A string of `low` to `high` characters; only spaces counts as nothing."""

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add(path, "BASE_TYPE_BAD_STRING", "Could not interpret as string.")
        elif low and not value.strip():
            required(path, problems)
        else:
            _length(len(value), low, high, path, problems)

    return check


def _length(length: int, low: int, high: int, path: Path, problems: Problems) -> None:
    if low <= length <= high:
        return
    if low and high != low:
        message = f"Must be between {low} and {high} in length."
        problems.add(path, "BASE_TYPE_BAD_LENGTH", message)
    else:
        problems.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")


def number(low: float, high: float, *, whole: bool = True) -> Check:
    def check(value: Any, path: Path, problems: Problems) -> None:
        kinds = int if whole else (int, float)
        if not isinstance(value, kinds) or isinstance(value, bool):
            problems.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')
        elif value < low:
            problems.add(path, "NUMBER_TYPE_MIN", f"Must be greater than or equal to {low}.")
        elif value > high:
            problems.add(path, "NUMBER_TYPE_MAX", f"Must be less than or equal to {high}.")

    return check


def boolean(value: Any, path: Path, problems: Problems) -> None:
    if not isinstance(value, bool):
        problems.add(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def one_of(*allowed: Any) -> Check:
    def check(value: Any, path: Path, problems: Problems) -> None:
        if value not in allowed or isinstance(value, bool):
            choices = ", ".join(map(str, allowed))
            problems.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")

    return check


def snowflake(value: Any, path: Path, problems: Problems) -> None:
    if not str(value).isdecimal():
        problems.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')


def moment(value: Any, path: Path, problems: Problems) -> None:
    """An ISO 8601 date and time."""
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        message = f"Could not parse {value}. Should be ISO8601."
        problems.add(path, "DATE_TIME_TYPE_PARSE", message)


def url(high: int, *schemes: str) -> Check:
    """An address with one of the schemes."""

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not sane(text(high, 1), value, path, problems):
            return
        scheme, separator, rest = value.partition("://")
        if not separator or not rest:
            problems.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        elif scheme not in schemes:
            message = f"Scheme must be one of {schemes}."
            problems.add(path, "URL_TYPE_INVALID_SCHEME", message)

    return check


def each(check_one: Check, high: int, low: int = 0) -> Check:
    """A list of `low` to `high` things that each pass."""

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return
        _length(len(value), low, high, path, problems)
        for index, one in enumerate(value):
            check_one(one, (*path, index), problems)

    return check


def shape(needed: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """An object: `needed` keys, and `optional` ones that may also be null."""
    may = optional or {}

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
            return
        for key, check_one in needed.items():
            if value.get(key) is None:
                required((*path, key), problems)
            else:
                check_one(value[key], (*path, key), problems)
        for key, check_one in may.items():
            if value.get(key) is not None:
                check_one(value[key], (*path, key), problems)

    return check


def sane(check: Check, value: Any, path: Path, problems: Problems) -> bool:
    """Check, and tell whether nothing new was found: then what was checked may be relied on."""
    before = problems.count
    check(value, path, problems)
    return problems.count == before
