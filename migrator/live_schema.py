"""The schema that a database really has, in the values that migrations are written in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import peewee as pw

from .ddl import LONGEST_NAME, Spelling
from .declared import dialect_of
from .live import rows, split
from .moves import plainly_null
from .parse import parse_index, parse_table
from .postgres import sequences
from .schema import Column, Constraint, ForeignKey, Index, Schema, Table, Text
from .sql import literal, meaning, quote, quote_path


@dataclass(frozen=True)
class Found:
    """A table as the database tells it, and what it would tell of the one that is declared."""

    live: Table
    wanted: Table


def as_declared(database: pw.Database, table: Table, spelling: Spelling) -> Table | None:
    """Describe the live table; whatever is as `table` declares it is spelled as there.

    None if there is no such table.
    """
    if dialect_of(database) == "sqlite":
        live = sqlite_table(database, table.name)
        wanted = parsed(spelling, table)
    else:
        live = postgres_table(database, table.name)
        wanted = postgres_shadow(database, table, spelling) if live else None
    if live is None or wanted is None:
        return None
    return matched(Found(live, wanted), table)


def live_schema(database: pw.Database, declared: Schema, spelling: Spelling) -> Schema:
    """Describe the live tables that are declared."""
    found = (as_declared(database, table, spelling) for table in declared.values())
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
    null = plainly_null(found.live, live)
    if null == plainly_null(found.wanted, wanted):
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
        plainly_null(table, column),
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


# SQLite


def sqlite_table(database: pw.Database, name: str) -> Table | None:
    schema, bare = split(name)
    master = f"{quote(schema or 'main')}.sqlite_master"
    found = rows(
        database,
        f"SELECT type, sql FROM {master} WHERE lower(tbl_name) = lower({literal(bare, 'sqlite')})"  # noqa: S608
        " AND sql IS NOT NULL AND type IN ('table', 'index') ORDER BY name",
    )
    table = next((parse_table(sql) for kind, sql in found if kind == "table"), None)
    if table is None:
        return None
    indexes = tuple(parse_index(sql)[1] for kind, sql in found if kind == "index")
    return replace(table, name=name, indexes=indexes)


def parsed(spelling: Spelling, table: Table) -> Table:
    """The declared table as it is read back from its own SQL."""
    indexes = tuple(parse_index(spelling.create_index(table, index))[1] for index in table.indexes)
    return replace(parse_table(spelling.create_table(table)), indexes=indexes)


# Postgres


def postgres_table(database: pw.Database, name: str, relation: str | None = None) -> Table | None:
    """Read a table from the catalogs; `relation` says where, if not under its name."""
    spelled = literal(relation or quote_path(name), "postgresql")
    found = rows(database, f"SELECT to_regclass({spelled})::oid")[0][0]
    if found is None:
        return None
    options = rows(database, f"SELECT reloptions FROM pg_class WHERE oid = {found}")[0][0]  # noqa: S608
    return Table(
        name,
        tuple(postgres_column(row) for row in rows(database, COLUMNS.format(found))),
        tuple(column for (column,) in rows(database, PRIMARY_KEY.format(found))),
        tuple(Constraint(sql, label) for label, sql in rows(database, CONSTRAINTS.format(found))),
        tuple(postgres_key(row) for row in rows(database, FOREIGN_KEYS.format(found))),
        tuple(postgres_index(*row) for row in rows(database, INDEXES.format(found))),
        f"WITH ({', '.join(options)})" if options else None,
    )


COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull, pg_get_expr(adbin, adrelid),
    CASE WHEN attcollation <> typcollation THEN collname END, attidentity, attgenerated,
    EXISTS (SELECT 1 FROM pg_depend AS d JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
        WHERE d.refobjid = attrelid AND d.refobjsubid = attnum AND d.deptype = 'a')
FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_collation ON pg_collation.oid = attcollation
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = {} AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""

PRIMARY_KEY = """
SELECT attname FROM pg_constraint, unnest(conkey) WITH ORDINALITY AS k (n, place)
JOIN pg_attribute ON attnum = k.n
WHERE conrelid = {0} AND contype = 'p' AND attrelid = {0} ORDER BY place"""

CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = {} AND contype IN ('c', 'u', 'x') ORDER BY conname"""

FOREIGN_KEYS = """
SELECT conname, nspname, relname, confdeltype, confupdtype, condeferrable, condeferred, convalidated,
    ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS k (n, place)
        JOIN pg_attribute ON attrelid = conrelid AND attnum = k.n ORDER BY place),
    ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS k (n, place)
        JOIN pg_attribute ON attrelid = confrelid AND attnum = k.n ORDER BY place),
    nspname = current_schema()
FROM pg_constraint JOIN pg_class ON pg_class.oid = confrelid
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE conrelid = {} AND contype = 'f' ORDER BY conname"""

INDEXES = """
SELECT relname, indisvalid, pg_get_indexdef(indexrelid) FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = {} AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid
    AND contype IN ('p', 'u', 'x')) ORDER BY relname"""

ACTIONS = {"a": None, "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def postgres_column(row: tuple[Any, ...]) -> Column:
    name, kind, null, default, collation, identity, generated, counts = row
    if counts and not identity and (default or "").startswith("nextval("):
        kind = {"integer": "AUTO", "bigint": "BIGAUTO"}.get(kind, kind)
        default = None
    return Column(
        name,
        kind,
        null,
        server_default=None if generated else default,
        collation=collation,
        identity={"a": "ALWAYS", "d": "BY DEFAULT"}.get(identity),
        generated=f"({default}) {'STORED' if generated == 's' else 'VIRTUAL'}"
        if generated
        else None,
    )


def postgres_key(row: tuple[Any, ...]) -> ForeignKey:
    name, schema, table, delete, update, deferrable, deferred, valid, here, there, is_current = row
    timing = ("INITIALLY DEFERRED" if deferred else "INITIALLY IMMEDIATE") if deferrable else None
    return ForeignKey(
        tuple(here),
        table if is_current else f"{schema}.{table}",
        tuple(there),
        ACTIONS[delete],
        ACTIONS[update],
        timing if valid else "NOT VALID",
        name,
    )


def postgres_index(name: str, is_valid: bool, sql: str) -> Index:
    index = parse_index(sql)[1]
    return index if is_valid else replace(index, extra="INVALID")


def postgres_shadow(database: pw.Database, table: Table, spelling: Spelling) -> Table | None:
    """What Postgres tells of the declared table: made for a moment, as a temporary one."""
    numbered = tuple(
        replace(constraint, name=f"c{place:04}")
        for place, constraint in enumerate(table.constraints)
    )
    bare = replace(table, name=split(table.name)[1], constraints=numbered)
    create = spelling.create_table(bare, keys=False)
    statements = [
        *(f"CREATE SEQUENCE IF NOT EXISTS {quote_path(name)}" for name in sequences_of(table)),
        create.replace("CREATE TABLE", "CREATE TEMP TABLE", 1),
        *(spelling.create_index(bare, index) for index in bare.indexes),
    ]
    with database.atomic() as transaction:
        for statement in statements:
            rows(database, statement)
        shadow = postgres_table(database, table.name, f"pg_temp.{quote(bare.name)}")
        transaction.rollback()
    if shadow is None:
        return None
    by_name = {index.name: index for index in shadow.indexes}
    return replace(shadow, indexes=tuple(by_name[stored(index.name)] for index in table.indexes))


def sequences_of(table: Table) -> list[str]:
    return sorted(sequences(Schema([table])))


def stored(name: str) -> str:
    """A name as Postgres keeps it."""
    return name.encode()[:LONGEST_NAME].decode(errors="ignore")
