"""Tables as SQLite keeps them: their own SQL, read back."""

from dataclasses import replace

import peewee as pw

from ..schema.compiler import DDLCompiler
from ..schema.model import Table
from ..schema.parser import parse_index, parse_table
from ..schema.sql import literal, quote
from .catalogs import rows, split


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


def parsed(ddl: DDLCompiler, table: Table) -> Table:
    """Return the declared table as it is read back from its own SQL."""
    indexes = tuple(parse_index(ddl.create_index(table, index))[1] for index in table.indexes)
    return replace(parse_table(ddl.create_table(table)), indexes=indexes)
