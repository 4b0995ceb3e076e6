"""Names, values and lists as SQL spells them, on SQLite and on Postgres."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from ..errors import MigrationError

Dialect = Literal["sqlite", "postgresql"]


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def quote_path(path: str) -> str:
    """Quote `schema.table` or `table`."""
    return ".".join(quote(part) for part in path.split(".", 1))


def listed(names: Iterable[str]) -> str:
    """Return names quoted, with commas between."""
    return ", ".join(quote(name) for name in names)


def literal(value: Any, dialect: Dialect) -> str:  # noqa: C901, PLR0911, PLR0912 (one line a type)
    """Return a Python value as the SQL that spells it.

    Raise MigrationError for a value that has no spelling.
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper() if dialect == "postgresql" else str(int(value))
        case float() | Decimal() if abs(value) == float("inf"):
            if dialect == "sqlite":
                return "9e999" if value > 0 else "-9e999"
            return "'Infinity'" if value > 0 else "'-Infinity'"
        case int() | Decimal():
            return str(value)
        case float():
            return repr(value)
        case timedelta() if dialect == "postgresql":
            return f"'{value.days} days {value.seconds}.{value.microseconds:06} seconds'"
        case bytes() | bytearray() | memoryview():
            digits = bytes(value).hex()
            return f"'\\x{digits}'" if dialect == "postgresql" else f"x'{digits}'"
        case datetime():
            return f"'{value.isoformat(' ')}'"
        case date() | time():
            return f"'{value.isoformat()}'"
        case UUID():
            return f"'{value}'" if dialect == "postgresql" else f"'{value.hex}'"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case list() | tuple() if dialect == "postgresql":
            return literal(array(value), dialect)
    raise MigrationError(f"{value!r} cannot be written as SQL")


def array(values: Any) -> str:
    """Return a list as Postgres reads an array from text."""
    spelled = []
    for value in values:
        if isinstance(value, list | tuple):
            spelled.append(array(value))
        elif value is None:
            spelled.append("NULL")
        else:
            text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
            spelled.append('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
    return "{" + ",".join(spelled) + "}"
