"""Days on end, against plain slow counting."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import ONE_DAY, Calendar, counted_days, streak
from tests.support.lives import calendars_with_a_time

TODAY = date(2026, 7, 1)
days = st.sets(st.integers(-30, 2).map(lambda back: TODAY + back * ONE_DAY))


@pytest.mark.parametrize(
    ("back", "length"),
    [
        ([], 0),
        ([0], 1),
        ([1], 1),  # today is not over
        ([0, 1, 2], 3),
        ([1, 2], 2),
        ([2, 3], 0),  # yesterday was missed
        ([0, 2], 1),
        ([-1, 0, 1], 2),  # tomorrow has not been
    ],
)
def test_a_streak(back, length):
    assert streak([TODAY - n * ONE_DAY for n in back], TODAY) == length


def test_goes_over_the_ends_of_months_and_years():
    worked = {date(2026, 1, 2) - n * ONE_DAY for n in range(40)}
    assert streak(worked, date(2026, 1, 2)) == 40


def test_a_day_that_the_zone_skipped_breaks_nothing():
    apia = Calendar(ZoneInfo("Pacific/Apia"))
    worked = {date(2011, 12, 28), date(2011, 12, 29), date(2011, 12, 31)}
    assert streak(worked, date(2011, 12, 31), apia) == 3
    assert streak(worked, date(2011, 12, 31)) == 1


@given(days)
def test_as_counted_slowly(worked):
    def length(last: date) -> int:
        return 1 + length(last - ONE_DAY) if last in worked else 0

    assert streak(worked, TODAY) == (length(TODAY) or length(TODAY - ONE_DAY))


def test_a_day_counts_from_one_minute():
    by_day = {
        TODAY: timedelta(minutes=1),
        TODAY - ONE_DAY: timedelta(seconds=59),
        TODAY - 2 * ONE_DAY: timedelta(hours=5),
    }
    assert counted_days(by_day) == {TODAY, TODAY - 2 * ONE_DAY}


@given(calendars_with_a_time(), st.sets(st.integers(-12, 1)))
def test_in_every_zone_as_counted_by_its_wall_clock(drawn, back):
    calendar, around = drawn
    hours = timedelta(hours=calendar.day_starts)
    quarters = (around + timedelta(minutes=15 * n) for n in range(-13 * 96, 2 * 96))
    walls = (at.astimezone(calendar.zone).replace(tzinfo=None) for at in quarters)
    there_were = sorted({(wall - hours).date() for wall in walls})
    today = (around.astimezone(calendar.zone).replace(tzinfo=None) - hours).date()
    worked = {today + n * ONE_DAY for n in back} & set(there_were)

    ran, runs = 0, dict[date, int]()
    for on in there_were:
        ran = ran + 1 if on in worked else 0
        runs[on] = ran
    before = [on for on in there_were if on < today][-1]
    assert streak(worked, today, calendar) == (runs[today] or runs[before])
