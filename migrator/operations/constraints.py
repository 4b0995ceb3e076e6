"""Operations on what rests on columns: constraints, foreign keys and indexes."""

from dataclasses import dataclass, replace

from ..errors import MigrationError
from ..schema.model import Constraint, Element, ForeignKey, Index, Schema
from .base import Operation
from .words import describe_element


@dataclass(frozen=True)
class Add(Operation):
    """Add a constraint, foreign key or index to a table."""

    table: str
    element: Element

    def state_forwards(self, schema: Schema) -> Schema:
        return schema.put(schema.table(self.table).plus(self.element))

    def describe(self) -> str:
        return f"{self.table}: add {describe_element(self.element)}"


@dataclass(frozen=True)
class Drop(Operation):
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


class AddConstraint(Add):
    """Add a CHECK, UNIQUE or EXCLUDE; rows that exist must fulfil it."""


class DropConstraint(Drop):
    """Drop a CHECK, UNIQUE or EXCLUDE."""


class AddForeignKey(Add):
    """Add a foreign key; rows that exist must point to a row."""


class DropForeignKey(Drop):
    """Drop a foreign key."""


class AddIndex(Add):
    """Add an index; rows that exist must differ if it is unique."""


class DropIndex(Drop):
    """Drop an index."""


ADD = {Constraint: AddConstraint, ForeignKey: AddForeignKey, Index: AddIndex}
DROP = {Constraint: DropConstraint, ForeignKey: DropForeignKey, Index: DropIndex}


def add(table: str, element: Element) -> Add:
    """Return the operation that adds the element."""
    return ADD[type(element)](table, element)


def drop(table: str, element: Element) -> Drop:
    """Return the operation that drops the element."""
    return DROP[type(element)](table, element)


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
