"""When a server's week is posted: by its wall clock, never late or for the past; and what of it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar
from domain.decisions.weekly import LATE, Posting, due_moment, next_moment, week, week_before
from domain.goals import Goal
from domain.work_intervals import NOBODY, as_text
from tests.support.lives import calendars_with_a_time, instants, utc

HOUR = timedelta(hours=1)
LONG_AGO = utc("2000-01-01T00:00")


def posting(
    zone: str = "Asia/Tokyo",
    day: int = 0,
    hour: int = 9,
    *,
    since: datetime = LONG_AGO,
    day_starts: int = 0,
    week_starts: int = 0,
) -> Posting:
    calendar = Calendar(ZoneInfo(zone), day_starts, week_starts)
    return Posting(1, calendar, "ja", 5, day, hour, since, 7)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "after", "moment"),
    [
        ("Asia/Tokyo", 0, 9, "2026-07-01T00:00", "2026-07-06T00:00"),
        ("Asia/Tokyo", 0, 9, "2026-07-05T23:59", "2026-07-06T00:00"),
        ("Asia/Tokyo", 0, 9, "2026-07-06T00:00", "2026-07-13T00:00"),  # after, not at
        ("Asia/Tokyo", 6, 23, "2026-07-05T13:00", "2026-07-05T14:00"),
        ("Asia/Tokyo", 0, 0, "2026-07-05T14:59", "2026-07-05T15:00"),
        ("America/New_York", 0, 9, "2026-07-06T12:00", "2026-07-06T13:00"),
        # 2:00 is skipped on Sunday, 8 March: it comes with the change
        ("America/New_York", 6, 2, "2026-03-08T00:00", "2026-03-08T07:00"),
        ("America/New_York", 6, 3, "2026-03-08T00:00", "2026-03-08T07:00"),
        ("America/New_York", 6, 9, "2026-03-01T20:00", "2026-03-08T13:00"),  # 167 hours on
        # 1:00 comes twice on Sunday, 1 November: the first, and only once
        ("America/New_York", 6, 1, "2026-11-01T00:00", "2026-11-01T05:00"),
        ("America/New_York", 6, 1, "2026-11-01T05:00", "2026-11-08T06:00"),
        # Apia skipped Friday, 30 December 2011
        ("Pacific/Apia", 4, 9, "2011-12-24T00:00", "2011-12-30T10:00"),
    ],
)
def test_the_moment_is_one_of_the_wall_clock(zone, day, hour, after, moment):
    assert next_moment(posting(zone, day, hour), utc(after)) == utc(moment)


@given(calendars_with_a_time(), st.integers(0, 6), st.integers(0, 23), st.data())
def test_moments_come_one_after_another_a_week_apart(drawn, day, hour, data):
    calendar, around = drawn
    set_up = posting(calendar.zone.key, day, hour)
    after = data.draw(instants(around, days=20))
    first = next_moment(set_up, after)
    second = next_moment(set_up, first)
    assert after < first <= after + timedelta(days=8)
    assert timedelta(days=5) < second - first < timedelta(days=9)
    assert next_moment(set_up, first - timedelta.resolution) == first
    window = week_before(set_up, first)
    assert window.end <= first < window.end + timedelta(days=8, hours=1)


@pytest.mark.parametrize(
    ("since", "now", "moment"),
    [
        (LONG_AGO, "2026-07-06T00:00", "2026-07-06T00:00"),
        (LONG_AGO, "2026-07-06T11:59", "2026-07-06T00:00"),  # late after an outage
        (LONG_AGO, "2026-07-06T12:00", "2026-07-13T00:00"),  # too late
        (utc("2026-07-06T00:00"), "2026-07-06T01:00", "2026-07-13T00:00"),  # set at that moment
        (utc("2026-07-05T23:59"), "2026-07-06T01:00", "2026-07-06T00:00"),
    ],
)
def test_what_is_due_is_neither_late_nor_of_before_it_was_set(since, now, moment):
    assert due_moment(posting(since=since), utc(now)) == utc(moment)
    assert timedelta(hours=12) == LATE


@pytest.mark.parametrize(
    ("values", "at", "days"),
    [
        ({}, "2026-07-06T00:00", "2026-06-29 2026-07-05"),
        ({}, "2026-07-12T14:59", "2026-06-29 2026-07-05"),  # Sunday evening: that one still is
        ({"week_starts": 6}, "2026-07-05T00:00", "2026-06-28 2026-07-04"),
        ({"week_starts": 6}, "2026-07-06T00:00", "2026-06-28 2026-07-04"),
        # Monday at 3:00, where Monday begins at 5:00: Sunday is not over
        ({"day_starts": 5}, "2026-07-05T18:00", "2026-06-22 2026-06-28"),
        ({"day_starts": 5}, "2026-07-05T20:00", "2026-06-29 2026-07-05"),
    ],
)
def test_the_week_is_the_last_one_that_is_over(values, at, days):
    set_up = posting(**values)  # type: ignore[arg-type]
    first, last = map(date.fromisoformat, days.split())
    assert week_before(set_up, utc(at)) == set_up.calendar.between(first, last)


def rows(*work: tuple[int, int, str, str]) -> list[tuple[int, int, str, str]]:
    """Write work as the database hands it over: of which session, of whom, from when to when."""
    return [(id_, user, as_text(utc(start)), as_text(utc(end))) for id_, user, start, end in work]


def test_a_week_names_those_who_are_listed_and_counts_everybody():
    set_up = posting()
    window = week_before(set_up, utc("2026-07-06T00:00"))
    work = rows(
        (1, 11, "2026-06-28T14:00", "2026-06-28T16:00"),  # an hour of it is Monday in Tokyo
        (2, 22, "2026-07-01T00:00", "2026-07-01T03:00"),
        (3, 33, "2026-07-01T02:00", "2026-07-01T04:00"),
        (3, NOBODY, "2026-07-01T03:00", "2026-07-01T03:30"),
        (4, 11, "2026-07-05T14:30", "2026-07-06T00:00"),  # goes on past the week
    )
    goal = Goal(date(2026, 6, 1), 6 * 60, "week")
    made = week(set_up, window, work, [goal], {11, 33, 44})
    assert made
    found, latest = made
    assert (found.first, found.last) == (date(2026, 6, 29), date(2026, 7, 5))
    assert found.total == 6 * HOUR
    assert found.by_day == {
        date(2026, 6, 29): HOUR,
        date(2026, 7, 1): 4.5 * HOUR,
        date(2026, 7, 5): HOUR / 2,
    }
    assert (found.together, found.members, len(found.worked_days)) == (HOUR, 3, 3)
    shown = [(one.place, one.entry.user_id, one.entry.time) for one in found.places]
    assert shown == [(1, 11, 1.5 * HOUR), (1, 33, 1.5 * HOUR)]
    assert latest == {11: 4, 33: 3}
    assert found.progress.reached
    assert week(set_up, window, work, [], set())[0].progress is None  # type: ignore[index]


@pytest.mark.parametrize(
    "work", [[], [(1, 11, "2026-07-01T00:00", "2026-07-01T00:00:59")]], ids=["none", "a moment"]
)
def test_a_week_in_which_nothing_was_done_is_none(work):
    set_up = posting()
    window = week_before(set_up, utc("2026-07-06T00:00"))
    assert week(set_up, window, rows(*work), [], {11}) is None
