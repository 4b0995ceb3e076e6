"""What is due at a moment: when the database is asked, and what a member does meanwhile."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

import database
from domain.command import Answer
from interactions.schedule import LATER, LONGEST_PAUSE, PAUSE, DueTimes, Schedule, is_ours

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Counted:
    """A kind whose every question to the database is written down."""

    name = "counted"

    def __init__(self, **at: datetime) -> None:
        self.at, self.asked = at, list[str]()
        self.again: datetime | None = None
        self.fails: Exception | None = None
        self.meanwhile: Callable[[str], None] = lambda _: None

    async def _ask(self, what: str) -> None:
        self.asked.append(what)
        await asyncio.sleep(0)
        self.meanwhile(what)
        if self.fails:
            raise self.fails

    async def read(self) -> Mapping[str, datetime]:
        at = dict(self.at)
        await self._ask("read")
        return at

    def changes_in(self, answer: Answer) -> Mapping[str, datetime | None] | None:
        return {}

    async def act(self, key: str, now: datetime) -> datetime | None:
        await self._ask(key)
        return self.again


def at(now: datetime) -> Callable[[], datetime]:
    return lambda: now


def made(kind: Counted) -> tuple[Schedule, DueTimes[str]]:
    schedule = Schedule()
    return schedule, schedule.add(kind)


async def test_it_is_read_once_and_then_asked_only_for_what_is_due():
    kind = Counted(a=NOON + HOUR, b=NOON + 2 * HOUR)
    schedule, moments = made(kind)
    for minutes in range(60):
        await schedule.run_due(at(NOON + timedelta(minutes=minutes)))
    assert kind.asked == ["read"]
    assert schedule.next == NOON + HOUR
    moments.set("b", None)
    moments.set("c", NOON + HOUR)
    await schedule.run_due(at(NOON + HOUR))
    await schedule.run_due(at(NOON + 9 * HOUR))
    assert kind.asked == ["read", "a", "c"]
    assert schedule.next is None


async def test_what_is_due_again_is_kept():
    kind = Counted(a=NOON)
    schedule, moments = made(kind)
    kind.again = NOON + HOUR
    await schedule.run_due(at(NOON))
    assert moments.at == {"a": NOON + HOUR}


async def test_what_a_member_does_meanwhile_holds():
    kind = Counted(a=NOON, gone=NOON)
    schedule, moments = made(kind)

    def do(what: str) -> None:
        if what == "read":
            moments.set("gone", None)
            moments.set("new", NOON + HOUR)
        else:
            moments.set("a", NOON + 4 * HOUR)

    kind.meanwhile, kind.again = do, NOON + 8 * HOUR
    await schedule.run_due(at(NOON))
    assert kind.asked == ["read", "a"]
    assert moments.at == {"new": NOON + HOUR, "a": NOON + 4 * HOUR}


async def test_a_database_that_is_away_is_left_alone_longer_and_longer():
    kind = Counted(a=NOON)
    schedule, moments = made(kind)
    kind.fails = database.ConnectionLost("away")
    tried = list[datetime]()
    now = NOON
    while now < NOON + HOUR:
        try:
            await schedule.run_due(at(now))
        except database.ConnectionLost:
            tried.append(now)
        now += PAUSE
    pauses = [after - before for before, after in pairwise(tried)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (PAUSE, LONGEST_PAUSE)
    kind.fails = None
    await schedule.run_due(at(now + LONGEST_PAUSE))
    assert kind.asked[-2:] == ["read", "a"]
    assert not moments.at


async def test_a_fault_of_one_keeps_nothing_else_from_being_done(caplog):
    kind, other = Counted(a=NOON), Counted(b=NOON)
    schedule, moments = made(kind)
    schedule.add(other)

    def fail(what: str) -> None:
        if what == "a":
            raise ValueError(what)

    kind.meanwhile = fail
    await schedule.run_due(at(NOON))
    assert "counted of a failed" in caplog.text
    assert moments.at == {"a": NOON + LATER}
    assert other.asked == ["read", "b"]


async def test_one_look_at_a_time():
    kind = Counted(a=NOON)
    schedule, _ = made(kind)
    await asyncio.gather(*(schedule.run_due(at(NOON)) for _ in range(5)))
    assert kind.asked == ["read", "a"]


@pytest.mark.parametrize("during", ["read", "a"])
async def test_once_it_is_stopped_it_takes_nothing_more(during):
    kind, other = Counted(a=NOON, b=NOON), Counted(c=NOON)
    schedule, _ = made(kind)
    schedule.add(other)
    kind.meanwhile = lambda what: schedule.stop() if what == during else None
    await schedule.run_due(at(NOON))
    await schedule.run_due(at(NOON + HOUR))
    assert (kind.asked[-1], other.asked) == (during, [])


def process(count: int | None, ids: tuple[int, ...] | None) -> Any:
    return SimpleNamespace(shard_count=count, shard_ids=ids)


@pytest.mark.parametrize(("count", "ids"), [(None, None), (4, None)])
def test_a_process_alone_answers_for_all(count, ids):
    assert all(is_ours(process(count, ids), number << 22) for number in range(8))


def test_every_server_has_one_process_that_answers_for_it():
    processes = [process(4, (0, 1)), process(4, (2,)), process(4, (3,))]
    for number in range(100):
        guild_id = (number << 22) + 12345
        assert sum(is_ours(one, guild_id) for one in processes) == 1
    assert is_ours(processes[1], (6 << 22) + 1)
