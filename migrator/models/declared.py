"""What Peewee models declare, read from the very SQL that Peewee would create them with."""

import json
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from math import isnan
from typing import Any
from uuid import UUID

import peewee as pw

from ..errors import MigrationError
from ..operations.words import describe_element
from ..schema.compiler import DDLCompiler, dialect_of
from ..schema.model import (
    Column,
    Constraint,
    Index,
    PerDatabase,
    Schema,
    Table,
    Text,
    check,
    one_text,
)
from ..schema.parser import TokenStream, parse_index, parse_table, read_references
from ..schema.sql import Dialect, literal, quote, squeezed, tokens
from ..schema.types import spelled, verbatim

Model = type[pw.Model]


def in_order(models: Iterable[Model]) -> list[Model]:
    """Return models after those that their foreign keys point to."""
    return pw.sort_models(list(models))  # pyright: ignore[reportAttributeAccessIssue]


class Offline:
    """Databases that are never connected: one of each kind, and one of plain types."""

    def __init__(self, database: pw.Database | None = None) -> None:
        self.sqlite: Any = pw.SqliteDatabase(None)
        self.postgresql: Any = pw.PostgresqlDatabase(None)
        self.plain: Any = pw.SqliteDatabase(None)
        self.plain._field_types = {}
        if database is not None:
            mine = self.sqlite if dialect_of(database) == "sqlite" else self.postgresql
            mine._field_types = DDLCompiler.of(database).types

    def types(self, dialect: Dialect) -> Mapping[str, str]:
        return (self.sqlite if dialect == "sqlite" else self.postgresql)._field_types


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
    plain = parse_table(table_sql(model, offline.plain))
    if plain.virtual is not None:
        return plain
    lite = parse_table(table_sql(model, offline.sqlite))
    post = parse_table(table_sql(model, offline.postgresql))
    columns = [
        merged_column(*trio, offline)
        for trio in zip(plain.columns, lite.columns, post.columns, strict=True)
    ]
    constraints = [
        Constraint(one_text(a.sql, b.sql), a.name)
        for a, b in zip(lite.constraints, post.constraints, strict=True)
    ]
    return replace(
        plain,
        columns=tuple(with_python_side(column, model) for column in columns),
        constraints=(*constraints, *choices(model)),
        foreign_keys=(*plain.foreign_keys, *deferred_keys(model, plain)),
        indexes=tuple(indexes(model, offline)),
        options=one_text(lite.options, post.options),
    )


def merged_column(plain: Column, lite: Column, post: Column, offline: Offline) -> Column:
    kind: Text = plain.type
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
    return replace(plain, type=kind, null=lite.null, identity=post.identity, **pieces)


def with_python_side(column: Column, model: Model) -> Column:
    field = model._meta.columns[column.name]
    default = None if is_computed(field) else stored(field, field.default)
    return replace(column, default=default, attribute=field.name)


def is_computed(field: pw.Field) -> bool:
    """Whether a default is no value, but a function or SQL that gives one."""
    return callable(field.default) or isinstance(field.default, pw.Node)


def computed_default(field: pw.Field) -> Any:
    """Return a computed default, computed now; of SQL, the SQL.

    Raise MigrationError if that fails.
    """
    try:
        value = field.default() if callable(field.default) else field.default
    except Exception as error:
        name = getattr(field.default, "__name__", repr(field.default))
        raise MigrationError(
            f"{field_path(field)}: its default {name}() raises {type(error).__name__}: {error}."
            " Rows that exist need its value: let it be computed here, too, or let the column be"
            " null=True"
        ) from error
    return stored(field, value)


def stored(field: Any, value: Any) -> Any:
    """Return what a field makes of a value before it goes to the database, as a plain value.

    Raise MigrationError for a value that cannot be written into a file.
    """
    if value is None:
        return None
    try:
        return plain_value(converted(field, value))
    except Exception as error:
        raise MigrationError(
            f"{field_path(field)}: its default {value!r} cannot be written down ({error}): let it"
            " be a number, a text, a date or the like, or a function that returns one"
        ) from error


