"""Starts and ends become sessions: by a table of cases, and by what must hold for any rows."""

import importlib.util
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.migrations.cases import CASES, NOW, Case, before
from tests.migrations.project import HOUSE


def loaded(name: str) -> ModuleType:
    """Load a migration, whose name no import statement can say."""
    spec = importlib.util.spec_from_file_location(name, HOUSE / "migrations" / f"{name}.py")
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SESSIONS: Any = loaded("002_sessions")
DAY = timedelta(days=1)


def row(cmd: str, at: datetime) -> Any:
    return SESSIONS.Row("1", "nanao", cmd, at)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case):
    rows = [row(cmd, before(NOW, seconds)) for cmd, seconds in case.rows]
    pairs, unpaired = SESSIONS.pair(rows, NOW)
    found = [(pair.start.at, pair.end and pair.end.at) for pair in pairs]
    assert found == [
        (before(NOW, start), None if end is None else before(NOW, end))
        for start, end in case.sessions
    ]
    assert unpaired == case.unpaired


def test_a_start_stays_open_to_the_last_moment_of_its_day():
    last = row("start", before(NOW, 86_400 - 0.000001))
    assert SESSIONS.pair([last], NOW) == ([SESSIONS.Pair(last, None)], 0)


def test_a_start_in_the_future_is_no_session():
    assert SESSIONS.pair([row("start", before(NOW, -60))], NOW) == ([], 1)


# near each other and far from each other: seconds, hours, and what lies just over a limit
GAPS = st.one_of(
    st.sampled_from([0, 1, 4_999_999, 5_000_000, 5_000_001, 86_400_000_000, 86_400_000_001]),
    st.integers(0, 8_000_000),
    st.integers(0, 200_000_000_000),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Any]:
    """Rows of one member, oldest first, no two alike, as the table's key has it."""
    at = NOW - timedelta(microseconds=draw(st.integers(-1, 400_000_000_000)))
    rows = {}
    for cmd, gap in draw(st.lists(st.tuples(st.sampled_from(["start", "end"]), GAPS), max_size=14)):
        at -= timedelta(microseconds=gap)
        rows[at, cmd] = row(cmd, at)
    return [rows[key] for key in sorted(rows)]


def plain(rows: list[Any], now: datetime) -> tuple[list[Any], int]:
    """The rules again, as sentences: only neighbours can be a pair."""
    events: list[Any] = []
    for _, run in groupby(rows, key=attrgetter("cmd")):
        last = None
        for one in run:
            if last is None or one.at - last > timedelta(seconds=5):
                events.append(one)
                last = one.at
    pairs = [
        (one, other)
        for one, other in pairwise(events)
        if one.cmd == "start" and other.cmd == "end" and other.at - one.at <= DAY
    ]
    if events and events[-1].cmd == "start" and timedelta(0) <= now - events[-1].at < DAY:
        pairs.append((events[-1], None))
    used = sum(1 if end is None else 2 for _, end in pairs)
    return pairs, len(events) - used


@given(histories(), st.randoms(use_true_random=False))
def test_any_rows(rows: list[Any], chance: Any):
    mixed = list(rows)
    chance.shuffle(mixed)
    pairs, unpaired = SESSIONS.pair(mixed, NOW)
    assert ([(pair.start, pair.end) for pair in pairs], unpaired) == plain(rows, NOW)

    spans = [(pair.start.at, pair.end.at if pair.end else NOW) for pair in pairs]
    assert all(timedelta(0) <= end - start <= DAY for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert all(pair.end for pair in pairs[:-1])

    taken = [event for pair in pairs for event in (pair.start, pair.end) if event]
    events = SESSIONS.events(mixed)
    assert len(set(map(id, taken))) == len(taken)
    assert {id(event) for event in taken} <= {id(event) for event in events}
    assert len(taken) + unpaired == len(events) <= len(rows)
