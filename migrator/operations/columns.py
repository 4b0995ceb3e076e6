"""Operations on columns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..errors import MigrationError
from ..schema.model import Column, Element, ForeignKey, Schema, Text
from ..schema.references import columns_of, constraint_renamed, index_renamed, text_renamed
from .base import Hints, Operation
from .tables import with_foreign_keys
from .words import describe_column, describe_value


@dataclass(frozen=True)
class AddColumn(Operation):
    """Add a column; rows get `fill`, a value or `pw.SQL(…)`, or the column's default."""

    table: str
    column: Column
    fill: Any = None

    def state_forwards(self, schema: Schema) -> Schema:
        table = schema.table(self.table)
        if self.column.name in table.column_names:
            raise MigrationError(f"{self.table!r} has a column {self.column.name!r} already")
        return schema.put(replace(table, columns=(*table.columns, self.column)))

    def describe(self) -> str:
        return f"add {self.table}.{self.column.name}: {describe_column(self.column)}"

    def hints(self, before: Schema) -> Hints:
        return Hints({} if self.fill is None else {self.column.origin: self.fill})


@dataclass(frozen=True)
class DropColumn(Operation):
    """Drop a column, and with it what rests on it, as both databases do."""

    table: str
    name: str

    def state_forwards(self, schema: Schema) -> Schema:
        table = schema.table(self.table)
        name = schema.column(self.table, self.name).name

        def rests(element: Element) -> bool:
            return name in columns_of(table, element)

        return schema.put(
            replace(
                table,
                columns=tuple(column for column in table.columns if column.name != name),
                primary_key=() if name in table.primary_key else table.primary_key,
                constraints=tuple(item for item in table.constraints if not rests(item)),
                foreign_keys=tuple(item for item in table.foreign_keys if not rests(item)),
                indexes=tuple(item for item in table.indexes if not rests(item)),
            )
        )

    def describe(self) -> str:
        return f"drop {self.table}.{self.name}"

    def loses(self, before: Schema) -> str | None:
        is_computed = before.column(self.table, self.name).generated is not None
        return None if is_computed else f"the values of {self.table}.{self.name}"


@dataclass(frozen=True)
class RenameColumn(Operation):
    """Rename a column; keys, indexes and expressions follow."""

    table: str
    old: str
    new: str

    def state_forwards(self, schema: Schema) -> Schema:
        column, table = schema.column(self.table, self.old), schema.table(self.table)
        if self.new in table.column_names:
            raise MigrationError(f"{self.table!r} has a column {self.new!r} already")
        names = {self.old: self.new}
        attribute = None if column.attribute in (self.old, None) else column.attribute
        columns = tuple(
            replace(column, name=self.new, attribute=attribute)
            if item.name == self.old
            else replace(item, generated=item.generated and text_renamed(item.generated, names))
            for item in table.columns
        )
        table = replace(
            table,
            columns=columns,
            primary_key=renamed_columns(table.primary_key, names),
            constraints=tuple(constraint_renamed(item, names) for item in table.constraints),
            foreign_keys=tuple(
                replace(key, columns=renamed_columns(key.columns, names))
                for key in table.foreign_keys
            ),
            indexes=tuple(index_renamed(item, names, table.column_names) for item in table.indexes),
        )

        def pointing(key: ForeignKey) -> ForeignKey:
            if key.table != self.table:
                return key
            return replace(key, target_columns=renamed_columns(key.target_columns, names))

        return with_foreign_keys(schema.put(table), pointing)

    def describe(self) -> str:
        return f"rename {self.table}.{self.old} to {self.new}"


@dataclass(frozen=True)
class ChangeColumn(Operation):
    """Change attributes of a column, each from an old to a new value.

    `fill` is what NULLs become; `using` is SQL that converts the old value.
    """

    table: str
    name: str
    changes: Mapping[str, tuple[Any, Any]]
    fill: Any = None
    using: Text | None = None

    def state_forwards(self, schema: Schema) -> Schema:
        column = schema.column(self.table, self.name)
        for attribute, (old, _) in self.changes.items():
            found = getattr(column, attribute)
            if found != old:
                raise MigrationError(
                    f"{self.table}.{self.name}: {attribute} is {found!r}, not {old!r}"
                )
        new = {attribute: new for attribute, (_, new) in self.changes.items()}
        table, changed = schema[self.table], replace(column, **new)
        columns = tuple(changed if item is column else item for item in table.columns)
        return schema.put(replace(table, columns=columns))

    def describe(self) -> str:
        changes = ", ".join(
            f"{attribute} {describe_value(old)} -> {describe_value(new)}"
            for attribute, (old, new) in self.changes.items()
        )
        return f"{self.table}.{self.name}: {changes}"

    def hints(self, before: Schema) -> Hints:
        origin = before.column(self.table, self.name).origin
        return Hints(
            {} if self.fill is None else {origin: self.fill},
            {} if self.using is None else {origin: self.using},
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        method, (table, name, changes), options = super().deconstruct()
        return method, [table, name], {**changes, **options}


def renamed_columns(columns: tuple[str, ...] | str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns by their new names."""
    return tuple(names.get(name, name) for name in columns)