def field_path(field: Any) -> str:
    return f"{field.model._meta.table_name}.{field.name}"


def converted(field: Any, value: Any) -> Any:
    """Return a value as a field hands it on, without a driver's wrapping."""
    if isinstance(value, pw.Node):
        offline = Offline()
        text = one_text(rendered(value, offline.sqlite), rendered(value, offline.postgresql))
        return text if isinstance(text, PerDatabase) else pw.SQL(text)
    if isinstance(field, pw.JSONField) or hasattr(field, "_json_datatype"):
        return (field._dumps or json.dumps)(value)  # pyright: ignore[reportAttributeAccessIssue]
    if hasattr(field, "_json_dumps"):  # of playhouse.sqlite_ext
        return field._json_dumps(value)
    if hasattr(field, "_db_hook"):
        field = copy(field)
        field._db_hook(None)
    try:
        value = field.db_value(value)
    except (TypeError, ValueError):
        if not isinstance(value, Enum):
            raise
        value = field.db_value(value.value)
    if isinstance(value, pw.Value):
        value = value.converter(value.value) if value.converter else value.value
    return value


def plain_value(value: Any) -> Any:
    """Return the value as one of the types that a file and SQL can spell.

    Raise ValueError for any other.
    """
    match value:
        case Enum():
            return plain_value(value.value)
        case memoryview() | bytearray():
            return bytes(value)
        case list() | tuple():
            return [plain_value(item) for item in value]
        case datetime() if value.tzinfo is not None:
            return value.astimezone(timezone(value.utcoffset() or timedelta()))
        case float() | Decimal() if isnan(value):
            raise ValueError("it is not a number")
        case None | bool() | int() | float() | Decimal() | str() | bytes() | UUID():
            return value
        case date() | time() | timedelta() | pw.SQL() | PerDatabase():
            return value
    raise ValueError(f"it is of the type {type(value).__name__}")


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


def deferred_keys(model: Model, table: Table) -> list[Any]:
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


def truncated(name: str) -> str:
    """Return an index's name as Peewee shortens it."""
    return pw._truncate_constraint_name(name)  # pyright: ignore[reportAttributeAccessIssue]


def table_sql(model: Any, database: Any) -> str:
    manager = type(model._schema)(model, database)
    sql, values = manager._create_table(safe=False).query()
    return inlined(sql, values, database)


def index_sql(model: Any, index: Any, database: Any) -> str:
    manager = type(model._schema)(model, database)
    sql, values = manager._create_index(index, safe=False).query()
    return inlined(sql, values, database)


def rendered(node: pw.Node, database: Any) -> str:
    context = database.get_sql_context(scope=pw.SCOPE_VALUES)
    sql, values = context.sql(node).query()
    return squeezed(inlined(sql, values, database))


def inlined(sql: str, values: list[Any], database: pw.Database) -> str:
    """Return the SQL with its parameters written in, as the driver would."""
    dialect = dialect_of(database)
    sign, pieces, last = database.param[0], [], 0
    for token in tokens(sql) if values else ():
        # a mark in a string is text, and so is a doubled one
        is_mark = token.text == sign and sql.startswith(database.param, token.start)
        if is_mark and not sql.endswith("%", 0, token.start):
            pieces.append(sql[last : token.start])
            last = token.start + len(database.param)
    if len(pieces) != len(values):
        raise MigrationError(
            f"{sql} has {len(pieces)} marks {database.param} and {len(values)} parameters: write"
            " the parameters into the SQL"
        )
    pieces.append(sql[last:])
    if dialect == "postgresql":  # psycopg2 reads %% as one per cent sign whenever Peewee calls it
        pieces = [piece.replace("%%", "%") for piece in pieces]
    spellings = [*(literal(value, dialect) for value in values), ""]
    return "".join(part for pair in zip(pieces, spellings, strict=True) for part in pair)
