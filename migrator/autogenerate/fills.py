"""What rows get in new columns, and defaults that every create would find changed."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import peewee as pw

from ..model_classes.defaults import computed_default, is_computed
from ..model_classes.orm import table_name
from ..operations.base import DISTINCT
from ..schema.model import Column, PerDatabase, Schema, Table, text_for
from ..schema.references import is_unique
from ..schema.types import family
from .compare import Fill

# one value for all rows would not be unique
RANDOM_UUIDS = {
    "uuid": PerDatabase("lower(hex(randomblob(16)))", "gen_random_uuid()"),
    "binary uuid": PerDatabase("randomblob(16)", "uuid_send(gen_random_uuid())"),
}


def needs_value(table: Table, column: Column) -> bool:
    """Whether whoever inserts a row must say what it has in the column."""
    is_given = column.server_default is not None or column.identity or column.generated
    counts = text_for("sqlite", column.type) in ("AUTO", "BIGAUTO")
    return not (is_given or counts or table.allows_null(column))


def read_value(text: str) -> Any:
    """The Python value that somebody typed; what is none is a text."""
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
    """Whether a value is a moment of the last minute, in local time or UTC, or in seconds."""
    now = datetime.now(UTC)
    if isinstance(value, datetime):
        local = now.astimezone().replace(tzinfo=None)
        nows = [now] if value.tzinfo else [local, now.replace(tzinfo=None)]
        return any(abs((now - value).total_seconds()) < 60 for now in nows)
    return isinstance(value, float) and abs(now.timestamp() - value) < 60
