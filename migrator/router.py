"""`Router`: writes, applies, takes back and checks a project's migrations."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import peewee as pw

from .autogenerate.compare import compare
from .autogenerate.writer import Writer
from .errors import MigrationError
from .introspect.match import introspect
from .introspect.postgres import as_truncated
from .model_classes.declared import declared
from .model_classes.discover import models_of
from .model_classes.orm import table_name
from .project import Project
from .run.files import in_history_order, unapplied
from .run.lock import connected
from .run.runner import Runner
from .run.script import Script, script
from .schema.compiler import DDLCompiler
from .schema.model import Schema


class Router(Project):
    """Writes, applies, takes back and checks the migrations of a project."""

    # applying

    @property
    def runner(self) -> Runner:
        database = self.plain_database
        if database.database == ":memory:" and database.is_closed():
            raise MigrationError(
                "a database in memory is lost when its connection closes: connect it first"
            )
        return Runner(
            database,
            self.history,
            self.migrate_dir,
            self.migrator_class,
            self.lock_timeout,
            self.logger,
        )

    def run(self, name: str | None = None, *, fake: bool = False) -> list[str]:
        """Apply what is not applied yet, up to `name`; all of it or nothing.

        With `fake`, only write down that it is applied. Return the names of what was applied.
        Raise MigrationError, with nothing changed: for a file that fails, is missing, was edited
        or is older than an applied one; DatabaseAhead if a newer release was here.
        """
        return self.runner.run(name, fake=fake)

    def rollback(self) -> None:
        """Take the last applied migration back, and say what its rollback() forgets.

        Raise MigrationError, with nothing changed.
        """
        name, left, before = self.runner.rollback()
        for operation in compare(left, before):
            self.logger.warning(
                "%s: rollback() leaves a difference: %s", name, operation.describe()
            )

    def run_one(self, *args: Any, **kwargs: Any) -> str:
        """Refuse: a migration alone, outside of a run, holds no lock."""
        raise MigrationError("use run() or rollback()")

    # looking

    def check(self, auto: Any = True) -> list[str]:
        """Compare models, migrations and the live database.

        `auto` names the models as for `create`. Return every difference in words, an empty list
        if there is none. Raise MigrationError where nothing can be read.
        """
        database = self.plain_database
        files = in_history_order(self.files, self.done)
        written = self.without_ignored(self.schema_of(file.name for file in files))
        wanted = declared(self.models(auto, written), database)
        out = [f"no migration says: {change.describe()}" for change in compare(written, wanted)]
        with connected(database):
            try:
                pending = unapplied(self.files, self.history.applied(), self.migrate_dir)
            except MigrationError as error:
                out.append(str(error))
            else:
                out += [f"not applied: {file.name}" for file in pending]
            ddl = DDLCompiler.of(database)
            wanted = as_truncated(wanted, ddl.dialect)
            live = introspect(database, wanted, ddl)
        out += [f"the database lacks: {change.describe()}" for change in compare(live, wanted)]
        return out

    def statements(self) -> list[str]:
        """Return what `run` would do, as the pieces of a script in SQL, without doing it.

        Raise MigrationError as `run` does, as far as no row is looked at.
        """
        database = self.plain_database
        with connected(database):
            applied = self.history.applied()
            pending = unapplied(self.files, applied, self.migrate_dir)
            schema = self.schema_of(migration.name for migration in applied)
            execution = Script(database, self.lock_timeout)
            return list(script(pending, schema, execution, self.migrator_class, self.history))

    # writing

    def create(
        self,
        name: str = "auto",
        *,
        auto: Any = False,
        rename: Mapping[str, str] | None = None,
        fill: Mapping[str, Any] | None = None,
    ) -> str | None:
        """Write the next migration; with `auto`, from what the models declare.

        `auto` is a list of models, the name of a module, or True for the project's models.py.
        `rename` says what was renamed: {"table": "new_table", "table.column": "new_name"}.
        `fill` says what rows get in a new NOT NULL column: {"table.column": value}.
        Return the file's name without `.py`, or None if nothing changed. Raise MigrationError if
        the models cannot be found or read, or a change cannot be written.
        """
        numbers = [file.number for file in self.files]
        if len(set(numbers)) < len(numbers):
            _ = self.known_files  # which refuses those that are not applied
        writer = Writer(self.plain_database, self.migrator_class, self.tell, self.live)
        if auto or isinstance(auto, list):
            before = self.without_ignored(self.offline_schema())
            models = self.models(auto, before, lambda words: self.tell(words, warning=True))
            if not writer.compare(before, models, rename, fill or {}):
                self.tell("No changes found.", warning=True)
                return None
        return writer.save(self.migrate_dir, name)

    def live(self, wanted: Schema) -> Schema:
        """Describe those of the tables that the database has; none if there is no database."""
        database = self.plain_database
        is_file = isinstance(database, pw.SqliteDatabase) and database.is_closed()
        if database.deferred or (is_file and not Path(database.database).is_file()):
            return Schema()  # to connect would make one
        with suppress(pw.PeeweeException), connected(database):
            return introspect(database, wanted, DDLCompiler.of(database))
        return Schema()

    def tell(self, words: str, *, warning: bool = False) -> None:
        """Print a line when a command runs, else log it."""
        if click.get_current_context(silent=True) is not None:
            click.secho(words, fg="yellow" if warning else None, err=warning)
        elif warning:
            self.logger.warning("%s", words)
        else:
            self.logger.info("%s", words)

    def models(
        self, auto: Any, known: Schema, tell: Callable[[str], object] = str
    ) -> list[type[pw.Model]]:
        """Return the models that `auto` names, without those that are to be ignored.

        Raise MigrationError for a key to a model that is neither among them nor ignored.
        """
        found = [
            model
            for model in models_of(auto, self.migrate_dir, known, tell)
            if not self.is_ignored(model) and not model._meta.temporary
        ]
        names = {table_name(model) for model in found}
        for model in found:
            for field, target in model._meta.refs.items():
                if table_name(target) not in names and not self.is_ignored(target):
                    raise MigrationError(
                        f"{table_name(model)}.{field.name} points to {table_name(target)}, which is"
                        " none of the models found: name its module too (--auto-source, auto=…), or"
                        " name the table in IGNORE if it is made elsewhere"
                    )
        return found

    def merge(self, name: str = "initial") -> None:
        """Refuse: stock's merge rewrites history from what it can read, and loses the rest."""
        raise MigrationError(
            "merge would lose what old migrations did to rows, and every CHECK. Keep the files:"
            " they cost nothing. For a fresh start, roll everything back on an empty database,"
            " delete the files, and create one migration anew"
        )
