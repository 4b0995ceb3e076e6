"""Tables as Postgres tells them, from its catalogs."""

from dataclasses import replace
from typing import Any

import peewee as pw

from ..errors import MigrationError
from ..operations.columns import RenameColumn
from ..operations.tables import RenameTable
from ..schema.compiler import LONGEST_NAME, DDLCompiler, sequences
from ..schema.model import Column, Constraint, ForeignKey, Index, Schema, Table
from ..schema.parser import parse_index
from ..schema.sql import Dialect, literal, quote, quote_path
from .catalogs import regclass, rows, split


def postgres_table(database: pw.Database, name: str, relation: str | None = None) -> Table | None:
    """Read a table from the catalogs; `relation` says where, if not under its name."""
    where = f"to_regclass({literal(relation, 'postgresql')})" if relation else regclass(name)
    found = rows(database, f"SELECT {where}::oid")[0][0]
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
SELECT conname, nspname, relname, confdeltype, confupdtype, condeferrable, condeferred,
    convalidated,
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
    kind = str(kind)
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


def postgres_shadow(database: pw.Database, table: Table, ddl: DDLCompiler) -> Table | None:
    """Return what Postgres tells of the declared table: made for a moment, as a temporary one."""
    numbered = tuple(
        replace(constraint, name=f"c{place:04}")
        for place, constraint in enumerate(table.constraints)
    )
    bare = replace(table, name=split(table.name)[1], constraints=numbered)
    create = ddl.create_table(bare, keys=False)
    statements = [
        *(
            f"CREATE SEQUENCE IF NOT EXISTS {quote_path(name)}"
            for name in sequences(Schema([table]))
        ),
        create.replace("CREATE TABLE", "CREATE TEMP TABLE", 1),
        *(ddl.create_index(bare, index) for index in bare.indexes),
    ]
    with database.atomic() as transaction:
        for statement in statements:
            try:
                rows(database, statement)
            except pw.PeeweeException as error:
                raise MigrationError(f"{table.name} cannot be compared: {reason(error)}") from error
        shadow = postgres_table(database, table.name, f"pg_temp.{quote(bare.name)}")
        transaction.rollback()
    if shadow is None:
        return None
    by_name = {index.name: index for index in shadow.indexes}
    return replace(shadow, indexes=tuple(by_name[index.name] for index in table.indexes))


def reason(error: Exception) -> str:
    """What Postgres says, on one line, and what to do if it may not make a temporary table."""
    said = " ".join(str(error).split())
    grant = (
        ": GRANT TEMPORARY ON DATABASE … TO the role" if "create temporary tables" in said else ""
    )
    return said + grant


def kept(name: str) -> str:
    """Return a name as Postgres keeps it."""
    return name.encode()[:LONGEST_NAME].decode(errors="ignore")


def as_truncated(schema: Schema, dialect: Dialect) -> Schema:
    """Return the schema with its names as the database keeps them: Postgres cuts them."""
    if dialect == "sqlite":
        return schema
    for name, table in schema.items():
        for column in table.column_names:
            if kept(column) != column:
                schema = RenameColumn(name, column, kept(column)).state_forwards(schema)
        things: dict[str, Any] = {
            kind: tuple(
                replace(thing, name=thing.name and kept(thing.name))
                for thing in getattr(schema[name], kind)
            )
            for kind in ("constraints", "foreign_keys", "indexes")
        }
        schema = schema.put(replace(schema[name], **things))
        place, dot, bare = name.rpartition(".")
        if kept(bare) != bare:
            schema = RenameTable(name, f"{place}{dot}{kept(bare)}").state_forwards(schema)
    return schema
