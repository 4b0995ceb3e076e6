"""Places, and who shares them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar
from domain.decisions.leaderboard import worths_of
from domain.leaderboard import rank
from domain.work_intervals import nothing


def test_nobody():
    assert rank({}) == []


def test_ties_share_a_place_and_the_next_is_left_out():
    ranked = rank({1: 30, 2: 60, 3: 60, 4: 10, 5: 30})
    assert ranked == [(1, 2), (1, 3), (3, 1), (3, 5), (5, 4)]


def test_seconds_that_nobody_sees_do_not_decide():
    minutes = {1: 60.2, 2: 60.9, 3: 61, 4: 0.9, 5: 90}
    time = {id_: timedelta(minutes=worked) for id_, worked in minutes.items()}
    worths = worths_of(nothing(), time, {1, 2, 3, 4, 6}, "time", Calendar(ZoneInfo("Asia/Tokyo")))
    assert rank(worths) == [(1, 3), (2, 1), (2, 2)]


@given(st.dictionaries(st.integers(1, 99), st.integers(0, 3)))
def test_a_place_is_one_more_than_those_who_did_more(days: dict[int, int]):
    ranked = rank(days)
    assert sorted(days) == sorted(user_id for _, user_id in ranked)
    assert ranked == rank(dict(reversed(days.items())))
    for place, user_id in ranked:
        assert place == 1 + sum(other > days[user_id] for other in days.values())
