"""What Peewee models declare, read from the very SQL that Peewee would create them with."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import peewee as pw

from ..errors import MigrationError
from ..operations.words import describe_element
from ..schema.model import Column, Constraint, Index, Schema, Table, Text, check, one_text
from ..schema.parser import parse_index, parse_table, read_references
from ..schema.sql import literal, quote
from ..schema.tokens import TokenStream
from ..schema.types import spelled, verbatim
from .defaults import is_computed, stored
from .sql import Offline, index_sql, peewee_type, rendered, table_sql

Model = type[pw.Model]


def in_order(models: Iterable[Model]) -> list[Model]:
    """Return models after those that their foreign keys point to."""
    return pw.sort_models(list(models))  # pyright: ignore[reportAttributeAccessIssue]


def declared(models: Iterable[Model], database: pw.Database | None = None) -> Schema:
    """Read the tables of `models`.

    Raise MigrationError for two models that describe one table differently, and for two tables or
    indexes of one name.
    """
    offline = Offline(database)
    tables: dict[str, Table] = {}
    paths: dict[str, str] = {}
    for model in in_order(models):
        table, path = declared_table(model, offline), class_path(model)
        paths.setdefault(table.name, path)
        if tables.setdefault(table.name, table) != table:
            raise MigrationError(
                f"{paths[table.name]} and {path} describe the table {table.name}, and differently:"
                " name one of them so in IGNORE (conf.py) or ignore= (Router)"
            )
    refuse_shared_names(tables.values())
    return Schema(tables.values())


def class_path(model: Model) -> str:
    """Return the module and name of a class."""
    return f"{model.__module__}.{model.__qualname__}"


def refuse_shared_names(tables: Iterable[Table]) -> None:
    """Refuse two tables or indexes of one name; Peewee's create_tables leaves out the second."""
    owners = {table.name: f"table {table.name}" for table in tables}
    for table in tables:
        schema, dot, _ = table.name.rpartition(".")
        for index in table.indexes:
            path, what = f"{schema}{dot}{index.name}", f"{table.name}: {describe_element(index)}"
            if path in owners:
                raise MigrationError(
                    f"{owners[path]} and {what} have one name: say unique=True or index=False at"
                    " the field, or name one with Model.add_index(Model.index(…, name=…))"
                )
            owners[path] = what


def declared_table(model: Model, offline: Offline) -> Table:
    if "." in model._meta.table_name:
        schema, _, name = model._meta.table_name.rpartition(".")
        raise MigrationError(
            f"{model._meta.table_name} has a dot in its name, which stands for a schema: write"
            f' class Meta: schema = "{schema}"; table_name = "{name}", or name it in IGNORE'
        )
    for field in model._meta.sorted_fields:
        if isinstance(field, pw.DeferredForeignKey):
            raise MigrationError(
                f"{model._meta.table_name}.{field.name}: no model is named {field.rel_model_name},"
                " which its DeferredForeignKey waits for"
            )
    lite = parse_table(table_sql(model, offline.sqlite))
    if lite.virtual is not None:
        return lite
    post = parse_table(table_sql(model, offline.postgresql))
    columns = [
        declared_column(model._meta.columns[here.name], here, there, offline)
        for here, there in zip(lite.columns, post.columns, strict=True)
    ]
    constraints = [
        Constraint(one_text(a.sql, b.sql), a.name)
        for a, b in zip(lite.constraints, post.constraints, strict=True)
    ]
    return replace(
        lite,
        columns=tuple(columns),
        constraints=(*constraints, *choices(model)),
        foreign_keys=(*lite.foreign_keys, *deferred_keys(model)),
        indexes=tuple(indexes(model, offline)),
        options=one_text(lite.options, post.options),
    )


def declared_column(field: pw.Field, lite: Column, post: Column, offline: Offline) -> Column:
    """Return a column as both databases have it, its type by Peewee's name where they agree."""
    kind: Text = peewee_type(field)
    if lite.type != spelled(str(kind), offline.types("sqlite")) or post.type != spelled(
        str(kind), offline.types("postgresql")
    ):
        kind = one_text(
            verbatim(str(lite.type), offline.types("sqlite")),
            verbatim(str(post.type), offline.types("postgresql")),
        )
    pieces: dict[str, Any] = {
        name: one_text(getattr(lite, name), getattr(post, name))
        for name in ("server_default", "collation", "generated", "extra")
    }
    default = None if is_computed(field) else stored(field, field.default)
    return replace(
        lite, type=kind, default=default, identity=post.identity, attribute=field.name, **pieces
    )


def choices(model: Model) -> list[Constraint]:
    """Return the CHECKs over `choices` that `class Meta: check_choices = True` asks for."""
    if not getattr(model._meta, "check_choices", False):
        return []
    out = []
    for field in model._meta.sorted_fields:
        if field.choices:
            values = [
                choice[0] if isinstance(choice, tuple | list) else choice
                for choice in field.choices
            ]
            spellings = [
                ", ".join(literal(stored(field, value), dialect) for value in values)
                for dialect in ("sqlite", "postgresql")
            ]
            column = quote(field.column_name)
            expression = one_text(*(f"{column} IN ({spelling})" for spelling in spellings))
            out.append(check(expression, f"{model._meta.table_name}_{field.column_name}_choices"))
    return out


def deferred_keys(model: Model) -> list[Any]:
    """Return foreign keys that close a circle, which Peewee leaves out of CREATE TABLE."""
    keys = []
    for field in model._meta.sorted_fields:
        if isinstance(field, pw.ForeignKeyField) and field.deferred:
            sql = rendered(field.foreign_key_constraint(True), pw.SqliteDatabase(None))
            stream = TokenStream.over(sql)
            name = stream.token().name if stream.takes("CONSTRAINT") else None
            stream.takes("FOREIGN", "KEY")
            keys.append(read_references(stream, stream.names(), name))
    return keys


def indexes(model: Model, offline: Offline) -> list[Index]:
    out = []
    for index in model._meta.fields_to_index():
        if getattr(model._meta, "extension_module", None):
            break
        lite = parse_index(index_sql(model, index, offline.sqlite))[1]
        post = parse_index(index_sql(model, index, offline.postgresql))[1]
        out.append(
            Index(
                lite.name,
                tuple(one_text(a, b) for a, b in zip(lite.parts, post.parts, strict=True)),
                lite.unique,
                one_text(lite.where, post.where),
                post.using,
                one_text(lite.extra, post.extra),
            )
        )
    return list(dict.fromkeys(out))
