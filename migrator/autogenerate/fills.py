"""What rows get: in new columns, and in those that a rollback brings back without their values."""

import ast
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import peewee as pw

from ..model_classes.defaults import computed_default, is_computed
from ..model_classes.orm import table_name
from ..operations.base import DISTINCT
from ..plan.rows import NUMBERS, empty_value
from ..schema.model import Column, PerDatabase, Schema, Table, text_for
from ..schema.references import columns_of, expression_of, is_unique
from ..schema.sql import literal, quote
from ..schema.tokens import tokens
from ..schema.types import family
from .compare import Fill

# one value for all rows would not be unique
RANDOM_UUIDS = {
    "uuid": PerDatabase("lower(hex(randomblob(16)))", "gen_random_uuid()"),
    "binary uuid": PerDatabase("randomblob(16)", "uuid_send(gen_random_uuid())"),
}


def needs_value(table: Table, column: Column) -> bool:
    """Return whether whoever inserts a row must say what it has in the column."""
    is_given = column.server_default is not None or column.identity or column.generated
    counts = text_for("sqlite", column.type) in ("AUTO", "BIGAUTO")
    return not (is_given or counts or table.allows_null(column))


def read_value(text: str) -> Any:
    """Return the Python value that somebody typed; what is none is a text."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def computed(models: list[type[pw.Model]]) -> Fill:
    """Return what a computed default gives, computed once."""
    by_table = {table_name(model): model for model in models}

    def value(table: Table, column: Column) -> Any:
        model = by_table.get(table.name)
        field = model._meta.columns.get(column.name) if model else None
        if field is None or not is_computed(field):
            return None
        if not is_unique(table, column.name):
            return computed_default(field)
        random = RANDOM_UUIDS.get(family(str(column.type)), DISTINCT)
        return random if field.default is uuid4 else DISTINCT

    return value


def computed_at_import(before: Schema, after: Schema) -> Iterator[tuple[str, str]]:
    """Yield the columns whose default seems to be called when the models are imported."""
    for table in after.values():
        for column in table.columns:
            old = before[table.name].columns if table.name in before else ()
            was = next((item.default for item in old if item.name == column.name), None)
            if was == column.default:
                continue
            if is_now(column.default):
                yield f"{table.name}.{column.name}", "the moment at which"
            elif "uuid" in family(str(column.type)) and was is not None is not column.default:
                yield f"{table.name}.{column.name}", "another each time"
            elif isinstance(was, date) and column.default == datetime.now().astimezone().date():
                yield f"{table.name}.{column.name}", "the day on which"


def is_now(value: Any) -> bool:
    """Return whether a value is an instant of the last minute, local, in UTC or in seconds."""
    now = datetime.now(UTC)
    if isinstance(value, datetime):
        local = now.astimezone().replace(tzinfo=None)
        nows = [now] if value.tzinfo else [local, now.replace(tzinfo=None)]
        return any(abs((now - value).total_seconds()) < 60 for now in nows)
    return isinstance(value, float) and abs(now.timestamp() - value) < 60


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
