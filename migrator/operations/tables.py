"""Operations on tables."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..errors import MigrationError
from ..schema.model import ForeignKey, Schema, Table, Text
from .base import Operation
from .words import describe_key, describe_value


@dataclass(frozen=True)
class CreateTable(Operation):
    """Create a table."""

    table: Table

    def state_forwards(self, schema: Schema) -> Schema:
        if self.table.name in schema:
            raise MigrationError(f"there is a table {self.table.name!r} already")
        return schema.put(self.table)

    def describe(self) -> str:
        return f"add table {self.table.name}"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        table = self.table
        more = {
            "primary_key": table.primary_key or None,
            "options": table.options,
            "virtual": table.virtual,
        }
        options = {name: value for name, value in more.items() if value is not None}
        return "create_table", [table.name, *table.columns, *table.elements], options


class AdoptTable(CreateTable):
    """Create a table, or take the one that is there already, whoever made it."""

    is_planned = False

    def describe(self) -> str:
        return f"adopt table {self.table.name}, or add it where it is not"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        method, args, options = super().deconstruct()
        return method, args, {**options, "adopt": True}


@dataclass(frozen=True)
class Converge(Operation):
    """Make an adopted table what the migrations say: its types, keys, constraints, indexes."""

    table: str
    is_planned = False

    def state_forwards(self, schema: Schema) -> Schema:
        schema.table(self.table)
        return schema

    def describe(self) -> str:
        return f"make {self.table} what the migrations say"


@dataclass(frozen=True)
class ChangeFound(Operation):
    """Change a table as the database has it: no file says what it is.

    `change` is given a migrator that knows the table as it was found.
    """

    table: Table
    change: Callable[[Any], Any]
    is_planned = False

    def describe(self) -> str:
        return f"change {self.table.name} as it is found"


@dataclass(frozen=True)
class DropTable(Operation):
    """Drop a table."""

    table: str

    def state_forwards(self, schema: Schema) -> Schema:
        return schema.drop(schema.table(self.table).name)

    def describe(self) -> str:
        return f"drop table {self.table}"

    def loses(self, before: Schema) -> str:
        return f"every row of {self.table}"


@dataclass(frozen=True)
class RenameTable(Operation):
    """Rename a table; keys that point to it follow."""

    old: str
    new: str

    def state_forwards(self, schema: Schema) -> Schema:
        table = schema.table(self.old)
        if self.new in schema:
            raise MigrationError(f"there is a table {self.new!r} already")
        schema = schema.put(replace(table, name=self.new), instead_of=self.old)
        return with_foreign_keys(
            schema, lambda key: replace(key, table=self.new) if key.table == self.old else key
        )

    def describe(self) -> str:
        return f"rename table {self.old} to {self.new}"


@dataclass(frozen=True)
class ChangePrimaryKey(Operation):
    """Change the columns of the primary key."""

    table: str
    old: tuple[str, ...]
    new: tuple[str, ...]

    def state_forwards(self, schema: Schema) -> Schema:
        table = schema.table(self.table)
        if table.primary_key != tuple(self.old):
            raise MigrationError(
                f"{self.table}: the primary key is {table.primary_key}, not {self.old}"
            )
        for column in self.new:
            schema.column(self.table, column)
        return schema.put(replace(table, primary_key=tuple(self.new)))

    def describe(self) -> str:
        return f"{self.table}: primary key {describe_key(self.old)} -> {describe_key(self.new)}"


@dataclass(frozen=True)
class ChangeOptions(Operation):
    """Change what follows the columns in CREATE TABLE."""

    table: str
    old: Text | None
    new: Text | None

    def state_forwards(self, schema: Schema) -> Schema:
        table = schema.table(self.table)
        if table.options != self.old:
            raise MigrationError(
                f"{self.table}: the options are {table.options!r}, not {self.old!r}"
            )
        return schema.put(replace(table, options=self.new))

    def describe(self) -> str:
        return f"{self.table}: options {describe_value(self.old)} -> {describe_value(self.new)}"


def with_foreign_keys(schema: Schema, change: Callable[[ForeignKey], ForeignKey]) -> Schema:
    """Return the schema with every foreign key changed; tables without a change stay the same."""
    for table in schema.values():
        keys = tuple(change(key) for key in table.foreign_keys)
        if keys != table.foreign_keys:
            schema = schema.put(replace(table, foreign_keys=keys))
    return schema
