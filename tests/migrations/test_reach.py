"""The way to the database at a start: what cannot be mended by waiting is told apart."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from database import startup
from devtools.postgres import PostgresServer
from tests.database.test_failures import zero_the_middle
from tests.migrations.conftest import Prepare
from tests.support.stand_ins import Proxy, Refusing, error_response

NO_ENTRY = 'no pg_hba.conf entry for host "10.0.0.1", user "moku", database "neondb", no encryption'


@pytest.fixture
def pg(postgres: PostgresServer) -> Iterator[str]:
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "RETRY_PAUSES", (0.05, 0.05))
    monkeypatch.setattr(startup, "REACH_SECONDS", 0.4)
    monkeypatch.setattr(startup, "LOOK_SECONDS", 0.4)


async def refusal(prepare: Prepare, url: str, kind: type[Exception]) -> str:
    with pytest.raises(kind) as raised:
        await asyncio.to_thread(prepare, url)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.usefixtures("_impatient")
async def test_a_server_without_tls_is_no_matter_of_time(prepare, pg):
    async with Proxy(pg) as proxy:
        url = f"{proxy.url}?sslmode=require"
        said = await refusal(prepare, url, startup.DatabaseUnusable)
    assert "server does not support SSL" in said


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize(
    "message", [NO_ENTRY, "connection is insecure (try using `sslmode=require`)"]
)
async def test_a_refusal_of_the_server_is_no_matter_of_time(prepare, message):
    async with Refusing(message) as server:
        assert message in await refusal(prepare, server.url, startup.DatabaseUnusable)


@pytest.mark.usefixtures("_impatient")
async def test_a_server_that_starts_is_a_matter_of_time(prepare):
    async with Refusing("the database system is starting up") as server:
        await refusal(prepare, server.url, startup.DatabaseUnreachable)


class StatementPooler(Proxy):
    """PgBouncer in statement mode: it refuses a transaction and hangs up."""

    async def _to(self, reader, writer, cut) -> None:
        while data := await reader.read(65536):
            if b"BEGIN" in data:
                message = "transaction blocks not allowed in statement pooling mode"
                self.client.write(error_response(message))
                await asyncio.sleep(0.1)  # it arrives before the end of the connection
                return
            writer.write(data)

    async def _back(self, reader, writer, cut) -> None:
        self.client = writer
        await super()._back(reader, writer, cut)


@pytest.mark.usefixtures("_impatient")
async def test_a_pooler_that_allows_no_transactions_is_named(prepare, pg):
    async with StatementPooler(pg) as pooler:
        said = await refusal(prepare, pooler.url, startup.DatabaseUnusable)
    assert "set pool_mode = transaction" in said


@pytest.mark.usefixtures("_impatient")
async def test_a_silent_database_at_boot_is_told_in_time(prepare, pg):
    async with Proxy(pg) as proxy:
        url = f"{proxy.url}?connect_timeout=2"
        proxy.swallows = True
        said = await refusal(prepare, url, startup.DatabaseUnreachable)
        assert "timeout expired" in said
        proxy.swallows = False
        await asyncio.to_thread(prepare, url)


class Swallowing(Proxy):
    """A proxy that swallows what comes on a connection from a word on."""

    word = b""

    async def _to(self, reader, writer, cut) -> None:
        silent = False
        while data := await reader.read(65536):
            silent |= self.word in data
            if not silent:
                writer.write(data)


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("word", [b"SELECT 1", b"migratehistory", b"CREATE TABLE"])
async def test_a_query_that_is_swallowed_at_boot_is_told_in_time(prepare, pg, word, monkeypatch):
    monkeypatch.setattr(startup, "MIGRATE_SECONDS", 1.0)
    async with Swallowing(pg) as proxy:
        proxy.word = word
        said = await refusal(prepare, proxy.url, startup.DatabaseUnreachable)
    assert "did not answer for" in said


def test_a_file_that_cannot_be_made_is_told_in_a_sentence(tmp_path, prepare):
    with pytest.raises(
        startup.DatabaseUnusable, match=r"cannot reach the database: .*: No such file"
    ):
        prepare(f"sqlite:///{tmp_path / 'missing' / 'test.db'}")


def test_a_file_that_was_zeroed_in_its_middle_is_refused(tmp_path, prepare):
    file = tmp_path / "mokumoku.db"
    prepare(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        rows = [(n, "Asia/Tokyo") for n in range(5000)]
        connection.executemany("INSERT INTO member (user_id, zone) VALUES (?, ?)", rows)
        connection.commit()
    zero_the_middle(file)
    with pytest.raises(startup.DatabaseUnusable, match="the database is damaged, restore a copy"):
        prepare(f"sqlite:///{file}")


def test_a_large_file_is_looked_through_for_a_while_only(tmp_path, prepare, monkeypatch, caplog):
    caplog.set_level("INFO", "database.startup")
    url = f"sqlite:///{tmp_path / 'mokumoku.db'}"
    prepare(url)
    with closing(sqlite3.connect(tmp_path / "mokumoku.db")) as connection:
        connection.execute("CREATE TABLE much AS SELECT randomblob(3000) AS it")
        for _ in range(14):
            connection.execute("INSERT INTO much SELECT randomblob(3000) FROM much")
        connection.commit()
    monkeypatch.setattr(startup, "DAMAGE_SECONDS", 0.0)  # before the statement has begun
    prepare(url)
    assert any("it was looked at for" in line for line in caplog.messages)
