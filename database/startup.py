"""Bring the database up to date before anything else runs, or say in one sentence why not."""

import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import peewee

import database
import models
from database.connection import Postgres, Sqlite
from database.copies import copy_sqlite, remove_unfinished, unfinished
from database.errors import is_conflict
from database.worker import Interrupter
from settings import PROJECT, Settings

if TYPE_CHECKING:
    from migrator import Router

log = logging.getLogger(__name__)

# What rows from before a migration have not been held against yet.
UNVALIDATED = "SELECT 1 FROM pg_constraint WHERE NOT convalidated AND contype IN ('c', 'f')"
RETRY_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between tries to reach or migrate the database
# Seconds after which the database has not answered, as a pooler may swallow a query:
REACH_SECONDS = 15.0  # the first transaction
LOOK_SECONDS = 40.0  # which migrations there are, and whether the schema fits
MIGRATE_SECONDS = 1800.0  # all migrations, with the wait for another process that migrates
DAMAGE_SECONDS = 5.0  # for which a SQLite file is looked through

AT_BEGIN = (
    "It answers, but hangs up where a transaction begins, as PgBouncer does in statement mode: "
    "set pool_mode = transaction there"
)


class DatabaseUnusable(Exception):
    """The database cannot be used as it is, and trying again will not help."""


class DatabaseUnreachable(Exception):
    """The database cannot be reached; it may be later."""


def prepare(settings: Settings) -> None:
    """Wait for the database and migrate it, or with MIGRATE=off only look whether it fits.

    Raise DatabaseUnusable, DatabaseUnreachable or database.QuotaExceeded, each with a sentence for
    the operator.
    """
    database.bind_models(settings.database_url)
    handle = models.database.obj
    assert handle is not None
    reach(handle)
    try:
        with handle.connection_context():
            if isinstance(handle, Sqlite):
                file = Path(handle.database)
                remove_unfinished(file.parent, f"{file.name}.before-*")
                refuse_damaged(handle)
            if settings.migrate and is_current(handle):
                log.info("migrations applied: none, all were")
            else:
                bring_up_to_date(handle, settings)
    except peewee.PeeweeException as error:
        raise refusal(error) from error


def is_current(handle: peewee.Database) -> bool:
    """Return whether exactly this version's migrations are applied, with nothing left to be done.

    It is asked without the migrator, which takes a third of what the bot itself takes to load.
    """
    found = (PROJECT / "migrations").glob("[0-9]*_*.py")
    texts = {file.stem: file.read_text("utf-8-sig") for file in found}
    hashes = {name: sha256(text.encode()).hexdigest() for name, text in texts.items()}
    try:
        with in_time(handle, LOOK_SECONDS):
            applied = dict(handle.execute_sql("SELECT name, sha256 FROM migratehistory").fetchall())
            left = isinstance(handle, Postgres) and handle.execute_sql(UNVALIDATED).fetchone()
    except (peewee.OperationalError, peewee.ProgrammingError):
        return False  # nothing was migrated yet, or by another tool
    same = all(applied[name] in (None, hashes[name]) for name in applied.keys() & hashes.keys())
    return same and applied.keys() == hashes.keys() and not left


def bring_up_to_date(handle: peewee.Database, settings: Settings) -> None:
    """Migrate a database, or with MIGRATE=off only look whether it fits."""
    from migrator import MigrationError, Router

    router = Router(handle, migrate_dir=PROJECT / "migrations")
    try:
        with in_time(handle, LOOK_SECONDS):
            ahead = router.ahead
        if ahead:
            # a rollback of the code meets a newer database; each migration keeps the release before
            log.warning("the database is newer than this version of the bot: %s", ", ".join(ahead))
        elif settings.migrate:
            migrate(router)
        else:
            with in_time(handle, LOOK_SECONDS):
                check(router)
    except MigrationError as error:
        raise refusal(error) from error


def refusal(error: Exception) -> Exception:
    """Return what is said of a database that cannot be used, or not now."""
    lost = any(database.is_lost(cause) or is_conflict(cause) for cause in causes(error))
    return (DatabaseUnreachable if lost else DatabaseUnusable)(" ".join(str(error).split()))


def migrate(router: "Router") -> None:
    """Apply what is not applied yet, all of it or nothing; again if others were in the way."""
    handle = router.plain_database
    with in_time(handle, LOOK_SECONDS):
        pending = router.behind
    if pending and isinstance(handle, peewee.SqliteDatabase):
        copy_aside(Path(handle.database), pending[-1])
    done = run(router, handle)
    log.info("migrations applied: %s", ", ".join(done) or "none, all were")


