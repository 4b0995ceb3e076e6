"""The bot's models on a database of generated rows."""

from collections.abc import Callable, Iterable, Iterator

import peewee
import pytest

import database
import models
from devtools.load import load
from devtools.postgres import PostgresServer
from devtools.rows import Server
from tests.reference.plain import bring

Loaded = Callable[..., peewee.Database]


@pytest.fixture
def loaded(database_url: str) -> Iterator[Loaded]:
    """Load servers into an empty database and let the models mean it, until the test is over."""
    before, handle = models.database.obj, database.connection_for(database_url)

    def load_and_connect(servers: Iterable[Server], *, history: bool = False) -> peewee.Database:
        load(handle, servers, history=history)
        models.database.initialize(handle)
        handle.connect()
        return handle

    yield load_and_connect
    database.close(5)
    handle.close()
    models.database.initialize(before)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def all_servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[peewee.Database]:
    """Load the servers of the plain count, once for all who only look."""
    if request.param == "sqlite":
        bring(handle := database.connection_for(f"sqlite:///{tmp_path_factory.mktemp('all')}/db"))
        yield handle
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create_database()
    bring(handle := database.connection_for(url))
    yield handle
    server.drop_database(url)


@pytest.fixture
def brought(all_servers: peewee.Database) -> Iterator[None]:
    """Let the models mean the servers of the plain count, to look at and leave as they are."""
    before = models.database.obj
    models.database.initialize(all_servers)
    with all_servers.connection_context():
        yield
    models.database.initialize(before)
