"""Write a migration file: what changes in words, the statements, and the way back."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peewee as pw

from .ddl import columns_of, expression_of, is_unique
from .difference import Difference, Line, Renames
from .schema import Column, Schema, Table, text_for
from .sql import literal, quote, tokens
from .steps import DISTINCT
from .types import family
from .values import NUMBERS, neutral

IMPORTABLE = ("Column", "Constraint", "ForeignKey", "Index", "PerDatabase", "DISTINCT", "check")


@dataclass(frozen=True)
class Draft:
    """What a new file is made of."""

    forward: list[Line]
    back: list[Line]
    hints: list[str]

    @property
    def losses(self) -> list[str]:
        return [line.loses for line in self.forward if line.loses]


def draft(
    before: Schema,
    after: Schema,
    renames: Renames,
    computed: Callable[[Table, Column], Any],
    hints: list[str],
) -> Draft:
    """Work out both ways between two schemas."""
    forward = Difference(before, after, renames, computed).lines
    back = Difference(after, before, renames.inverse(), unknown_value, fills_nulls=False).lines
    return Draft(forward, back, hints)


def unknown_value(table: Table, column: Column) -> Any:
    """What a rollback gives to rows whose value was dropped and that may not be NULL.

    Nothing for a foreign key: no row to point to can be made up.
    """
    if any(column.name in key.columns for key in table.foreign_keys):
        return None
    if is_unique(table, column.name):
        return DISTINCT
    if column.default is not None or column.server_default is not None:
        return None
    fill = neutral(text_for("sqlite", column.type) or "")
    demands = [
        expression
        for constraint in table.constraints
        if columns_of(table, constraint) == {column.name}
        and (expression := expression_of(constraint, "sqlite")) is not None
    ]
    return fill if not demands else fulfilling(column, fill, demands)


def fulfilling(column: Column, fill: Any, demands: list[str]) -> Any:
    """Find a value that the CHECKs over one column let pass, the neutral one first."""
    database = pw.SqliteDatabase(":memory:")
    for candidate in [fill, *candidates(column, " ".join(demands))]:
        row = f"(SELECT {literal(candidate, 'sqlite')} AS {quote(column.name)})"
        wanted = " AND ".join(f"({demand})" for demand in demands)
        try:
            found = database.execute_sql(f"SELECT 1 FROM {row} WHERE {wanted}").fetchone()  # noqa: S608
        except pw.PeeweeException:
            return fill
        if found:
            return candidate
    return fill


def candidates(column: Column, expression: str) -> list[Any]:
    """The constants of an expression, and the numbers next to them, that the column can hold."""
    kind = family(text_for("sqlite", column.type) or "")
    found = tokens(expression)
    if kind == "text":
        words = [token.text[1:-1] for token in found if token.kind == "string"]
        return ["a", *(word.replace("''", "'") for word in words)]
    if kind not in NUMBERS:
        return []
    out: list[Any] = [1, -1]
    for token in found:
        if token.kind == "number" and re.fullmatch(r"\d+(\.\d+)?", token.text):
            number = float(token.text) if "." in token.text else int(token.text)
            out += [number, number + 1, number - 1, -number]
    return out


def indented(lines: list[Line]) -> str:
    out: list[str] = []
    for line in lines:
        if line.loses:
            out.append(f"# loses {line.loses}")
        if line.note:
            out.append(f"# {line.note}")
        out += line.code.split("\n")
    return "\n".join(f"    {text}" for text in out) if out else "    pass"


def file_text(name: str, written: Draft) -> str:
    """The whole text of a migration file."""
    words = (
        "\n".join(f"- {line.words}" for line in written.forward) or "- nothing yet: write it here"
    )
    doc = f'"""{name}\n\n{words}\n'
    if written.losses:
        doc += "\nLoses " + ", ".join(written.losses) + ".\n"
    if written.hints:
        doc += "\n" + "\n".join(written.hints) + "\n"
    doc += '"""\n'
    code = indented(written.forward), indented(written.back)
    both = "\n".join(code)
    imports = "import datetime\n" if "datetime." in both else ""
    imports += "from decimal import Decimal\n" if "Decimal(" in both else ""
    imports += "from uuid import UUID\n" if "UUID(" in both else ""
    names = [item for item in IMPORTABLE if re.search(rf"\b{item}\b", both)]
    ordered_names = sorted(
        [*names, "Migrator"], key=lambda item: (item != "DISTINCT", item.islower(), item)
    )
    return (
        doc.replace("\\", "\\\\")
        + "\n"
        + (f"{imports}\n" if imports else "")
        + "import peewee as pw\n\n"
        + f"from migrator import {', '.join(ordered_names)}\n\n\n"
        + function("migrate", code[0])
        + "\n\n"
        + function("rollback", code[1])
    )


def function(name: str, body: str) -> str:
    head = (
        f"def {name}(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:\n"
    )
    return f"{head}{body}\n"
