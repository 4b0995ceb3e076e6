"""Two databases of each kind for a whole session: one to migrate, one to compare with."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import peewee as pw
import psycopg2.extensions
import pytest

from migrator import Router
from tests.migrator.measure import empty

Idle = dict[str, psycopg2.extensions.connection]


def opened(url: str) -> pw.Database:
    """Open the database of a URL as the fixtures write them."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return pw.SqliteDatabase(
            url.removeprefix("sqlite:///"), pragmas={"foreign_keys": 1, "synchronous": 0}
        )
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    given = {
        "user": parts.username,
        "password": parts.password,
        "host": parts.hostname,
        "port": parts.port,
    }
    # what a test commits need not survive a power cut
    given["options"] = "-c synchronous_commit=off"
    options = {**{name: value for name, value in given.items() if value}, **query}
    return pw.PostgresqlDatabase(parts.path.lstrip("/"), **options)


@pytest.fixture(scope="session")
def postgres_urls(postgres: object) -> Iterator[tuple[str, str]]:
    urls = postgres.create_database(), postgres.create_database()
    yield urls
    for url in urls:
        postgres.drop_database(url)


@pytest.fixture(scope="session")
def idle() -> Iterator[Idle]:
    """Connections to Postgres for the next test: a new one takes 20 ms of a processor."""
    yield (kept := Idle())
    for connection in kept.values():
        connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def urls(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The URLs of two databases of one kind; those of Postgres are emptied, not new."""
    if dialect == "sqlite":
        return f"sqlite:///{tmp_path / 'work.db'}", f"sqlite:///{tmp_path / 'reference.db'}"
    return request.getfixturevalue("postgres_urls")


@pytest.fixture
def database(urls: tuple[str, str], idle: Idle) -> Iterator[pw.Database]:
    """An empty database to migrate."""
    yield from one(urls[0], idle)


@pytest.fixture
def reference(urls: tuple[str, str], idle: Idle) -> Iterator[pw.Database]:
    """An empty database to compare with."""
    yield from one(urls[1], idle)


@pytest.fixture
def router(database: pw.Database, tmp_path: Path) -> Router:
    """The migrations of `tmp_path` and the database to migrate."""
    return Router(database, tmp_path)


@contextmanager
def undone(database: pw.Database) -> Iterator[None]:
    """Take back whatever is done to a database meanwhile."""
    if isinstance(database, pw.PostgresqlDatabase):
        with database.atomic() as transaction:
            yield
            transaction.rollback()
        return
    path = Path(database.database)
    kept = path.read_bytes()
    yield
    database.close()
    path.write_bytes(kept)
    database.connect()


def one(url: str, idle: Idle) -> Iterator[pw.Database]:
    database = opened(url)
    if connection := idle.pop(url, None):
        database._connect = lambda: connection
        database.connect()
        del database._connect
    else:
        database.connect()
    empty(database)
    yield database
    if database.is_closed():
        return
    connection = database.connection()
    if isinstance(connection, psycopg2.extensions.connection) and unused(connection):
        idle[url] = connection
    else:
        database.close()


def unused(connection: psycopg2.extensions.connection) -> bool:
    """Return whether a connection is as a new one, by now."""
    if connection.get_transaction_status() != psycopg2.extensions.TRANSACTION_STATUS_IDLE:
        return False
    with connection.cursor() as cursor:
        cursor.execute("DISCARD ALL")
    return True


@pytest.fixture
def application(
    urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], ModuleType]]:
    """Make the module `shop` of an application: `db` is a database object of its own."""
    folder = tmp_path / "application"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def make(models: str) -> ModuleType:
        ours = "from tests.migrator.conftest import opened_by_application as opened"
        text = f"import peewee as pw\n{ours}\ndb = opened({urls[0]!r})\n{models}"
        (folder / "shop.py").write_text(text, encoding="utf-8")
        return importlib.import_module("shop")

    yield make
    sys.modules.pop("shop", None)
    for handle in _of_applications:  # more than one if the module was imported again
        handle.close()
    _of_applications.clear()


_of_applications: list[pw.Database] = []


def opened_by_application(url: str) -> pw.Database:
    """Open a database as a module does while it is imported."""
    _of_applications.append(opened(url))
    return _of_applications[-1]
