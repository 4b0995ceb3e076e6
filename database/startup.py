"""Bring the database up to date before anything else runs, or say in one sentence why not."""

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import peewee

import database
import models
from migrator import MigrationError, Router
from settings import PROJECT, Settings

log = logging.getLogger(__name__)

PATIENCE = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between tries to reach the database


class Unusable(Exception):
    """The database cannot be used as it is, and trying again will not help."""


class Unreachable(Exception):
    """The database cannot be reached; it may be later."""


def prepare(settings: Settings) -> None:
    """Wait for the database and migrate it, or with MIGRATE=off only look whether it fits.

    Raises Unusable, Unreachable or database.QuotaExceeded, each with a sentence for the keeper.
    """
    database.point_at(settings.database_url)
    handle = models.database.obj
    assert handle is not None
    reach(handle)
    router = Router(handle, migrate_dir=PROJECT / "migrations")
    try:
        if ahead := router.ahead:
            # a rollback of the code meets a newer database; each migration keeps the release before
            log.warning("the database is newer than this version of the bot: %s", ", ".join(ahead))
        elif settings.migrate:
            migrate(router)
        else:
            check(router)
    except (MigrationError, peewee.PeeweeException) as error:
        sentence = " ".join(str(error).split())
        if any(map(database.is_lost, causes(error))):
            raise Unreachable(sentence) from error
        raise Unusable(sentence) from error


def migrate(router: Router) -> None:
    """Apply what is not applied yet, all of it or nothing."""
    pending = router.behind
    if pending and isinstance(router.plain_database, peewee.SqliteDatabase):
        copy_aside(Path(router.plain_database.database), pending[-1])
    done = router.run()
    log.info("migrations applied: %s", ", ".join(done) or "none, all were")


def check(router: Router) -> None:
    """Only look whether the database is what this version needs."""
    if pending := router.behind:
        raise Unusable(f"the database is behind ({', '.join(pending)}) and MIGRATE is off")
    if differences := router.check("models"):
        raise Unusable("the database is not what this version needs: " + "; ".join(differences))
    log.info("migrations applied: none, MIGRATE is off and all were")


def reach(handle: peewee.Database) -> None:
    """Connect once, trying again for as long as it may help."""
    for pause in (*PATIENCE, None):
        try:
            handle.connect()
            handle.close()
            return
        except peewee.PeeweeException as error:
            sentence = f"cannot reach the database: {database.first_line(error)}"
            if database.is_quota_exceeded(error):
                raise database.QuotaExceeded(sentence) from error
            if not database.is_lost(error):
                raise Unusable(sentence) from error
            if pause is None:
                raise Unreachable(sentence) from error
            log.warning("%s; trying again in %d s", sentence, pause)
            time.sleep(pause)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Follow an error to what began it."""
    while error is not None:
        yield error
        error = error.__cause__


def copy_aside(file: Path, newest: str) -> None:
    """Keep a copy of a SQLite file as it was before the migrations."""
    copy = Path(f"{file}.before-{newest}")
    part = Path(f"{copy}.{os.getpid()}")
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        with closing(peewee.SqliteDatabase(str(part))) as handle:
            # another process may have migrated since this one looked
            useful = bool(handle.get_tables()) and newest not in Router(handle).done
        if useful:
            part.replace(copy)
            log.info("kept a copy of the database: %s", copy.name)
    except (OSError, sqlite3.Error) as error:
        raise Unusable(f"cannot keep a copy of the database aside: {error}") from error
    finally:
        part.unlink(missing_ok=True)
