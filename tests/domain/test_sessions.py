"""What of a session is work."""

from datetime import timedelta

import pytest

from domain.intervals import Interval
from domain.sessions import Break, break_time, interval_of, worked
from tests.support.lives import interval, session, utc

NINE, TEN, ELEVEN, NOON = (utc(f"2026-07-01T{hour:02}:00") for hour in (9, 10, 11, 12))


def test_a_session_without_breaks_is_all_work():
    assert worked(session(NINE, TEN), now=NOON) == [Interval(NINE, TEN)]
    assert break_time(session(NINE, TEN), now=NOON) == timedelta()


def test_a_running_one_counts_up_to_now():
    assert session(NINE, None).active
    assert worked(session(NINE, None), now=ELEVEN) == [Interval(NINE, ELEVEN)]


def test_a_removed_one_does_not_run():
    assert not session(NINE, None, removed_at=TEN).active


def test_nothing_is_worked_before_it_began():
    # the question was asked a moment before the start was
    assert interval_of(session(TEN, None), now=NINE) == Interval(TEN, TEN)
    assert worked(session(TEN, None), now=NINE) == []


@pytest.mark.parametrize(
    ("ended_at", "breaks", "work"),
    [
        (NOON, [(TEN, ELEVEN)], [(NINE, TEN), (ELEVEN, NOON)]),
        (NOON, [(NINE, TEN)], [(TEN, NOON)]),
        (NOON, [(ELEVEN, None)], [(NINE, ELEVEN)]),  # ended while on a break
        (None, [(ELEVEN, None)], [(NINE, ELEVEN)]),  # still on it
        (None, [(TEN, ELEVEN)], [(NINE, TEN), (ELEVEN, NOON)]),
        (NOON, [(NINE, NOON)], []),
        (NOON, [(TEN, TEN)], [(NINE, NOON)]),  # on and off at once cuts nothing in two
        (ELEVEN, [(TEN, NOON)], [(NINE, TEN)]),  # the end was put back into the break
        (TEN, [(ELEVEN, NOON)], [(NINE, TEN)]),  # or before it
        (NOON, [(NINE, ELEVEN), (TEN, ELEVEN)], [(ELEVEN, NOON)]),  # taken twice, counted once
    ],
)
def test_breaks_are_no_work(ended_at, breaks, work):
    one = session(NINE, ended_at, *(Break(*pause) for pause in breaks))
    assert worked(one, now=NOON) == [Interval(*part) for part in work]
    whole = (ended_at or NOON) - NINE
    assert break_time(one, now=NOON) == whole - sum((e - s for s, e in work), timedelta())


def test_a_break_that_began_a_moment_after_the_question():
    one = session(NINE, None, Break(NOON, None))
    assert worked(one, now=ELEVEN) == [interval("2026-07-01T09:00", "2026-07-01T11:00")]
