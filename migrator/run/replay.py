"""Work out, without a database, what schema migrations lead to."""

from collections.abc import Callable, Iterable
from typing import Any

import peewee as pw

from ..errors import MigrationError
from ..schema.model import Schema
from .files import MigrationFile
from .null_database import null_database, without_databases


def replayed(
    files: Iterable[MigrationFile],
    database: pw.Database,
    migrator_class: Callable[..., Any],
    schema: Schema | None = None,
) -> Schema:
    """Return the schema after `files`, begun at `schema`; nothing of them is carried out."""
    migrator = migrator_class(null_database(database), schema)
    with without_databases():  # once for all files: it is entered and left by each
        for file in files:
            replay(file, migrator)
            migrator.queue.clear()
    return migrator.schema


def replay(file: MigrationFile, migrator: Any, *, fake: bool = True) -> None:
    """Let a file say what it changes, out of reach of every database.

    Raise MigrationError with the file's name.
    """
    with without_databases() as usage:
        try:
            file.functions()[0](migrator, migrator.database, fake=fake)
        except MigrationError as error:
            raise file.error(str(error)) from error
        except Exception as error:
            hint = " What reads or writes rows belongs into migrator.run(function)"
            raise file.error(
                f"cannot be replayed: {type(error).__name__}: {error}." + hint * usage.rows
            ) from error
