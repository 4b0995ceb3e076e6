"""Migrations beside a release that still runs: nobody is the victim of a deadlock."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest
from psycopg2 import errors

import migrator
from database import startup
from devtools.postgres import PostgresServer
from tests.migrations.catalog import rows_of
from tests.migrations.conftest import Prepare
from tests.migrations.project import LATER

TWO_TABLES = """
import peewee as pw
from migrator import Column, Migrator

def migrate(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.add_column("session", Column("shoe", "INTEGER", null=True))
    migrator.sql("SELECT pg_sleep(0.05)")
    migrator.add_column("history", Column("shoe", "INTEGER", null=True))
"""
ORDERS = (
    ("history", "session"),
    ("session", "history"),
    ("session", "break"),
    ("break", "session"),
)


@pytest.fixture
def url(postgres: PostgresServer, prepare: Prepare) -> Iterator[str]:
    url = postgres.create_database()
    prepare(url)
    yield url
    postgres.drop_database(url)


class Release:
    """What still runs: transactions that take tables one after another."""

    def __init__(self, url: str) -> None:
        self.done, self.deadlocks = 0, 0
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(url, order)) for order in ORDERS * 2
        ]

    def __enter__(self) -> "Release":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def _work(self, url: str, order: tuple[str, str]) -> None:
        with closing(psycopg2.connect(url)) as connection, closing(connection.cursor()) as cursor:
            while not self._over.is_set():
                try:
                    for table in order:
                        cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
                        time.sleep(0.002)
                    connection.commit()
                    self.done += 1
                    time.sleep(0.03)
                except errors.DeadlockDetected:
                    self.deadlocks += 1
                    connection.rollback()


def test_a_migration_under_load_deadlocks_with_nobody(url: str, prepare: Prepare, folder: Path):
    (folder / f"{LATER}.py").write_text(TWO_TABLES)
    with Release(url) as release:
        time.sleep(0.2)
        prepare(url)
        time.sleep(0.2)
    assert release.deadlocks == 0
    assert release.done > 100
    assert (f"'{LATER}'",) in rows_of(url, "migratehistory", "name")


@pytest.mark.parametrize("lets_go", [True, False])
def test_a_table_that_somebody_uses_is_waited_for_and_is_for_later(  # noqa: PLR0917
    url: str,
    prepare: Prepare,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    lets_go: bool,
):
    (folder / f"{LATER}.py").write_text(TWO_TABLES)
    monkeypatch.setattr(startup, "RETRY_PAUSES", (0.3, 0.3))
    monkeypatch.setattr(migrator, "Router", impatient(migrator.Router))
    with closing(psycopg2.connect(url)) as other, closing(other.cursor()) as cursor:
        cursor.execute("SELECT 1 FROM session")  # and its transaction stays open
        if lets_go:  # between two tries, however slow the first one is
            pauses = SimpleNamespace(sleep=lambda _: other.rollback())
            monkeypatch.setattr(startup, "time", pauses)
            prepare(url)
        else:
            with pytest.raises(startup.DatabaseUnreachable, match=r"a table was in use for 0\.5 s"):
                prepare(url)
    assert any("others use the tables" in line for line in caplog.messages)
    assert ((f"'{LATER}'",) in rows_of(url, "migratehistory", "name")) == lets_go


def impatient(router: type):
    """Make a Router that waits for tables for half a second."""
    return lambda *args, **kwargs: router(*args, lock_timeout=0.5, **kwargs)
