"""`Migrator`: what a migration file speaks to. It keeps the schema in mind and a queue of work."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import peewee as pw

from .autogenerate.declared import Offline
from .compat import StockVocabulary
from .errors import MigrationError
from .operations import state
from .operations.queue import Adoption, Call, Change, Convergence, Raw, Work
from .orm import Orm
from .schema.model import (
    Column,
    Constraint,
    ForeignKey,
    Index,
    Schema,
    Table,
    Text,
)


class Migrator(StockVocabulary):
    """Takes what a migration says, in the words below or in stock peewee-migrate's."""

    def __init__(self, database: pw.Database | pw.Proxy, schema: Schema | None = None) -> None:
        plain: Any = database.obj if isinstance(database, pw.Proxy) else database
        self.database: pw.Database = plain
        self.schema = schema or Schema()
        self.queue: list[Work] = []
        self.orm = Orm(plain)
        self.orm.show(self.schema)
        self.offline = Offline(plain)

    def go_to(
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

    # tables

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
        self.create(table, adopt=adopt)

    def create(self, table: Table, *, adopt: bool) -> None:
        schema = state.create_table(self.schema, table)
        if adopt:
            self.schema = schema
            self.queue.append(Adoption(table))
            self.orm.show(schema)
        else:
            self.go_to(schema)

    def converge(self, name: str) -> None:
        """Make an adopted table what the migrations say: its types, keys, constraints, indexes."""
        self.queue.append(Convergence(state.table_of(self.schema, name)))

    def drop_table(self, name: str) -> None:
        self.go_to(state.drop_table(self.schema, name))

    # columns

    def add_column(self, table: str, column: Column, *, fill: Any = None) -> None:
        """Add a column; rows get `fill`, a value or `pw.SQL(…)`, or the column's default."""
        self.go_to(state.add_column(self.schema, table, column), fill=fill, of=column)

    def drop_column(self, table: str, name: str) -> None:
        self.go_to(state.drop_column(self.schema, table, name))

    def rename_column(self, table: str, old: str, new: str) -> None:
        self.go_to(state.rename_column(self.schema, table, old, new))

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
        column = state.column_of(self.schema, table, name)
        for attribute, (old, _) in changes.items():
            if getattr(column, attribute) != old:
                raise MigrationError(
                    f"{table}.{name}: {attribute} is {getattr(column, attribute)!r}, not {old!r}"
                )
        new = replace(column, **{attribute: new for attribute, (_, new) in changes.items()})
        self.go_to(
            state.change_column(self.schema, table, name, new), fill=fill, using=using, of=new
        )

    def change_primary_key(self, table: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        found = state.table_of(self.schema, table).primary_key
        if found != tuple(old):
            raise MigrationError(f"{table}: the primary key is {found}, not {old}")
        self.go_to(state.set_primary_key(self.schema, table, tuple(new)))

    def change_options(self, table: str, old: Text | None, new: Text | None) -> None:
        """Change what follows the columns in CREATE TABLE."""
        found = state.table_of(self.schema, table)
        if found.options != old:
            raise MigrationError(f"{table}: the options are {found.options!r}, not {old!r}")
        self.go_to(self.schema.put(replace(found, options=new)))

    def add_foreign_key(self, table: str, key: ForeignKey) -> None:
        self.go_to(state.add(self.schema, table, key))

    def drop_foreign_key(self, table: str, key: ForeignKey) -> None:
        self.go_to(state.drop(self.schema, table, key))

    def drop_constraint(self, table: str, constraint: Constraint) -> None:
        self.go_to(state.drop(self.schema, table, constraint))

    def rename_index(self, table: str, old: str, new: str) -> None:
        index = state.index_named(self.schema, table, old)
        renamed = state.drop(self.schema, table, index)
        self.go_to(state.add(renamed, table, replace(index, name=new)))

    # rows

    def sql(self, sql: str, *params: Any) -> None:
        """Queue a statement; parameters are the driver's (`?` on SQLite, `%s` on Postgres)."""
        self.queue.append(Raw(sql, params))

    def run(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Queue a function that reads or writes rows; it is never called on a replay."""
        name = getattr(func, "__qualname__", repr(func))
        self.queue.append(Call(lambda: func(*args, **kwargs), name, self.schema))

    python = run
