"""Statements and functions of a file's own."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import MigrationError
from ..schema.model import Schema
from ..schema.parser import TABLE_PARTS, Draft, parse_index, read_column, read_table_part
from ..schema.tokens import TokenStream
from .base import Operation
from .columns import AddColumn, DropColumn, RenameColumn
from .constraints import AddElement, DropElement
from .tables import DropTable, RenameTable

DDL = re.compile(r"\s*(CREATE|DROP|ALTER)\b", re.IGNORECASE)


@dataclass(frozen=True)
class RunSQL(Operation):
    """Run a statement; parameters are the driver's (`?` on SQLite, `%s` on Postgres)."""

    sql: str
    params: tuple[Any, ...] = ()
    is_planned = False

    def state_forwards(self, schema: Schema) -> Schema:
        """Return the schema after a statement that changes a known table; any other is of rows."""
        after = schema
        try:
            for operation in operations_of(self.sql, schema):
                after = operation.state_forwards(after)
        except (IndexError, KeyError, ValueError, MigrationError):
            return schema  # more than is read here, or of what is not there
        return after

    def describe(self) -> str:
        return f"run {self.sql}"


@dataclass(frozen=True)
class RunPython(Operation):
    """Call a function that reads or writes rows; a replay never does."""

    function: Callable[[], Any]
    name: str
    is_planned = False

    def describe(self) -> str:
        return f"run {self.name}()"


def operations_of(sql: str, schema: Schema) -> Iterator[Operation]:
    """Yield what a statement does to the tables of a schema, as far as it is read."""
    if not DDL.match(sql):
        return
    stream = TokenStream.over(sql)
    if stream.sees("CREATE", "INDEX") or stream.sees("CREATE", "UNIQUE", "INDEX"):
        name, index = parse_index(sql)
        table = schema.table(name)
        # SQLite takes the name of a column that is not there, in quotes, for text
        are_columns = all(
            part in table.column_names for part in index.parts if str(part).isidentifier()
        )
        if are_columns and index.name not in {item.name for item in table.indexes}:
            yield AddElement(name, index)
    elif stream.takes("DROP", "INDEX"):
        name = dropped_name(stream)
        for table in schema.values():
            yield from (
                DropElement(table.name, item) for item in table.indexes if item.name == name
            )
    elif stream.takes("DROP", "TABLE"):
        name = dropped_name(stream)
        if name in schema:
            yield DropTable(name)
    elif stream.takes("ALTER", "TABLE"):
        stream.takes("IF", "EXISTS")
        stream.takes("ONLY")
        table = stream.path()
        if table in schema:
            yield from alterations(stream, schema, table)


def dropped_name(stream: TokenStream) -> str:
    stream.takes("CONCURRENTLY")
    stream.takes("IF", "EXISTS")
    return stream.path()


def alterations(stream: TokenStream, schema: Schema, table: str) -> Iterator[Operation]:
    """Yield what follows ALTER TABLE: columns added, dropped and renamed, and a new name."""
    for piece in stream.pieces():
        if piece.takes("RENAME", "TO"):
            yield RenameTable(table, piece.token().name)
        elif piece.takes("RENAME"):
            piece.takes("COLUMN")
            old = piece.token().name
            if piece.takes("TO"):
                yield RenameColumn(table, old, piece.token().name)
        elif piece.takes("ADD"):
            yield from addition(piece, table)
        elif piece.takes("DROP", "CONSTRAINT"):
            piece.takes("IF", "EXISTS")
            name = piece.token().name
            elements = (*schema[table].constraints, *schema[table].foreign_keys)
            yield from (DropElement(table, element) for element in elements if element.name == name)
        elif piece.takes("DROP"):
            piece.takes("COLUMN")
            piece.takes("IF", "EXISTS")
            yield DropColumn(table, piece.token().name)


def addition(piece: TokenStream, table: str) -> Iterator[Operation]:
    """Yield what follows ADD: a column with what belongs to it, or a constraint."""
    draft = Draft()
    if piece.takes("COLUMN") or piece.found[piece.at].keyword not in TABLE_PARTS:
        piece.takes("IF", "NOT", "EXISTS")
        read_column(piece, draft)
        yield AddColumn(table, draft.columns[0])
    else:
        read_table_part(piece, draft)
    for element in (*draft.constraints, *draft.foreign_keys):
        yield AddElement(table, element)
