"""Bring the database up to date before anything else runs, or say in one sentence why not."""

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import peewee
from peewee_migrate.router import Router

import database
import models
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
    reach(handle)
    router = Router(handle, migrate_dir=PROJECT / "migrations")
    with handle.connection_context():
        pending = router.diff
        ahead = sorted(set(router.done) - set(router.todo))
        if ahead:
            log.warning("the database is newer than this version of the bot: %s", ", ".join(ahead))
        if pending and not settings.migrate:
            raise Unusable(f"the database is behind ({', '.join(pending)}) and MIGRATE is off")
        if pending:
            copy_aside(handle, pending[-1])
            router.run()
    log.info("migrations applied: %s", ", ".join(pending) or "none, all were")


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
    if not isinstance(handle, peewee.SqliteDatabase) or not handle.get_tables():
        return
    copy = Path(f"{handle.database}.before-{newest}")
    with (
        closing(sqlite3.connect(handle.database)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    log.info("kept a copy of the database: %s", copy.name)
