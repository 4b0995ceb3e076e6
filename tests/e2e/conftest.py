"""Databases and deployments for the tests of the real process."""

import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio

import models
from database import startup
from devtools.postgres import EMPTY, PostgresServer, start_postgres
from i18n import LANGUAGES
from tests.e2e.deployment import Deployment
from tests.e2e.process import Process
from tests.e2e.words import EN, JA
from tests.support.settings import settings_for

Deploy = Callable[..., Awaitable[Deployment]]

# Language and database have nothing to do with each other: each is met with one of the other,
# all of them in the long mode.
PAIRS = {("sqlite", "ja"), ("postgres", "en-US")}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only pairs a language with the other database."""
    if config.getoption("--long"):
        return
    here = Path(__file__).parent
    left_out = {item for item in items if item.path.parent == here and not is_paired(item)}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def is_paired(item: pytest.Item) -> bool:
    """Return whether a test is to run: it has no language, no database, or a pair of them."""
    values = item.callspec.params if hasattr(item, "callspec") else {}
    words, kind = values.get("words"), values.get("module_database", values.get("database_url"))
    return words is None or kind is None or (kind, words) in PAIRS


@pytest_asyncio.fixture
async def deploy(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Deploy]:
    """Make a deployment of this test's own; its processes are for the test to start."""
    if "database_url" in request.fixturenames:  # which is dropped only once they have ended
        request.getfixturevalue("database_url")
    async with AsyncExitStack() as stack:

        async def make(url: str, **settings: Any) -> Deployment:
            folder = Path(tempfile.mkdtemp(dir=tmp_path))
            return await stack.enter_async_context(Deployment(url, folder, settings))

        yield make


@pytest.fixture
def fresh_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start every process as an operator does, where it matters what it loads and when."""
    monkeypatch.setattr(Process, "forks", False)


@dataclass(frozen=True)
class Guarded:
    """A database that asks for a password, and the password."""

    url: str
    password: str


@pytest.fixture(scope="session")
def postgres(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """The server of all tests, whose new databases are copies of one that is migrated.

    To migrate takes 0.4 s of a processor each time. What a start does with an empty one is shown
    with `empty_database_url`, and in tests/migrations/.
    """
    url, before = postgres.create_database(), models.database.obj
    startup.prepare(settings_for(url))
    models.database.initialize(before)
    yield replace(postgres, template=urlsplit(url).path.lstrip("/"))
    postgres.drop_database(url)


@pytest.fixture
def empty_database_url(database_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database without tables, once on each kind."""
    if database_url.startswith("sqlite"):
        yield database_url
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    yield (url := server.create_database(EMPTY))
    server.drop_database(url)


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    """A Postgres that the tests of a module may stop and restart."""
    with tempfile.TemporaryDirectory(prefix="moku-own-", ignore_cleanup_errors=True) as folder:
        yield from start_postgres(Path(folder), durable=False)


@pytest.fixture
def guarded(own_postgres: PostgresServer) -> Guarded:
    """An empty database of a role with a password that an address cannot hold as it is."""
    password, name = "ひみつ p@ss:w/rd%41", f"guard_{uuid.uuid4().hex[:8]}"
    own_postgres.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
    own_postgres.execute(f"CREATE DATABASE {name} OWNER {name}")
    socket = own_postgres.url.split("host=")[1]
    rules = Path(socket, "pg_hba.conf")
    rules.write_text(f"local all {name} scram-sha-256\n" + rules.read_text())
    own_postgres.execute("SELECT pg_reload_conf()")
    return Guarded(
        f"postgresql://{name}:{quote(password, safe='')}@/{name}?host={socket}", password
    )


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def module_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of an empty database that the tests of a module share."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.db'}"
        return
    server = request.getfixturevalue("postgres")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(
    module_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    """One running process for all tests of a module; each of them has a server of its own."""
    async with Deployment(module_database, tmp_path_factory.mktemp("process")) as deployment:
        await deployment.start()
        yield deployment


@pytest_asyncio.fixture(loop_scope="module")
async def deployment(shared: Deployment) -> AsyncIterator[Deployment]:
    """The shared process, looked over after each test."""
    shared.allowed.clear()
    shared.refusals.clear()
    yield shared
    await shared.discord.settle()
    shared.check()


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> SimpleNamespace:
    """What the bot says, once in each language."""
    return {"ja": JA, "en-US": EN}[request.param]
