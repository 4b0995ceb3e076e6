"""Write values and operations as the Python of a migration file."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import peewee as pw

from ..operations.base import DISTINCT, Operation, arguments
from ..schema.model import (
    Column,
    Constraint,
    ForeignKey,
    Index,
    PerDatabase,
    Schema,
)
from ..schema.references import expression_of
from .layout import lines, quoted


def serialize(value: Any) -> str:  # noqa: C901, PLR0911 (one line a type)
    """Return the expression that makes the value."""
    match value:
        case PerDatabase():
            return call("PerDatabase", [value.sqlite, value.postgresql])
        case float() if abs(value) == float("inf"):
            return f'float("{value}")'
        case float():
            return repr(value).replace("e+", "e")
        case datetime() | date() | time():
            return repr(value)  # datetime.datetime(…): the file imports datetime
        case Decimal() | UUID():
            return call(type(value).__name__, [str(value)])
        case pw.SQL():
            return call("pw.SQL", [value.sql])
        case tuple():
            inner = ", ".join(map(serialize, value))
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case Constraint():
            return serialize_constraint(value)
        case Column() | Index() | ForeignKey():
            args, options = arguments(value)
            if options.get("attribute") == args[0]:
                del options["attribute"]
            return call(type(value).__name__, [alone(arg) for arg in args], options)
        case list():
            return f"[{', '.join(map(serialize, value))}]"
        case str() | bytes():
            return quoted(repr(value))
    return "DISTINCT" if value is DISTINCT else repr(value)


def serialize_constraint(value: Constraint) -> str:
    _, options = arguments(value)
    expressions = [expression_of(value, dialect) for dialect in ("sqlite", "postgresql")]
    if None in expressions:
        return call("Constraint", [value.sql], options)
    is_one = not isinstance(value.sql, PerDatabase)
    return call("check", [expressions[0] if is_one else PerDatabase(*expressions)], options)


def alone(value: Any) -> Any:
    """Return the one name of a tuple with one name."""
    is_one = isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], str)
    return value[0] if is_one else value


def call(name: str, args: list[Any], options: dict[str, Any] | None = None) -> str:
    named = [f"{option}={serialize(value)}" for option, value in (options or {}).items()]
    return f"{name}({', '.join([*map(serialize, args), *named])})"


# in the order in which a linter wants them
IMPORTABLE = (
    "DISTINCT",
    "Column",
    "Constraint",
    "ForeignKey",
    "Index",
    "Migrator",
    "PerDatabase",
    "check",
)


HELP = """\
What can be said here: migrator.create_table(), drop_table(), rename_table(), add_column(),
drop_column(), rename_column(), change_column(), change_primary_key(), add_index(), drop_index(),
add_constraint(), drop_constraint(), add_foreign_key(), drop_foreign_key(); for rows,
migrator.sql(sql) and migrator.run(function), where migrator.orm["table"] is a model."""


def with_losses(
    operations: list[Operation], schema: Schema
) -> Iterator[tuple[Operation, str | None]]:
    """Yield each operation and what is lost by it, begun at `schema`."""
    for operation in operations:
        yield operation, operation.loses(schema)
        schema = operation.state_forwards(schema)


def body(operations: list[Operation], schema: Schema, width: int) -> str:
    """Return the statements of a function that asks for the operations, begun at `schema`."""
    out: list[str] = []
    for operation, loss in with_losses(operations, schema):
        if loss:
            out.append(f"    # loses {loss}")
        method, args, options = operation.deconstruct()
        source = call(f"migrator.{method}", args, options)
        out += lines(source, width, is_broken=method == "create_table")
    return "\n".join(out) or "    pass"


def imports(code: str, width: int) -> str:
    """Return the imports that the code needs."""
    standard = "import datetime\n" if "datetime." in code else ""
    standard += "from decimal import Decimal\n" if "Decimal(" in code else ""
    standard += "from uuid import UUID\n" if "UUID(" in code else ""
    used = [*re.findall(r"\w+", code), "Migrator"]
    names = [name for name in IMPORTABLE if name in used]
    own = f"from migrator import {', '.join(names)}\n"
    if len(own) > width + 1:
        own = "from migrator import (\n" + "".join(f"    {name},\n" for name in names) + ")\n"
    return f"{standard}\nimport peewee as pw\n\n{own}".lstrip("\n")


def definition(name: str, body: str, width: int) -> str:
    options = "migrator: Migrator, database: pw.Database, *, fake: bool = False"
    head = f"def {name}({options}) -> None:"
    if len(head) > width:
        head = f"def {name}(\n    {options}\n) -> None:"
    return f"{head}\n{body}\n"
