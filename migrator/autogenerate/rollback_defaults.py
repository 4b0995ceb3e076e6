"""What a rollback puts where a value was dropped that nobody knows any more."""

import re
from contextlib import closing
from typing import Any

import peewee as pw

from ..operations.base import DISTINCT
from ..plan.rows import NUMBERS, empty_value
from ..schema.model import Column, Table, text_for
from ..schema.references import columns_of, expression_of, is_unique
from ..schema.sql import literal, quote
from ..schema.tokens import tokens
from ..schema.types import family


def rollback_default(table: Table, column: Column) -> Any:
    """Return what a rollback gives to rows whose value was dropped and that may not be NULL.

    Nothing for a foreign key: no row to point to can be made up.
    """
    if any(column.name in key.columns for key in table.foreign_keys):
        return None
    if is_unique(table, column.name):
        return DISTINCT
    if column.default is not None or column.server_default is not None:
        return None
    fill = empty_value(text_for("sqlite", column.type) or "")
    demands = [
        expression
        for constraint in table.constraints
        if columns_of(table, constraint) == {column.name}
        and (expression := expression_of(constraint, "sqlite")) is not None
    ]
    return fill if not demands else value_that_passes(column, fill, demands)


def value_that_passes(column: Column, fill: Any, demands: list[str]) -> Any:
    """Find a value that the CHECKs over one column let pass, the neutral one first."""
    wanted = " AND ".join(f"({demand})" for demand in demands)
    with closing(pw.SqliteDatabase(":memory:")) as database:
        for candidate in [fill, *candidates(column, " ".join(demands))]:
            row = f"(SELECT {literal(candidate, 'sqlite')} AS {quote(column.name)})"
            try:
                found = database.execute_sql(f"SELECT 1 FROM {row} WHERE {wanted}").fetchone()  # noqa: S608
            except pw.PeeweeException:
                return fill
            if found:
                return candidate
    return fill


def candidates(column: Column, expression: str) -> list[Any]:
    """Return the constants of an expression and the numbers next to them, of the column's kind."""
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
