"""From one schema to another on Postgres: ALTERs, as light on a table in use as they can be."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from ..errors import MigrationError
from ..introspect.catalogs import PostgresCatalog
from ..operations.base import Hints
from ..schema.compiler import DDLCompiler, given_constraint_name, given_name, sequences
from ..schema.model import Constraint, ForeignKey, Schema, Table
from ..schema.references import expression_of, ordered_renames
from ..schema.sql import listed, quote, quote_path
from .mapping import Pair, SchemaMapping
from .postgres_columns import Columns, alter
from .preflight import PreflightChecks
from .rows import RowMapping
from .steps import Statement, Step


@dataclass
class Postgres:
    """The plan, phase by phase."""

    before: Schema
    after: Schema
    ddl: DDLCompiler
    hints: Hints
    catalog: PostgresCatalog

    def __post_init__(self) -> None:
        self.mapping = SchemaMapping(self.before, self.after, self.ddl)
        rows = RowMapping(self.ddl, self.hints)
        self.columns = Columns(self.mapping, rows, self.catalog)
        self.preflight = PreflightChecks(
            rows, self.mapping, validity_function(self.catalog.server_version)
        )

    def steps(self) -> Iterator[Step]:
        yield from self.checks_first()
        yield from self.drop_foreign_keys()
        yield from self.drop_dependents()
        yield from self.drop_tables()
        yield from self.rename()
        yield from self.create_tables()
        yield from self.columns.steps()
        yield from self.add_dependents()
        yield from self.add_foreign_keys()
        yield from self.drop_sequences()

    # what stands in the way

    def checks_first(self) -> Iterator[Step]:
        found = list(self.preflight.all())
        is_needed = any(OWN_FUNCTION in check.sql for check in found)
        if is_needed:
            yield Statement(CREATE_FUNCTION)
        yield from found
        if is_needed:
            yield Statement(f"DROP FUNCTION {OWN_FUNCTION}(text, text)")

    # dropping

    def drop_foreign_keys(self) -> Iterator[Step]:
        for pair in self.mapping.pairs:
            for name in self.lost_keys(pair):
                yield self.drop_constraint(pair.old.name, name)
        gone = {table.name for table in self.mapping.dropped}
        for table in self.mapping.dropped:
            for key in table.foreign_keys:
                if key.table in gone and key.table != table.name:
                    yield self.drop_constraint(table.name, self.key_name(table, key))

    def drop_dependents(self) -> Iterator[Step]:
        for pair in self.mapping.pairs:
            for index in self.mapping.lost(pair, "indexes"):
                yield Statement(self.ddl.drop_index(pair.old, index.name))
            for name in self.lost_constraints(pair):
                yield self.drop_constraint(pair.old.name, name)
            if pair.old.primary_key and pair.primary_key != pair.new.primary_key:
                given = given_name(pair.old.name, None, "pkey")
                name = self.catalog.primary_key(pair.old.name) or given
                yield self.drop_constraint(pair.old.name, name)

    def lost_keys(self, pair: Pair) -> list[str]:
        return [self.key_name(pair.old, key) for key in self.mapping.lost(pair, "foreign_keys")]

    def lost_constraints(self, pair: Pair) -> list[str]:
        lost = self.mapping.lost(pair, "constraints")
        return [self.constraint_name(pair.old, constraint) for constraint in lost]

    def taken(self, pair: Pair) -> set[str]:
        """Return the names in use once what goes is gone."""
        lost = {*self.lost_keys(pair), *self.lost_constraints(pair)}
        return self.catalog.taken(pair.old.name) - lost

    def drop_constraint(self, table: str, name: str) -> Statement:
        return Statement(f"ALTER TABLE {quote_path(table)} DROP CONSTRAINT {quote(name)}")

    def key_name(self, table: Table, key: ForeignKey) -> str:
        given = given_name(table.name, "_".join(key.columns), "fkey")
        return key.name or self.catalog.foreign_key(table.name, key) or given

    def constraint_name(self, table: Table, constraint: Constraint) -> str:
        found = constraint.name or self.catalog.constraint(table.name, constraint)
        return found or given_constraint_name(table, constraint)

    def drop_tables(self) -> Iterator[Step]:
        for table in self.mapping.dropped:
            yield Statement(f"DROP TABLE {quote_path(table.name)}")
        for pair in self.mapping.pairs:
            for column in pair.dropped:
                yield alter(pair.old, f"DROP COLUMN {quote(column.name)}")

    def drop_sequences(self) -> Iterator[Step]:
        for name in sorted(sequences(self.before) - sequences(self.after)):
            yield Statement(f"DROP SEQUENCE IF EXISTS {quote_path(name)}")

    # renaming and creating

    def rename(self) -> Iterator[Step]:
        for old, new in ordered_renames(self.mapping.table_names):
            yield from self.rename_table(old, new)
        for pair in self.mapping.pairs:
            for old, new in ordered_renames(pair.names):
                yield alter(pair.new, f"RENAME COLUMN {quote(old)} TO {quote(new)}")
            for old, new in self.mapping.unchanged(pair, "indexes"):
                if old.name != new.name:
                    schema = pair.new.name.rpartition(".")[0]
                    path = quote_path(f"{schema}.{old.name}" if schema else old.name)
                    yield Statement(f"ALTER INDEX {path} RENAME TO {quote(new.name)}")

    def rename_table(self, old: str, new: str) -> Iterator[Step]:
        was_in, _, was = old.rpartition(".")
        is_in, _, name = new.rpartition(".")
        if was != name:
            yield Statement(f"ALTER TABLE {quote_path(old)} RENAME TO {quote(name)}")
        if was_in != is_in:
            yield from self.create_schemas([new])
            here = f"{was_in}.{name}" if was_in else name
            schema = quote(is_in or self.catalog.current_schema)
            yield Statement(f"ALTER TABLE {quote_path(here)} SET SCHEMA {schema}")

    def create_schemas(self, tables: list[str]) -> Iterator[Step]:
        for schema in sorted({name.rpartition(".")[0] for name in tables} - {""}):
            if not self.catalog.has_schema(schema):
                yield Statement(f"CREATE SCHEMA IF NOT EXISTS {quote(schema)}")

    def create_tables(self) -> Iterator[Step]:
        yield from self.create_schemas([table.name for table in self.mapping.created])
        for name in sorted(sequences(self.after) - sequences(self.before)):
            yield Statement(f"CREATE SEQUENCE IF NOT EXISTS {quote_path(name)}")
        for table in self.mapping.created:
            if table.virtual is not None:
                raise MigrationError(f"{table.name} is a virtual table, which only SQLite has")
            yield Statement(self.ddl.create_table(table, keys=False))

    # adding

    def add_dependents(self) -> Iterator[Step]:
        for pair in self.mapping.pairs:
            key = pair.new.primary_key
            if key and pair.primary_key != key:
                yield alter(pair.new, f"ADD PRIMARY KEY ({listed(key)})")
            yield from self.add_constraints(pair)
            for index in self.mapping.added(pair, "indexes"):
                yield Statement(self.ddl.create_index(pair.new, index))
        for table in self.mapping.created:
            for index in table.indexes:
                yield Statement(self.ddl.create_index(table, index))

    def add_constraints(self, pair: Pair) -> Iterator[Step]:
        """Add constraints; a CHECK holds for new rows at once and looks at the old ones later."""
        taken = self.taken(pair) | {
            constraint.name for constraint in pair.new.constraints if constraint.name
        }
        for constraint in self.mapping.added(pair, "constraints"):
            if expression_of(constraint, "postgresql") is None:
                yield alter(pair.new, f"ADD {self.ddl.constraint(constraint)}")
                continue
            name = constraint.name or free(given_constraint_name(pair.new, constraint), taken)
            taken.add(name)
            named = self.ddl.constraint(replace(constraint, name=name))
            yield alter(pair.new, f"ADD {named} NOT VALID")
            yield self.validate(pair.new, name)

    def validate(self, table: Table, name: str) -> Statement:
        return replace(alter(table, f"VALIDATE CONSTRAINT {quote(name)}"), later=True)

    def add_foreign_keys(self) -> Iterator[Step]:
        for pair in self.mapping.pairs:
            taken = self.taken(pair)
            for key in self.mapping.added(pair, "foreign_keys"):
                given = given_name(pair.new.name, "_".join(key.columns), "fkey")
                name = key.name or free(given, taken)
                taken.add(name)
                named = self.ddl.foreign_key(replace(key, name=name))
                yield alter(pair.new, f"ADD {named} NOT VALID")
                yield self.validate(pair.new, name)
        for table in self.mapping.created:
            for key in table.foreign_keys:
                yield alter(table, f"ADD {self.ddl.foreign_key(key)}")


def free(name: str, taken: set[str]) -> str:
    """Return the name, numbered if it is taken, as Postgres numbers them."""
    if name not in taken:
        return name
    return next(f"{name}{number}" for number in count(1) if f"{name}{number}" not in taken)


def validity_function(server_version: int) -> str:
    """Return the function that tells whether a text is one of a type: Postgres has it since 16."""
    return "pg_input_is_valid" if server_version >= 160000 else OWN_FUNCTION


OWN_FUNCTION = "pg_temp.migrator_input_is_valid"
CREATE_FUNCTION = f"""\
CREATE FUNCTION {OWN_FUNCTION}(value text, kind text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SELECT %L::%s', value, kind);
  RETURN true;
EXCEPTION WHEN others THEN
  RETURN false;
END $$"""
