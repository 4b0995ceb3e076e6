"""The SQL that Peewee itself would create tables and indexes with, without a database."""

from collections.abc import Mapping
from typing import Any

import peewee as pw

from ..errors import MigrationError
from ..schema.compiler import DDLCompiler, dialect_of
from ..schema.sql import Dialect, literal
from ..schema.tokens import single_spaced, tokens


class Offline:
    """Databases that are never connected: one of each kind."""

    def __init__(self, database: pw.Database | None = None) -> None:
        self.sqlite: Any = pw.SqliteDatabase(None)
        self.postgresql: Any = pw.PostgresqlDatabase(None)
        if database is not None:
            mine = self.sqlite if dialect_of(database) == "sqlite" else self.postgresql
            mine._field_types = DDLCompiler.of(database).types

    def types(self, dialect: Dialect) -> Mapping[str, str]:
        return (self.sqlite if dialect == "sqlite" else self.postgresql)._field_types


def truncated(name: str) -> str:
    """Return an index's name as Peewee shortens it."""
    return pw._truncate_constraint_name(name)  # pyright: ignore[reportAttributeAccessIssue]


def peewee_type(field: Any) -> str:
    """Return the type of a field by Peewee's own name, with its length."""
    kind = field.ddl_datatype(None)
    if kind is None or isinstance(kind, pw.SQL):
        return kind.sql or "" if kind else ""
    return rendered(kind, pw.SqliteDatabase(None))


def table_sql(model: Any, database: Any) -> str:
    manager = type(model._schema)(model, database)
    sql, values = manager._create_table(safe=False).query()
    return inlined(sql, values, database)


def index_sql(model: Any, index: Any, database: Any) -> str:
    manager = type(model._schema)(model, database)
    sql, values = manager._create_index(index, safe=False).query()
    return inlined(sql, values, database)


def rendered(node: pw.Node, database: Any) -> str:
    context = database.get_sql_context(scope=pw.SCOPE_VALUES)
    sql, values = context.sql(node).query()
    return single_spaced(inlined(sql, values, database))


def inlined(sql: str, values: list[Any], database: pw.Database) -> str:
    """Return the SQL with its parameters written in, as the driver would."""
    dialect = dialect_of(database)
    sign, pieces, last = database.param[0], [], 0
    for token in tokens(sql) if values else ():
        # a mark in a string is text, and so is a doubled one
        is_mark = token.text == sign and sql.startswith(database.param, token.start)
        if is_mark and not sql.endswith("%", 0, token.start):
            pieces.append(sql[last : token.start])
            last = token.start + len(database.param)
    if len(pieces) != len(values):
        raise MigrationError(
            f"{sql} has {len(pieces)} marks {database.param} and {len(values)} parameters: write"
            " the parameters into the SQL"
        )
    pieces.append(sql[last:])
    if dialect == "postgresql":  # psycopg2 reads %% as one per cent sign whenever Peewee calls it
        pieces = [piece.replace("%%", "%") for piece in pieces]
    spellings = [*(literal(value, dialect) for value in values), ""]
    return "".join(part for pair in zip(pieces, spellings, strict=True) for part in pair)
