"""What stock's models and fields mean: tables, columns, and what rests on them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import peewee as pw
import peewee_migrate

from ..errors import MigrationError
from ..model_classes.declared import declared_table
from ..model_classes.orm import Model, Orm, table_name
from ..model_classes.sql import Offline
from ..operations.base import Operation, Queued
from ..operations.columns import ChangeColumn
from ..operations.constraints import AddElement, DropElement
from ..operations.tables import ChangeFound
from ..schema.model import Column, ForeignKey, Index, Schema, Table
from ..schema.references import columns_of


def of_table(method: Callable[..., None]) -> Callable[..., Any]:
    """Pass the table that a model means on to a method, and return the model.

    What a table is that no file creates, or one only by the application's class of today, is in no
    file either: it is changed as it is found in the database, where nothing is done twice.
    """

    @wraps(method)
    def of_model(self: "Translation", model: Any, *args: Any, **options: Any) -> Any:
        name = self.named(model)
        table = self.schema.get(name)
        if table is None or table.model is not None:
            self.apply(
                ChangeFound(
                    table or declared_table(model, self.offline),
                    lambda found: method(found, found.moves.get(name, name), *args, **options),
                )
            )
        else:
            method(self, name, *args, **options)
        return model

    return of_model


class Translation(peewee_migrate.Migrator):
    """Finds what is meant by models and fields, and changes columns to what fields say."""

    database: pw.Database
    schema: Schema
    orm: Orm
    queue: list[Queued]
    offline: Offline
    is_found = False  # whether the schema has a table as it was found
    moves: dict[str, str]  # new names of tables that were found
    created: dict[str, Table]  # what migrate() itself has created

    def apply(self, operation: Operation) -> None:
        """Change the schema in mind, and queue the operation."""
        raise NotImplementedError

    @contextmanager
    def fake(self) -> Iterator[Any]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Change the schema in mind and queue nothing."""
        queued = list(self.queue)
        yield self
        self.queue[:] = queued

    # what is meant

    def named(self, model: str | Model) -> str:
        """Return the table that a class, its name or the table's own name means."""
        if not isinstance(model, str):
            return table_name(model)
        if model in self.schema:
            return model
        for known in self.orm:
            if known.__name__ == model:
                return table_name(known)
        raise MigrationError(f"there is no table {model!r}")

    def has_field(self, table: str, name: str) -> Column | None:
        """Return the column that a field's name means, if there is one."""
        for candidate in (name, f"{name}_id"):
            for column in self.schema.table(table).columns:
                if candidate in (column.attribute, column.name):
                    return column
        return None

    def field(self, table: str, name: str) -> Column:
        """Return the column that a field's name means; raise MigrationError if there is none."""
        column = self.has_field(table, name)
        if column is None:
            raise MigrationError(f"{table!r} has no field {name!r}")
        return column

    def described(self, table: str, name: str, field: pw.Field) -> tuple[Column, Table]:
        """Read a field as if it stood in the table's model."""
        model = Orm(self.database).draft(self.schema, table, name, field)
        if field.primary_key:
            model._meta.set_primary_key(name, field)
        else:
            model._meta.add_field(name, field, set_attribute=False)
        described = declared_table(model, self.offline)
        column = described.column(field.column_name)
        model._meta.remove_field(name)  # a class that it points to knows nothing of it any more
        return column, described

    # columns

    def set_column(self, table: str, new: Column) -> None:
        """Make the column of this name what `new` says."""
        old = self.schema.column(table, new.name)
        changes = old.changes_to(new)
        if new.attribute != old.attribute:
            changes["attribute"] = (old.attribute, new.attribute)
        self.apply(ChangeColumn(table, new.name, changes))

    def drop_field_elements(self, table: str, column: str) -> None:
        """Drop the key and the plain index of one column."""
        found = self.schema[table]
        for thing in (*found.foreign_keys, *found.indexes):
            columns = thing.columns if isinstance(thing, ForeignKey) else thing.parts
            if columns == (column,) and not (isinstance(thing, Index) and thing.where):
                self.apply(DropElement(table, thing))

    def add_field_elements(self, table: str, column: str, described: Table) -> None:
        """Add the keys, indexes and CHECKs that a field brought along."""
        for element in described.elements:
            is_its_own = column in columns_of(described, element)
            if is_its_own and element not in self.schema[table].elements:
                self.apply(AddElement(table, element))
