"""What a URL means, and what a connection promises."""

import asyncio
import re
from typing import Any

import peewee
import psycopg2.extensions
import pytest

import database
import models
from database import Job, Transaction, connection_for
from database.connection import Postgres
from database.round_trips import Statement, fetch
from devtools.postgres import PostgresServer
from tests.database.marks import recorded, write, write_and_fail


async def test_sqlites_own_promises_are_in_force(lite: str) -> None:
    def pragmas() -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return {name: models.database.obj.pragma(name) for name in names}

    assert await database.run(pragmas) == {
        "journal_mode": "wal",
        "synchronous": 2,  # full
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def bounds(handle: peewee.Database) -> tuple[str, str]:
    return tuple(
        handle.execute_sql(f"SHOW {name}").fetchone()[0]
        for name in ("statement_timeout", "lock_timeout")
    )


async def test_every_transaction_has_its_bounds_and_leaves_none_behind(pg: str) -> None:
    handle = connection_for(pg)
    handle.connect()
    loop = asyncio.get_running_loop()
    for work in (lambda: bounds(handle), lambda: (bounds(handle), 1 / 0)):
        job = Job(work, loop, loop.create_future())
        Transaction(handle).run([job])
        assert bounds(handle) == ("0", "0")
    handle.close()
    assert await database.run(lambda: bounds(models.database.obj)) == ("10s", "5s")


def counted(text: str = "a") -> list[Any]:
    """Read as commands do."""
    count = "SELECT count(*) AS number FROM mark WHERE text = %s"
    return fetch({"marks": Statement(count, [text], ("number",))})["marks"]


def prepared() -> list[tuple[Any, ...]]:
    sql = "SELECT name, generic_plans + custom_plans FROM pg_prepared_statements"
    return models.database.obj.execute_sql(sql).fetchall()


async def test_a_read_is_prepared_once_its_connection_is_known_to_be_the_servers_own(
    pg: str,
) -> None:
    for used in range(3):
        assert await database.run(prepared) == [("read_0", used - 1)][: used > 1]
        assert await database.run(counted) == [{"number": 0}]
    await database.run(write, "a")
    assert await database.run(counted) == [{"number": 1}]


async def test_no_more_is_prepared_than_a_connection_may_have(
    pg: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Postgres, "PREPARED", 1)
    for _ in range(3):
        await database.run(counted)
        await database.run(lambda: models.database.obj.read_value("%s + 1", [1]))
    assert await database.run(prepared) == [("read_0", 3)]


async def test_nothing_is_prepared_behind_a_pooler_as_each_answer_may_be_anothers(pg: str) -> None:
    class Pooled(psycopg2.extensions.connection):
        def get_backend_pid(self) -> int:
            return 1  # not the server's: a pooler makes its own up

    models.database.obj.connect_params |= {"connection_factory": Pooled}
    for _ in range(3):
        assert await database.run(counted) == [{"number": 0}]
    assert await database.run(prepared) == []


@pytest.mark.usefixtures("_no_pause")
async def test_a_prepared_statement_that_is_gone_is_not_noticed_by_anybody(pg: str) -> None:
    for _ in range(2):
        await database.run(counted)
    await database.run(lambda: models.database.obj.execute_sql("DEALLOCATE ALL") and None)
    assert await database.run(counted) == [{"number": 0}]


@pytest.mark.usefixtures("_no_pause")
async def test_a_statement_that_failed_while_it_was_prepared_is_prepared_anew(pg: str) -> None:
    await database.run(counted)
    with pytest.raises(peewee.DataError):
        await database.run(lambda: models.database.obj.read_value("1 / %s::int", [0]))
    divided = await database.run(lambda: models.database.obj.read_value("1 / %s::int", [1]))
    assert divided == 1


async def test_nothing_outlives_a_transaction_so_a_pooler_may_stand_between(pg: str) -> None:
    sent = recorded()
    await database.run(write, "a")
    with pytest.raises(ZeroDivisionError):
        await database.run(write_and_fail, "b", ZeroDivisionError())
    parts = [part.strip().upper() for text in sent for part in text.split(";")]
    assert any(part.startswith("SET LOCAL ") for part in parts)
    bad = r"SET (?!LOCAL )|RESET|LISTEN|PREPARE|DECLARE|DISCARD|CREATE TEMP|LOCK|.*PG_ADVISORY_LOCK"
    assert not [part for part in parts if re.match(bad, part)]
    assert "options" not in connection_for(pg).connect_params


async def test_what_the_address_says_reaches_the_server(postgres: PostgresServer, pg: str) -> None:
    postgres.execute("""DROP ROLE IF EXISTS "na@no" """)
    postgres.execute("""CREATE ROLE "na@no" LOGIN PASSWORD 'p@ss/w:rd%1' """)
    scheme, _, rest = pg.partition("://")
    login = f"na%40no:p%40ss%2Fw%3Ard%251@{rest.rpartition('@')[2]}"
    sign = "&" if "?" in rest else "?"
    handle = connection_for(f"{scheme}://{login}{sign}application_name=moku%20moku")
    assert handle.connect_params["password"] == "p@ss/w:rd%1"
    with handle.connection_context():
        asked = "SELECT current_user, current_setting('application_name')"
        assert handle.execute_sql(asked).fetchone() == ("na@no", "moku moku")
    postgres.execute("""DROP ROLE "na@no" """)


def test_neons_address_is_passed_on_with_patience_and_keepalives() -> None:
    handle = connection_for(
        "postgresql://u:p@ep-x-pooler.eu-central-1.aws.neon.tech/neondb"
        "?sslmode=require&channel_binding=require&connect_timeout=3"
    )
    assert handle.database == "neondb"
    assert handle.connect_params == {
        "host": "ep-x-pooler.eu-central-1.aws.neon.tech",
        "user": "u",
        "password": "p",
        "sslmode": "require",
        "channel_binding": "require",
        "connect_timeout": 3,  # the address wins over our default
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 10000,
    }
