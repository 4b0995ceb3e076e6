"""Bring the database up to date before anything else runs, or say in one sentence why not."""

import logging
import sqlite3
import time
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

    Raises Unusable, Unreachable or database.QuotaSpent, each with a sentence for the keeper.
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
    except MigrationError as error:
        raise Unusable(str(error)) from error


def migrate(router: Router) -> None:
    """Apply what is not applied yet, all of it or nothing."""
    pending = router.behind
    if pending:
        copy_aside(router.plain_database, pending[-1])
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
            if database.quota_spent(error):
                raise database.QuotaSpent(sentence) from error
            if not database.lost(error):
                raise Unusable(sentence) from error
            if pause is None:
                raise Unreachable(sentence) from error
            log.warning("%s; trying again in %d s", sentence, pause)
            time.sleep(pause)


def copy_aside(handle: peewee.Database, newest: str) -> None:
    """Keep a copy of a SQLite file as it was before the migrations."""
    if not isinstance(handle, peewee.SqliteDatabase):
        return
    with handle.connection_context():
        if not handle.get_tables():
            return
    copy = Path(f"{handle.database}.before-{newest}")
    with (
        closing(sqlite3.connect(handle.database)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    log.info("kept a copy of the database: %s", copy.name)
