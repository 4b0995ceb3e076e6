"""Apply migrations and take them back: alone, in one transaction, all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from typing import Any

import peewee as pw

from ..errors import MigrationError
from ..introspect.catalogs import rows
from ..operations.rows import RunSQL
from ..schema.compiler import dialect_of
from ..schema.model import Schema
from .executor import Execution
from .files import MigrationFile, files_in, in_history_order, recorded_hash, unapplied
from .history import Applied, History
from .lock import connected, exclusive, limit_locks, lock_tables
from .null_database import null_database, without_databases
from .replay import remove_file_backrefs, replay, replayed
from .unvalidated import unvalidated_constraints

OTHER_DATABASE = (
    ". If the file uses another database object than the run, name that one as DATABASE in conf.py,"
    " or write rows in migrator.run(function) through migrator.orm"
)


@dataclass(frozen=True)
class Runner:
    """What a run needs to know."""

    database: pw.Database
    history: History
    folder: Path
    migrator_class: Callable[..., Any]
    lock_timeout: float
    logger: Logger

    def run(self, name: str | None, *, fake: bool) -> list[str]:
        """Apply what is not applied yet, up to `name`."""
        files = files_in(self.folder)
        if name is not None and name not in {file.name for file in files}:
            raise MigrationError(f"there is no migration {name} in {self.folder}")
        done: list[str] = []
        with connected(self.database):
            if unapplied(files, self.history.applied(), self.folder):
                with exclusive(self.database, self.history.path, self.lock_timeout, self.logger):
                    done = self.run_pending(files, name, fake=fake)
            else:
                self.logger.info("There is nothing to migrate")
            self.finish(files)
        return done

    def run_pending(self, files: list[MigrationFile], name: str | None, *, fake: bool) -> list[str]:
        """Apply what nobody else has applied meanwhile."""
        self.history.prepare()
        applied = self.history.applied()
        pending = unapplied(files, applied, self.folder)
        known = [migration.name for migration in applied]
        schema = self.schema_of(files, known)
        if not fake:
            self.lock_tables(schema)
        done: list[str] = []
        for file in pending:
            if name in known or name in done:
                break
            schema = self.apply(file, schema, fake=fake)
            done.append(file.name)
        return done

    def lock_tables(self, schema: Schema) -> None:
        if dialect_of(self.database) == "postgresql":
            lock_tables(self.database, schema, self.lock_timeout)

    def schema_of(self, files: list[MigrationFile], names: list[str]) -> Schema:
        chosen = [file for file in in_history_order(files, names) if file.name in names]
        return replayed(chosen, self.database, self.migrator_class)

    def apply(self, file: MigrationFile, schema: Schema, *, fake: bool) -> Schema:
        """Apply one migration; return the schema after it."""
        execution = Execution(self.database, self.lock_timeout)
        if fake:
            migrator = self.migrator_class(null_database(self.database), schema)
            replay(file, migrator, is_new=True)
        else:
            self.logger.info('Migrate "%s"', file.name)
            migrator = self.migrator_class(self.database, schema)
            self.execute(file, file.functions(is_new=True)[0], migrator, execution)
        for table in sorted(execution.adopted):
            self.logger.info("%s is there already: adopted", table)
        self.history.record(
            file.name, recorded_hash(file, schema, migrator.schema), execution.adopted
        )
        self.logger.info("Done %s", file.name)
        return migrator.schema

    def warn_of_losses(
        self, file: MigrationFile, before: Schema, migrator: Any, execution: Execution
    ) -> None:
        """Log before it is done what is dropped and deleted."""
        for step in migrator.queue:
            match step.operations:
                case (RunSQL() as operation,) if deleted := execution.deleted_by(operation):
                    self.logger.warning("%s deletes %s", file.name, deleted)
        kept = {table.origin: table for table in migrator.schema.values()}
        for table in before.values():
            now = kept.get(table.origin)
            if now is table:
                continue
            if now is None and table.name in execution.adopted:
                self.logger.info("%s was there before: it is left", table.name)
                continue
            if now is None:
                self.logger.warning("%s drops every row of %s", file.name, table.name)
                continue
            origins = {column.origin for column in now.columns}
            for column in table.columns:
                if column.origin not in origins and column.generated is None:
                    self.logger.warning(
                        "%s drops the values of %s.%s", file.name, table.name, column.name
                    )

    def execute(
        self,
        file: MigrationFile,
        function: Callable[..., Any],
        migrator: Any,
        execution: Execution,
    ) -> None:
        schema: Schema = migrator.schema
        try:
            function(migrator, self.database, fake=False)
            self.warn_of_losses(file, schema, migrator, execution)
            execution.run(migrator)
        except MigrationError as error:
            raise file.error(str(error)) from error
        except Exception as error:
            hint = OTHER_DATABASE * (
                isinstance(error, pw.OperationalError) and "lock" in str(error)
            )
            raise file.error(f"{type(error).__name__}: {error}{hint}") from error
        finally:
            remove_file_backrefs()

    def rollback(self) -> tuple[str, Schema, Schema]:
        """Take the last applied migration back.

        Return its name, the schema after it and the schema that was before the migration.
        """
        files = files_in(self.folder)
        with connected(self.database):
            with exclusive(self.database, self.history.path, self.lock_timeout, self.logger):
                self.history.prepare()
                applied = self.history.applied()
                if not applied:
                    raise MigrationError("there is nothing to roll back")
                unapplied(files, applied, self.folder)
                taken_back = self.take_back(files, applied)
            self.finish(files)
        return taken_back

    def take_back(
        self, files: list[MigrationFile], applied: list[Applied]
    ) -> tuple[str, Schema, Schema]:
        last, earlier = applied[-1], [migration.name for migration in applied[:-1]]
        file = next(file for file in files if file.name == last.name)
        with without_databases():
            _, rollback = file.functions()
        if rollback is None:
            raise MigrationError(f"{file.path.name} has no rollback()")
        before = self.schema_of(files, earlier)
        schema = replayed([file], self.database, self.migrator_class, before)
        execution = Execution(self.database, self.lock_timeout, set(last.adopted))
        migrator = self.migrator_class(self.database, schema)
        self.logger.info("Rolling back %s", file.name)
        self.lock_tables(schema)
        self.execute(file, rollback, migrator, execution)
        self.history.forget(last.name)
        self.logger.warning("Downgraded migration: %s", file.name)
        return file.name, migrator.schema, before

    def finish(self, files: list[MigrationFile]) -> None:
        """Have Postgres look at old rows, without keeping anybody from the table meanwhile."""
        if dialect_of(self.database) == "sqlite":
            return
        names = [migration.name for migration in self.history.applied()]
        for statement in unvalidated_constraints(self.database, self.schema_of(files, names)):
            try:
                with self.database.atomic():
                    limit_locks(self.database, self.lock_timeout)
                    rows(self.database, statement)
            except pw.PeeweeException as error:
                raise MigrationError(
                    f"{statement}\n  failed: {error}. The migrations are applied, and new rows"
                    " fulfil it: put the old ones right and migrate again"
                ) from error
