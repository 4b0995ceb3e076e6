"""The growth mode fills a larger database around the same server, and shares shards out."""

import itertools
from contextlib import closing

import psycopg2
import pytest

import models
from devtools.bench import growth
from devtools.bench.queries import Case
from devtools.rows import server


def timed(name: str, milliseconds: float) -> Case:
    return Case(name, "sqlite:////dev/null", server(0, []), 1, {"q": [milliseconds / 1000] * 20})


def test_the_server_asked_about_is_the_same_in_both(tmp_path):
    files = (f"sqlite:///{tmp_path}/{number}.db" for number in itertools.count())
    small, large = growth.grown(files.__next__, [(600, 3), (3000, 15)], few=200)
    assert small.asked == large.asked
    for case, sessions, guilds in ((small, 600, 3), (large, 3000, 15)):
        with case.handle.bind_ctx([models.Session]), case.handle.connection_context():
            every = models.Session.select()
            assert every.count() == pytest.approx(sessions, abs=guilds)
            assert every.where(models.Session.guild_id == case.asked.guild_id).count() == 200
            assert every.select(models.Session.guild_id).distinct().count() == guilds


def test_the_table_has_the_slow_end_and_what_is_over_the_limit():
    small, large = timed("few", 2.0), timed("many", 4.1)
    assert growth.table(small, large).splitlines() == [
        "| p95, ms | few | many | ratio |",
        "|---|---:|---:|---:|",
        "| q | 2.0 | 4.1 | 2.05 |",
    ]
    assert growth.beyond(small, large) == ["q: 2.0 times"]
    assert growth.beyond(small, timed("many", 3.9)) == []


async def test_two_processes_share_four_shards_of_a_database_that_was_filled(postgres, monkeypatch):
    monkeypatch.setattr(growth, "IN_FLIGHT", 8)
    url = postgres.create_database()
    growth.grown(lambda: url, [(200, 2)], few=100)
    assert await growth.rate(2, url, 32) > 0
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT guild_id, count(*) FROM history GROUP BY guild_id")
        written = dict(cursor.fetchall())
    assert len(written) == growth.SHARDS
    assert sum(written.values()) == 4 * 8 + 32
    postgres.drop_database(url)
