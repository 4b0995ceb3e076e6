"""An empty table behind the executor, on SQLite and on a real Postgres."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import database
import models
from database import executor
from devtools.postgres import PostgresServer
from tests.database.marks import Mark


@pytest.fixture
def executor_url(database_url: str) -> Iterator[str]:
    """An empty table, and the URL of the executor that leads to it."""
    yield from open_table(database_url)


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[str]:
    yield from open_table(f"sqlite:///{tmp_path / 'lite.db'}")


@pytest.fixture
def pg(postgres: PostgresServer) -> Iterator[str]:
    url = postgres.create_database()
    yield from open_table(url)
    postgres.drop_database(url)


def open_table(url: str) -> Iterator[str]:
    before = models.database.obj
    database.bind_models(url)
    with models.database.connection_context():
        models.database.create_tables([Mark])
    yield url
    database.close(5)
    models.database.initialize(before)


@pytest.fixture
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor.random, "uniform", lambda *_: 0.001)
