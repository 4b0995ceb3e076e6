"""The words of stock peewee-migrate, so that the files a project already has still run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import peewee as pw
import peewee_migrate

from .autogenerate.declared import Offline, declared_table, rendered, stored, truncated
from .errors import MigrationError
from .operations.base import Operation, Queued
from .operations.columns import AddColumn, ChangeColumn, DropColumn, RenameColumn
from .operations.constraints import add, drop
from .operations.tables import AdoptTable, CreateTable, DropTable, RenameTable
from .orm import Model, Orm, table_name
from .schema.model import Column, Constraint, ForeignKey, Index, Schema, Table
from .schema.references import columns_of


class StockVocabulary(peewee_migrate.Migrator):
    """What stock says about models and fields, told as changes of tables and columns."""

    database: pw.Database
    schema: Schema
    orm: Orm
    queue: list[Queued]
    offline: Offline

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

    def field(self, table: str, name: str) -> Column:
        """Return the column that a field's name means."""
        for candidate in (name, f"{name}_id"):
            for column in self.schema[table].columns:
                if candidate in (column.attribute, column.name):
                    return column
        raise MigrationError(f"{table!r} has no field {name!r}")

    def described(self, table: str, name: str, field: pw.Field) -> tuple[Column, Table]:
        """Read a field as if it stood in the table's model."""
        model = Orm(self.database).draft(self.schema, table, name, field)
        if field.primary_key:
            model._meta.set_primary_key(name, field)
        else:
            model._meta.add_field(name, field)
        described = declared_table(model, self.offline)
        return described.column(field.column_name), described

    # tables

    def create_model(self, model: Any = None, *, adopt: bool = False) -> Any:
        """Create the table of a model class; a decorator, plain or with `adopt`."""
        if model is None:
            return lambda model: self.create_model(model, adopt=adopt)
        table = declared_table(model, self.offline)
        model._meta.set_database(self.database)
        self.orm.adopt(model, table)
        self.apply(AdoptTable(table) if adopt else CreateTable(table))
        return model

    def remove_model(self, model: Any, *, cascade: bool = True) -> None:
        self.apply(DropTable(self.named(model)))

    def rename_table(self, model: Any, new_name: str) -> Any:
        self.apply(RenameTable(self.named(model), new_name))
        return model

    # fields

    def add_fields(self, model: Any, *, allow_not_null: bool = False, **fields: pw.Field) -> Any:
        table = self.named(model)
        for name, field in fields.items():
            column, described = self.described(table, name, field)
            computed = callable(field.default) and not field.null
            fill = stored(field, field.default()) if computed else None
            self.apply(AddColumn(table, column, fill))
            self.take_over(table, column.name, described)
        return model

    def change_fields(self, model: Any, **fields: pw.Field) -> Any:
        table = self.named(model)
        for name, field in fields.items():
            known = {column.attribute: column.name for column in self.schema[table].columns}
            if name not in known:
                self.add_fields(model, **{name: field})  # pyright: ignore[reportArgumentType]
                continue
            new, described = self.described(table, name, field)
            if known[name] != new.name:
                self.apply(RenameColumn(table, known[name], new.name))
            self.set_column(table, new)
            self.let_go(table, new.name)
            self.take_over(table, new.name, described)
        return model

    def set_column(self, table: str, new: Column) -> None:
        """Make the column of this name what `new` says."""
        old = self.schema.column(table, new.name)
        changes = old.changes_to(new)
        if new.attribute != old.attribute:
            changes["attribute"] = (old.attribute, new.attribute)
        self.apply(ChangeColumn(table, new.name, changes))

    def let_go(self, table: str, column: str) -> None:
        """Drop the key and the plain index of one column."""
        found = self.schema[table]
        for thing in (*found.foreign_keys, *found.indexes):
            columns = thing.columns if isinstance(thing, ForeignKey) else thing.parts
            if columns == (column,) and not (isinstance(thing, Index) and thing.where):
                self.apply(drop(table, thing))

    def take_over(self, table: str, column: str, described: Table) -> None:
        """Add the keys, indexes and CHECKs that a field brought along."""
        for thing in (*described.constraints, *described.foreign_keys, *described.indexes):
            found = self.schema[table]
            have = (*found.constraints, *found.foreign_keys, *found.indexes)
            if columns_of(described, thing) == {column} and thing not in have:
                self.apply(add(table, thing))

    def remove_fields(self, model: Any, *names: str, cascade: bool = True, **params: Any) -> Any:
        table = self.named(model)
        for name in names:
            self.apply(DropColumn(table, self.field(table, name).name))
        return model

    def rename_field(self, model: Any, old_name: str, new_name: str) -> Any:
        table = self.named(model)
        column = self.field(table, old_name)
        is_key = any(key.columns == (column.name,) for key in self.schema[table].foreign_keys)
        new = f"{new_name}_id" if is_key and not new_name.endswith("_id") else new_name
        if column.name != new:
            self.apply(RenameColumn(table, column.name, new))
        self.set_column(table, replace(self.schema.column(table, new), attribute=new_name))
        return model

    # indexes, NULL, defaults and constraints

    def add_index(self, model: Any, *columns: Any, unique: bool = False, **params: Any) -> Any:
        """Add an `Index`, or stock's: the names of fields."""
        table = self.named(model)
        if columns and isinstance(columns[0], Index):
            self.apply(add(table, columns[0]))
            return model
        names = tuple(self.field(table, name).name for name in columns)
        name = truncated("_".join((table.rpartition(".")[2], *names)))
        index = Index(name, names, unique, using=params.get("using"))
        self.apply(add(table, index))
        return model

    def drop_index(self, model: Any, *columns: Any) -> Any:
        """Drop an `Index`, or stock's: the index over these fields."""
        table = self.named(model)
        if columns and isinstance(columns[0], Index):
            self.apply(drop(table, columns[0]))
            return model
        names = tuple(self.field(table, name).name for name in columns)
        for index in self.schema[table].indexes:
            if index.parts == names:
                self.apply(drop(table, index))
        return model

    def add_not_null(self, model: Any, *names: str) -> Any:
        return self.set_null(model, names, null=False)

    def drop_not_null(self, model: Any, *names: str) -> Any:
        return self.set_null(model, names, null=True)

    def set_null(self, model: Any, names: tuple[str, ...], *, null: bool) -> Any:
        table = self.named(model)
        for name in names:
            self.set_column(table, replace(self.field(table, name), null=null))
        return model

    def add_default(self, model: Any, name: str, default: Any) -> Any:
        """Let Python fill in `default` from now on."""
        table = self.named(model)
        if not callable(default):
            self.set_column(table, replace(self.field(table, name), default=default))
        return model

    def add_constraint(self, model: Any, name: Any, constraint: Any = None) -> Any:
        """Add a `Constraint`, or stock's: a name and SQL."""
        table = self.named(model)
        thing = name
        if not isinstance(name, Constraint):
            sql = constraint if isinstance(constraint, str) else rendered(constraint, self.database)
            thing = Constraint(sql, name)
        self.apply(add(table, thing))
        return model

    def drop_constraints(self, model: Any, *names: str) -> Any:
        table = self.named(model)
        for name in names:
            found = self.schema.table(table)
            elements = (*found.constraints, *found.foreign_keys)
            element = next((element for element in elements if element.name == name), None)
            if element is None:
                raise MigrationError(f"{table!r} has no constraint {name!r}")
            self.apply(drop(table, element))
        return model
