"""The numbered files of a project's migrations."""

import builtins
import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import DatabaseAhead, MigrationError
from ..schema.model import Schema
from .history import Applied
from .null_database import with_databases

NUMBERED = re.compile(r"(\d{3,})_(.+)\.py")


@dataclass(frozen=True)
class MigrationFile:
    number: int
    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8-sig")

    @cached_property
    def sha256(self) -> str:
        """Return a hash of the text; how lines end does not matter."""
        return hashlib.sha256(self.text.replace("\r\n", "\n").encode()).hexdigest()

    def functions(
        self, *, is_new: bool = False
    ) -> tuple[Callable[..., Any], Callable[..., Any] | None]:
        """Return the file's `migrate` and `rollback`.

        Raise MigrationError if a new file has no `migrate`; that of an applied one does nothing.
        """
        # no __name__: a dataclass in the file would look for a module of that name
        scope: dict[str, Any] = {"__file__": str(self.path), "__builtins__": BUILTINS}
        try:
            exec(compile(self.text, str(self.path), "exec", dont_inherit=True), scope)  # noqa: S102
        except Exception as error:
            raise self.error(f"{type(error).__name__}: {error}") from error
        if is_new and "migrate" not in scope:
            raise MigrationError(
                f"{self.path.name} has no migrate(): write"
                " `def migrate(migrator, database, *, fake=False):` with what it does, or `pass`"
            )
        return scope.get("migrate", lambda *args, **options: None), scope.get("rollback")

    def error(self, words: str) -> MigrationError:
        """Make an error that begins with the file's name, once."""
        name = f"{self.path.name}: "
        return MigrationError(name + words.removeprefix(name))


def import_with_databases(*args: Any, **options: Any) -> ModuleType:
    """Import a module as always: what it does to a database is the application's."""
    with with_databases():
        return __import__(*args, **options)


BUILTINS = {**vars(builtins), "__import__": import_with_databases}


def files_in(folder: Path) -> list[MigrationFile]:
    """List the migrations of a folder, lowest number first; a folder that is not there has none."""
    if not folder.is_dir():
        return []
    found = [
        MigrationFile(int(match[1]), path)
        for path in folder.iterdir()
        if (match := NUMBERED.fullmatch(path.name))
    ]
    return sorted(found, key=lambda file: (file.number, file.name))


def refuse_equal_numbers(files: list[MigrationFile], applied: Collection[str]) -> None:
    """Refuse a new file with the number of another; what is applied is history.

    So is what others were written after, where none of the two is applied: a new database.
    """
    for one, other in pairwise(files):
        known = {one.name, other.name} & set(applied)
        is_history = len(known) == 2 or (not known and other.number < files[-1].number)
        if one.number == other.number and not is_history:
            new = one if other.name in applied else other
            raise MigrationError(
                f"{one.path.name} and {other.path.name} have one number: rename {new.path.name},"
                f" which is not applied, to {next_name(files, new)}"
            )


def in_history_order(files: list[MigrationFile], applied: Iterable[str]) -> list[MigrationFile]:
    """Return the files as they were applied, and then those that are not."""
    place = {name: number for number, name in enumerate(applied)}
    return sorted(files, key=lambda file: place.get(file.name, len(place)))


def next_name(files: list[MigrationFile], file: MigrationFile) -> str:
    """Return what a file would be called after all others."""
    return f"{files[-1].number + 1:03}_{file.name.partition('_')[2]}.py"


def unapplied(
    files: list[MigrationFile], applied: list[Applied], folder: Path
) -> list[MigrationFile]:
    """Return the files that are not applied yet; the rest is held against the history.

    Raise MigrationError for a file that is missing, edited, or older than an applied one.
    """
    refuse_equal_numbers(files, [migration.name for migration in applied])
    known = {file.name: file for file in files}
    for migration in applied:
        verify_applied(migration, known, folder)
    names = {migration.name for migration in applied}
    pending = [file for file in files if file.name not in names]
    newest = max((known[name].number for name in names), default=0)
    for file in pending:
        if file.number < newest:
            raise MigrationError(
                f"{file.path.name} is not applied, but a later one is: rename it to"
                f" {next_name(files, file)}"
            )
    return pending


def verify_applied(migration: Applied, known: dict[str, MigrationFile], folder: Path) -> None:
    file = known.get(migration.name)
    if file is None and migration.name > max(known, default=""):
        raise DatabaseAhead(
            f"the database has {migration.name}, newer than every file in {folder}:"
            " a newer release was here"
        )
    if file is None:
        raise MigrationError(f"{migration.name} is applied, but its file is missing in {folder}")
    if migration.sha256 is not None and migration.sha256 != file.sha256:
        raise MigrationError(
            f"{file.path.name} was edited after it was applied: take the edit back, and write what"
            " should change in a new migration"
        )


def recorded_hash(file: MigrationFile, before: Schema, after: Schema) -> str | None:
    """Return the hash to hold the file against; None if its text does not say what it does.

    It does not where it creates the table of an application's class, which goes on changing.
    """
    known = {table.origin for table in before.values()}
    is_said = all(table.model is None or table.origin in known for table in after.values())
    return file.sha256 if is_said else None
