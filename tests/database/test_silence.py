"""A database that says nothing: no try and no unit waits for ever, nor does anybody behind it."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import psycopg2
import pytest

import database
import models
from database import ConnectionLost, OutcomeUnknown, Postgres, connection_for, executor, worker
from tests.database.marks import Mark, kept, texts, write
from tests.support.stand_ins import Proxy

TRY, UNIT, STUCK = 0.8, 2.0, 0.6


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "TRY_SECONDS", TRY)
    monkeypatch.setattr(executor, "JOB_SECONDS", UNIT)
    monkeypatch.setattr(executor, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(worker, "STUCK_SECONDS", STUCK)


async def through(url: str, slots: int = 1000) -> AsyncIterator[Proxy]:
    """Lead the executor through a proxy to a database with an empty table."""
    before = models.database.obj
    async with Proxy(url, slots) as proxy:
        database.bind_models(f"{proxy.url}?connect_timeout=2")
        yield proxy
        await asyncio.to_thread(database.close, 5)
    models.database.initialize(before)


@pytest.fixture
async def proxy(pg: str) -> AsyncIterator[Proxy]:
    async for one in through(pg):
        yield one


@pytest.mark.usefixtures("_impatient")
async def test_a_swallowed_query_is_asked_again_on_another_connection(proxy, pg, caplog):
    await asyncio.gather(*(database.run(time.sleep, 0.05) for _ in range(4)))
    proxy.swallows = True
    begun = time.monotonic()
    units = [asyncio.ensure_future(database.run(write, str(n))) for n in range(4)]
    await asyncio.sleep(0.3)
    proxy.swallows = False
    later = asyncio.ensure_future(database.run(write, "later"))
    assert await asyncio.gather(*units, later) == ["0", "1", "2", "3", "later"]
    assert time.monotonic() - begun < UNIT
    assert database.timeouts() == 4
    assert "the database does not answer: a connection is shut" in caplog.messages
    assert await database.run(texts) == {"0", "1", "2", "3", "later"}


@pytest.mark.usefixtures("_impatient")
async def test_those_who_wait_behind_a_silent_database_are_told_too(proxy):
    proxy.swallows = True
    begun = time.monotonic()
    units = [asyncio.ensure_future(database.run(write, str(n))) for n in range(40)]
    ends = await asyncio.gather(*units, return_exceptions=True)
    assert {type(end) for end in ends} == {ConnectionLost}
    assert time.monotonic() - begun < UNIT + STUCK + 1
    proxy.swallows = False
    await asyncio.sleep(2)  # the threads that were connecting come back
    assert await database.run(write, "after") == "after"
    assert await database.run(texts) == {"after"}


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("for_ever", [False, True])
async def test_a_swallowed_commit_is_done_again_or_unknown(proxy, for_ever):
    tries, swallowing = 0, threading.Event()

    def once() -> str:
        nonlocal tries
        tries += 1
        if Mark.get_or_none(Mark.text == "a"):
            return "found"
        write("a")
        proxy.swallows = for_ever or tries == 1
        swallowing.set()
        return "done"

    unit = asyncio.ensure_future(database.run(once))
    if for_ever:
        with pytest.raises(OutcomeUnknown):
            await unit
    else:
        await asyncio.to_thread(swallowing.wait, 5)
        await asyncio.sleep(0.2)
        proxy.swallows = False
        assert await unit == "done"
        assert await database.run(texts) == {"a"}
    proxy.swallows = False


async def test_a_commit_whose_answer_makes_no_sense_is_found_done(proxy):
    def once() -> str:
        if Mark.get_or_none(Mark.text == "a"):
            return "found"
        write("a")
        proxy.garbles = True
        return "done"

    assert await database.run(once) == "found"


@pytest.mark.usefixtures("_impatient")
async def test_a_statement_that_does_not_end_is_stopped(lite):
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    begun = time.monotonic()
    with pytest.raises(ConnectionLost, match="interrupted"):
        await database.run(lambda: models.database.execute_sql(endless).fetchall())
    assert TRY < time.monotonic() - begun < UNIT + STUCK + 1
    assert database.timeouts() > 1
    assert await database.run(write, "a") == "a"
    assert kept() == {"a"}


@pytest.mark.usefixtures("_impatient")
async def test_a_thread_that_does_not_come_back_leaves_it_unknown(executor_url):
    begun = time.monotonic()
    with pytest.raises(OutcomeUnknown, match="nor end"):
        await database.run(time.sleep, 4)
    assert time.monotonic() - begun < 3
    await asyncio.to_thread(database.close, 5)


@pytest.mark.usefixtures("_impatient")
async def test_waiting_for_ones_turn_is_no_silence(lite, monkeypatch):
    monkeypatch.setattr(executor, "BATCH", 1)
    units = [database.run(time.sleep, 0.3) for _ in range(8)]  # a longer queue than a unit's time
    assert await asyncio.gather(*units) == [None] * 8
    assert database.timeouts() == 0


# A pooler in session mode gives a connection to no more than two at a time.


@pytest.fixture
async def pooler(pg: str) -> AsyncIterator[Proxy]:
    async for one in through(pg, slots=2):
        yield one


async def test_a_job_goes_to_a_thread_that_has_a_connection(pooler):
    begun = time.monotonic()
    for _ in range(3):
        units = [database.run(lambda n=n: time.sleep(0.05) or n) for n in range(12)]
        assert await asyncio.gather(*units) == list(range(12))
    assert time.monotonic() - begun < 5


async def test_what_is_not_needed_is_given_back_soon(pooler, monkeypatch):
    monkeypatch.setattr(executor, "SPARE_SECONDS", 0.3)
    await asyncio.gather(*(database.run(time.sleep, 0.1) for _ in range(8)))
    another = connection_for(pooler.url + "?connect_timeout=4")

    def ask() -> None:
        with another.connection_context():
            another.execute_sql("SELECT 1")

    await asyncio.wait_for(asyncio.to_thread(ask), 5)


def lock_member() -> str:
    models.database.execute_sql("SELECT pg_advisory_xact_lock(7)")
    return "locked"


async def test_a_client_that_vanished_keeps_no_lock(pg):
    async with Proxy(pg) as hole:
        other = await asyncio.to_thread(psycopg2.connect, hole.url)
        other.autocommit = True
        cursor = other.cursor()
        begin = f"{Postgres.BEGIN}SELECT pg_advisory_xact_lock(7)"
        await asyncio.to_thread(cursor.execute, begin)
        hole.swallows = True
        begun = time.monotonic()
        assert await database.run(lock_member) == "locked"
        assert time.monotonic() - begun < 8
        other.close()


async def test_a_lock_that_is_held_for_long_is_asked_for_again(postgres, pg):
    other = connection_for(pg)
    with other.connection_context():
        other.execute_sql("BEGIN; SELECT pg_advisory_xact_lock(7)")  # no bound
        unit = asyncio.ensure_future(database.run(lock_member))
        await asyncio.sleep(5.5)
        other.execute_sql("COMMIT")
    assert await unit == "locked"


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03"])
async def test_a_conflict_is_tried_again_whole_at_most_twice(pg, state):
    sql = f"DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '{state}'; END $$"
    tries = 0

    def conflicting(times: int) -> str:
        nonlocal tries
        tries += 1
        write(f"try {tries}")
        if tries <= times:
            models.database.execute_sql(sql)
        return "done"

    assert await database.run(conflicting, 2) == "done"
    assert kept() == {"try 3"}
    with pytest.raises(ConnectionLost, match="conflict"):
        await database.run(conflicting, 99)
    assert tries == 3 + database.TRIES
    assert kept() == {"try 3"}


async def test_jobs_that_lock_each_other_out_are_both_done(pg):
    def both(first: int, second: int) -> int:
        models.database.execute_sql(f"SELECT pg_advisory_xact_lock({first})")
        time.sleep(0.3)
        models.database.execute_sql(f"SELECT pg_advisory_xact_lock({second})")
        write(str(first))
        return first

    assert await asyncio.gather(database.run(both, 1, 2), database.run(both, 2, 1)) == [1, 2]
    assert kept() == {"1", "2"}
