"""What each kind of change does to a schema; nothing here meets a database."""

from collections.abc import Callable
from dataclasses import replace

from ..errors import MigrationError
from ..schema.model import Column, Constraint, ForeignKey, Index, Schema, Table
from ..schema.references import columns_of, constraint_renamed, index_renamed, text_renamed

Thing = Constraint | ForeignKey | Index


def table_of(schema: Schema, name: str) -> Table:
    if name not in schema:
        raise MigrationError(f"there is no table {name!r}")
    return schema[name]


def column_of(schema: Schema, table: str, name: str) -> Column:
    try:
        return table_of(schema, table).column(name)
    except KeyError:
        raise MigrationError(f"{table!r} has no column {name!r}") from None


def create_table(schema: Schema, table: Table) -> Schema:
    if table.name in schema:
        raise MigrationError(f"there is a table {table.name!r} already")
    return schema.put(table)


def drop_table(schema: Schema, name: str) -> Schema:
    table_of(schema, name)
    return schema.drop(name)


def rename_table(schema: Schema, old: str, new: str) -> Schema:
    """Rename a table; keys that point to it follow."""
    table = table_of(schema, old)
    if new in schema:
        raise MigrationError(f"there is a table {new!r} already")
    schema = schema.put(replace(table, name=new), instead_of=old)
    return with_keys(schema, lambda key: replace(key, table=new) if key.table == old else key)


def with_keys(schema: Schema, change: Callable[[ForeignKey], ForeignKey]) -> Schema:
    return Schema(
        replace(table, foreign_keys=tuple(change(key) for key in table.foreign_keys))
        for table in schema.values()
    )


def rename_column(schema: Schema, table_name: str, old: str, new: str) -> Schema:
    """Rename a column; keys, indexes and expressions follow."""
    column = column_of(schema, table_name, old)
    table = schema[table_name]
    if new in table.column_names:
        raise MigrationError(f"{table_name!r} has a column {new!r} already")
    names = {old: new}
    attribute = None if column.attribute in (old, None) else column.attribute
    moved = replace(column, name=new, attribute=attribute)
    schema = schema.put(
        replace(
            table,
            columns=tuple(
                moved
                if item.name == old
                else replace(item, generated=item.generated and text_renamed(item.generated, names))
                for item in table.columns
            ),
            primary_key=tuple(names.get(item, item) for item in table.primary_key),
            constraints=tuple(constraint_renamed(item, names) for item in table.constraints),
            foreign_keys=tuple(
                replace(key, columns=tuple(names.get(item, item) for item in key.columns))
                for key in table.foreign_keys
            ),
            indexes=tuple(
                index_renamed(index, names, table.column_names) for index in table.indexes
            ),
        )
    )

    def target(key: ForeignKey) -> ForeignKey:
        if key.table != table_name:
            return key
        return replace(
            key, target_columns=tuple(names.get(item, item) for item in key.target_columns)
        )

    return with_keys(schema, target)


def add_column(schema: Schema, table_name: str, column: Column) -> Schema:
    table = table_of(schema, table_name)
    if column.name in table.column_names:
        raise MigrationError(f"{table_name!r} has a column {column.name!r} already")
    return schema.put(replace(table, columns=(*table.columns, column)))


def drop_column(schema: Schema, table_name: str, name: str) -> Schema:
    """Drop a column, and with it what rests on it, as both databases do."""
    column_of(schema, table_name, name)
    table = schema[table_name]

    def rests(thing: Thing) -> bool:
        return name in columns_of(table, thing)

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


def change_column(schema: Schema, table_name: str, name: str, new: Column) -> Schema:
    old = column_of(schema, table_name, name)
    return schema.put(schema[table_name].with_column(name, replace(new, origin=old.origin)))


def set_primary_key(schema: Schema, table_name: str, columns: tuple[str, ...]) -> Schema:
    for column in columns:
        column_of(schema, table_name, column)
    return schema.put(replace(schema[table_name], primary_key=columns))


def add(schema: Schema, table_name: str, thing: Thing) -> Schema:
    return schema.put(table_of(schema, table_name).plus(thing))


def drop(schema: Schema, table_name: str, thing: Thing) -> Schema:
    table = table_of(schema, table_name)
    if table.without(thing) == table:
        raise MigrationError(f"{table_name!r} has no {thing}")
    return schema.put(table.without(thing))


def index_named(schema: Schema, table_name: str, name: str) -> Index:
    for index in table_of(schema, table_name).indexes:
        if index.name == name:
            return index
    raise MigrationError(f"{table_name!r} has no index {name!r}")


def constraint_named(schema: Schema, table_name: str, name: str) -> Constraint | ForeignKey:
    table = table_of(schema, table_name)
    for thing in (*table.constraints, *table.foreign_keys):
        if thing.name == name:
            return thing
    raise MigrationError(f"{table_name!r} has no constraint {name!r}")
