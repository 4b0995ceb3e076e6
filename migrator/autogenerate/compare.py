"""Compare two schemas: the operations that lead from one to the other."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..operations.base import Operation
from ..operations.columns import AddColumn, ChangeColumn, DropColumn, RenameColumn
from ..operations.constraints import AddElement, DropElement, RenameIndex
from ..operations.tables import (
    ChangeOptions,
    ChangePrimaryKey,
    CreateTable,
    DropTable,
    RenameTable,
)
from ..schema.model import Column, Index, Schema, Table
from ..schema.references import ordered_renames
from .renames import NO_RENAMES, Renames

Fill = Callable[[Table, Column], Any]


def compare(
    before: Schema,
    after: Schema,
    renames: Renames = NO_RENAMES,
    fill: Fill = lambda table, column: None,
    *,
    fills_nulls: bool = True,
) -> list[Operation]:
    """Return the operations that lead from one schema to the other, each valid where it stands.

    `fill` says what rows get in a column that may not be NULL; without `fills_nulls` only in a
    new one.
    """
    comparison = Comparison(before, after, fill, fills_nulls)
    comparison.run(renames)
    return comparison.operations


class Comparison:
    """The operations so far, and the schema that they lead to."""

    def __init__(self, before: Schema, after: Schema, fill: Fill, fills_nulls: bool) -> None:
        self.schema, self.after, self.fill = before, after, fill
        self.fills_nulls = fills_nulls
        self.operations: list[Operation] = []

    def run(self, renames: Renames) -> None:
        self.rename(renames)
        both = [name for name in self.after if name in self.schema]
        for name in both:
            self.drop_elements(name)
        for table in in_order([self.after[name] for name in self.after if name not in self.schema]):
            self.add(CreateTable(table))
        for name in both:
            self.change_columns(name)
        for name in both:
            self.add_elements(name)
        gone = [self.schema[name] for name in self.schema if name not in self.after]
        for table in reversed(in_order(gone)):
            self.add(DropTable(table.name))

    def add(self, operation: Operation) -> None:
        self.schema = operation.state_forwards(self.schema)
        self.operations.append(operation)

    # renames

    def rename(self, renames: Renames) -> None:
        taken = set(renames.tables.values()) - set(renames.tables)
        for name in sorted(taken & set(self.schema)):
            self.add(DropTable(name))
        for old, new in ordered_renames(dict(renames.tables)):
            self.add(RenameTable(old, new))
        by_table: dict[str, dict[str, str]] = {}
        for (table, old), new in renames.columns.items():
            by_table.setdefault(renames.tables.get(table, table), {})[old] = new
        for table, names in by_table.items():
            for name in sorted(set(names.values()) - set(names)):
                if name in self.schema[table].column_names:
                    self.add(DropColumn(table, name))
            for old, new in ordered_renames(names):
                self.add(RenameColumn(table, old, new))

    # what rests on columns

    def drop_elements(self, name: str) -> None:
        old, new = self.schema[name], self.after[name]
        for element in (*old.foreign_keys, *old.indexes, *old.constraints):
            if element in new.elements:
                continue
            if isinstance(element, Index):
                self.drop_index(name, element)
            else:
                self.add(DropElement(name, element))

    def drop_index(self, name: str, index: Index) -> None:
        waiting = [
            item for item in self.after[name].indexes if item not in self.schema[name].indexes
        ]
        twin = next((item for item in waiting if replace(item, name=index.name) == index), None)
        self.add(
            DropElement(name, index) if twin is None else RenameIndex(name, index.name, twin.name)
        )

    def add_elements(self, name: str) -> None:
        new = self.after[name]
        for element in (*new.constraints, *new.indexes, *new.foreign_keys):
            if element not in self.schema[name].elements:
                self.add(AddElement(name, element))

    # columns

    def change_columns(self, name: str) -> None:
        new = self.after[name]
        for column in new.columns:
            if column.name not in self.schema[name].column_names:
                self.add_column(name, column)
        for column in new.columns:
            self.change_column(name, column)
        found = self.schema[name].primary_key
        if found != new.primary_key:
            self.add(ChangePrimaryKey(name, found, new.primary_key))
        for column in self.schema[name].columns:
            if column.name not in new.column_names:
                self.add(DropColumn(name, column.name))
        self.change_options(name)

    def add_column(self, name: str, column: Column) -> None:
        self.add(AddColumn(name, column, self.wanted_fill(name, column)))

    def wanted_fill(self, name: str, column: Column) -> Any:
        """Return what rows get that have no value, where nothing else says it."""
        table = self.after[name]
        if table.allows_null(column) or column.identity or column.generated:
            return None
        return self.fill(table, column)

    def change_column(self, name: str, new: Column) -> None:
        old = self.schema[name].column(new.name)
        if old == new:
            return
        if new.generated is not None and old.generated != new.generated:
            self.add(DropColumn(name, old.name))
            self.add_column(name, new)
            return
        changes = old.changes_to(new)
        fills = "null" in changes and not new.null and self.fills_nulls
        fill = self.wanted_fill(name, new) if fills else None
        self.add(ChangeColumn(name, new.name, changes, fill))

    def change_options(self, name: str) -> None:
        old, new = self.schema[name], self.after[name]
        if old.virtual != new.virtual:
            self.add(DropTable(name))
            self.add(CreateTable(new))
        elif old.options != new.options:
            self.add(ChangeOptions(name, old.options, new.options))


def in_order(tables: list[Table]) -> list[Table]:
    """Return tables after those that their foreign keys point to, as far as there is no circle."""
    waiting = {table.name: table for table in sorted(tables, key=lambda table: table.name)}
    out: list[Table] = []
    while waiting:
        ready = [
            table
            for table in waiting.values()
            if not any(
                key.table in waiting and key.table != table.name for key in table.foreign_keys
            )
        ]
        for table in ready or [next(iter(waiting.values()))]:
            out.append(waiting.pop(table.name))
    return out
