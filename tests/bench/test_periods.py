"""The totals, days and places of periods equal a plain, slow count over the sessions."""

from datetime import timedelta
from typing import Any

import pytest

from domain.command import Command
from tests.bench.conftest import Loaded
from tests.bench.plain import FOUND, Plain, compare, peek

stats = pytest.importorskip("queries.stats", reason="there is no /stats yet")
rank = pytest.importorskip("queries.rank", reason="there is no /rank yet")


def summed(asked: Command, said: str) -> Any:
    return peek(stats.stats, asked, said).summary


def places(asked: Command, _: Plain) -> list[tuple[int, int, timedelta]]:
    found = peek(rank.board, asked, "week", "time", 1).places
    return [(one.place, one.entry.user_id, one.entry.time) for one in found]


def group(asked: Command, _: Plain) -> tuple[timedelta, timedelta]:
    board = peek(rank.board, asked, "week", "days", 1)
    return board.total, board.together


# each: what the database says, and what the plain reader does
NUMBERS = {
    "year": (lambda asked, _: summed(asked, "year").total, lambda plain: plain.total("year")),
    "by day": (lambda asked, _: summed(asked, "month").by_day, lambda plain: plain.by_day("month")),
    "everywhere": (
        lambda asked, _: peek(stats.stats, asked, "year").everywhere,
        lambda plain: plain.everywhere("year"),
    ),
    "together": (
        lambda asked, _: peek(stats.stats, asked, "week").together,
        lambda plain: plain.together("week"),
    ),
    "places": (places, lambda plain: plain.places("week")),
    "group": (group, lambda plain: plain.group("week")),
}


@pytest.mark.parametrize("number", NUMBERS)
def test_the_database_says_what_a_plain_count_says(loaded: Loaded, number: str) -> None:
    loaded(FOUND)
    compare(*NUMBERS[number])
