"""Defaults and other values of fields, as plain values that a file and SQL can spell."""

import json
from copy import copy
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from math import isnan
from typing import Any
from uuid import UUID

import peewee as pw

from ..errors import MigrationError
from ..schema.model import PerDatabase, one_text
from .sql import Offline, rendered


def is_computed(field: pw.Field) -> bool:
    """Return whether a default is no value, but a function or SQL that gives one."""
    return callable(field.default) or isinstance(field.default, pw.Node)


def computed_default(field: pw.Field) -> Any:
    """Return a computed default, computed now; of SQL, the SQL.

    Raise MigrationError if that fails.
    """
    try:
        value = field.default() if callable(field.default) else field.default
    except Exception as error:
        name = getattr(field.default, "__name__", repr(field.default))
        raise MigrationError(
            f"{field_path(field)}: its default {name}() raises {type(error).__name__}: {error}."
            " Rows that exist need its value: let it be computed here, too, or let the column be"
            " null=True"
        ) from error
    return stored(field, value)


def stored(field: Any, value: Any) -> Any:
    """Return what a field makes of a value before it goes to the database, as a plain value.

    Raise MigrationError for a value that cannot be written into a file.
    """
    if value is None:
        return None
    try:
        return plain_value(converted(field, value))
    except Exception as error:
        raise MigrationError(
            f"{field_path(field)}: its default {value!r} cannot be written down ({error}): let it"
            " be a number, a text, a date or the like, or a function that returns one"
        ) from error


def field_path(field: Any) -> str:
    return f"{field.model._meta.table_name}.{field.name}"


def converted(field: Any, value: Any) -> Any:
    """Return a value as a field hands it on, without a driver's wrapping."""
    if isinstance(value, pw.Node):
        offline = Offline()
        text = one_text(rendered(value, offline.sqlite), rendered(value, offline.postgresql))
        return text if isinstance(text, PerDatabase) else pw.SQL(text)
    if isinstance(field, pw.JSONField) or hasattr(field, "_json_datatype"):
        return (field._dumps or json.dumps)(value)  # pyright: ignore[reportAttributeAccessIssue]
    if hasattr(field, "_json_dumps"):  # of playhouse.sqlite_ext
        return field._json_dumps(value)
    if hasattr(field, "_db_hook"):
        field = copy(field)
        field._db_hook(None)
    try:
        value = field.db_value(value)
    except (TypeError, ValueError):
        if not isinstance(value, Enum):
            raise
        value = field.db_value(value.value)
    if isinstance(value, pw.Value):
        value = value.converter(value.value) if value.converter else value.value
    return value


def plain_value(value: Any) -> Any:
    """Return the value as one of the types that a file and SQL can spell.

    Raise ValueError for any other.
    """
    match value:
        case Enum():
            return plain_value(value.value)
        case memoryview() | bytearray():
            return bytes(value)
        case list() | tuple():
            return [plain_value(item) for item in value]
        case datetime() if value.tzinfo is not None:
            return value.astimezone(timezone(value.utcoffset() or timedelta()))
        case float() | Decimal() if isnan(value):
            raise ValueError("it is not a number")
        case None | bool() | int() | float() | Decimal() | str() | bytes() | UUID():
            return value
        case date() | time() | timedelta() | pw.SQL() | PerDatabase():
            return value
    raise ValueError(f"it is of the type {type(value).__name__}")
