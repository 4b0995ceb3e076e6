"""The bot's models on a database of generated rows."""

from collections.abc import Callable, Iterable, Iterator

import peewee
import pytest

import database
import models
from devtools.load import load
from devtools.rows import Server

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
