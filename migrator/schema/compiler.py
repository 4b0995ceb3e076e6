"""Spell a schema's values in the SQL of one database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import peewee as pw

from ..errors import MigrationError
from .model import Column, Constraint, ForeignKey, Index, Schema, Table, Text, text_for
from .references import columns_of, expression_of
from .sql import Dialect, listed, quote, quote_path
from .types import spelled

LONGEST_NAME = 63  # bytes, Postgres


def dialect_of(database: pw.Database) -> Dialect:
    """Return the dialect; raise MigrationError for a kind that is not supported."""
    if isinstance(database, pw.SqliteDatabase):
        return "sqlite"
    if isinstance(database, pw.PostgresqlDatabase):
        return "postgresql"
    raise MigrationError(f"{type(database).__name__}: only SQLite and Postgres are supported")


@dataclass(frozen=True)
class DDLCompiler:
    """The dialect, and what the database in use calls Peewee's types."""

    dialect: Dialect
    types: Mapping[str, str]

    @classmethod
    def of(cls, database: Any) -> "DDLCompiler":
        return cls(dialect_of(database), dict(database._field_types))

    def text(self, text: Text | None) -> str | None:
        return text_for(self.dialect, text)

    def type(self, column: Column) -> str:
        return spelled(self.text(column.type) or "", self.types)

    def column(self, column: Column, *, key: bool = False, null: bool | None = None) -> str:
        """Return a column's definition; `key` makes it the primary key."""
        words = [quote(column.name), self.type(column)]
        if column.identity:
            words.append(f"GENERATED {column.identity} AS IDENTITY")
        if not (column.null if null is None else null):
            words.append("NOT NULL")
        if key:
            words.append("PRIMARY KEY")
        if column.extra:
            words.append(self.text(column.extra) or "")
        if column.server_default is not None:
            words.append(f"DEFAULT {self.text(column.server_default)}")
        if column.generated is not None:
            words.append(f"GENERATED ALWAYS AS {self.text(column.generated)}")
        if column.collation is not None:
            words.append(f"COLLATE {self.text(column.collation)}")
        return " ".join(word for word in words if word)

    def constraint(self, constraint: Constraint) -> str:
        name = f"CONSTRAINT {quote(constraint.name)} " if constraint.name else ""
        return name + (self.text(constraint.sql) or "")

    def foreign_key(self, key: ForeignKey) -> str:
        words = [f"CONSTRAINT {quote(key.name)}"] if key.name else []
        words.append(f"FOREIGN KEY ({listed(key.columns)}) REFERENCES {quote_path(key.table)}")
        if key.target_columns:
            words.append(f"({listed(key.target_columns)})")
        if key.on_delete:
            words.append(f"ON DELETE {key.on_delete}")
        if key.on_update:
            words.append(f"ON UPDATE {key.on_update}")
        if key.deferrable:
            words.append(f"DEFERRABLE {key.deferrable}")
        return " ".join(words)

    def create_table(self, table: Table, *, name: str | None = None, keys: bool = True) -> str:
        """Return CREATE TABLE, under another `name` if given, foreign keys only with `keys`."""
        path = quote_path(name or table.name)
        if table.virtual is not None:
            return f"CREATE VIRTUAL TABLE {path} USING {table.virtual}"
        alone = table.primary_key[0] if len(table.primary_key) == 1 else None
        parts = [self.column(column, key=column.name == alone) for column in table.columns]
        if len(table.primary_key) > 1:
            parts.append(f"PRIMARY KEY ({listed(table.primary_key)})")
        parts += [self.constraint(constraint) for constraint in table.constraints]
        if keys:
            parts += [self.foreign_key(key) for key in table.foreign_keys]
        options = f" {self.text(table.options)}" if table.options else ""
        return f"CREATE TABLE {path} (\n  " + ",\n  ".join(parts) + f"\n){options}"

    def create_index(self, table: Table, index: Index) -> str:
        schema, _, bare = table.name.rpartition(".")
        lite = self.dialect == "sqlite"
        name = quote_path(f"{schema}.{index.name}") if lite and schema else quote(index.name)
        words = ["CREATE UNIQUE INDEX" if index.unique else "CREATE INDEX", name, "ON"]
        words.append(quote(bare) if lite else quote_path(table.name))
        if index.using and not lite:
            words.append(f"USING {index.using}")
        words.append("(" + ", ".join(self.part(table, part) for part in index.parts) + ")")
        if index.extra:
            words.append(self.text(index.extra) or "")
        if index.where is not None:
            words.append(f"WHERE {self.text(index.where)}")
        return " ".join(words)

    def part(self, table: Table, part: Text) -> str:
        text = self.text(part) or ""
        # SQLite takes the name of a column that is not there, in quotes, for text
        is_name = self.dialect == "sqlite" and text.isidentifier()
        return quote(text) if is_name or text in table.column_names else text

    def drop_index(self, table: Table, name: str) -> str:
        schema = table.name.rpartition(".")[0]
        return "DROP INDEX " + quote_path(f"{schema}.{name}" if schema else name)


def sequences(schema: Schema) -> set[str]:
    """Return the sequences that columns were given by name."""
    found = set()
    for table in schema.values():
        for column in table.columns:
            text = column.server_default
            if isinstance(text, str) and (
                match := re.fullmatch(r"NEXTVAL\('([^']+)'\)", text, re.IGNORECASE)
            ):
                found.add(match[1])
    return found


def given_name(table: str, column: str | None, kind: str) -> str:
    """Return the name that Postgres gives to what has none: makeObjectName() in its sources."""
    parts = [table.rpartition(".")[2], *([column] if column else [])]
    room = LONGEST_NAME - len(kind) - 1 - (len(parts) - 1)
    while sum(len(part.encode()) for part in parts) > room:
        longest = max(range(len(parts)), key=lambda place: len(parts[place].encode()))
        parts[longest] = parts[longest][:-1]
    return "_".join([*parts, kind])


def given_constraint_name(table: Table, constraint: Constraint) -> str:
    """Return the name that Postgres gives to a constraint without one."""
    columns = [name for name in table.column_names if name in columns_of(table, constraint)]
    if expression_of(constraint, "postgresql") is None:
        return given_name(table.name, "_".join(columns), "key")
    return given_name(table.name, columns[0] if len(columns) == 1 else None, "check")
