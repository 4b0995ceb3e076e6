"""Whether a value in SQLite, where any column holds anything, is one of a type."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from ..schema.types import family, length

INTEGER = re.compile(r"[+-]?\d+(\.0*)?")


def is_day(text: str) -> bool:
    if len(text) > len("2026-01-02"):
        return datetime.fromisoformat(text).time() == time()
    return bool(date.fromisoformat(text))


def is_moment(text: str) -> bool:
    return not text.isdigit() and bool(datetime.fromisoformat(text))


# each returns what counts as true, or raises ValueError or ArithmeticError
PARSERS: dict[str, Callable[[str], object]] = {
    "integer": lambda text: INTEGER.fullmatch(text) and abs(Decimal(text)) < 2**63,
    "number": lambda text: Decimal(text).is_finite(),
    "boolean": lambda text: text in ("0", "1"),
    "date": is_day,
    "datetime": is_moment,
    "instant": is_moment,
    "time": time.fromisoformat,
    "uuid": UUID,
    "binary uuid": lambda text: len(text.replace("-", "")) == 32 and UUID(text),
    "json": lambda text: [json.loads(text)],
}


def is_convertible(value: object, kind: str) -> bool:
    """Return whether `value` becomes one of the type `kind`; a number's text counts as it."""
    if family(kind) in ("uuid", "binary uuid") and isinstance(value, bytes):
        return len(value) == 16
    try:
        text = value.decode() if isinstance(value, bytes) else str(value)
        if family(kind) == "text":
            limit = length(kind)
            return limit is None or len(text) <= limit
        parser = PARSERS.get(family(kind))
        return parser is None or bool(parser(text.strip()))
    except (ValueError, ArithmeticError):
        return False
