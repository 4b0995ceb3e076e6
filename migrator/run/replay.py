"""Work out, without a database, what schema migrations lead to."""

from collections.abc import Callable, Iterable
from typing import Any

import peewee as pw

from ..errors import MigrationError
from ..schema.model import Schema
from .files import MigrationFile
from .null_database import null_database


def replayed(
    files: Iterable[MigrationFile],
    database: pw.Database,
    migrator_class: Callable[..., Any],
    schema: Schema | None = None,
) -> Schema:
    """The schema after `files`, begun at `schema`; nothing of them is carried out."""
    migrator = migrator_class(null_database(database), schema)
    for file in files:
        migrate, _ = file.functions()
        replay(file, migrate, migrator)
    return migrator.schema


def replay(file: MigrationFile, function: Callable[..., Any], migrator: Any) -> None:
    """Let one function of a file say what it changes."""
    try:
        function(migrator, migrator.database, fake=True)
    except MigrationError as error:
        raise MigrationError(f"{file.path.name}: {error}") from error
    except Exception as error:
        raise MigrationError(
            f"{file.path.name} cannot be replayed: {type(error).__name__}: {error}."
            " What reads or writes rows belongs into migrator.run(function)"
        ) from error
    migrator.queue.clear()
