"""Two schemas side by side: what of one has become what of the other, and what is unchanged."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from ..schema.compiler import DDLCompiler
from ..schema.model import Column, Constraint, Element, ForeignKey, Index, Schema, Table
from ..schema.references import columns_of, constraint_renamed, index_renamed
from ..schema.types import unserial

Kind = Literal["constraints", "foreign_keys", "indexes"]


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

    @cached_property
    def primary_key(self) -> tuple[str, ...] | None:
        """The old primary key in new names; None if a column of it is gone."""
        if not set(self.old.primary_key) <= set(self.names):
            return None
        return tuple(self.names[name] for name in self.old.primary_key)


class SchemaMapping:
    """The way from one schema to another.

    On Postgres an element over a column of another type is not the same, though it reads the same.
    """

    def __init__(self, before: Schema, after: Schema, ddl: DDLCompiler) -> None:
        self.before, self.after, self.ddl = before, after, ddl
        by_origin = {table.origin: table for table in before.values()}
        found = [
            Pair(by_origin[new.origin], new) for new in after.values() if new.origin in by_origin
        ]
        self.by_old = {pair.old.name: pair for pair in found}
        self.by_new = {pair.new.name: pair for pair in found}
        same = {pair.old.name for pair in found if pair.old is pair.new}
        # a table that is the same is looked at only if what it points to is not
        self.pairs = [
            pair
            for pair in found
            if pair.old.name not in same
            or any(key.table in before and key.table not in same for key in pair.old.foreign_keys)
        ]
        self.table_names = {old: pair.new.name for old, pair in self.by_old.items()}
        self.dropped = [table for name, table in before.items() if name not in self.by_old]
        self.created = [table for name, table in after.items() if name not in self.by_new]
        self.retyped = {
            (pair.new.name, new.name)
            for pair in self.pairs
            for old, new in pair.columns
            if self.base_type(old) != self.base_type(new) or old.collation != new.collation
        }

    def base_type(self, column: Column) -> str:
        """Return the type without what makes it count."""
        return unserial(self.ddl.type(column).upper())

    def carried(self, pair: Pair, element: Element) -> Any:
        """Return an old element in new names; None if a column or table of it is gone."""
        if not columns_of(pair.old, element) <= set(pair.names):
            return None
        match element:
            case Constraint():
                return constraint_renamed(element, pair.renamed)
            case Index():
                return index_renamed(element, pair.renamed, pair.old.column_names)
        target = self.by_old.get(element.table)
        names = target.names if target else {name: name for name in element.target_columns}
        is_gone = target is None and element.table in self.before
        if is_gone or not set(element.target_columns) <= set(names):
            return None
        return replace(
            element,
            columns=tuple(pair.names[name] for name in element.columns),
            table=self.table_names.get(element.table, element.table),
            target_columns=tuple(names[name] for name in element.target_columns),
        )

    def unchanged(self, pair: Pair, kind: Kind) -> list[tuple[Any, Any]]:
        """Return the elements that may stay as they are, old and new: an index may be renamed."""
        waiting = list(getattr(pair.new, kind))
        out = []
        for old in getattr(pair.old, kind):
            new = self.carried(pair, old)
            if new is None or self.is_disturbed(pair, new):
                continue
            if new not in waiting and isinstance(new, Index):
                new = next((twin for twin in waiting if replace(twin, name=new.name) == new), None)
            if new in waiting:
                waiting.remove(new)
                out.append((old, new))
        return out

    def added(self, pair: Pair, kind: Kind) -> list[Any]:
        """Return the elements that are new."""
        unchanged = [new for _, new in self.unchanged(pair, kind)]
        return [element for element in getattr(pair.new, kind) if element not in unchanged]

    def lost(self, pair: Pair, kind: Kind) -> list[Any]:
        """Return the elements that go."""
        unchanged = [old for old, _ in self.unchanged(pair, kind)]
        return [element for element in getattr(pair.old, kind) if element not in unchanged]

    def is_disturbed(self, pair: Pair, element: Element) -> bool:
        """Return whether an element that reads the same must still be made anew."""
        if self.ddl.dialect == "sqlite":
            return False
        if self.is_retyped(pair.new, columns_of(pair.new, element)):
            return True
        if not isinstance(element, ForeignKey):
            return False
        target = self.by_new.get(element.table)
        if target is None:
            return element.table in self.after
        columns = tuple(element.target_columns)
        return self.is_retyped(target.new, set(columns)) or not self.stays_unique(target, columns)

    def is_retyped(self, table: Table, columns: set[str]) -> bool:
        return any((table.name, name) in self.retyped for name in columns)

    def stays_unique(self, target: Pair, columns: tuple[str, ...]) -> bool:
        """Return whether what a key points to is kept: the primary key, an index or a UNIQUE."""
        if columns in ((), target.new.primary_key):
            return target.primary_key == target.new.primary_key
        indexes = [new for _, new in self.unchanged(target, "indexes") if new.unique]
        uniques = [new for _, new in self.unchanged(target, "constraints")]
        return any(index.parts == columns for index in indexes) or any(
            columns_of(target.new, unique) == set(columns) for unique in uniques
        )
