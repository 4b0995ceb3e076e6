"""Every number of every period equals a plain, slow count over the sessions.

On both databases, in seven servers whose days begin at 0 to 6, in as many zones and over their
clock changes: with breaks, what runs, what was removed, who is private, who left, and members of
two servers.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest

from database.round_trips import fetch
from domain.command import Command
from domain.decisions.stats import Stats
from domain.intervals import Interval, total, union
from domain.leaderboard import Entry, Leaderboard
from domain.work_intervals import SESSION, Row, cut, intervals_of, lengths_by, lengths_of, work_in
from queries.leaderboard import leaderboard_page
from queries.logbook import logbook_page
from queries.session_rows import number_of
from queries.stats import breakdown, stats
from queries.work_intervals import everybody as rows_of_everybody
from tests.reference.plain import FOUND, MINUTE, PLACES, Plain, everybody, peek

pytestmark = pytest.mark.usefixtures("brought")

PERIODS = [
    *("today", "yesterday", "week", "month", "year", "all"),
    *("2026-10-20..2026-11-05", "2018-02-10..2018-11-04"),
]


def numbers(found: Stats) -> dict[str, Any]:
    """Give what an answer says, by the names of the plain count."""
    told = found.summary
    assert told.total == total(told.intervals) == sum(told.by_day.values(), told.total * 0)
    assert told.average == told.total / max(told.sessions, 1)
    return {
        "total": told.total,
        "before": found.before,
        "by day": told.by_day,
        "sessions": told.sessions,
        "longest": told.longest if told.sessions else None,
        "days": told.days,
        "tasks": told.top_tasks,
        "weekday": told.best_weekday,
        "hour": told.best_hour,
        "streak": found.streak,
        "together": found.together,
        "everywhere": found.everywhere,
        "goal": found.progress and (found.progress.aim, found.progress.done),
    }


def half(asks: Iterator[tuple[Command, Plain]]) -> Iterator[tuple[Command, Plain]]:
    """Let every member ask once: at one time or at the other."""
    for (first, second), turn in zip(zip(asks, asks, strict=True), cycle((0, 1, 1)), strict=False):
        yield (first, second)[turn]


@pytest.mark.parametrize("said", PERIODS)
def test_stats_and_why_are_a_plain_count(said: str) -> None:
    several = 0
    for asked, plain in half(everybody()):
        counted = plain.stats(said)
        expected = counted | {"sessions": len(counted["parts"])}
        del expected["parts"]
        assert numbers(peek(stats, asked, said)) == expected, plain.member
        first = peek(breakdown, asked, said, 1)
        pages = [first, *(peek(breakdown, asked, said, n) for n in range(2, first.pages + 1))]
        parts = [(part.session.id, part.worked) for page in pages for part in page.parts]
        assert (first.total, first.count, parts) == (
            counted["total"],
            len(parts),
            counted["parts"],
        )
        several += len(parts) > 1
    assert several > 2  # there was something to count


def worth(entry: Entry, by: str) -> int:
    return entry.time // MINUTE if by == "time" else entry.days


def boards(found: Leaderboard, asked: Command, said: str, by: str) -> dict[str, Any]:
    pages = [
        found,
        *(peek(leaderboard_page, asked, said, by, n) for n in range(2, found.pages + 1)),
    ]
    return {
        "places": [
            (one.place, one.entry.user_id, worth(one.entry, by), one.entry.user_name)
            for page in pages
            for one in page.places
        ],
        "own": found.own and worth(found.own, by),
        "own place": found.own_place,
        "group": (found.total, found.together),
        "goal": found.progress and (found.progress.aim, found.progress.done),
    }


@pytest.mark.parametrize("said", PERIODS)
def test_rank_is_a_plain_count(said: str) -> None:
    places = 0
    for (asked, plain), by in zip(half(everybody()), cycle(("time", "days", "days")), strict=False):
        found, counted = peek(leaderboard_page, asked, said, by, 1), plain.rank(said, by)
        assert boards(found, asked, said, by) == counted, plain.member
        places += len(counted["places"])
        running = {one.user_id for one in plain.server.sessions if one.active}
        if plain.now in Interval(*plain.ends(said, plain.board)):
            own = [found.own] if found.own else []
            for entry in [*(one.entry for one in found.places), *own]:
                assert entry.active == (entry.user_id in running)
    assert places > 2


def test_the_log_has_every_session_once_the_newest_first() -> None:
    for asked, plain in half(everybody()):
        first = peek(logbook_page, asked, 1)
        pages = [first, *(peek(logbook_page, asked, n) for n in range(2, first.pages + 1))]
        found = [session for page in pages for session in page.sessions]
        assert found == sorted(plain.mine, key=lambda one: (one.started_at, one.id), reverse=True)
        number = number_of(asked.guild_id, asked.user_id)
        assert peek(fetch, {"count": number})["count"] == [{"number": len(found)}]


@pytest.mark.parametrize("said", PERIODS)
def test_all_work_of_a_server_is_there_and_nothing_twice(said: str) -> None:
    for one, (_, now) in zip(FOUND, PLACES, strict=True):
        plain = Plain(one, one.members[0], now)
        ends = plain.ends(said, plain.board)
        window = Interval(*ends).until(now)
        reads = {"rows": rows_of_everybody(one.guild_id, window.start, window.end, now)}
        work = cut(peek(fetch, reads)["rows"], window)
        each = defaultdict[int, list[Row]](list)
        for row in zip(*work[:4], strict=True):
            each[row[SESSION]].append(row)
        expected = defaultdict[int, list[Any]](list)
        time = defaultdict[int, timedelta](timedelta)
        for start, end, user_id, session_id in plain.work_intervals(ends):
            expected[session_id].append((start, end))
            time[user_id] += end - start
        intervals = {id_: intervals_of(work_in(its)) for id_, its in each.items()}
        assert {id_: its for id_, its in intervals.items() if its} == {
            id_: union(its) for id_, its in expected.items()
        }
        times = lengths_by(work.members, lengths_of(work))
        assert {user: length for user, length in times.items() if length} == time
