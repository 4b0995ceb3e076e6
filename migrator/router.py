"""`Router`: writes, applies, takes back and checks a project's migrations."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from logging import Logger
from pathlib import Path
from typing import Any, cast

import peewee as pw
import peewee_migrate.router
from peewee_migrate.logs import logger as stock_logger
from peewee_migrate.models import MIGRATE_TABLE

from .ddl import Spelling
from .declared import Offline, computed_default, declared, dialect_of
from .difference import Difference, Renames
from .errors import DatabaseAhead, MigrationError
from .execution import Execution
from .files import MigrationFile, files_in, refuse_twins
from .history import Applied, History
from .live import rows
from .live_schema import live_schema
from .migrator import Migrator
from .replay import silent
from .schema import Column, Schema, Table
from .script import Script, script
from .session import alone, connected, limit_locks
from .sources import models_of
from .steps import Statement
from .writing import Draft, draft, file_text


class Router(peewee_migrate.router.Router):
    """The migrations in one folder and one database.

    `lock_timeout` is how many seconds a statement waits for a table that is in use (Postgres).
    """

    def __init__(
        self,
        database: pw.Database | pw.Proxy,
        migrate_dir: str | Path | None = None,
        migrate_table: str = MIGRATE_TABLE,
        ignore: Iterable[str] | None = None,
        schema: str | None = None,
        logger: Logger = stock_logger,
        migrator_class: type[Migrator] = Migrator,
        lock_timeout: float = 10.0,
    ) -> None:
        super().__init__(
            database,
            migrate_dir=migrate_dir,
            migrate_table=migrate_table,
            ignore=ignore,
            schema=schema,
            logger=logger,
            migrator_class=migrator_class,
        )
        self.migrate_dir = Path(self.migrate_dir)
        self.lock_timeout = lock_timeout

    @property
    def plain_database(self) -> pw.Database:
        """The database itself where a proxy stands for it."""
        database = self.database
        while isinstance(database, pw.Proxy):
            database = database.obj
        if database is None:
            raise MigrationError("the database proxy has no database yet")
        dialect_of(database)
        return database

    @cached_property
    def history(self) -> History:
        return History(self.plain_database, self.migrate_table, self.schema)

    # what there is

    @property
    def files(self) -> list[MigrationFile]:
        return files_in(self.migrate_dir)

    @property
    def todo(self) -> list[str]:
        """The names of all migrations, applied or not."""
        return [file.name for file in self.files]

    @property
    def applied(self) -> list[Applied]:
        with connected(self.plain_database):
            return self.history.applied()

    @property
    def done(self) -> list[str]:
        """The names of the applied migrations, oldest first."""
        return [migration.name for migration in self.applied]

    @property
    def diff(self) -> list[str]:
        """The names of the migrations that are not applied yet."""
        done = set(self.done)
        return [name for name in self.todo if name not in done]

    behind = diff

    @property
    def ahead(self) -> list[str]:
        """The names of applied migrations newer than every file: the database met a newer release."""
        todo = self.todo
        last = todo[-1] if todo else ""
        return [name for name in self.done if name not in todo and name > last]

    def compared(self, applied: list[Applied]) -> list[MigrationFile]:
        """Hold the files against the history; return those that are not applied yet."""
        files = self.files
        refuse_twins(files)
        known = {file.name: file for file in files}
        last = files[-1].name if files else ""
        for migration in applied:
            file = known.get(migration.name)
            if file is None and migration.name > last:
                raise DatabaseAhead(
                    f"the database has {migration.name}, newer than every file in {self.migrate_dir}:"
                    " a newer release was here"
                )
            if file is None:
                raise MigrationError(f"{migration.name} is applied, but its file is missing")
            if migration.sha256 is not None and migration.sha256 != file.sha256:
                raise MigrationError(
                    f"{file.path.name} was edited after it was applied: take the edit back and write"
                    " a new migration"
                )
        names = {migration.name for migration in applied}
        pending = [file for file in files if file.name not in names]
        newest = max((known[name].number for name in names), default=0)
        for file in pending:
            if file.number < newest:
                raise MigrationError(
                    f"{file.path.name} is not applied, but a later one is: rename it to"
                    f" {files[-1].number + 1:03}_{file.name.partition('_')[2]}.py"
                )
        return pending

    # the schema

    def replayed(self, files: Iterable[MigrationFile]) -> Schema:
        """The schema that migrations lead to, worked out without a database."""
        migrator = self.migrator_class(silent(self.plain_database))
        for file in files:
            migrate, _ = file.functions()
            self.replay(file.path.name, migrate, migrator)
        return cast(Migrator, migrator).schema

    def replay(self, name: str, function: Callable[..., Any], migrator: Any) -> None:
        try:
            function(migrator, migrator.database, fake=True)
        except MigrationError as error:
            raise MigrationError(f"{name}: {error}") from error
        except Exception as error:
            raise MigrationError(
                f"{name} cannot be replayed: {type(error).__name__}: {error}."
                " What reads or writes rows belongs into migrator.run(function)"
            ) from error
        migrator.queue.clear()

    @property
    def migrator(self) -> Migrator:
        """A migrator that knows the schema which the applied migrations lead to."""
        names = set(self.done)
        schema = self.replayed(file for file in self.files if file.name in names)
        return cast(Migrator, self.migrator_class(self.plain_database, schema))  # pyright: ignore[reportCallIssue]

    # applying

    def run(self, name: str | None = None, *, fake: bool = False) -> list[str]:
        """Apply what is not applied yet, up to `name`; all of it or nothing.

        Returns the names. Raises MigrationError.
        """
        if name is not None and name not in self.todo:
            raise MigrationError(f"there is no migration {name} in {self.migrate_dir}")
        database = self.plain_database
        with connected(database):
            if not self.compared(self.history.applied()):
                self.logger.info("There is nothing to migrate")
                return []
            done, later = self.run_pending(name, fake=fake)
            self.finish(later)
        return done

    def run_pending(self, name: str | None, *, fake: bool) -> tuple[list[str], list[Statement]]:
        database = self.plain_database
        done: list[str] = []
        later: list[Statement] = []
        with alone(database, self.history.path, self.lock_timeout, self.logger):
            self.history.prepare()
            applied = self.history.applied()
            pending = self.compared(applied)
            names = {migration.name for migration in applied}
            schema = self.replayed(file for file in self.files if file.name in names)
            if name in names:
                pending = []
            for file in pending:
                schema = self.apply(file, schema, later, fake=fake)
                done.append(file.name)
                if file.name == name:
                    break
        return done, later

    def apply(
        self, file: MigrationFile, schema: Schema, later: list[Statement], *, fake: bool
    ) -> Schema:
        """Apply one migration to the database; returns the schema after it."""
        database = self.plain_database
        execution = Execution(database, self.lock_timeout, later=later)
        migrate, _ = file.functions()
        if fake:
            migrator = cast(Any, self.migrator_class)(silent(database), schema)
            self.replay(file.path.name, migrate, migrator)
        else:
            self.logger.info('Migrate "%s"', file.name)
            migrator = cast(Any, self.migrator_class)(database, schema)
            self.execute(file, migrate, migrator, execution)
        self.history.record(file.name, file.sha256, execution.adopted)
        self.logger.info("Done %s", file.name)
        return migrator.schema

    def execute(
        self,
        file: MigrationFile,
        function: Callable[..., Any],
        migrator: Migrator,
        execution: Execution,
    ) -> None:
        try:
            function(migrator, self.plain_database, fake=False)
            execution.run(migrator)
        except MigrationError as error:
            raise MigrationError(f"{file.path.name}: {error}") from error
        except Exception as error:
            raise MigrationError(f"{file.path.name}: {type(error).__name__}: {error}") from error

    def finish(self, later: list[Statement]) -> None:
        """Do what needs no heavy lock any more, each in a transaction of its own."""
        database = self.plain_database
        for statement in later:
            try:
                with database.atomic():
                    limit_locks(database, self.lock_timeout)
                    rows(database, statement.sql)
            except pw.PeeweeException as error:
                raise MigrationError(
                    f"the migrations are applied, but {statement.sql} failed: {error}"
                ) from error

    def rollback(self) -> None:
        """Take the last applied migration back.

        Raises MigrationError.
        """
        database = self.plain_database
        later: list[Statement] = []
        with connected(database):
            with alone(database, self.history.path, self.lock_timeout, self.logger):
                self.history.prepare()
                applied = self.history.applied()
                if not applied:
                    raise MigrationError("there is nothing to roll back")
                self.compared(applied)
                self.take_back(applied, later)
            self.finish(later)

    def take_back(self, applied: list[Applied], later: list[Statement]) -> None:
        database = self.plain_database
        last, earlier = applied[-1], {migration.name for migration in applied[:-1]}
        file = next(file for file in self.files if file.name == last.name)
        _, rollback = file.functions()
        if rollback is None:
            raise MigrationError(f"{file.path.name} has no rollback()")
        before = self.replayed(file for file in self.files if file.name in earlier)
        schema = self.replayed(file for file in self.files if file.name in {*earlier, last.name})
        execution = Execution(database, self.lock_timeout, set(last.adopted), later)
        migrator = cast(Any, self.migrator_class)(database, schema)
        self.logger.info("Rolling back %s", file.name)
        self.execute(file, rollback, migrator, execution)
        self.history.forget(last.name)
        for line in Difference(migrator.schema, before).lines:
            self.logger.warning("%s: its rollback leaves a difference: %s", file.name, line.words)
        self.logger.warning("Downgraded migration: %s", file.name)

    # looking

    def check(self, auto: Any = True) -> list[str]:
        """Compare models, migrations and the live database; returns every difference in words.

        `auto` names the models as for `create`. Raises MigrationError where nothing can be compared.
        """
        database = self.plain_database
        wanted = declared(self.models(auto), database)
        written = self.replayed(self.files)
        out = [f"no migration says: {line.words}" for line in Difference(written, wanted).lines]
        with connected(database):
            try:
                pending = self.compared(self.history.applied())
            except MigrationError as error:
                out.append(str(error))
            else:
                out += [f"not applied: {file.name}" for file in pending]
            spelling = Spelling(dialect_of(database), Offline(database).types(dialect_of(database)))
            live = live_schema(database, wanted, spelling)
        out += [f"the database lacks: {line.words}" for line in Difference(live, wanted).lines]
        return out

    def statements(self) -> list[str]:
        """Write down what `run` would do, as a script in SQL, without doing it."""
        database = self.plain_database
        with connected(database):
            applied = self.history.applied()
            pending = self.compared(applied)
            if not pending:
                return []
            names = {migration.name for migration in applied}
            schema = self.replayed(file for file in self.files if file.name in names)
            execution = Script(database, self.lock_timeout)
            path = self.history.path
            return list(script(pending, schema, execution, self.migrator_class, path))

    # writing

    def create(
        self,
        name: str = "auto",
        *,
        auto: Any = False,
        rename: Mapping[str, str] | None = None,
    ) -> str | None:
        """Write the next migration; with `auto`, from what the models declare.

        `auto` is a list of models, the name of a module, or True for the project's models.py.
        `rename` says what was renamed: {"table": "new_table", "table.column": "new_name"}.
        Returns the file's name, or None if nothing changed. Raises MigrationError.
        """
        files = self.files
        refuse_twins(files)
        written = Draft([], [], [])
        if auto:
            before = self.replayed(files)
            models = self.models(auto)
            after = declared(models, self.plain_database)
            if before and not after:
                raise MigrationError(
                    f"{auto}: no models there, but migrations made {', '.join(before)}."
                    " Name the module with --auto-source (auto=…)"
                )
            renames = self.renames(before, rename or {})
            computed = self.computed(models)
            written = draft(before, after, renames, computed, [])
            if not written.forward:
                self.logger.warning("No changes found.")
                return None
        return self.save(name, files, written)

    def save(self, name: str, files: list[MigrationFile], written: Draft) -> str:
        number = files[-1].number + 1 if files else 1
        full = f"{number:03}_{'_'.join(name.split())}"
        for line in written.forward:
            self.logger.info("%s", line.words)
        for loss in written.losses:
            self.logger.warning("This migration loses %s", loss)
        self.migrate_dir.mkdir(parents=True, exist_ok=True)
        path = self.migrate_dir / f"{full}.py"
        path.write_text(file_text(full, written), encoding="utf-8")
        self.logger.info('Migration has been created as "%s"', full)
        return full

    def models(self, auto: Any) -> list[type[pw.Model]]:
        ignored = set(self.ignore or ())
        found = models_of(auto, self.migrate_dir)
        return [
            model
            for model in found
            if not {model._meta.name, model._meta.table_name} & ignored
            and model._meta.table_name != self.migrate_table
        ]

    def computed(self, models: list[type[pw.Model]]) -> Callable[[Table, Column], Any]:
        """What a computed default gives, computed once."""
        by_table = {model._meta.table_name: model for model in models}

        def compute(table: Table, column: Column) -> Any:
            model = by_table.get(table.name.rpartition(".")[2])
            field = model._meta.columns.get(column.name) if model else None
            return (
                computed_default(field) if field is not None and callable(field.default) else None
            )

        return compute

    def renames(self, before: Schema, rename: Mapping[str, str]) -> Renames:
        """Sort what was renamed into tables and columns."""
        tables: dict[str, str] = {}
        columns: dict[tuple[str, str], str] = {}
        for old, new in rename.items():
            table, _, column = old.rpartition(".")
            if old in before:
                tables[old] = new
            elif table in before and column in before[table].column_names:
                columns[table, column] = new.rpartition(".")[2]
            else:
                raise MigrationError(f"rename: there is no table or column {old}")
        return Renames(tables, columns)

    def merge(self, name: str = "initial") -> None:
        """Refuse: stock's merge rewrites history from what it can read, and loses the rest."""
        raise MigrationError(
            "merge would lose what old migrations did to rows. Keep the files: they cost nothing."
            " For a fresh start, roll everything back on an empty database, delete the files and"
            " create one migration anew"
        )
