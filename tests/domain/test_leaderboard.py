"""Places, and who shares them."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.leaderboard import Entry, RankBy, rank


def entry(user_id: int, minutes: float, days: int = 1) -> Entry:
    return Entry(user_id, f"member {user_id}", timedelta(minutes=minutes), days)


def places(entries: list[Entry], by: RankBy = "time") -> list[tuple[int, int]]:
    return [(place.place, place.entry.user_id) for place in rank(entries, by)]


def test_nobody():
    assert rank([]) == []


def test_ties_share_a_place_and_the_next_is_left_out():
    ranked = places([entry(1, 30), entry(2, 60), entry(3, 60), entry(4, 10), entry(5, 30)])
    assert ranked == [(1, 2), (1, 3), (3, 1), (3, 5), (5, 4)]


def test_seconds_that_nobody_sees_do_not_decide():
    assert places([entry(1, 60.2), entry(2, 60.9), entry(3, 61)]) == [(1, 3), (2, 1), (2, 2)]


def test_by_days():
    ranked = places([entry(1, 500, 1), entry(2, 10, 3), entry(3, 20, 3)], "days")
    assert ranked == [(1, 2), (1, 3), (3, 1)]


entries_of_members = st.lists(
    st.builds(entry, st.integers(1, 99), st.integers(0, 5), st.integers(0, 3)),
    unique_by=lambda one: one.user_id,
)


@given(entries_of_members)
def test_a_place_is_one_more_than_those_who_did_more(entries: list[Entry]):
    ranked = rank(entries, "days")
    assert sorted(e.user_id for e in entries) == sorted(p.entry.user_id for p in ranked)
    assert ranked == rank(reversed(entries), "days")
    for one in ranked:
        assert one.place == 1 + sum(other.days > one.entry.days for other in entries)
