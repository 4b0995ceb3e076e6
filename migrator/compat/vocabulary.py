"""Each of stock's methods, told as changes of tables and columns."""

from dataclasses import replace
from typing import Any

import peewee as pw

from ..errors import MigrationError
from ..model_classes.declared import declared_table
from ..model_classes.defaults import computed_default, is_computed
from ..model_classes.orm import FILE_MODULE
from ..model_classes.sql import rendered, truncated
from ..operations.columns import AddColumn, DropColumn, RenameColumn
from ..operations.constraints import AddElement, DropElement
from ..operations.tables import AdoptTable, CreateTable, DropTable, RenameTable
from ..schema.model import Constraint, Index
from .translation import Translation, of_table


class StockVocabulary(Translation):
    """What stock says about models and fields, told as changes of tables and columns."""

    # tables

    def create_model(self, model: Any = None, *, adopt: bool = False) -> Any:
        """Create the table of a model class; a decorator, plain or with `adopt`."""
        if model is None:
            return lambda model: self.create_model(model, adopt=adopt)
        table = declared_table(model, self.offline)
        if model.__module__ == FILE_MODULE:
            model._meta.set_database(self.database)
        if table.name in self.schema:
            return model  # stock says IF NOT EXISTS
        if model.__module__ == FILE_MODULE:
            self.orm.adopt(model, table)
            self.note_creation(model, table.name)
        else:
            table = replace(table, model=f"{model.__module__}.{model.__qualname__}")
        self.apply(AdoptTable(table) if adopt else CreateTable(table))
        return model

    def note_creation(self, model: Any, table: str) -> None:
        """Note a table that the file makes at once, by its class: stock says IF NOT EXISTS."""
        create_table = model.create_table

        def create(*args: Any, **options: Any) -> None:
            create_table(*args, **options)
            self.created[table] = self.schema[table]

        model.create_table = create

    def remove_model(self, model: Any, *, cascade: bool = True) -> None:
        """Drop the table of a model."""
        if self.named(model) in self.schema:
            self.apply(DropTable(self.named(model)))
        else:
            self.remove_found(model)

    @of_table
    def remove_found(self, table: str) -> None:
        self.apply(DropTable(table))

    @of_table
    def rename_table(self, table: str, new_name: str) -> None:
        """Rename a table; keys that point to it follow. Return the model."""
        if not (self.is_found and table == new_name):
            self.apply(RenameTable(table, new_name))
            self.moves[table] = new_name

    # fields

    @of_table
    def add_fields(self, table: str, *, allow_not_null: bool = False, **fields: pw.Field) -> None:
        """Add fields with their indexes, keys and CHECKs. Return the model."""
        for name, field in fields.items():
            column, described = self.described(table, name, field)
            if self.is_found and column.name in self.schema[table].column_names:
                continue
            fill = computed_default(field) if is_computed(field) and not field.null else None
            self.apply(AddColumn(table, column, fill))
            self.add_field_elements(table, column.name, described)

    @of_table
    def change_fields(self, table: str, **fields: pw.Field) -> None:
        """Make fields what is said here, with their indexes, keys and CHECKs. Return the model."""
        for name, field in fields.items():
            known = {column.attribute: column.name for column in self.schema[table].columns}
            if name not in known:
                self.add_fields(table, **{name: field})
                continue
            new, described = self.described(table, name, field)
            if known[name] != new.name:
                self.apply(RenameColumn(table, known[name], new.name))
            self.set_column(table, new)
            self.drop_field_elements(table, new.name)
            self.add_field_elements(table, new.name, described)

    @of_table
    def remove_fields(self, table: str, *names: str, cascade: bool = True, **params: Any) -> None:
        """Drop fields, and what rests on them. Return the model."""
        for name in names:
            if not (self.is_found and self.has_field(table, name) is None):
                self.apply(DropColumn(table, self.field(table, name).name))

    @of_table
    def rename_field(self, table: str, old_name: str, new_name: str) -> None:
        """Rename a field; the column of a foreign key ends in _id. Return the model."""
        if self.is_found and self.has_field(table, new_name) is not None:
            return
        column = self.field(table, old_name)
        is_key = any(key.columns == (column.name,) for key in self.schema[table].foreign_keys)
        new = f"{new_name}_id" if is_key and not new_name.endswith("_id") else new_name
        if column.name != new:
            self.apply(RenameColumn(table, column.name, new))
        self.set_column(table, replace(self.schema.column(table, new), attribute=new_name))

    # indexes, NULL, defaults and constraints

    @of_table
    def add_index(self, table: str, *columns: Any, unique: bool = False, **params: Any) -> None:
        """Add an `Index`, or stock's: the names of fields."""
        if columns and isinstance(columns[0], Index):
            self.apply(AddElement(table, columns[0]))
            return
        names = tuple(self.field(table, name).name for name in columns)
        name = truncated("_".join((table.rpartition(".")[2], *names)))
        if not (self.is_found and name in [index.name for index in self.schema[table].indexes]):
            self.apply(AddElement(table, Index(name, names, unique, using=params.get("using"))))

    @of_table
    def drop_index(self, table: str, *columns: Any) -> None:
        """Drop an `Index`, or stock's: the index over these fields."""
        if columns and isinstance(columns[0], Index):
            self.apply(DropElement(table, columns[0]))
            return
        names = tuple(self.field(table, name).name for name in columns)
        for index in self.schema[table].indexes:
            if index.parts == names:
                self.apply(DropElement(table, index))

    @of_table
    def add_not_null(self, table: str, *names: str) -> None:
        """Refuse NULL in fields from now on. Return the model."""
        for name in names:
            self.set_column(table, replace(self.field(table, name), null=False))

    @of_table
    def drop_not_null(self, table: str, *names: str) -> None:
        """Allow NULL in fields. Return the model."""
        for name in names:
            self.set_column(table, replace(self.field(table, name), null=True))

    @of_table
    def add_default(self, table: str, name: str, default: Any) -> None:
        """Have Python fill in `default` from now on."""
        if not callable(default) and not isinstance(default, pw.Node):
            self.set_column(table, replace(self.field(table, name), default=default))

    @of_table
    def add_constraint(self, table: str, name: Any, constraint: Any = None) -> None:
        """Add a `Constraint`, or stock's: a name and SQL."""
        thing = name
        if not isinstance(name, Constraint):
            sql = constraint if isinstance(constraint, str) else rendered(constraint, self.database)
            thing = Constraint(sql, name)
        known = [item.name for item in self.schema[table].constraints]
        if not (self.is_found and thing.name in known):
            self.apply(AddElement(table, thing))

    @of_table
    def drop_constraints(self, table: str, *names: str) -> None:
        for name in names:
            found = self.schema.table(table)
            elements = (*found.constraints, *found.foreign_keys)
            element = next((element for element in elements if element.name == name), None)
            if element is None:
                raise MigrationError(f"{table!r} has no constraint {name!r}")
            self.apply(DropElement(table, element))
