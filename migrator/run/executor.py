"""Carry out a migration's queue on a database, or write down the statements that would do it."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import peewee as pw

from ..errors import MigrationError
from ..introspect.catalogs import PostgresCatalog, SqliteCatalog, column_names, rows, table_exists
from ..introspect.match import introspect_table
from ..introspect.postgres import as_truncated
from ..migrator import Migrator
from ..operations.base import Hints, Queued
from ..operations.rows import RunPython, RunSQL
from ..operations.tables import (
    AdoptTable,
    ChangeFound,
    Converge,
    CreateTable,
    DropTable,
    RenameTable,
)
from ..plan.postgres import Postgres
from ..plan.sqlite import Sqlite
from ..plan.steps import PreflightCheck, Step
from ..schema.compiler import DDLCompiler, dialect_of
from ..schema.model import Schema, Table
from ..schema.sql import Dialect

DELETE = re.compile(
    r"\s*DELETE\s+FROM\s+(?P<table>\S+)(?P<where>\s+WHERE\s(?:(?!\bRETURNING\b).)+?)?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)


@dataclass
class Execution:
    """One migration on one database; `adopted` grows by the tables that were found."""

    database: pw.Database
    lock_timeout: float
    adopted: set[str] = field(default_factory=set)
    found: dict[str, Table] = field(default_factory=dict)
    created: dict[str, Table] = field(default_factory=dict)
    later_too: bool = False

    def __post_init__(self) -> None:
        self.dialect: Dialect = dialect_of(self.database)
        self.ddl = DDLCompiler.of(self.database)

    def run(self, migrator: Migrator) -> None:
        """Carry out the queue, in its order."""
        queue, migrator.queue = migrator.queue, []
        self.created = migrator.created
        for step in queue:
            match step.operations:
                case (RunSQL() as operation,):
                    self.raw(operation)
                case (RunPython() as operation,):
                    self.call(operation, step.before, migrator)
                case (ChangeFound() as operation,):
                    self.change_found(operation, step.before, migrator)
                case _:
                    self.change(step)

    def change_found(self, operation: ChangeFound, schema: Schema, migrator: Migrator) -> None:
        schema = self.with_found(schema, migrator)
        name = migrator.moves.get(operation.table.name, operation.table.name)
        found = introspect_table(self.database, replace(operation.table, name=name), self.ddl)
        if found is None:
            raise MigrationError(
                f"there is no table {name}: neither a migration nor the database has it"
            )
        scratch = type(migrator)(self.database, schema.put(found))
        scratch.is_found, scratch.moves = True, migrator.moves
        operation.change(scratch)
        self.later_too = True  # no run comes back to a table that is not in the files
        self.run(scratch)
        self.later_too = False
        changed = scratch.schema.by_origin(found.origin)
        if changed is not None:
            self.found[operation.table.name] = replace(changed, model=operation.table.model)

    def with_found(self, schema: Schema, migrator: Migrator) -> Schema:
        """Return the schema with the tables that were found and changed."""
        for name, table in self.found.items():
            if name in schema and name in migrator.moves:
                schema = RenameTable(name, table.name).state_forwards(schema)
            schema = schema.put(table)
        return schema

    def call(self, operation: RunPython, schema: Schema, migrator: Migrator) -> None:
        migrator.orm.show(self.with_found(schema, migrator))
        try:
            operation.function()
        except (MigrationError, KeyboardInterrupt):
            raise
        except Exception as error:
            raise MigrationError(f"{operation.name}(): {type(error).__name__}: {error}") from error
        finally:
            migrator.orm.show(migrator.schema)
        asked, migrator.queue = migrator.queue, []
        for step in asked:
            (*_, more) = step.operations
            if not isinstance(more, RunSQL):
                raise MigrationError(
                    f"{operation.name}(): changes of the schema belong into migrate()"
                )
            self.raw(more)

    def raw(self, item: RunSQL) -> None:
        self.execute(item.sql, item.params)

    def execute(self, sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Execute a statement; raise MigrationError with it and the reason."""
        try:
            if not params:
                return rows(self.database, sql)
            self.database.execute_sql(sql, params)
        except pw.PeeweeException as error:
            raise self.failure(sql, error) from error
        return []

    def deleted_by(self, item: RunSQL) -> str | None:
        """Log which rows a DELETE takes, and how many if they can be counted beforehand."""
        found = DELETE.fullmatch(item.sql)
        if not found:
            return None
        table, where = found["table"], " ".join((found["where"] or "").split())
        counted = f"SELECT count(*) FROM {table} {where}"  # noqa: S608  the file's own words
        count = "the"
        with suppress(pw.PeeweeException), self.database.atomic():
            ((count,),) = self.database.execute_sql(counted, item.params or None).fetchall()
        return f"{count} rows of {table} {where}".rstrip()

    def change(self, item: Queued) -> None:
        if self.dialect == "postgresql":
            rows(self.database, "SET CONSTRAINTS ALL IMMEDIATE")
        for step in self.steps(item):
            if isinstance(step, PreflightCheck):
                if found := self.execute(step.sql):
                    raise MigrationError(step.message(found[0]))
            elif self.later_too or not step.later:  # what is later, unvalidated_constraints() finds
                self.execute(step.sql)

    def steps(self, item: Queued) -> Iterator[Step]:
        """Return the statements for a change of the schema, in the database as it is now."""
        match item.operations:
            case (AdoptTable(table),):
                if table_exists(self.database, table.name):
                    self.compare_adopted(table)
                    self.adopted.add(table.name)
                else:
                    yield from self.plan(Schema(), Schema([table]), Hints())
            case (Converge(name),):
                table = item.before[name]
                found = introspect_table(self.database, table, self.ddl)
                if found is not None:
                    refuse_unknown_columns(found, table)
                    yield from self.plan(Schema([found]), Schema([table]), Hints())
            case _:
                before = item.before
                for operation in item.operations:
                    if isinstance(operation, CreateTable) and operation.table.name in self.created:
                        before = before.put(self.created[operation.table.name])
                yield from self.plan(before, self.with_adopted(item), item.hints)

    def with_adopted(self, item: Queued) -> Schema:
        """Return the schema after operations, adopted tables that are dropped still in it.

        They are left, as they were when they were adopted.
        """
        schema = item.before
        for operation in item.operations:
            match operation:
                case DropTable(name) if name in self.adopted:
                    continue
            schema = operation.state_forwards(schema)
        return schema

    def plan(self, before: Schema, after: Schema, hints: Hints) -> Iterator[Step]:
        if self.dialect == "sqlite":
            catalog = SqliteCatalog(self.database)
            return Sqlite(before, after, self.ddl, hints, catalog).steps()
        before, after = as_truncated(before, self.dialect), as_truncated(after, self.dialect)
        # all names are asked for before the first statement changes them
        return iter(
            list(Postgres(before, after, self.ddl, hints, PostgresCatalog(self.database)).steps())
        )

    def compare_adopted(self, table: Table) -> None:
        (table,) = as_truncated(Schema([table]), self.dialect).values()
        names = column_names(self.database, table.name)
        missing, more = set(table.column_names) - set(names), set(names) - set(table.column_names)
        told = [f"it has no {', '.join(sorted(missing))}"] if missing else []
        told += [f"it has {', '.join(sorted(more))} besides"] if more else []
        if told:
            raise MigrationError(
                f"there is a table {table.name} which is another: {'; '.join(told)}. Write"
                f" create_table(…, adopt=True) with the columns that it has"
                f" ({', '.join(names)}), and add_column() and drop_column() after it"
            )

    def failure(self, sql: str, error: pw.PeeweeException) -> MigrationError:
        why = " ".join(str(error).split())
        if "lock timeout" in why:
            why = (
                f"the table was in use for {self.lock_timeout:g} s. Nothing was changed; try again"
                " when less is going on, or stop what uses it"
            )
        elif "already exists" in why and sql.startswith("CREATE TABLE"):
            why += " (adopt=True takes a table over that is there already)"
        return MigrationError(f"{sql}\n  failed: {why}")


def refuse_unknown_columns(found: Table, declared: Table) -> None:
    """Refuse to converge a table with columns that would be lost by it."""
    strangers = set(found.column_names) - set(declared.column_names)
    if strangers:
        raise MigrationError(
            f"{declared.name} has columns that no migration knows: {', '.join(sorted(strangers))}"
        )
