"""The bot's tables, empty for each test, on SQLite and on a real Postgres."""

from collections.abc import Iterator
from contextlib import contextmanager

import peewee
import pytest

import database
import models
from devtools.postgres import PostgresServer
from models import Break, Goal, Guild, History, Member, Membership, Outage, Posting, Session

TABLES: tuple[type[models.BaseModel], ...] = (
    *(History, Session, Break, Outage),
    *(Guild, Member, Membership, Goal, Posting),
)


def make_tables(url: str) -> peewee.Database:
    handle = database.connection_for(url)
    with handle.connection_context(), handle.bind_ctx(TABLES):
        handle.create_tables(TABLES)
    return handle


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[peewee.Database]:
    yield (handle := make_tables(f"sqlite:///{tmp_path_factory.mktemp('queries') / 'test.db'}"))
    handle.close()


@pytest.fixture(scope="session")
def postgres_tables(postgres: PostgresServer) -> Iterator[peewee.Database]:
    url = postgres.create_database()
    yield (handle := make_tables(url))
    handle.close()
    postgres.drop_database(url)


@contextmanager
def opened(handle: peewee.Database) -> Iterator[None]:
    """Let the models mean this database, and leave it empty and connected for the next test."""
    before = models.database.obj
    models.database.initialize(handle)
    handle.connect(reuse_if_open=True)
    try:
        yield
    finally:
        database.close(5)
        with handle.atomic():
            for table in reversed(TABLES):  # what refers to another goes first
                handle.execute_sql(f'DELETE FROM "{table._meta.table_name}"')
        models.database.initialize(before)


@pytest.fixture(autouse=True, params=["sqlite", "postgres"])
def tables(request: pytest.FixtureRequest) -> Iterator[peewee.Database]:
    handle: peewee.Database = request.getfixturevalue(f"{request.param}_tables")
    with opened(handle):
        yield handle
