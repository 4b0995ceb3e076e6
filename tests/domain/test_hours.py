"""Hours of the wall clock, over clock changes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar
from domain.intervals import Interval, total
from domain.summary import by_hour
from tests.support.lives import MINUTE, calendars_with_a_time, interval, intervals, utc


def minutes(one: Interval, calendar: Calendar) -> dict[int, int]:
    """The hours with any work, and how many minutes."""
    hours = by_hour(calendar.cut([one]), calendar)
    return {hour: length // MINUTE for hour, length in enumerate(hours) if length}


@pytest.mark.parametrize(
    ("zone", "start", "end", "expected"),
    [
        ("Asia/Tokyo", "2026-07-01T12:10", "2026-07-01T12:40", {21: 30}),
        ("Asia/Tokyo", "2026-07-01T12:10", "2026-07-01T14:20", {21: 50, 22: 60, 23: 20}),
        ("Asia/Tokyo", "2026-07-01T14:30", "2026-07-01T15:30", {23: 30, 0: 30}),
        ("Asia/Kathmandu", "2026-07-01T12:00", "2026-07-01T13:00", {17: 15, 18: 45}),
        # 2:00 is skipped, 1:00 comes twice
        ("America/New_York", "2026-03-08T06:30", "2026-03-08T07:30", {1: 30, 3: 30}),
        ("America/New_York", "2026-11-01T04:30", "2026-11-01T07:30", {0: 30, 1: 120, 2: 30}),
    ],
)
def test_hours(zone: str, start: str, end: str, expected: dict[int, int]):
    assert minutes(interval(start, end), Calendar(ZoneInfo(zone))) == expected


def test_a_day_that_begins_late_goes_on_past_midnight():
    night = interval("2026-07-01T14:00", "2026-07-01T20:30")  # 23:00 to 5:30
    expected = dict.fromkeys((23, 0, 1, 2, 3, 4), 60) | {5: 30}
    assert minutes(night, Calendar(ZoneInfo("Asia/Tokyo"), 6)) == expected


def test_a_whole_day_has_every_hour():
    calendar = Calendar(ZoneInfo("Asia/Tokyo"), 6)
    day = calendar.day(calendar.day_of(utc("2026-07-01T00:00")))
    assert minutes(day, calendar) == dict.fromkeys(range(24), 60)


@given(calendars_with_a_time(), st.data())
def test_no_time_is_lost_or_made(drawn: tuple[Calendar, datetime], data: st.DataObject):
    calendar, around = drawn
    worked = data.draw(st.lists(intervals(around), max_size=4))
    assert sum(by_hour(calendar.cut(worked), calendar), timedelta()) == total(worked)


@given(calendars_with_a_time(), st.integers(-3000, 2000), st.integers(0, 2000))
def test_as_the_wall_clock_showed(drawn: tuple[Calendar, datetime], offset: int, length: int):
    calendar, around = drawn
    start = around + offset * MINUTE
    slow: dict[int, int] = {}
    for minute in range(length):
        hour = (start + minute * MINUTE).astimezone(calendar.zone).hour
        slow[hour] = slow.get(hour, 0) + 1
    assert minutes(Interval(start, start + length * MINUTE), calendar) == slow
