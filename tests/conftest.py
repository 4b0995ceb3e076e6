"""What every test may ask for: an empty database, on SQLite and on a real Postgres."""

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from devtools.postgres import (
    PostgresServer,
    postgres_server,
    start_postgres,  # noqa: F401  devtools.bench.migrations takes it from here
)

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("default"), max_examples=2000)
settings.load_profile("default")

# SQLite waits for a disk at each commit, and a new database of Postgres has 7 MB, so the tests'
# files lie in memory where there is room and programs may be run from there.
MEMORY = Path("/dev/shm")
if os.access(MEMORY, os.W_OK):
    found = os.statvfs(MEMORY)
    if found.f_bavail * found.f_frsize > 2**30 and not found.f_flag & os.ST_NOEXEC:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
        tempfile.tempdir = str(MEMORY)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long modes too")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--long"):
        settings.load_profile("long")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for garbage only among what the tests make: not in 6,000 tests that stay, nor for them.

    It takes each worker half of the time that collecting takes.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="a long mode: run with --long"))
    if hasattr(config, "workerinput"):  # one of several workers
        mix(items)


def mix(items: list[pytest.Item]) -> None:
    """Put files that wait for processes between those that compute, so that no core is idle.

    The last of the former begins early enough to end with the rest.
    """
    files = dict.fromkeys(item.path for item in items)
    waiting = [path for path in files if path.parent.name == "e2e"]
    computing = [path for path in files if path.parent.name != "e2e"]
    order = {path: n / len(waiting) * 0.9 for n, path in enumerate(waiting)}
    order |= {path: n / len(computing) for n, path in enumerate(computing)}
    items.sort(key=lambda item: order[item.path])


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real Postgres; never skipped."""
    with postgres_server(durable=False) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create_database()
    yield url
    server.drop_database(url)
