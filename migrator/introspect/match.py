"""The schema that a database really has, in the values that migrations are written in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import peewee as pw

from ..autogenerate.declared import dialect_of
from ..schema.compiler import DDLCompiler
from ..schema.model import Column, Constraint, ForeignKey, Index, Schema, Table, Text
from ..schema.sql import meaning
from .postgres import postgres_shadow, postgres_table, stored
from .sqlite import parsed, sqlite_table


@dataclass(frozen=True)
class Found:
    """A table as the database tells it, and what it would tell of the one that is declared."""

    live: Table
    wanted: Table


def introspect_table(database: pw.Database, table: Table, ddl: DDLCompiler) -> Table | None:
    """Describe the live table; whatever is as `table` declares it is spelled as there.

    None if there is no such table.
    """
    if dialect_of(database) == "sqlite":
        live = sqlite_table(database, table.name)
        wanted = parsed(ddl, table)
    else:
        live = postgres_table(database, table.name)
        wanted = postgres_shadow(database, table, ddl) if live else None
    if live is None or wanted is None:
        return None
    return matched(Found(live, wanted), table)


def introspect(database: pw.Database, declared: Schema, ddl: DDLCompiler) -> Schema:
    """Describe the live tables that are declared."""
    found = (introspect_table(database, table, ddl) for table in declared.values())
    return Schema(table for table in found if table is not None)


def matched(found: Found, declared: Table) -> Table:
    live, wanted = found.live, found.wanted
    if declared.virtual is not None or live.virtual is not None:
        same = said(live.virtual) == said(declared.virtual)
        return replace(declared, virtual=declared.virtual if same else live.virtual)
    return replace(
        live,
        name=declared.name,
        columns=tuple(matched_column(column, found, declared) for column in live.columns),
        constraints=matched_things(
            live.constraints, wanted.constraints, declared.constraints, constraint_key
        ),
        foreign_keys=matched_keys(live, declared),
        indexes=matched_things(live.indexes, wanted.indexes, declared.indexes, index_key),
        options=declared.options if said(live.options) == said(wanted.options) else live.options,
        origin=declared.origin,
    )


def matched_column(live: Column, found: Found, declared: Table) -> Column:
    try:
        wanted, meant = found.wanted.column(live.name), declared.column(live.name)
    except KeyError:
        return live
    if column_key(found.live, live) == column_key(found.wanted, wanted):
        return meant
    # only what differs is told in the database's words
    same = {
        name: getattr(meant, name)
        for name in ("type", "server_default", "collation", "identity", "generated", "extra")
        if said(getattr(live, name)) == said(getattr(wanted, name))
    }
    null = found.live.allows_null(live)
    if null == found.wanted.allows_null(wanted):
        null = meant.null
    return replace(
        live,
        **same,
        null=null,
        default=meant.default,
        attribute=meant.attribute,
        origin=meant.origin,
    )


def matched_things(
    live: tuple[Any, ...],
    wanted: tuple[Any, ...],
    declared: tuple[Any, ...],
    key: Callable[[Any], Any],
) -> tuple[Any, ...]:
    """Name things as declared where the database says the same of both."""
    waiting = list(zip(wanted, declared, strict=True))
    out = []
    for thing in live:
        twin = next(
            (
                pair
                for pair in waiting
                if key(pair[0]) == key(thing)
                and (pair[1].name is None or thing.name in (pair[1].name, stored(pair[1].name)))
            ),
            None,
        )
        if twin is not None:
            waiting.remove(twin)
        out.append(thing if twin is None else twin[1])
    return tuple(out)


def matched_keys(live: Table, declared: Table) -> tuple[ForeignKey, ...]:
    waiting = list(declared.foreign_keys)
    out = []
    for key in live.foreign_keys:
        twin = next(
            (
                item
                for item in waiting
                if replace(item, name=None, target_columns=key.target_columns)
                == replace(key, name=None)
                and item.target_columns in ((), key.target_columns)
                and item.name in (None, key.name)
            ),
            None,
        )
        if twin is not None:
            waiting.remove(twin)
        out.append(key if twin is None else twin)
    return tuple(out)


def said(text: Text | None) -> str | None:
    return None if text is None else meaning(str(text))


def column_key(table: Table, column: Column) -> tuple[Any, ...]:
    return (
        column.name,
        str(column.type).upper(),
        table.allows_null(column),
        said(column.server_default),
        said(column.collation),
        column.identity,
        said(column.generated),
        said(column.extra),
    )


def constraint_key(constraint: Constraint) -> str | None:
    return said(constraint.sql)


def index_key(index: Index) -> tuple[Any, ...]:
    parts = tuple(said(part) for part in index.parts)
    return index.name, index.unique, parts, said(index.where), index.using, said(index.extra)
