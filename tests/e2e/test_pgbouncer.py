"""A real PgBouncer between the bot and its database, where there is one on this machine."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from devtools.postgres import PostgresServer
from tests.e2e.load import all_answered, check_rows, crowd, done, work

BINARY = os.environ.get("PGBOUNCER") or shutil.which(
    "pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin"
)
pytestmark = pytest.mark.skipif(
    BINARY is None, reason="no pgbouncer here: install one, or name its file in PGBOUNCER"
)
CONFIGURATION = """
[databases]
* = {to}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = 2
logfile = {folder}/pgbouncer.log
"""


@contextmanager
def pooled(server: PostgresServer, url: str, mode: str) -> Iterator[str]:
    """Run a PgBouncer with two connections; its address leads to the database of a URL."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        listen = free.getsockname()[1]
    parts = {"user": "postgres"} | parse_dsn(url)
    to = " ".join(
        f"{key}={parts[key]}" for key in ("host", "port", "user", "password") if key in parts
    )
    folder = Path(tempfile.mkdtemp(prefix="moku-bouncer-"))
    folder.chmod(0o777)  # it refuses to be root
    file = folder / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(to=to, listen=listen, mode=mode, folder=folder))
    process = subprocess.Popen([BINARY, "-q", str(file)], user=server.system_user)
    try:
        for _ in range(200):
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", listen))):
                break
            assert process.poll() is None, (folder / "pgbouncer.log").read_text()
            time.sleep(0.02)
        yield f"postgresql://anybody@127.0.0.1:{listen}{urlsplit(url).path}"
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


@pytest.mark.parametrize("mode", ["transaction", "session"])
async def test_the_bot_works_through_a_pooler_with_two_connections(postgres, deploy, mode):
    url = postgres.create_database()
    with pooled(postgres, url, mode) as address:
        deployment = await deploy(address)
        deployment.behind = url
        process = await deployment.start()
        members = crowd(deployment.place(), 8)
        await asyncio.gather(*(work(one, lambda: done(deployment) < 40) for one in members))
        await all_answered(deployment)
        assert check_rows(deployment) > 20
        await process.stop()
        for _ in range(2):
            with closing(psycopg2.connect(address)) as other, closing(other.cursor()) as cursor:
                cursor.execute("SELECT current_setting('statement_timeout')")
                assert cursor.fetchone() == ("0",), "nothing outlives a transaction"
                cursor.execute("SELECT count(*) FROM pg_prepared_statements")
                assert cursor.fetchone() == (0,), "nor may what others prepared be met"


async def test_a_pooler_in_statement_mode_is_named(postgres, deploy):
    url = postgres.create_database()
    with pooled(postgres, url, "statement") as address:
        deployment = await deploy(address)
        deployment.allowed += ["database.startup: cannot reach", "set pool_mode = transaction"]
        process = deployment.launch()
        assert await process.exit_code() == 78
        assert "as PgBouncer does in statement mode" in process.log
