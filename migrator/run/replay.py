"""Work out, without a database, what schema migrations lead to."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import peewee as pw

from ..errors import MigrationError
from ..model_classes.orm import FILE_MODULE
from ..schema.model import Schema
from .files import MigrationFile
from .null_database import NullDatabase, null_database, without_databases


def replayed(
    files: Iterable[MigrationFile],
    database: pw.Database,
    migrator_class: Callable[..., Any],
    schema: Schema | None = None,
) -> Schema:
    """Return the schema after `files`, begun at `schema`; nothing of them is carried out."""
    migrator = migrator_class(null_database(database), schema)
    try:
        with without_databases(), databases_kept():
            for file in files:
                run_file(file, migrator)
                migrator.queue.clear()
    finally:
        remove_file_backrefs()
    return migrator.schema


def replay(file: MigrationFile, migrator: Any, *, fake: bool = True, is_new: bool = False) -> None:
    """Run a file for what it changes, out of reach of every database.

    Raise MigrationError with the file's name.
    """
    with databases_kept():
        run_file(file, migrator, fake=fake, is_new=is_new)


def run_file(
    file: MigrationFile, migrator: Any, *, fake: bool = True, is_new: bool = False
) -> None:
    with without_databases() as usage:
        try:
            migrate, _ = file.functions(is_new=is_new)
            migrate(migrator, migrator.database, fake=fake)
        except MigrationError as error:
            raise file.error(str(error)) from error
        except Exception as error:
            hint = " What reads or writes rows belongs into migrator.run(function)"
            raise file.error(
                f"cannot be replayed: {type(error).__name__}: {error}." + hint * usage.rows
            ) from error


@contextmanager
def databases_kept() -> Iterator[None]:
    """Leave the application's classes at their databases, where a file binds them to null."""
    known = [
        (model, model._meta.database)
        for model in subclasses(pw.Model)
        if model.__module__ != FILE_MODULE
    ]
    try:
        yield
    finally:
        for model, database in known:
            if isinstance(model._meta.database, NullDatabase):
                model._meta.set_database(database)


def remove_file_backrefs() -> None:
    """Take the backrefs off the application's classes that foreign keys of files' classes left."""
    for model in subclasses(pw.Model):
        meta = model._meta
        gone = [field for field, other in meta.backrefs.items() if other.__module__ == FILE_MODULE]
        if model.__module__ == FILE_MODULE or not gone:
            continue
        for field in gone:
            field.model._meta.remove_ref(field)
            if getattr(vars(model).get(field.backref), "field", None) is field:
                delattr(model, field.backref)
        for field in meta.backrefs:
            if field.backref not in {"+", "!", *vars(model)}:
                setattr(model, field.backref, field.backref_accessor_class(field))


def subclasses(model: Any) -> list[Any]:
    found = model.__subclasses__()
    for subclass in found:  # the list grows meanwhile
        found += subclass.__subclasses__()
    return found
