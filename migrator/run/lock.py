"""One connection, one transaction, one migration run at a time."""

import random
import sqlite3
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from logging import Logger
from typing import Any

import peewee as pw

from ..errors import DatabaseUnreachable, MigrationError
from ..introspect.catalogs import rows, table_exists
from ..plan.sqlite_functions import is_convertible
from ..schema.compiler import dialect_of
from ..schema.sql import quote_path

PATIENCE = 600.0  # seconds that a run waits for another run
ROUND = 0.1  # seconds that a run waits for a table while it may hold others
LOCK_NOT_AVAILABLE = "55P03"


@contextmanager
def connected(database: pw.Database) -> Iterator[None]:
    """Use the connection that is open, or open one and close it again.

    Raise DatabaseUnreachable, which names the database but not how to log in there.
    """
    if database.deferred:
        raise MigrationError("the database has no name yet: init() it first")
    try:
        opened = database.is_closed() and database.connect()
    except (pw.PeeweeException, OSError) as error:
        why = (getattr(error, "strerror", None) or str(error)).strip().partition("\n")[0]
        why = why.removeprefix(f"{database.database}: ")
        raise DatabaseUnreachable(
            f"cannot connect to the database {database.database}: {why}"
        ) from error
    try:
        yield
    finally:
        if opened:
            database.close()


@contextmanager
def exclusive(
    database: pw.Database, key: str, lock_timeout: float, logger: Logger
) -> Iterator[None]:
    """Hold the one transaction in which migrations may run; whatever fails undoes all of it."""
    if database.in_transaction():
        raise MigrationError("migrations make their own transaction: call this outside of yours")
    with connected(database):
        if dialect_of(database) == "sqlite":
            with exclusive_sqlite(database, logger):
                yield
        else:
            with database.atomic():
                postgres_lock(database, key, lock_timeout, logger)
                yield


@contextmanager
def exclusive_sqlite(database: pw.Database, logger: Logger) -> Iterator[None]:
    """Switch foreign keys off before BEGIN, where the pragma still works; check them at the end."""
    lite: pw.SqliteDatabase = database  # pyright: ignore[reportAssignmentType]
    enforced = lite.foreign_keys
    lite.foreign_keys = 0
    functions: dict[str, Any] = {"migrator_convertible": (is_convertible, 2)}
    if sqlite3.sqlite_version_info < (3, 41):
        functions["unhex"] = (lambda text: text and bytes.fromhex(text), 1)
    for name, (function, arguments) in functions.items():
        lite.register_function(function, name, arguments)
    try:
        with ExitStack() as stack:
            begin_when_free(stack, lite.transaction("IMMEDIATE"), logger)
            broken = orphans(lite)
            yield
            refuse_new_orphans(broken, orphans(lite), enforced=bool(enforced))
    finally:
        for name in functions:
            lite.unregister_function(name)
        lite.foreign_keys = enforced


def begin_when_free(stack: ExitStack, transaction: pw._transaction, logger: Logger) -> None:
    """Begin as soon as nobody else writes."""
    until = time.monotonic() + PATIENCE
    told = False
    while True:
        try:
            stack.enter_context(transaction)
        except pw.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise
            if time.monotonic() > until:
                raise MigrationError(f"another process has written for {PATIENCE:.0f} s") from error
            if not told:
                logger.info("Waiting for another process that writes to this database")
            told = True
            time.sleep(0.05)
        else:
            return


def orphans(database: pw.Database) -> Counter[tuple[str, str]]:
    """Return rows whose foreign key points nowhere, counted by table and parent.

    A key to columns that are none, as to a table of FTS, is no table's: SQLite says it in words.
    """
    try:
        found = rows(database, "PRAGMA foreign_key_check")
    except pw.OperationalError as error:
        return Counter({("", str(error)): 1})
    return Counter((row[0], row[2]) for row in found)


def refuse_new_orphans(
    before: Counter[tuple[str, str]], after: Counter[tuple[str, str]], *, enforced: bool
) -> None:
    """Refuse what a migration broke; what was broken before is none of its doing.

    A key to what is none matters where foreign keys are enforced: every row would be refused.
    """
    worse = {pair: count for pair, count in (after - before).items() if pair[0] or enforced}
    if worse:
        told = "; ".join(
            f"{count} rows of {table} point to no row of {parent}"
            if table
            else f"{parent}: it points to columns that are no key"
            for (table, parent), count in sorted(worse.items())
        )
        raise MigrationError(f"foreign keys would be broken: {told}")


def postgres_lock(database: pw.Database, key: str, lock_timeout: float, logger: Logger) -> None:
    """Take the lock that every run takes; it ends with the transaction, so it passes PgBouncer."""
    number = zlib.crc32(f"migrator {key}".encode())
    # what the winner of a race committed must be seen once the lock is ours
    rows(
        database,
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 0;"
        " SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0",
    )
    if not rows(database, f"SELECT pg_try_advisory_xact_lock({number})")[0][0]:
        logger.info("Waiting for another process that migrates this database")
        rows(database, f"SELECT pg_advisory_xact_lock({number})")
    limit_locks(database, lock_timeout)


def limit_locks(database: pw.Database, lock_timeout: float) -> None:
    rows(database, f"SET LOCAL lock_timeout = {int(lock_timeout * 1000)}")


def lock_tables(database: pw.Database, tables: Iterable[str], lock_timeout: float) -> None:
    """Take all tables of a run before any is changed (Postgres); raise MigrationError.

    Who holds one table and waits for another may deadlock with those who take them the other way
    round. So all are taken or none, in alphabetical order, in one statement, and a wait ends long
    before Postgres looks for deadlocks (after a second): whoever is in the way goes on.
    """
    names = sorted(name for name in tables if table_exists(database, name))
    if not names:
        return
    listed = ", ".join(map(quote_path, names))
    until = time.monotonic() + lock_timeout
    while True:
        try:
            with database.atomic():  # a savepoint: rolling back to it lets go of what was taken
                limit_locks(database, ROUND)
                rows(database, f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE")
            break
        except pw.OperationalError as error:
            if getattr(getattr(error, "orig", None), "pgcode", None) != LOCK_NOT_AVAILABLE:
                raise
            if time.monotonic() > until:
                raise MigrationError(
                    f"a table was in use for {lock_timeout:g} s. Nothing was changed; try again"
                    " when less is going on, or stop what uses it"
                ) from error
            time.sleep(random.uniform(0.02, 0.1))  # noqa: S311  jitter: others come first
    limit_locks(database, lock_timeout)
