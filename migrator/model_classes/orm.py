"""Models of the tables as a migration finds them, for its steps that read and write rows."""

from collections.abc import Iterator
from typing import Any

import peewee as pw
from peewee_migrate.migrator import ORM

from ..schema.compiler import dialect_of
from ..schema.model import Column, ForeignKey, Identity, Schema, Table, text_for
from ..schema.sql import Dialect
from ..schema.types import base, length

Model = type[pw.Model]
FILE_MODULE = "builtins"  # the module of a class that a migration file defines: it has no name

FIELDS: dict[str, type[pw.Field]] = {
    **{
        field.field_type: field
        for field in (
            *(pw.AutoField, pw.BigAutoField, pw.IntegerField, pw.BigIntegerField),
            *(pw.SmallIntegerField, pw.FloatField, pw.DoubleField, pw.DecimalField),
            *(pw.CharField, pw.TextField, pw.BlobField, pw.UUIDField, pw.BinaryUUIDField),
            *(pw.DateTimeField, pw.DateField, pw.TimeField, pw.BooleanField, pw.JSONField),
        )
    },
    "CHAR": pw.CharField,
    "INTEGER": pw.IntegerField,
    "NUMERIC": pw.DecimalField,
    "TIMESTAMP": pw.DateTimeField,
    "TIMESTAMPTZ": pw.DateTimeField,
}


class Orm(ORM):
    """`orm["table"]`, `orm.Model`: one class a table, always with the table's present columns."""

    __slots__ = ("_database", "_dialect", "_schema", "_shown")

    def __init__(self, database: pw.Database) -> None:
        super().__init__()
        self._database = database
        self._dialect: Dialect = dialect_of(database)
        self._schema = Schema()
        self._shown: dict[Identity, tuple[Model, Table]] = {}

    def show(self, schema: Schema) -> None:
        """Make every class that was handed out follow the schema."""
        self._schema = schema
        changed = [
            shown for _, shown in self._shown.values() if schema.get(shown.name) is not shown
        ]
        for origin in [table.origin for table in changed]:
            table = schema.by_origin(origin)
            if table is None:
                del self._shown[origin]
            else:
                self._follow(table)

    def adopt(self, model: Model, table: Table) -> None:
        """Use a migration's own class for a table."""
        self._shown[table.origin] = model, table

    def draft(self, schema: Schema, table_name: str, name: str, field: pw.Field) -> Model:
        """Return a class for a field that is to be read; a key to itself meets the other fields."""
        self._schema = schema
        table = schema[table_name]
        bare = table_name.rpartition(".")[2]  # Peewee names indexes after the class
        meta = {"table_name": bare, "primary_key": False}
        model: Model = type(bare, (pw.Model,), {"Meta": type("Meta", (), meta)})
        points_to_itself = getattr(field, "rel_model", None) == "self"
        for column in table.columns if points_to_itself else ():
            if name not in (column.name, column.attribute):
                model._meta.add_field(attribute(column), self._field(table, column))
        return model

    def _follow(self, table: Table) -> None:
        model, shown = self._shown[table.origin]
        old = {column.name: column for column in shown.columns}
        new = {column.name: column for column in table.columns}
        for name, column in old.items():
            field = model._meta.columns.get(name)
            if field is not None and new.get(name) != column:
                model._meta.remove_field(field.name)
        for name, column in new.items():
            if old.get(name) != column or name not in model._meta.columns:
                field = self._field(table, column)
                if field.primary_key:
                    model._meta.set_primary_key(attribute(column), field)
                else:
                    model._meta.add_field(attribute(column), field)
        schema, _, bare = table.name.rpartition(".")
        model._meta.schema = schema or None
        model._meta.set_table_name(bare)
        self._shown[table.origin] = model, table

    def _field(
        self, table: Table, column: Column, making: frozenset[str] = frozenset()
    ) -> pw.Field:
        key = next((key for key in table.foreign_keys if key.columns == (column.name,)), None)
        is_key = table.primary_key == (column.name,)
        if key is not None:
            field = self._key_field(table, column, key, making)
            if field is not None:
                return field
        kind = text_for(self._dialect, column.type) or ""
        name = "" if "[" in kind else base(kind).upper()
        # a type that is not known is passed on as it is
        maker: Any = FIELDS.get(name, pw.BareField)
        if name in ("AUTO", "BIGAUTO") and not is_key:
            maker = pw.IntegerField
        field = maker(column_name=column.name, null=column.null, primary_key=is_key)
        if hasattr(field, "max_length"):
            field.max_length = length(kind)
        if column.default is not None and not isinstance(field, pw.JSONField):
            field.default = column.default
        return field

    def _key_field(
        self, table: Table, column: Column, key: ForeignKey, making: frozenset[str]
    ) -> pw.Field | None:
        """Return a foreign key to another class; a circle is cut by leaving a plain column."""
        if key.table == table.name:
            target: Model | str = "self"
        elif key.table in self._schema and key.table not in making:
            target = self._class(self._schema[key.table], making | {table.name})
        else:
            return None
        wanted = key.target_columns[0] if key.target_columns else None
        name = None
        if wanted and isinstance(target, type) and wanted in target._meta.columns:
            name = target._meta.columns[wanted].name
        return pw.ForeignKeyField(
            target,
            field=name,
            column_name=column.name,
            null=column.null,
            backref="+",
            primary_key=table.primary_key == (column.name,),
        )

    def _class(self, table: Table, making: frozenset[str] = frozenset()) -> Model:
        if table.origin in self._shown:
            return self._shown[table.origin][0]
        schema, _, bare = table.name.rpartition(".")
        key: object = False
        if len(table.primary_key) > 1:
            key = pw.CompositeKey(*(attribute(table.column(name)) for name in table.primary_key))
        meta: dict[str, object] = {
            "database": self._database,
            "table_name": bare,
            "schema": schema or None,
        }
        if len(table.primary_key) != 1:
            meta["primary_key"] = key
        fields: dict[str, object] = {
            attribute(column): self._field(table, column, making | {table.name})
            for column in table.columns
        }
        name = "".join(word.capitalize() for word in bare.split("_")) or "Table"
        name = (table.model or name).rpartition(".")[2]
        model = type(name, (pw.Model,), {**fields, "Meta": type("Meta", (), meta)})
        self._shown[table.origin] = model, table
        return model

    def __getitem__(self, name: str) -> Model:
        return self._class(self._schema[name])

    def __getattr__(self, name: str) -> Model:
        for table in self._schema.values():
            model = self._class(table)
            if model.__name__ == name:
                return model
        raise AttributeError(f"no table has a model named {name}")

    def __iter__(self) -> Iterator[Model]:
        return iter([self._class(table) for table in self._schema.values()])


def attribute(column: Column) -> str:
    """Return the name that a model's class calls the column by."""
    taken = hasattr(pw.Model, column.name) or not column.name.isidentifier()
    return column.attribute or (f"{column.name}_" if taken else column.name)


def table_name(model: Model) -> str:
    """Return `schema.table`, or `table` of a model without a named schema."""
    meta = model._meta
    return f"{meta.schema}.{meta.table_name}" if meta.schema else meta.table_name
