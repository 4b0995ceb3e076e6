"""A whole server's spans, joined, overlapped and cut, against the same counted minute by minute.

/stats and /rank add up by these functions: over clock changes, midnights, breaks and what runs.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain import overlaps
from domain.calendar import Calendar, cut_by_key
from domain.intervals import Interval, union
from domain.overlaps import Pair
from domain.sessions import worked
from domain.summary import summary
from tests.domain.lives import MINUTE, calendars_with_a_time, edges, sessions, utc

HOUR = timedelta(hours=1)
NOON = utc("2026-03-08T12:00")
Drawn = tuple[Calendar, datetime]


def minutes(intervals: Iterable[Pair]) -> Counter[datetime]:
    """Count how often each minute is inside."""
    found = Counter[datetime]()
    for start, end in intervals:
        found.update(start + n * MINUTE for n in range(int((end - start) / MINUTE)))
    return found


def pair(start: float, end: float) -> Pair:
    return NOON + start * MINUTE, NOON + end * MINUTE


pairs = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 30)).map(lambda at: pair(at[0], sum(at))),
    max_size=8,
)


def is_tidy(intervals: list[Pair]) -> bool:
    """Say whether they are in order, not empty, and neither overlap nor touch."""
    return all(start < end for start, end in intervals) and all(
        one[1] < other[0] for one, other in pairwise(intervals)
    )


@given(pairs)
def test_joined_has_every_minute_once(intervals: list[Pair]) -> None:
    found = overlaps.joined(intervals)
    assert set(minutes(found)) == set(minutes(intervals))
    assert is_tidy(found)
    assert overlaps.length(found) == len(set(minutes(intervals))) * MINUTE


@given(st.lists(pairs.map(overlaps.joined), max_size=4))
def test_shared_is_when_two_members_worked(members: list[list[Pair]]) -> None:
    found = overlaps.shared(interval for intervals in members for interval in intervals)
    each = minutes(interval for intervals in members for interval in intervals)
    assert set(minutes(found)) == {at for at, count in each.items() if count > 1}
    assert is_tidy(found)


def test_to_touch_is_not_to_work_together() -> None:
    assert overlaps.shared([pair(0, 10), pair(10, 20)]) == []
    assert overlaps.common([pair(0, 10)], [pair(10, 20)]) == []


@given(pairs.map(overlaps.joined), pairs.map(overlaps.joined))
def test_common_is_what_both_have(mine: list[Pair], theirs: list[Pair]) -> None:
    both = set(minutes(mine)) & set(minutes(theirs))
    assert set(minutes(overlaps.common(mine, theirs))) == both
    assert max(minutes(overlaps.common(mine, theirs)).values(), default=1) == 1


@given(pairs, st.integers(0, 60), st.integers(0, 60))
def test_without_leaves_what_no_break_has(breaks: list[Pair], start: int, length: int) -> None:
    found = overlaps.without(pair(start, start + length), breaks)
    left = set(minutes([pair(start, start + length)])) - set(minutes(breaks))
    assert minutes(found) == Counter(left)
    assert is_tidy(found)


def days_of(intervals: Iterable[Pair], calendar: Calendar) -> dict[date, timedelta]:
    """Ask the wall clock at every minute which day it is."""
    found = Counter[date]()
    hours = timedelta(hours=calendar.day_starts)
    for at, count in minutes(intervals).items():
        found[(at.astimezone(calendar.zone).replace(tzinfo=None) - hours).date()] += count
    return {on: count * MINUTE for on, count in found.items()}


@st.composite
def keyed(draw: st.DrawFn, calendar: Calendar, around: datetime) -> list[tuple[*Pair, int]]:
    """What three members did, from edge to edge; not always in order, and one may do it twice."""
    found: list[tuple[*Pair, int]] = []
    for _ in range(draw(st.integers(0, 6))):
        start, end = sorted((draw(edges(calendar, around)), draw(edges(calendar, around))))
        found.append((start, min(end, start + 40 * HOUR), draw(st.integers(1, 3))))
    return found


@given(calendars_with_a_time(), st.data())
def test_the_days_of_many_are_those_of_each(drawn: Drawn, data: st.DataObject) -> None:
    calendar, around = drawn
    intervals = data.draw(keyed(calendar, around))
    found = cut_by_key(intervals, calendar)
    for key in (1, 2, 3):
        mine = [(start, end) for start, end, one in intervals if one == key]
        days = {on: length for on, length in found.get(key, {}).items() if length}
        assert days == days_of(mine, calendar)
        assert sum(days.values(), timedelta()) == overlaps.length(mine)


@given(calendars_with_a_time(), st.data())
def test_cutting_many_in_two_changes_nothing(drawn: Drawn, data: st.DataObject) -> None:
    calendar, around = drawn
    intervals = data.draw(keyed(calendar, around))
    at = data.draw(edges(calendar, around))
    halves = [
        (max(start, first), min(end, last), key)
        for start, end, key in intervals
        for first, last in ((start, at), (at, end))
        if max(start, first) < min(end, last)
    ]
    whole = {key: days for key, days in cut_by_key(intervals, calendar).items() if days}
    assert cut_by_key(halves, calendar) == whole


@given(calendars_with_a_time(), st.data())
def test_all_servers_together_never_exceed_the_wall_clock(
    drawn: Drawn, data: st.DataObject
) -> None:
    calendar, around = drawn
    recorded = data.draw(sessions(around, calendar, most=9))
    ends = sorted((data.draw(edges(calendar, around)), data.draw(edges(calendar, around))))
    now, window = data.draw(edges(calendar, around)), Interval(*ends)
    kept = [one for one in recorded if not one.removed_at]
    pieces = [
        part for one in kept for interval in worked(one, now=now) if (part := interval.cut(window))
    ]
    everywhere = overlaps.length(overlaps.joined((one.start, one.end) for one in pieces))
    assert everywhere == sum((one.length for one in union(pieces)), timedelta())
    assert everywhere <= window.length
    found = summary(recorded, window=window, calendar=calendar, now=now)
    assert found.total == everywhere
    for on, length in found.by_day.items():
        assert length <= calendar.day(on).length
