"""The migrations in one folder and one database: which there are, and what they lead to."""

from collections.abc import Iterable
from contextlib import suppress
from functools import cache, cached_property
from logging import Logger
from pathlib import Path
from typing import Any, cast

import peewee as pw
import peewee_migrate.router
from peewee_migrate.logs import logger as stock_logger
from peewee_migrate.models import MIGRATE_TABLE
from playhouse.sqliteq import SqliteQueueDatabase

from .errors import MigrationError
from .migrator import Migrator
from .model_classes.declared import class_path
from .run.files import MigrationFile, files_in, in_history_order, refuse_equal_numbers
from .run.history import Applied, History
from .run.lock import connected
from .run.replay import replayed
from .schema.compiler import dialect_of
from .schema.model import Schema


class Project(peewee_migrate.router.Router):
    """The migrations in one folder and one database.

    `lock_timeout` is how many seconds a statement waits for a table that is in use (Postgres).
    """

    def __init__(  # noqa: PLR0917 (as stock's)
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
        """The database itself where a proxy stands for it.

        Raise MigrationError for a kind that is not supported.
        """
        database = self.database
        while isinstance(database, pw.Proxy):
            database = database.obj
        if database is None:
            raise MigrationError("the database proxy has no database yet")
        dialect_of(database)
        if isinstance(database, SqliteQueueDatabase):
            return self.without_queue(database)
        return database

    @cache  # noqa: B019 (a router lives as long as its database)
    def without_queue(self, queue: Any) -> pw.Database:
        """The same file without the thread for all writes, which knows no transactions."""
        database = pw.SqliteDatabase(queue.database, pragmas=queue._pragmas, timeout=queue._timeout)
        for name in (
            "_functions",
            "_aggregates",
            "_collations",
            "_window_functions",
            "_extensions",
        ):
            setattr(database, name, getattr(queue, name))
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
        """The names of applied migrations newer than every file: a newer release was here."""
        todo = self.todo
        last = todo[-1] if todo else ""
        return [name for name in self.done if name not in todo and name > last]

    def schema_of(self, names: Iterable[str]) -> Schema:
        """Return the schema that some of the migrations lead to, worked out without a database."""
        wanted = list(names)
        files = [file for file in in_history_order(self.files, wanted) if file.name in wanted]
        return replayed(files, self.plain_database, self.migrator_class)

    @property
    def known_files(self) -> list[MigrationFile]:
        """The files as they were applied, then the rest; in their own order without a database."""
        done: list[str] = []
        with suppress(pw.PeeweeException):
            done = self.done
        refuse_equal_numbers(self.files, done)
        return in_history_order(self.files, done)

    def offline_schema(self) -> Schema:
        """Return the schema that all files lead to.

        The database is asked only if the files do not fit in their own order.
        """
        try:
            return self.schema_of(self.todo)
        except MigrationError:
            names = [file.name for file in self.known_files]
            if names == self.todo:
                raise
        return self.schema_of(names)

    @property
    def migrator(self) -> Migrator:
        """A migrator that knows the schema which the applied migrations lead to."""
        return cast(Any, self.migrator_class)(self.plain_database, self.schema_of(self.done))

    # what is left alone

    def is_ignored(self, model: type[pw.Model]) -> bool:
        names = {model._meta.name, model._meta.table_name, class_path(model)}
        return bool(names & self.ignored)

    @property
    def ignored(self) -> set[str]:
        return {*(self.ignore or ()), self.migrate_table}

    def without_ignored(self, schema: Schema) -> Schema:
        """Return the schema without the tables that are to be ignored."""
        return Schema(table for name, table in schema.items() if name not in self.ignored)
