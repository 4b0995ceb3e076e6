"""Spell a schema's values as the Python of a migration file."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import peewee as pw

from ..operations.base import DISTINCT, Operation
from ..schema.model import Column, Constraint, ForeignKey, Index, PerDatabase, Text
from ..schema.references import expression_of

WIDTH = 100


def python(value: Any) -> str:  # noqa: C901, PLR0911 (one line a type)
    """The expression that makes the value."""
    match value:
        case PerDatabase():
            return f"PerDatabase({python(value.sqlite)}, {python(value.postgresql)})"
        case datetime() | date() | time():
            return repr(value)  # datetime.datetime(…): the file imports datetime
        case Decimal() | UUID():
            return f"{type(value).__name__}({text(str(value))})"
        case pw.SQL():
            return f"pw.SQL({text(value.sql)})"
        case tuple():
            inner = ", ".join(python(item) for item in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case Column():
            return column(value)
        case Index():
            return index(value)
        case Constraint():
            return constraint(value)
        case ForeignKey():
            return foreign_key(value)
        case str():
            return text(value)
    return "DISTINCT" if value is DISTINCT else repr(value)


def text(value: str) -> str:
    """A string in double quotes where that needs no escapes."""
    plain = repr(value)
    if plain.startswith("'") and '"' not in value and "\\" not in plain:
        return f'"{plain[1:-1]}"'
    return plain


def call(name: str, /, *args: Any, **kwargs: Any) -> str:
    spelled = [python(arg) for arg in args]
    spelled += [f"{key}={python(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(spelled)})"


def said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not said."""
    return {
        name: value for name, value in values.items() if value is not None and value is not False
    }


def column(value: Column) -> str:
    attribute = None if value.attribute == value.name else value.attribute
    more = {
        "null": value.null,
        "server_default": value.server_default,
        "collation": value.collation,
        "identity": value.identity,
        "generated": value.generated,
        "extra": value.extra,
    }
    options = said(more)
    if value.default is not None:
        options["default"] = value.default
    return call("Column", value.name, value.type, **options, **said({"attribute": attribute}))


def index(value: Index) -> str:
    options = said(
        {"unique": value.unique, "where": value.where, "using": value.using, "extra": value.extra}
    )
    return call("Index", value.name, one_or_many(value.parts), **options)


def one_or_many(names: Any) -> Any:
    return names[0] if len(names) == 1 and isinstance(names[0], str) else names


def constraint(value: Constraint) -> str:
    options = said({"name": value.name})
    spellings = [expression_of(value, dialect) for dialect in ("sqlite", "postgresql")]
    if None in spellings:
        return call("Constraint", value.sql, **options)
    expression: Text = (
        PerDatabase(*spellings) if isinstance(value.sql, PerDatabase) else str(spellings[0])
    )
    return call("check", expression, **options)


def foreign_key(value: ForeignKey) -> str:
    options = said(
        {
            "on_delete": value.on_delete,
            "on_update": value.on_update,
            "deferrable": value.deferrable,
            "name": value.name,
        }
    )
    targets = one_or_many(value.target_columns)
    return call("ForeignKey", one_or_many(value.columns), value.table, targets, **options)


def statement(operation: Operation) -> str:
    """Return the call of the migrator, on one line if it fits and else with an argument a line."""
    method, args, options = operation.deconstruct()
    spelled = [python(arg) for arg in args]
    spelled += [f"{key}={python(value)}" for key, value in options.items()]
    short = f"migrator.{method}({', '.join(spelled)})"
    if len(short) + 4 <= WIDTH and method != "create_table":
        return short
    return f"migrator.{method}(\n" + "".join(f"    {item},\n" for item in spelled) + ")"
