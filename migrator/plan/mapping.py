"""Two schemas side by side: which table and column of one has become which of the other."""

from dataclasses import dataclass, replace
from functools import cached_property

from ..schema.model import (
    Column,
    Constraint,
    ForeignKey,
    Index,
    Schema,
    Table,
)
from ..schema.references import columns_of, constraint_renamed, index_renamed


@dataclass(frozen=True)
class Pair:
    """A table before and after."""

    old: Table
    new: Table

    @cached_property
    def columns(self) -> list[tuple[Column, Column]]:
        by_origin = {column.origin: column for column in self.old.columns}
        return [
            (by_origin[column.origin], column)
            for column in self.new.columns
            if column.origin in by_origin
        ]

    @cached_property
    def names(self) -> dict[str, str]:
        """The new name of every column that is kept."""
        return {old.name: new.name for old, new in self.columns}

    @property
    def added(self) -> list[Column]:
        kept = set(self.names.values())
        return [column for column in self.new.columns if column.name not in kept]

    @property
    def dropped(self) -> list[Column]:
        return [column for column in self.old.columns if column.name not in self.names]

    @property
    def renamed(self) -> dict[str, str]:
        return {old: new for old, new in self.names.items() if old != new}


class SchemaMapping:
    """The way from one schema to another."""

    def __init__(self, before: Schema, after: Schema) -> None:
        self.before, self.after = before, after
        self.pairs = [
            Pair(old, new)
            for new in after.values()
            if (old := before.by_origin(new.origin)) is not None
        ]
        kept = {pair.old.name for pair in self.pairs}
        self.table_names = {pair.old.name: pair.new.name for pair in self.pairs}
        self.dropped = [table for name, table in before.items() if name not in kept]
        known = {pair.new.name for pair in self.pairs}
        self.created = [table for name, table in after.items() if name not in known]
        self._pairs = {pair.old.name: pair for pair in self.pairs}

    def pair_to(self, name: str) -> Pair | None:
        return next((pair for pair in self.pairs if pair.new.name == name), None)

    def key(self, pair: Pair, key: ForeignKey) -> ForeignKey | None:
        """An old foreign key in new names; None if a column or table of it is gone."""
        target = self._pairs.get(key.table)
        if target is None and key.table in self.before:
            return None
        names = target.names if target else {name: name for name in key.target_columns}
        if not set(key.columns) <= set(pair.names) or not set(key.target_columns) <= set(names):
            return None
        return replace(
            key,
            columns=tuple(pair.names[name] for name in key.columns),
            table=self.table_names.get(key.table, key.table),
            target_columns=tuple(names[name] for name in key.target_columns),
        )

    def constraint(self, pair: Pair, constraint: Constraint) -> Constraint | None:
        """An old constraint in new names; None if a column of it is gone."""
        if not columns_of(pair.old, constraint) <= set(pair.names):
            return None
        return constraint_renamed(constraint, pair.renamed)

    def index(self, pair: Pair, index: Index) -> Index | None:
        """An old index in new names; None if a column of it is gone."""
        if not columns_of(pair.old, index) <= set(pair.names):
            return None
        return index_renamed(index, pair.renamed, pair.old.column_names)

    def primary_key(self, pair: Pair) -> tuple[str, ...] | None:
        """The old primary key in new names; None if a column of it is gone."""
        if not set(pair.old.primary_key) <= set(pair.names):
            return None
        return tuple(pair.names[name] for name in pair.old.primary_key)
