"""Spans against what they mean: sets of instants."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.intervals import Interval, subtract, total, union
from tests.domain.lives import utc

START = utc("2026-07-01T00:00")
SECOND = timedelta(seconds=1)


def seconds(*intervals: Interval) -> set[int]:
    """The seconds after START that lie in any of the spans."""
    return {
        second
        for one in intervals
        for second in range((one.start - START) // SECOND, (one.end - START) // SECOND)
    }


def between(first: int, last: int) -> Interval:
    return Interval(START + first * SECOND, START + last * SECOND)


short_spans = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
    lambda ends: between(min(ends), max(ends))
)


def test_refuses_what_is_no_span():
    with pytest.raises(ValueError, match="naive"):
        Interval(datetime(2026, 7, 1), datetime(2026, 7, 2))  # noqa: DTZ001
    with pytest.raises(ValueError, match="naive"):
        Interval(START, datetime(2026, 7, 2))  # noqa: DTZ001
    with pytest.raises(ValueError, match="ends before"):
        between(1, 0)


def test_keeps_its_instants_in_utc():
    tokyo = timezone(timedelta(hours=9))
    one = Interval(datetime(2026, 7, 1, 9, tzinfo=tokyo), START + SECOND)
    assert one == between(0, 1)
    assert one.start.tzinfo is UTC


def test_is_not_misled_by_an_hour_that_comes_twice():
    # by their wall clocks these two would be 20 minutes the wrong way round
    new_york = ZoneInfo("America/New_York")
    one = Interval(
        datetime(2026, 11, 1, 1, 50, tzinfo=new_york),
        datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=new_york),
    )
    assert one.length == timedelta(minutes=40)


def test_its_end_is_not_inside():
    assert START in between(0, 1)
    assert START + SECOND not in between(0, 1)
    assert START not in between(0, 0)


def test_overlaps_but_does_not_touch():
    assert between(0, 10).overlaps(between(9, 20))
    assert not between(0, 10).overlaps(between(10, 20))
    assert not between(0, 10).overlaps(between(5, 5))  # no time is shared with none


@given(short_spans, st.integers(0, 60))
def test_until_is_what_was_before(one: Interval, second: int):
    assert seconds(one.until(START + second * SECOND)) == seconds(one) & set(range(second))


@given(short_spans, short_spans)
def test_cut_and_overlap_are_what_both_have(one: Interval, other: Interval):
    common = seconds(one) & seconds(other)
    cut = one.cut(other)
    assert (seconds(cut) if cut else set()) == common
    assert one.overlaps(other) == bool(common)


@given(st.lists(short_spans))
def test_union_has_every_instant_once(intervals: list[Interval]):
    joined = union(intervals)
    assert seconds(*joined) == seconds(*intervals)
    assert total(joined) == len(seconds(*intervals)) * SECOND
    assert all(one.end < other.start for one, other in pairwise(joined))
    assert all(one.start < one.end for one in joined)


@given(short_spans, st.lists(short_spans))
def test_subtract_leaves_what_no_break_has(one: Interval, breaks: list[Interval]):
    left = subtract(one, breaks)
    assert seconds(*left) == seconds(one) - seconds(*breaks)
    assert left == union(left)
