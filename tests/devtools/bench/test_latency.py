"""The proxy before a distant Postgres counts each round trip, and lets each take its time."""

import asyncio
import time
from collections.abc import AsyncIterator

import psycopg2
import pytest

from devtools.bench.distance import DistantPostgres
from devtools.bench.latency import Measured, table
from devtools.postgres import PostgresServer

ONE_WAY = 0.05  # seconds


@pytest.fixture
async def far(postgres: PostgresServer) -> AsyncIterator[DistantPostgres]:
    async with DistantPostgres(postgres.url) as far:
        yield far


async def test_round_trips_are_counted_and_take_their_time(far: DistantPostgres) -> None:
    connection = await asyncio.to_thread(psycopg2.connect, far.url)
    connection.autocommit = True
    far.round_trips, far.delay = 0, ONE_WAY
    cursor = connection.cursor()
    for statement, trips in (("SELECT 1", 1), ("BEGIN; SELECT 1; COMMIT", 1), ("SELECT 2", 1)):
        before, began = far.round_trips, time.monotonic()
        await asyncio.to_thread(cursor.execute, statement)
        assert time.monotonic() - began >= 2 * ONE_WAY
        await far.quiet()
        assert far.round_trips - before == trips
    connection.close()
    await far.quiet()
    assert far.round_trips == 3


async def test_a_large_answer_and_a_large_question_are_one_round_trip(far: DistantPostgres) -> None:
    connection = await asyncio.to_thread(psycopg2.connect, far.url)
    far.round_trips = 0
    connection.autocommit = True
    cursor = connection.cursor()
    text = "x" * 1_000_000
    await asyncio.to_thread(cursor.execute, "SELECT repeat('x', 1000000), %s", [text])
    assert cursor.fetchall() == [(text, text)]
    await far.quiet()
    assert far.round_trips == 1
    connection.close()


async def test_connecting_is_counted_too(far: DistantPostgres) -> None:
    connection = await asyncio.to_thread(psycopg2.connect, far.url)
    await far.quiet()
    assert far.round_trips >= 1
    connection.close()


def test_the_table_has_the_middle_of_each_distance() -> None:
    measured = Measured()
    measured.trips["/start"] += [2, 2, 9]
    measured.seconds["/start", 0.0] += [0.001, 0.003, 0.002]
    measured.seconds["/start", 0.16] += [0.33, 0.34, 0.9]
    assert table(measured, (0.0, 0.16)).splitlines() == [
        "| | round trips | ms at 0 ms | ms at 160 ms |",
        "|---|---:|---:|---:|",
        "| /start | 2 | 2 | 340 |",
    ]
