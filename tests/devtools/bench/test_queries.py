"""The bench asks everything on both databases, and says what takes too long."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import models
from devtools.bench.queries import UNTIMED, Case, Sizes, beyond, cases, measure, table
from devtools.postgres import PostgresServer
from devtools.rows import server

TINY = Sizes(few=100, many=600, servers=6, members=4, crowd=20, crowd_sessions=200)
ROUNDS = 2


@pytest.fixture(params=["sqlite", "postgres"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    if request.param == "sqlite":
        files = (f"sqlite:///{tmp_path}/{number}.db" for number in itertools.count())
        yield files.__next__
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    made: list[str] = []

    def create_database() -> str:
        made.append(server.create_database())
        return made[-1]

    yield create_database
    for url in made:
        server.drop_database(url)


async def test_everything_is_asked_and_timed(new_url: Callable[[], str]) -> None:
    before = models.database.obj
    found = cases(new_url, TINY, history=True)
    small, large, busy, crowd = found
    assert small.asked == large.asked
    assert len(busy.asked.sessions) == 120
    assert len(crowd.asked.members) == 20
    await measure(found, ROUNDS)
    models.database.initialize(before)
    asked = [line.split("|")[1].strip() for line in table(found).splitlines()[2:]]
    assert {"guilds.working", "sessions.begin", "sessions.end", "corrections.undo"} <= set(asked)
    for case in found:
        assert list(case.seconds) == asked
        assert len(case.seconds["guilds.working"]) == ROUNDS
        assert len(case.seconds["sessions.begin"]) == 2 * ROUNDS
        with case.handle.bind_ctx([models.Session]), case.handle.connection_context():
            mine = models.Session.guild_id == case.asked.guild_id
            made = models.Session.select().where(mine).count() - len(case.asked.sessions)
            assert made == 4 * (ROUNDS + UNTIMED)


def timed(name: str, milliseconds: list[float]) -> Case:
    return Case(
        name, "sqlite:////dev/null", server(0, []), 1, {"q": [m / 1000 for m in milliseconds]}
    )


def test_the_table_has_the_middle_and_the_slow_end_and_their_ratio() -> None:
    found = [
        timed("few", [1.0] * 50 + [3.0] * 50 + [3.04]),
        timed("many", [4.5] * 101),
        timed("busy", [2.0] * 90 + [190.0] * 11),
        timed("crowd", [200.5] * 101),
    ]
    assert table(found).splitlines() == [
        "| p50 / p95, ms | few | many | ratio | busy | crowd |",
        "|---|---:|---:|---:|---:|---:|",
        "| q | 3.0 / 3.0 | 4.5 / 4.5 | 1.50 | 2.0 / 190.0 | 200.5 / 200.5 |",
    ]
    assert beyond(found) == ["q: over 200 ms, crowd"]


@pytest.mark.parametrize(
    ("few", "many", "told"),
    [(49.0, 50.0, []), (40.0, 51.0, ["q: over 50 ms"]), (2.0, 4.5, ["q: over twice the time"])],
)
def test_what_takes_too_long_is_named(few: float, many: float, told: list[str]) -> None:
    extremes = [timed("busy", [1.0]), timed("crowd", [1.0])]
    assert beyond([timed("few", [few]), timed("many", [many]), *extremes]) == told
