"""`Migrator`: what a migration file speaks to. It keeps the schema in mind and a queue of work."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import peewee as pw
import peewee_migrate

from . import transitions
from .declared import Offline, declared_table, dialect_of, rendered, stored
from .errors import MigrationError
from .moves import Hints
from .orm import Model, Orm
from .schema import (
    Column,
    Constraint,
    ForeignKey,
    Index,
    Schema,
    Table,
    Text,
)

UNSAID: Any = object()


@dataclass
class Change:
    """Several changes of the schema in a row, which are carried out as one."""

    before: Schema
    after: Schema
    hints: Hints = field(default_factory=Hints)


@dataclass
class Raw:
    """A statement of the migration's own."""

    sql: str
    params: tuple[Any, ...]


@dataclass
class Call:
    """A function that reads or writes rows, and the schema it meets."""

    function: Callable[[], Any]
    name: str
    schema: Schema


@dataclass
class Adoption:
    """A table to be created unless it is there already."""

    table: Table


@dataclass
class Convergence:
    """A table to be made what the migrations say it is, whatever it was found as."""

    table: Table


Work = Change | Raw | Call | Adoption | Convergence


class Migrator(peewee_migrate.Migrator):
    """Takes what a migration says, in the words below or in stock peewee-migrate's."""

    def __init__(self, database: pw.Database | pw.Proxy, schema: Schema | None = None) -> None:
        plain = cast(pw.Database, database.obj if isinstance(database, pw.Proxy) else database)
        self.database = plain
        self.schema = Schema()
        self.queue: list[Work] = []
        self.orm: Orm = Orm(plain, dialect_of(plain))
        self._offline = Offline(plain)
        self._to(schema or Schema())
        self.queue.clear()

    # the schema

    def _to(
        self, schema: Schema, *, fill: Any = None, using: Any = None, of: Column | None = None
    ) -> None:
        """Go on to another schema, and queue the way there."""
        last = self.queue[-1] if self.queue else None
        if not isinstance(last, Change):
            last = Change(self.schema, schema)
            self.queue.append(last)
        last.after = self.schema = schema
        if of is not None and fill is not None:
            last.hints.fills[of.origin] = fill
        if of is not None and using is not None:
            last.hints.usings[of.origin] = using
        self.orm.show(schema)

    def create_table(
        self,
        name: str,
        *parts: Column | Constraint | ForeignKey | Index,
        primary_key: tuple[str, ...] = (),
        options: Text | None = None,
        virtual: str | None = None,
        adopt: bool = False,
    ) -> None:
        """Create a table; with `adopt`, take the one that is there already, whoever made it.

        An adopted table is left as it is found (`converge` makes it what it should be), and a
        rollback leaves it too.
        """
        table = Table(
            name,
            tuple(part for part in parts if isinstance(part, Column)),
            tuple(primary_key),
            tuple(part for part in parts if isinstance(part, Constraint)),
            tuple(part for part in parts if isinstance(part, ForeignKey)),
            tuple(part for part in parts if isinstance(part, Index)),
            options,
            virtual,
        )
        self._create(table, adopt=adopt)

    def _create(self, table: Table, *, adopt: bool = False) -> None:
        schema = transitions.create_table(self.schema, table)
        if adopt:
            self.schema = schema
            self.queue.append(Adoption(table))
            self.orm.show(schema)
        else:
            self._to(schema)

    def converge(self, name: str) -> None:
        """Make an adopted table what the migrations say it is: types, keys, constraints, indexes."""
        self.queue.append(Convergence(transitions.table_of(self.schema, name)))

    def drop_table(self, name: str) -> None:
        self._to(transitions.drop_table(self.schema, name))

    def rename_table(self, model: str | Model, new_name: str) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._to(transitions.rename_table(self.schema, self._name(model), new_name))

    def add_column(self, table: str, column: Column, *, fill: Any = None) -> None:
        """Add a column; rows get `fill`, a value or `pw.SQL(…)`, or the column's default."""
        self._to(transitions.add_column(self.schema, table, column), fill=fill, of=column)

    def drop_column(self, table: str, name: str) -> None:
        self._to(transitions.drop_column(self.schema, table, name))

    def rename_column(self, table: str, old: str, new: str) -> None:
        self._to(transitions.rename_column(self.schema, table, old, new))

    def change_column(
        self,
        table: str,
        name: str,
        *,
        fill: Any = None,
        using: Text | None = None,
        **changes: tuple[Any, Any],
    ) -> None:
        """Change a column: `type=(old, new)`, `null=(old, new)`, `default=…`, `server_default=…` …

        `fill` is what NULLs become; `using` is SQL that converts the old value.
        """
        column = transitions.column_of(self.schema, table, name)
        for attribute, (old, _) in changes.items():
            if getattr(column, attribute) != old:
                raise MigrationError(
                    f"{table}.{name}: {attribute} is {getattr(column, attribute)!r}, not {old!r}"
                )
        new = replace(column, **{attribute: new for attribute, (_, new) in changes.items()})
        self._to(
            transitions.change_column(self.schema, table, name, new), fill=fill, using=using, of=new
        )

    def change_primary_key(self, table: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        found = transitions.table_of(self.schema, table).primary_key
        if found != tuple(old):
            raise MigrationError(f"{table}: the primary key is {found}, not {old}")
        self._to(transitions.set_primary_key(self.schema, table, tuple(new)))

    def change_options(self, table: str, old: Text | None, new: Text | None) -> None:
        """Change what follows the columns in CREATE TABLE."""
        found = transitions.table_of(self.schema, table)
        if found.options != old:
            raise MigrationError(f"{table}: the options are {found.options!r}, not {old!r}")
        self._to(self.schema.put(replace(found, options=new)))

    def add_foreign_key(self, table: str, key: ForeignKey) -> None:
        self._to(transitions.add(self.schema, table, key))

    def drop_foreign_key(self, table: str, key: ForeignKey) -> None:
        self._to(transitions.drop(self.schema, table, key))

    def drop_constraint(self, table: str, constraint: Constraint) -> None:
        self._to(transitions.drop(self.schema, table, constraint))

    def rename_index(self, table: str, old: str, new: str) -> None:
        index = transitions.index_named(self.schema, table, old)
        renamed = transitions.drop(self.schema, table, index)
        self._to(transitions.add(renamed, table, replace(index, name=new)))

    # rows

    def sql(self, sql: str, *params: Any) -> None:
        """Queue a statement; parameters are the driver's (`?` on SQLite, `%s` on Postgres)."""
        self.queue.append(Raw(sql, params))

    def run(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Queue a function that reads or writes rows; it is never called on a replay."""
        name = getattr(func, "__qualname__", repr(func))
        self.queue.append(Call(lambda: func(*args, **kwargs), name, self.schema))

    python = run

    # stock peewee-migrate's words

    def _name(self, model: str | Model) -> str:
        if not isinstance(model, str):
            meta = model._meta
            return f"{meta.schema}.{meta.table_name}" if meta.schema else meta.table_name
        if model in self.schema:
            return model
        for known in self.orm:
            if known.__name__ == model:
                return self._name(known)
        raise MigrationError(f"there is no table {model!r}")

    def _column(self, table: str, field_name: str) -> Column:
        columns = self.schema[table].columns
        for candidate in (field_name, f"{field_name}_id"):
            for column in columns:
                if candidate in (column.attribute, column.name):
                    return column
        raise MigrationError(f"{table!r} has no field {field_name!r}")

    def _described(self, table: str, name: str, field: pw.Field) -> tuple[Column, Table]:
        """Read a field as if it stood in the table's model."""
        old = next((c.name for c in self.schema[table].columns if c.attribute == name), None)
        bare = table.rpartition(".")[2]
        model = type(
            "Draft",
            (pw.Model,),
            {"Meta": type("Meta", (), {"table_name": bare, "primary_key": False})},
        )
        known = Orm(self.database, dialect_of(self.database))
        known.show(self.schema)
        for column in self.schema[table].columns:
            if column.name not in (old, field.column_name):
                model._meta.add_field(
                    column.attribute or column.name, known._field(self.schema[table], column)
                )
        if field.primary_key:
            model._meta.set_primary_key(name, field)
        else:
            model._meta.add_field(name, field)
        described = declared_table(model, self._offline)
        return described.column(field.column_name), described

    def create_model(self, model: Any) -> Any:
        """Create the table of a model class; may be used as a decorator."""
        table = declared_table(model, self._offline)
        model._meta.set_database(self.database)
        self.orm.adopt(model, table)
        self._create(table)
        return model

    def remove_model(self, model: str | Model, *, cascade: bool = True) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.drop_table(self._name(model))

    def add_fields(self, model: Any, *, allow_not_null: bool = False, **fields: pw.Field) -> Any:
        table = self._name(model)
        for name, field_ in fields.items():
            column, described = self._described(table, name, field_)
            fill = None
            if callable(field_.default) and not field_.null:
                fill = stored(field_, field_.default())
            self.add_column(table, column, fill=fill)
            self._take_over(table, column.name, described)
        return model

    def change_fields(self, model: Any, **fields: pw.Field) -> Any:
        table = self._name(model)
        for name, field_ in fields.items():
            known = {column.attribute: column for column in self.schema[table].columns}
            if name not in known:
                self.add_fields(model, **{name: field_})
                continue
            new, described = self._described(table, name, field_)
            if known[name].name != new.name:
                self.rename_column(table, known[name].name, new.name)
            self._to(transitions.change_column(self.schema, table, new.name, new))
            self._forget(table, new.name)
            self._take_over(table, new.name, described)
        return model

    def _forget(self, table: str, column: str) -> None:
        """Drop the key and the plain index of one column."""
        found = self.schema[table]
        for thing in (*found.foreign_keys, *found.indexes):
            columns = thing.columns if isinstance(thing, ForeignKey) else thing.parts
            if columns == (column,) and not (isinstance(thing, Index) and thing.where):
                self._to(transitions.drop(self.schema, table, thing))

    def _take_over(self, table: str, column: str, described: Table) -> None:
        """Add the keys, indexes and CHECKs that a field brought along."""
        from .ddl import columns_of

        things = (*described.constraints, *described.foreign_keys, *described.indexes)
        for thing in things:
            found = self.schema[table]
            have = (*found.constraints, *found.foreign_keys, *found.indexes)
            if columns_of(described, thing) == {column} and thing not in have:
                self._to(transitions.add(self.schema, table, thing))

    def remove_fields(self, model: Any, *names: str, cascade: bool = True, **params: Any) -> Any:
        table = self._name(model)
        for name in names:
            self.drop_column(table, self._column(table, name).name)
        return model

    def rename_field(self, model: Any, old_name: str, new_name: str) -> Any:
        table = self._name(model)
        column = self._column(table, old_name)
        is_key = any(key.columns == (column.name,) for key in self.schema[table].foreign_keys)
        new = f"{new_name}_id" if is_key and not new_name.endswith("_id") else new_name
        if column.name != new:
            self.rename_column(table, column.name, new)
        renamed = replace(self.schema[table].column(new), attribute=new_name)
        self._to(transitions.change_column(self.schema, table, new, renamed))
        return model

    def add_index(self, model: Any, *columns: Any, unique: bool = False, **params: Any) -> Any:
        """Add an `Index`, or stock's: the names of fields."""
        table = self._name(model)
        if columns and isinstance(columns[0], Index):
            self._to(transitions.add(self.schema, table, columns[0]))
            return model
        names = tuple(self._column(table, name).name for name in columns)
        name = f"{table.rpartition('.')[2]}_{'_'.join(names)}"
        index = Index(pw._truncate_constraint_name(name), names, unique, using=params.get("using"))
        self._to(transitions.add(self.schema, table, index))
        return model

    def drop_index(self, model: Any, *columns: Any) -> Any:
        """Drop an `Index`, or stock's: the index over these fields."""
        table = self._name(model)
        if columns and isinstance(columns[0], Index):
            self._to(transitions.drop(self.schema, table, columns[0]))
            return model
        names = tuple(self._column(table, name).name for name in columns)
        for index in self.schema[table].indexes:
            if index.parts == names:
                self._to(transitions.drop(self.schema, table, index))
        return model

    def add_not_null(self, model: Any, *names: str) -> Any:
        return self._set_null(model, names, null=False)

    def drop_not_null(self, model: Any, *names: str) -> Any:
        return self._set_null(model, names, null=True)

    def _set_null(self, model: Any, names: tuple[str, ...], *, null: bool) -> Any:
        table = self._name(model)
        for name in names:
            column = self._column(table, name)
            changed = replace(column, null=null)
            self._to(transitions.change_column(self.schema, table, column.name, changed))
        return model

    def add_default(self, model: Any, name: str, default: Any) -> Any:
        """Let Python fill in `default` from now on; rows that are NULL get it."""
        table = self._name(model)
        column = self._column(table, name)
        if not callable(default):
            changed = replace(column, default=default)
            self._to(transitions.change_column(self.schema, table, column.name, changed))
        return model

    def add_constraint(self, model: Any, name: Any, constraint: Any = None) -> Any:
        """Add a `Constraint`, or stock's: a name and SQL."""
        table = self._name(model)
        thing = name
        if not isinstance(name, Constraint):
            sql = constraint if isinstance(constraint, str) else rendered(constraint, self.database)
            thing = Constraint(sql, name)
        self._to(transitions.add(self.schema, table, thing))
        return model

    def drop_constraints(self, model: Any, *names: str) -> Any:
        table = self._name(model)
        for name in names:
            thing = transitions.constraint_named(self.schema, table, name)
            self._to(transitions.drop(self.schema, table, thing))
        return model