def run(router: "Router", handle: peewee.Database) -> list[str]:
    """Run the migrations, again if others were in the way; return their names."""
    from migrator import MigrationError

    for pause in RETRY_PAUSES:
        try:
            with in_time(handle, MIGRATE_SECONDS):
                return router.run()
        except MigrationError as error:
            if not any(map(is_conflict, causes(error))):
                raise
            sentence = " ".join(str(error).split())
            log.warning("others use the tables; trying again in %d s: %s", pause, sentence)
            time.sleep(pause)
    with in_time(handle, MIGRATE_SECONDS):
        return router.run()


def check(router: "Router") -> None:
    """Only look whether the database is what this version needs."""
    if pending := router.behind:
        raise DatabaseUnusable(f"the database is behind ({', '.join(pending)}) and MIGRATE is off")
    if differences := router.check("models"):
        raise DatabaseUnusable(
            "the database is not what this version needs: " + "; ".join(differences)
        )
    log.info("migrations applied: none, MIGRATE is off and all were")


def reach(handle: peewee.Database) -> None:
    """Connect once and begin a transaction, trying again for as long as it may help."""
    hung_up = 0  # how often the connection was closed at BEGIN
    for pause in (*RETRY_PAUSES, None):
        asked = False
        try:
            with handle.connection_context(), in_time(handle, REACH_SECONDS):
                handle.execute_sql("SELECT 1")
                asked = True
                with handle.transaction():
                    handle.execute_sql("SELECT 1")
            return
        except (peewee.PeeweeException, DatabaseUnreachable) as error:
            sentence = f"cannot reach the database: {database.first_line(error)}"
            if database.is_quota_exceeded(error):
                raise database.QuotaExceeded(sentence) from error
            if not isinstance(error, DatabaseUnreachable) and not database.is_lost(error):
                raise DatabaseUnusable(sentence) from error
            hung_up += asked and isinstance(handle, Postgres)
            if hung_up > 1:  # psycopg2 drops PgBouncer's own words
                raise DatabaseUnusable(f"{sentence}. {AT_BEGIN}") from error
            if pause is None:
                raise DatabaseUnreachable(sentence) from error
            log.warning("%s; trying again in %d s", sentence, pause)
            time.sleep(pause)


@contextmanager
def in_time(handle: peewee.Database, seconds: float) -> Iterator[None]:
    """Stop what the open connection does after so many seconds; then raise DatabaseUnreachable.

    Again and again until it has stopped: SQLite forgets an interrupt that finds no statement.
    """
    interrupter, done, late = Interrupter(handle.connection()), threading.Event(), threading.Event()

    def watch() -> None:
        pause = seconds
        while not done.wait(pause):
            late.set()
            interrupter.fire()
            pause = 0.05

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    except Exception as error:
        if late.is_set():
            raise DatabaseUnreachable(f"the database did not answer for {seconds:.0f} s") from error
        raise
    finally:
        done.set()
        watching.join()
        interrupter.close()


def refuse_damaged(handle: Sqlite) -> None:
    """Refuse a file with damaged pages, as far as they can be read in a few seconds.

    About 10 ms for a megabyte; what SQLite reads later and finds damaged fails then.
    """
    try:
        with in_time(handle, DAMAGE_SECONDS):
            ((found,),) = handle.execute_sql("PRAGMA quick_check(1)").fetchall()
    except DatabaseUnreachable:
        log.info("the database is large: it was looked at for %d s only", DAMAGE_SECONDS)
        return
    if found != "ok":
        what = " ".join(found.split())
        raise DatabaseUnusable(f"the database is damaged, restore a copy (README): {what}")


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Follow an error to what began it."""
    while error is not None:
        yield error
        error = error.__cause__


def copy_aside(file: Path, newest: str) -> None:
    """Keep a copy of a SQLite file as it was before the migrations."""
    from migrator import Router

    copy = Path(f"{file}.before-{newest}")
    try:
        with unfinished(copy) as part:
            copy_sqlite(file, part)
            shutil.copymode(file, part)
            with closing(peewee.SqliteDatabase(str(part))) as handle:
                # another process may have migrated since this one looked
                useful = bool(handle.get_tables()) and newest not in Router(handle).done
            if useful:
                part.replace(copy)
                log.info("kept a copy of the database: %s", copy.name)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnusable(f"cannot keep a copy of the database aside: {error}") from error
