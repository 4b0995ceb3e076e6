"""Days by the wall clock, over every kind of clock change."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import ONE_DAY, Calendar, bounds_before, by_day, week_of
from domain.intervals import Interval, inside, total, union
from tests.support.lives import (
    MINUTE,
    calendars_with_a_time,
    edges,
    instants,
    interval,
    intervals,
    utc,
)


def cut_at_days(intervals: list[Interval], calendar: Calendar) -> dict[date, timedelta]:
    """Cut and add up, as a summary does."""
    return by_day(calendar.cut(sorted(intervals)))


LENGTHS = [
    ("Asia/Tokyo", 0, "2026-07-01", 24),
    ("America/New_York", 0, "2026-03-08", 23),
    ("America/New_York", 0, "2026-11-01", 25),
    ("America/New_York", 2, "2026-03-08", 23),  # 2:00 is skipped: the day begins at 3:00
    ("America/New_York", 2, "2026-03-07", 24),
    ("America/New_York", 4, "2026-03-07", 23),  # the night belongs to the day before
    ("America/New_York", 1, "2026-11-01", 25),  # 1:00 comes twice: the day begins with the first
    ("Australia/Lord_Howe", 0, "2026-04-05", 24.5),
    ("Australia/Lord_Howe", 0, "2026-10-04", 23.5),
    ("Pacific/Apia", 0, "2011-12-29", 24),
    ("Pacific/Apia", 0, "2011-12-30", 0),  # there was none
    ("Pacific/Apia", 0, "2011-12-31", 24),
    ("Pacific/Apia", 4, "2011-12-30", 4),  # four hours of the 31st, before four, are its night
    ("America/Sao_Paulo", 0, "2018-11-04", 23),  # began at 1:00
    ("America/Sao_Paulo", 0, "2018-02-17", 25),  # its last hour came twice
    ("America/St_Johns", 0, "2010-11-06", 24),
    ("America/St_Johns", 0, "2010-11-07", 25),  # 00:01 became 23:01: that hour is already the 7th
]


@pytest.mark.parametrize(("zone", "day_starts", "on", "hours"), LENGTHS)
def test_a_day_is_as_long_as_it_is(zone, day_starts, on, hours):
    calendar = Calendar(ZoneInfo(zone), day_starts)
    assert calendar.day(date.fromisoformat(on)).length == timedelta(hours=hours)


def test_a_day_begins_at_the_first_instant_of_its_date():
    apia, sao_paulo = Calendar(ZoneInfo("Pacific/Apia")), Calendar(ZoneInfo("America/Sao_Paulo"))
    assert apia.start_of(date(2011, 12, 31)) == utc("2011-12-30T10:00")
    assert sao_paulo.start_of(date(2018, 11, 4)) == utc("2018-11-04T03:00")


def test_clocks_put_back_over_midnight_do_not_bring_the_old_day_back():
    calendar = Calendar(ZoneInfo("America/St_Johns"))
    again = datetime(2010, 11, 6, 23, 30, fold=1, tzinfo=calendar.zone)
    assert calendar.day_of(again) == date(2010, 11, 7)
    assert calendar.day_of(again.replace(fold=0)) == date(2010, 11, 6)


def test_a_day_starts_between_midnight_and_six():
    with pytest.raises(ValueError, match="from 0 to 6"):
        Calendar(ZoneInfo("Asia/Tokyo"), 7)
    with pytest.raises(ValueError, match="0 to 6"):
        Calendar(ZoneInfo("Asia/Tokyo"), 0, 7)


@pytest.mark.parametrize(
    ("start", "end", "by_day"),
    [
        # across midnight, in Tokyo: 23:00-02:00 is one hour and two
        ("2026-07-01T14:00", "2026-07-01T17:00", {"2026-07-01": 1, "2026-07-02": 2}),
        # up to midnight: nothing is left for the next day
        ("2026-07-01T14:00", "2026-07-01T15:00", {"2026-07-01": 1}),
        # across the month and the year
        ("2026-06-30T14:30", "2026-06-30T15:30", {"2026-06-30": 0.5, "2026-07-01": 0.5}),
        ("2025-12-31T14:00", "2025-12-31T16:00", {"2025-12-31": 1, "2026-01-01": 1}),
        # over whole days
        ("2026-07-01T14:00", "2026-07-03T16:00", {"2026-07-01": 1, "2026-07-02": 24,
                                                  "2026-07-03": 24, "2026-07-04": 1}),
        ("2026-07-01T14:00", "2026-07-01T14:00", {}),
    ],
)  # fmt: skip
def test_a_session_is_cut_at_midnight(start, end, by_day):
    cut = cut_at_days([interval(start, end)], Calendar(ZoneInfo("Asia/Tokyo")))
    assert cut == {date.fromisoformat(on): timedelta(hours=h) for on, h in by_day.items()}


def test_a_night_over_a_clock_change_counts_what_passed():
    # half past midnight to half past three, by the wall
    new_york = ZoneInfo("America/New_York")
    spring, autumn = (
        Interval(at.replace(hour=0, minute=30), at.replace(hour=3, minute=30))
        for at in (datetime(2026, 3, 8, tzinfo=new_york), datetime(2026, 11, 1, tzinfo=new_york))
    )
    assert cut_at_days([spring], Calendar(new_york)) == {date(2026, 3, 8): timedelta(hours=2)}
    assert cut_at_days([autumn], Calendar(new_york)) == {date(2026, 11, 1): timedelta(hours=4)}


def test_a_skipped_day_is_no_day_of_a_range():
    apia = Calendar(ZoneInfo("Pacific/Apia"))
    days = apia.cut([apia.between(date(2011, 12, 29), date(2011, 12, 31))])
    assert [piece.on.day for piece in days] == [29, 31]


NOW = utc("2026-07-15T16:30")  # in Tokyo Thursday the 16th, 1:30 at night
PERIODS = [
    (0, "today", "2026-07-16 2026-07-16", "2026-07-15 2026-07-15"),
    (2, "today", "2026-07-15 2026-07-15", "2026-07-14 2026-07-14"),  # the night is still the 15th
    (0, "yesterday", "2026-07-15 2026-07-15", "2026-07-14 2026-07-14"),
    (0, "week", "2026-07-13 2026-07-19", "2026-07-06 2026-07-12"),
    ((0, 6), "week", "2026-07-12 2026-07-18", "2026-07-05 2026-07-11"),  # from Sunday
    ((0, 3), "week", "2026-07-16 2026-07-22", "2026-07-09 2026-07-15"),  # from Thursday
    ((2, 3), "week", "2026-07-09 2026-07-15", "2026-07-02 2026-07-08"),
    (0, "month", "2026-07-01 2026-07-31", "2026-06-01 2026-06-30"),
    (0, "year", "2026-01-01 2026-12-31", "2025-01-01 2025-12-31"),
    (0, "all", "1970-01-01 2026-07-16", "1970-01-01 1969-12-31"),  # before all: nothing
]


@pytest.mark.parametrize(("starts", "name", "days", "days_before"), PERIODS)
def test_a_period_is_a_whole_one_of_the_calendar(starts, name, days, days_before):
    calendar = Calendar(ZoneInfo("Asia/Tokyo"), *([starts] if isinstance(starts, int) else starts))
    assert calendar.period(name, NOW) == calendar.between(*map(date.fromisoformat, days.split()))
    before = calendar.between(*map(date.fromisoformat, days_before.split()))
    assert (
        calendar.between(*bounds_before(name, calendar.day_of(NOW), calendar.week_starts)) == before
    )


@given(calendars_with_a_time(), st.sampled_from(["today", "week", "month", "year"]), st.data())
def test_periods_lie_end_to_end(drawn, name, data):
    calendar, around = drawn
    now = data.draw(instants(around))
    period = calendar.period(name, now)
    assert now in period
    before = calendar.between(*bounds_before(name, calendar.day_of(now), calendar.week_starts))
    assert before.end == period.start


@given(st.dates(date(1970, 1, 12), date(9000, 1, 1)), st.integers(0, 6))
def test_a_week_is_seven_days_from_its_first(on, starts):
    first, last = week_of(on, starts)
    assert first.weekday() == starts
    assert last - first == 6 * ONE_DAY
    assert first <= on <= last
    assert week_of(on) == week_of(on, 0)


@given(calendars_with_a_time(), st.data())
def test_an_instant_is_in_its_day(drawn, data):
    calendar, around = drawn
    at = data.draw(instants(around))
    on = calendar.day_of(at)
    assert at in calendar.day(on)
    # in words: what the wall shows, so many hours earlier
    wall = at.astimezone(calendar.zone).replace(tzinfo=None)
    assert on == (wall - timedelta(hours=calendar.day_starts)).date()


@given(calendars_with_a_time())
def test_days_lie_end_to_end_and_begin_by_the_wall_clock(drawn):
    calendar, around = drawn
    middle = calendar.day_of(around)
    for on in (middle + back * ONE_DAY for back in range(-3, 4)):
        day = calendar.day(on)
        assert day.end == calendar.day(on + ONE_DAY).start
        begins = datetime.combine(on, datetime.min.time()) + timedelta(hours=calendar.day_starts)
        first, before = (
            at.astimezone(calendar.zone).replace(tzinfo=None)
            for at in (day.start, day.start - timedelta(seconds=1))
        )
        assert before < begins <= first


@given(calendars_with_a_time(), st.data())
def test_the_days_of_a_range_are_the_range(drawn, data):
    calendar, around = drawn
    window = data.draw(intervals(around))
    days = [(on, Interval(start, end)) for on, _, start, end in calendar.cut([window])]
    assert union(day for _, day in days) == union([window])
    assert total(day for _, day in days) == window.length
    assert [on for on, _ in days] == sorted({on for on, _ in days})
    assert all(day.cut(calendar.day(on)) == day for on, day in days)


@given(calendars_with_a_time(), st.data())
def test_cutting_in_two_changes_nothing(drawn, data):
    calendar, around = drawn
    worked = union(data.draw(st.lists(intervals(around), max_size=5)))
    at = data.draw(instants(around))
    halves = [
        part
        for half in (Interval(utc("1970-01-01"), at), Interval(at, utc("2100-01-01")))
        for part in inside(worked, half)
    ]
    whole = cut_at_days(worked, calendar)
    assert cut_at_days(halves, calendar) == whole
    assert sum(whole.values(), timedelta()) == total(worked)


@given(calendars_with_a_time(), st.data())
def test_each_day_has_the_minutes_its_wall_clock_showed(drawn, data):
    calendar, around = drawn
    start = around + data.draw(st.integers(-2000, 1000)) * MINUTE
    length = data.draw(st.integers(0, 3000))
    slow: dict[date, timedelta] = {}
    for minute in range(length):
        wall = (start + minute * MINUTE).astimezone(calendar.zone).replace(tzinfo=None)
        on = (wall - timedelta(hours=calendar.day_starts)).date()
        slow[on] = slow.get(on, timedelta()) + MINUTE
    assert cut_at_days([Interval(start, start + length * MINUTE)], calendar) == slow


@given(st.lists(intervals(datetime(2026, 3, 8, 7, tzinfo=UTC)), max_size=5))
def test_the_order_of_spans_does_not_matter(worked):
    calendar = Calendar(ZoneInfo("America/New_York"))
    backwards = {
        on: sum(
            (end - start for day, _, start, end in calendar.cut(reversed(worked)) if day == on),
            timedelta(),
        )
        for on, *_ in calendar.cut(worked)
    }
    assert cut_at_days(worked, calendar) == backwards


@given(calendars_with_a_time(), st.data())
def test_days_from_edge_to_edge(drawn, data):
    calendar, around = drawn
    hours = timedelta(hours=calendar.day_starts)
    slow = Counter[date]()
    worked: list[Interval] = []
    for _ in range(data.draw(st.integers(0, 3))):  # not in order, and some of it twice
        start, end = sorted(
            (data.draw(edges(calendar, around)), data.draw(edges(calendar, around)))
        )
        worked.append(Interval(start, min(end, start + timedelta(hours=40))))
        for minute in range(worked[-1].length // MINUTE):
            wall = (start + minute * MINUTE).astimezone(calendar.zone).replace(tzinfo=None)
            slow[(wall - hours).date()] += 1
    found = by_day(calendar.cut(worked))
    assert {on: length // MINUTE for on, length in found.items()} == slow
    assert total(worked) == sum(found.values(), timedelta())
