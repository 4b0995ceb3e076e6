"""Whether a value in SQLite, where any column holds anything, is one of a type."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from ..schema.types import family, length

INTEGER = re.compile(r"[+-]?\d+(\.0*)?")


def integer(text: str) -> bool:
    return bool(INTEGER.fullmatch(text)) and abs(Decimal(text)) < 2**63


def number(text: str) -> bool:
    return Decimal(text).is_finite()


def boolean(text: str) -> bool:
    return text in ("0", "1")


def day(text: str) -> bool:
    if len(text) > len("2026-01-02"):
        return datetime.fromisoformat(text).time() == time()
    return bool(date.fromisoformat(text))


def moment(text: str) -> bool:
    return not text.isdigit() and bool(datetime.fromisoformat(text))


def clock(text: str) -> bool:
    return time.fromisoformat(text) is not None


def uuid(text: str) -> bool:
    return bool(UUID(text))


def hexadecimal(text: str) -> bool:
    """Whether it is a UUID in digits, with hyphens or without."""
    return len(text.replace("-", "")) == 32 and uuid(text)


def document(text: str) -> bool:
    json.loads(text)
    return True


PARSERS: dict[str, Callable[[str], bool]] = {
    "integer": integer,
    "number": number,
    "boolean": boolean,
    "date": day,
    "datetime": moment,
    "instant": moment,
    "time": clock,
    "uuid": uuid,
    "binary uuid": hexadecimal,
    "json": document,
}


def is_convertible(value: object, kind: str) -> bool:
    """Whether `value` becomes one of the type `kind`; the text of a number counts as the number."""
    if family(kind) in ("uuid", "binary uuid") and isinstance(value, bytes):
        return len(value) == 16
    try:
        text = value.decode() if isinstance(value, bytes) else str(value)
        if family(kind) == "text":
            limit = length(kind)
            return limit is None or len(text) <= limit
        parser = PARSERS.get(family(kind))
        return parser is None or parser(text.strip())
    except (ValueError, ArithmeticError):
        return False
