"""`Migrator`: what a migration file speaks to. It keeps the schema in mind and a queue of work."""

from collections.abc import Callable
from typing import Any

import peewee as pw

from .compat.vocabulary import StockVocabulary
from .model_classes.orm import Orm
from .model_classes.sql import Offline
from .operations.base import Operation, Queued
from .operations.columns import AddColumn, ChangeColumn, DropColumn, RenameColumn
from .operations.constraints import AddElement, DropElement, RenameIndex
from .operations.rows import RunPython, RunSQL
from .operations.tables import (
    AdoptTable,
    ChangeOptions,
    ChangePrimaryKey,
    Converge,
    CreateTable,
    DropTable,
)
from .schema.model import Column, Constraint, ForeignKey, Index, Schema, Table, Text


class Migrator(StockVocabulary):
    """Takes what a migration says, in the words below or in stock peewee-migrate's.

    A method changes `schema`, queues an operation, and returns nothing; it raises MigrationError
    for an operation that does not fit the schema. Nothing reaches a database before the end of
    migrate() or rollback().
    """

    def __init__(self, database: pw.Database | pw.Proxy, schema: Schema | None = None) -> None:
        plain: Any = database.obj if isinstance(database, pw.Proxy) else database
        self.database: pw.Database = plain
        self.schema = schema or Schema()
        self.queue: list[Queued] = []
        self.moves, self.created = {}, {}
        self.orm = Orm(plain)
        self.orm.show(self.schema)
        self.offline = Offline(plain)

    def apply(self, operation: Operation) -> None:
        """Change the schema in mind, and queue the operation."""
        before, after = self.schema, operation.state_forwards(self.schema)
        step = Queued((operation,), before, after, operation.hints(before))
        last = self.queue[-1] if self.queue else None
        if last is not None and last.can_precede(step):
            self.queue[-1] = last.then(step)
        else:
            self.queue.append(step)
        self.schema = after
        self.orm.show(after)

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
        self.apply(AdoptTable(table) if adopt else CreateTable(table))

    def converge(self, table: str) -> None:
        """Make an adopted table what the migrations say: its types, keys, constraints, indexes."""
        self.apply(Converge(table))

    def drop_table(self, name: str) -> None:
        """Drop a table."""
        self.apply(DropTable(name))

    def change_primary_key(self, table: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """Change the columns of the primary key."""
        self.apply(ChangePrimaryKey(table, tuple(old), tuple(new)))

    def change_options(self, table: str, old: Text | None, new: Text | None) -> None:
        """Change what follows the columns in CREATE TABLE."""
        self.apply(ChangeOptions(table, old, new))

    # columns

    def add_column(self, table: str, column: Column, *, fill: Any = None) -> None:
        """Add a column; rows get `fill`, a value or `pw.SQL(…)`, or the column's default."""
        self.apply(AddColumn(table, column, fill))

    def drop_column(self, table: str, name: str) -> None:
        """Drop a column, and with it what rests on it."""
        self.apply(DropColumn(table, name))

    def rename_column(self, table: str, old: str, new: str) -> None:
        """Rename a column; keys, indexes and expressions follow."""
        self.apply(RenameColumn(table, old, new))

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
        self.apply(ChangeColumn(table, name, changes, fill, using))

    # what rests on columns; StockVocabulary has add_constraint, add_index and drop_index

    def add_foreign_key(self, table: str, key: ForeignKey) -> None:
        """Add a foreign key; rows that exist must point to a row."""
        self.apply(AddElement(table, key))

    def drop_foreign_key(self, table: str, key: ForeignKey) -> None:
        """Drop a foreign key."""
        self.apply(DropElement(table, key))

    def drop_constraint(self, table: str, constraint: Constraint) -> None:
        """Drop a CHECK, UNIQUE or EXCLUDE."""
        self.apply(DropElement(table, constraint))

    def rename_index(self, table: str, old: str, new: str) -> None:
        """Rename an index."""
        self.apply(RenameIndex(table, old, new))

    # rows

    def sql(self, sql: str, *params: Any) -> None:
        """Queue a statement; parameters are the driver's (`?` on SQLite, `%s` on Postgres)."""
        self.apply(RunSQL(sql, params))

    def run(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Queue a function that reads or writes rows; it is never called on a replay."""
        name = getattr(func, "__qualname__", repr(func))
        self.apply(RunPython(lambda: func(*args, **kwargs), name))

    python = run
