"""Columns on Postgres: added, changed in type, NULL and default, counting by themselves or not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..errors import MigrationError
from ..introspect.catalogs import PostgresCatalog
from ..operations.base import DISTINCT
from ..schema.compiler import given_name
from ..schema.expressions import mentions
from ..schema.model import Column, Table
from ..schema.sql import literal, quote, quote_path
from ..schema.types import SERIALS
from .mapping import Pair, SchemaMapping
from .rows import RowMapping
from .steps import Statement, Step


@dataclass
class Columns:
    """The middle of the plan."""

    mapping: SchemaMapping
    rows: RowMapping
    catalog: PostgresCatalog

    def steps(self) -> Iterator[Step]:
        for pair in self.mapping.pairs:
            for old, new in pair.columns:
                yield from self.change_column(pair, old, new)
            for column in pair.added:
                yield from self.add_column(pair, column)
            yield from self.change_options(pair)

    def change_column(self, pair: Pair, old: Column, new: Column) -> Iterator[Step]:
        column = f"ALTER COLUMN {quote(new.name)}"
        if old.generated is not None and new.generated is None:
            yield alter(pair.new, f"{column} DROP EXPRESSION")
        yield from self.stop_autoincrement(pair, old, new)
        retyped = (pair.new.name, new.name) in self.mapping.retyped
        was, becomes = (self.rows.ddl.text(item.server_default) for item in (old, new))
        if was is not None and (becomes is None or retyped):
            yield alter(pair.new, f"{column} DROP DEFAULT")
        if retyped:
            yield alter(pair.new, f"{column} {self.new_type(old, new)}")
        if becomes is not None and (becomes != was or retyped):
            yield alter(pair.new, f"{column} SET DEFAULT {becomes}")
        yield from self.change_null(pair, old, new)
        yield from self.start_autoincrement(pair, old, new)

    def new_type(self, old: Column, new: Column) -> str:
        kind = f"TYPE {self.mapping.base_type(new)}"
        if new.collation or old.collation:
            kind += f" COLLATE {self.rows.ddl.text(new.collation) or quote('default')}"
        value = self.rows.converted(old, new, quote(new.name))
        return kind if value == quote(new.name) else f"{kind} USING {value}"

    def change_null(self, pair: Pair, old: Column, new: Column) -> Iterator[Step]:
        was, becomes = pair.old.allows_null(old), pair.new.allows_null(new)
        column = f"ALTER COLUMN {quote(new.name)}"
        if was and not becomes:
            fill = self.rows.fill(new)
            if fill is not None:
                yield self.fill(pair.new, new, fill)
            yield alter(pair.new, f"{column} SET NOT NULL")
        elif becomes and not was:
            yield alter(pair.new, f"{column} DROP NOT NULL")

    def fill(self, table: Table, column: Column, value: str) -> Statement:
        path, name = quote_path(table.name), quote(column.name)
        if self.rows.hints.fill(column) is DISTINCT:
            return Statement(
                f"UPDATE {path} AS t SET {name} = s.v FROM (SELECT ctid AS c, {value} AS v"  # noqa: S608
                f" FROM {path}) AS s WHERE t.ctid = s.c"
            )
        return Statement(f"UPDATE {path} SET {name} = {value} WHERE {name} IS NULL")  # noqa: S608

    def add_column(self, pair: Pair, column: Column) -> Iterator[Step]:
        """Add a column; a constant needs no rewrite of the table (Postgres 11 and later)."""
        null = pair.new.allows_null(column)
        value = None if column.generated is not None else self.rows.fill_added(pair.new, column)
        server = self.rows.ddl.text(column.server_default)
        if self.rows.autoincrements(column) or value is None or value == server:
            definition = self.rows.ddl.column(column, null=null)
            yield alter(pair.new, f"ADD COLUMN {definition}")
            return
        is_distinct = self.rows.hints.fill(column) is DISTINCT
        if is_distinct or mentions(value) & {name.lower() for name in pair.new.column_names}:
            yield alter(pair.new, f"ADD COLUMN {self.rows.ddl.column(column, null=True)}")
            yield self.fill(pair.new, column, value)
            if not null:
                yield alter(pair.new, f"ALTER COLUMN {quote(column.name)} SET NOT NULL")
            return
        filled = replace(column, server_default=value)
        yield alter(pair.new, f"ADD COLUMN {self.rows.ddl.column(filled, null=null)}")
        change = f"SET DEFAULT {server}" if server is not None else "DROP DEFAULT"
        yield alter(pair.new, f"ALTER COLUMN {quote(column.name)} {change}")

    def change_options(self, pair: Pair) -> Iterator[Step]:
        was, becomes = (self.rows.ddl.text(table.options) for table in (pair.old, pair.new))
        if was == becomes:
            return
        if any(text and not text.upper().startswith("WITH") for text in (was, becomes)):
            raise MigrationError(
                f"{pair.new.name}: Postgres cannot change {was!r} to {becomes!r} in place;"
                " write what should happen with migrator.sql()"
            )
        gone = option_names(was) - option_names(becomes)
        if gone:
            yield alter(pair.new, f"RESET ({', '.join(sorted(gone))})")
        if becomes:
            yield alter(pair.new, f"SET {becomes[4:].strip()}")

    # columns that count by themselves

    def counter(self, column: Column) -> str | None:
        if column.identity:
            return f"identity {column.identity}"
        return "serial" if (self.rows.ddl.text(column.type) or "").upper() in SERIALS else None

    def sequence(self, table: Table, column: Column) -> str:
        schema = table.name.rpartition(".")[0]
        name = given_name(table.name, column.name, "seq")
        return f"{schema}.{name}" if schema else name

    def stop_autoincrement(self, pair: Pair, old: Column, new: Column) -> Iterator[Step]:
        was, becomes = self.counter(old), self.counter(new)
        if was == becomes or was is None:
            return
        column = f"ALTER COLUMN {quote(new.name)}"
        if was == "serial":
            found = self.catalog.sequence(pair.old.name, old.name)
            yield alter(pair.new, f"{column} DROP DEFAULT")
            yield Statement(f"DROP SEQUENCE {found or quote_path(self.sequence(pair.old, old))}")
        elif becomes is None or becomes == "serial":
            yield alter(pair.new, f"{column} DROP IDENTITY")
        else:
            yield alter(pair.new, f"{column} SET GENERATED {new.identity}")

    def start_autoincrement(self, pair: Pair, old: Column, new: Column) -> Iterator[Step]:
        was, becomes = self.counter(old), self.counter(new)
        table, column = pair.new, f"ALTER COLUMN {quote(new.name)}"
        kind = self.mapping.base_type(new)
        if becomes == "serial" and was == "serial" and kind != self.mapping.base_type(old):
            found = self.catalog.sequence(pair.old.name, old.name)
            yield Statement(
                f"ALTER SEQUENCE {found or quote_path(self.sequence(pair.old, old))} AS {kind}"
            )
        if becomes is None or was == becomes or (new.identity and old.identity):
            return
        if becomes == "serial":
            name = self.sequence(table, new)
            owner = f"{quote_path(table.name)}.{quote(new.name)}"
            yield Statement(f"CREATE SEQUENCE {quote_path(name)} AS {kind} OWNED BY {owner}")
            following = f"nextval({literal(quote_path(name), 'postgresql')}::regclass)"
            yield alter(table, f"{column} SET DEFAULT {following}")
        else:
            yield alter(table, f"{column} ADD GENERATED {new.identity} AS IDENTITY")
        where = literal(quote_path(table.name), "postgresql"), literal(new.name, "postgresql")
        yield Statement(
            f"SELECT setval(pg_get_serial_sequence({where[0]}, {where[1]}),"  # noqa: S608
            f" COALESCE(max({quote(new.name)}), 0) + 1, false) FROM {quote_path(table.name)}"
        )


def alter(table: Table, change: str) -> Statement:
    return Statement(f"ALTER TABLE {quote_path(table.name)} {change}")


def option_names(options: str | None) -> set[str]:
    return set(re.findall(r"([\w.]+)\s*=", options or ""))
