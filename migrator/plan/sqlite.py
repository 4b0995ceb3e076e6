"""From one schema to another on SQLite: a table that changes is made anew and takes the rows along.

https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes".
Foreign keys must be off before the transaction begins; the runner sees to that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..errors import MigrationError
from ..introspect.catalogs import SqliteCatalog, column_names
from ..operations.base import Hints
from ..schema.compiler import DDLCompiler
from ..schema.model import Column, Index, Schema, Table
from ..schema.references import ordered_renames
from ..schema.sql import listed, literal, quote, quote_path
from .mapping import Pair, SchemaMapping
from .preflight import PreflightChecks
from .rows import RowMapping
from .steps import Statement, Step


@dataclass
class Sqlite:
    """The plan, phase by phase."""

    before: Schema
    after: Schema
    ddl: DDLCompiler
    hints: Hints
    catalog: SqliteCatalog

    def __post_init__(self) -> None:
        self.mapping = SchemaMapping(self.before, self.after, self.ddl)
        self.rows = RowMapping(self.ddl, self.hints)
        self.rebuilt = [pair for pair in self.mapping.pairs if self.is_rebuilt(pair)]

    def steps(self) -> Iterator[Step]:
        for pair in self.rebuilt:
            self.refuse_unknown_columns(pair)
        yield from PreflightChecks(self.rows, self.mapping).all()
        for table in self.mapping.dropped:
            yield Statement(f"DROP TABLE {quote_path(table.name)}")
        yield from self.rename()
        for table in self.mapping.created:
            yield Statement(self.ddl.create_table(table))
            yield from self.create_indexes(table, table.indexes)
        for pair in self.mapping.pairs:
            yield from self.change(pair)

    def refuse_unknown_columns(self, pair: Pair) -> None:
        """Refuse to rebuild a table with columns that no migration knows: they would be lost."""
        strangers = set(column_names(self.catalog.database, pair.old.name)) - set(
            pair.old.column_names
        )
        if strangers:
            raise MigrationError(
                f"{pair.old.name} has columns that no migration knows,"
                f" {', '.join(sorted(strangers))}: making the table anew would lose them."
                " Add them to the model or drop them first"
            )

    # renames

    def rename(self) -> Iterator[Step]:
        for old, new in ordered_renames(self.mapping.table_names):
            schema, dot, bare = new.rpartition(".")
            path = quote_path(old)
            if old.lower() == new.lower():  # one name to SQLite, which is taken
                yield Statement(f"ALTER TABLE {path} RENAME TO {quote(f'_{bare}')}")
                path = quote_path(f"{schema}{dot}_{bare}")
            yield Statement(f"ALTER TABLE {path} RENAME TO {quote(bare)}")
        for pair in self.mapping.pairs:
            doomed = {column.name: dropped_column_name(column) for column in pair.dropped}
            names = (
                {**doomed, **pair.names}
                if doomed.keys() & set(pair.renamed.values())
                else pair.names
            )
            path = quote_path(pair.new.name)
            for old, new in ordered_renames(names):
                yield Statement(f"ALTER TABLE {path} RENAME COLUMN {quote(old)} TO {quote(new)}")

    # one table

    def change(self, pair: Pair) -> Iterator[Step]:
        if pair in self.rebuilt:
            yield from self.rebuild(pair)
            return
        for column in pair.added:
            definition = self.ddl.column(column)
            yield Statement(f"ALTER TABLE {quote_path(pair.new.name)} ADD COLUMN {definition}")
            yield from self.fill_added(pair.new, column)
        yield from self.change_indexes(pair)

    def is_rebuilt(self, pair: Pair) -> bool:
        """Return whether anything but names, indexes and plain new columns at the end differs."""

        def carried(elements: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(filter(None, (self.mapping.carried(pair, item) for item in elements)))

        old = replace(
            pair.old,
            name=pair.new.name,
            columns=tuple(replace(old, name=new.name) for old, new in pair.columns),
            primary_key=pair.primary_key or (),
            constraints=carried(pair.old.constraints),
            foreign_keys=carried(pair.old.foreign_keys),
        )
        kept = set(pair.names.values())
        wanted = replace(
            pair.new, columns=tuple(column for column in pair.new.columns if column.name in kept)
        )
        return (
            bool(pair.dropped)
            or any(not self.is_plain(column) for column in pair.added)
            or self.shape(old) != self.shape(wanted)
        )

    def is_plain(self, column: Column) -> bool:
        """Return whether ALTER TABLE ADD COLUMN can make it."""
        return (
            column.null
            and column.generated is None
            and not column.extra
            and (column.server_default is None)
        )

    def shape(self, table: Table) -> tuple[object, ...]:
        """Return what CREATE TABLE says, in no order."""
        return (
            sorted(self.ddl.column(column) for column in table.columns),
            table.primary_key,
            sorted(self.ddl.constraint(constraint) for constraint in table.constraints),
            sorted(self.ddl.foreign_key(key) for key in table.foreign_keys),
            self.ddl.text(table.options),
            table.virtual,
        )

    def fill_added(self, table: Table, column: Column) -> Iterator[Step]:
        value = self.rows.fill_added(table, column)
        if value is not None:
            yield Statement(f"UPDATE {quote_path(table.name)} SET {quote(column.name)} = {value}")  # noqa: S608

    def rebuild(self, pair: Pair) -> Iterator[Step]:
        table = pair.new
        if table.virtual is not None or pair.old.virtual is not None:
            raise MigrationError(f"{table.name}: a virtual table cannot be changed, only made anew")
        schema, dot, bare = table.name.rpartition(".")
        new = f"{schema}{dot}_new_{bare}"
        yield Statement(self.ddl.create_table(table, name=new))
        sources = self.rows.projected(self.as_renamed(pair))
        names = listed([column.name for column, _ in sources])
        taken = ", ".join(value for _, value in sources)
        if sources:
            yield Statement(
                f"INSERT INTO {quote_path(new)} ({names})\n  SELECT {taken}\n"  # noqa: S608
                f"  FROM {quote_path(table.name)}"
            )
        yield from self.keep_autoincrement(pair, bare)
        triggers = self.catalog.triggers(pair.old.name)
        strangers = self.unknown_indexes(pair)
        yield Statement(f"DROP TABLE {quote_path(table.name)}")
        # without this, views and triggers that speak of the table would stop the rename
        yield Statement("PRAGMA legacy_alter_table = ON")
        yield Statement(f"ALTER TABLE {quote_path(new)} RENAME TO {quote(bare)}")
        yield Statement("PRAGMA legacy_alter_table = OFF")
        yield from self.create_indexes(table, table.indexes)
        for sql in [*strangers, *triggers]:
            yield Statement(sql)

    def as_renamed(self, pair: Pair) -> Pair:
        """Return the same pair once ALTER TABLE has done the renames."""
        by_old = {old.name: new.name for old, new in pair.columns}
        columns = tuple(
            replace(column, name=by_old.get(column.name, dropped_column_name(column)))
            for column in pair.old.columns
        )
        key = tuple(by_old.get(name, name) for name in pair.old.primary_key)
        return Pair(
            replace(pair.old, name=pair.new.name, columns=columns, primary_key=key), pair.new
        )

    def keep_autoincrement(self, pair: Pair, bare: str) -> Iterator[Step]:
        """Keep AUTOINCREMENT from giving a number twice after a rebuild."""
        counts = [
            any("AUTOINCREMENT" in (self.ddl.text(column.extra) or "") for column in table.columns)
            for table in (pair.old, pair.new)
        ]
        if all(counts):
            old, new = literal(bare, "sqlite"), literal(f"_new_{bare}", "sqlite")
            yield Statement(f"DELETE FROM sqlite_sequence WHERE name = {new}")  # noqa: S608
            yield Statement(
                f"INSERT INTO sqlite_sequence (name, seq)"  # noqa: S608
                f" SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"
            )

    # indexes

    def unknown_indexes(self, pair: Pair) -> list[str]:
        known = {index.name for index in (*pair.old.indexes, *pair.new.indexes)}
        found = self.catalog.indexes(pair.old.name)
        return [sql for name, sql in found.items() if name not in known]

    def create_indexes(self, table: Table, indexes: tuple[Index, ...]) -> Iterator[Step]:
        for index in indexes:
            yield Statement(self.ddl.create_index(table, index))

    def change_indexes(self, pair: Pair) -> Iterator[Step]:
        carried = {index: self.mapping.carried(pair, index) for index in pair.old.indexes}
        for old, new in carried.items():
            if new not in pair.new.indexes:
                yield Statement(self.ddl.drop_index(pair.new, old.name))
        for index in pair.new.indexes:
            if index not in carried.values():
                yield Statement(self.ddl.create_index(pair.new, index))


def dropped_column_name(column: Column) -> str:
    return f"_dropped_{column.name}"
