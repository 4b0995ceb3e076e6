"""Operations on what rests on columns: constraints, foreign keys and indexes."""

from dataclasses import dataclass, replace
from typing import Any

from ..errors import MigrationError
from ..schema.model import Constraint, Element, ForeignKey, Index, Schema
from .base import Operation
from .words import describe_element

METHODS = {Constraint: "constraint", ForeignKey: "foreign_key", Index: "index"}


@dataclass(frozen=True)
class AddElement(Operation):
    """Add a constraint, foreign key or index to a table; rows that exist must fulfil it."""

    table: str
    element: Element

    def state_forwards(self, schema: Schema) -> Schema:
        return schema.put(schema.table(self.table).plus(self.element))

    def describe(self) -> str:
        return f"{self.table}: add {describe_element(self.element)}"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return f"add_{METHODS[type(self.element)]}", [self.table, self.element], {}


@dataclass(frozen=True)
class DropElement(Operation):
    """Drop a constraint, foreign key or index of a table."""

    table: str
    element: Element

    def state_forwards(self, schema: Schema) -> Schema:
        table = schema.table(self.table)
        without = table.without(self.element)
        if without == table:
            raise MigrationError(f"{self.table!r} has no {self.element}")
        return schema.put(without)

    def describe(self) -> str:
        return f"{self.table}: drop {describe_element(self.element)}"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return f"drop_{METHODS[type(self.element)]}", [self.table, self.element], {}


@dataclass(frozen=True)
class RenameIndex(Operation):
    """Rename an index."""

    table: str
    old: str
    new: str

    def state_forwards(self, schema: Schema) -> Schema:
        table = schema.table(self.table)
        for index in table.indexes:
            if index.name == self.old:
                return schema.put(table.without(index).plus(replace(index, name=self.new)))
        raise MigrationError(f"{self.table!r} has no index {self.old!r}")

    def describe(self) -> str:
        return f"{self.table}: rename index {self.old} to {self.new}"
