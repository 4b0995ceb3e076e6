"""The schema that a database really has, in the values that migrations are written in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import peewee as pw

from ..schema.compiler import DDLCompiler, dialect_of
from ..schema.expressions import meaning
from ..schema.model import Column, Constraint, ForeignKey, Index, Schema, Table, Text
from ..schema.types import verbatim
from .postgres import as_truncated, postgres_shadow, postgres_table
from .sqlite import parsed, sqlite_table


def introspect_table(database: pw.Database, table: Table, ddl: DDLCompiler) -> Table | None:
    """Describe the live table; whatever is as `table` declares it is spelled as there.

    None if there is no such table.
    """
    if dialect_of(database) == "sqlite":
        live = sqlite_table(database, table.name)
        wanted = parsed(ddl, table)
    else:
        (table,) = as_truncated(Schema([table]), "postgresql").values()
        live = postgres_table(database, table.name)
        wanted = postgres_shadow(database, table, ddl) if live else None
    if live is None or wanted is None:
        return None
    columns = (
        replace(column, type=verbatim(str(column.type), ddl.types)) for column in live.columns
    )
    return matched(replace(live, columns=tuple(columns)), wanted, table)


def introspect(database: pw.Database, declared: Schema, ddl: DDLCompiler) -> Schema:
    """Describe the live tables that are declared."""
    found = (introspect_table(database, table, ddl) for table in declared.values())
    return Schema(table for table in found if table is not None)


def matched(live: Table, wanted: Table, declared: Table) -> Table:
    if declared.virtual is not None or live.virtual is not None:
        same = normalized(live.virtual) == normalized(declared.virtual)
        return replace(declared, virtual=declared.virtual if same else live.virtual)
    same = normalized(live.options) == normalized(wanted.options)
    keys = declared.foreign_keys
    return replace(
        live,
        name=declared.name,
        columns=tuple(
            matched_column(column, live, wanted, declared)
            if column.name in declared.column_names
            else column
            for column in live.columns
        ),
        constraints=matched_elements(
            live.constraints, wanted.constraints, declared.constraints, same_constraint
        ),
        foreign_keys=matched_elements(live.foreign_keys, keys, keys, same_key),
        indexes=matched_elements(live.indexes, wanted.indexes, declared.indexes, same_index),
        options=declared.options if same else live.options,
        origin=declared.origin,
    )


def matched_column(found: Column, live: Table, wanted: Table, declared: Table) -> Column:
    """Spell as declared what the database says the same of; only the rest in its own words."""
    twin, meant = wanted.column(found.name), declared.column(found.name)
    is_null = live.allows_null(found)
    same = {
        name: getattr(meant, name)
        for name in ("type", "server_default", "collation", "identity", "generated", "extra")
        if normalized(getattr(found, name)) == normalized(getattr(twin, name))
    }
    return replace(
        found,
        **same,
        null=meant.null if is_null == wanted.allows_null(twin) else is_null,
        default=meant.default,
        attribute=meant.attribute,
        origin=meant.origin,
    )


def matched_elements(
    live: tuple[Any, ...],
    wanted: tuple[Any, ...],
    declared: tuple[Any, ...],
    same: Callable[[Any, Any], bool],
) -> tuple[Any, ...]:
    """Name elements as declared where the database says the same of both."""
    waiting = list(zip(wanted, declared, strict=True))
    out = []
    for element in live:
        for pair in waiting:
            if same(pair[0], element) and pair[1].name in (None, element.name):
                waiting.remove(pair)
                out.append(pair[1])
                break
        else:
            out.append(element)
    return tuple(out)


def normalized(text: Text | None) -> str | None:
    return None if text is None else meaning(str(text))


def same_constraint(wanted: Constraint, live: Constraint) -> bool:
    return normalized(wanted.sql) == normalized(live.sql)


def same_key(wanted: ForeignKey, live: ForeignKey) -> bool:
    targets = wanted.target_columns or live.target_columns
    return replace(wanted, name=None, target_columns=targets) == replace(live, name=None)


def same_index(wanted: Index, live: Index) -> bool:
    return index_facts(wanted) == index_facts(live)


def index_facts(index: Index) -> tuple[Any, ...]:
    texts = [normalized(text) for text in (*index.parts, index.where, index.extra)]
    return index.name, index.unique, len(index.parts), texts, index.using
