"""Intervals against what they mean: sets of instants."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.intervals import Ends, Interval, intersection, shared, subtract, total, union
from tests.support.lives import utc

START = utc("2026-07-01T00:00")
SECOND = timedelta(seconds=1)


def each_second(*intervals: Ends[datetime]) -> Counter[int]:
    """The seconds after START, and in how many of the intervals each of them lies."""
    found = Counter[int]()
    for start, end in intervals:
        found.update(range((start - START) // SECOND, (end - START) // SECOND))
    return found


def seconds(*intervals: Ends[datetime]) -> set[int]:
    """The seconds after START that lie in any of the intervals."""
    return set(each_second(*intervals))


def is_tidy(intervals: list[Ends[datetime]]) -> bool:
    """Return whether they are in order, not empty, and neither overlap nor touch."""
    return all(start < end for start, end in intervals) and all(
        one[1] < other[0] for one, other in pairwise(intervals)
    )


def between(first: int, last: int) -> Interval:
    return Interval(START + first * SECOND, START + last * SECOND)


short_intervals = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
    lambda ends: between(min(ends), max(ends))
)


def test_refuses_what_is_no_interval():
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


@given(short_intervals, st.integers(0, 60))
def test_until_is_what_was_before(one: Interval, second: int):
    assert seconds(one.until(START + second * SECOND)) == seconds(one) & set(range(second))


@given(short_intervals, short_intervals)
def test_cut_and_overlap_are_what_both_have(one: Interval, other: Interval):
    common = seconds(one) & seconds(other)
    cut = one.cut(other)
    assert (seconds(cut) if cut else set()) == common
    assert one.overlaps(other) == bool(common)


@given(st.lists(short_intervals))
def test_union_has_every_instant_once(intervals: list[Interval]):
    joined = union(intervals)
    assert seconds(*joined) == seconds(*intervals)
    assert total(joined) == len(seconds(*intervals)) * SECOND
    assert is_tidy(joined)


@given(short_intervals, st.lists(short_intervals))
def test_subtract_leaves_what_no_break_has(one: Interval, breaks: list[Interval]):
    left = subtract(one, breaks)
    assert seconds(*left) == seconds(one) - seconds(*breaks)
    assert left == union(left)
    assert is_tidy(left)


@given(st.lists(st.lists(short_intervals).map(union), max_size=4))
def test_shared_is_when_two_members_worked(members: list[list[Ends[datetime]]]):
    intervals = [one for mine in members for one in mine]
    found = shared(intervals)
    assert seconds(*found) == {at for at, count in each_second(*intervals).items() if count > 1}
    assert is_tidy(found)


@given(st.lists(short_intervals).map(union), st.lists(short_intervals).map(union))
def test_intersection_is_what_both_have(mine: list[Ends[datetime]], theirs: list[Ends[datetime]]):
    found = intersection(mine, theirs)
    assert each_second(*found) == Counter(seconds(*mine) & seconds(*theirs))


def test_to_touch_is_not_to_work_together():
    assert shared([between(0, 10), between(10, 20)]) == []
    assert intersection([between(0, 10)], [between(10, 20)]) == []
