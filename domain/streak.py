"""Days on end."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from domain.day import ONE_DAY, Calendar

ENOUGH = timedelta(minutes=1)  # of work, for a day to count


def counted_days(by_day: Mapping[date, timedelta]) -> set[date]:
    """Give the days with at least a minute of work."""
    return {on for on, length in by_day.items() if length >= ENOUGH}


def streak(days: Collection[date], today: date, calendar: Calendar | None = None) -> int:
    """Count the days on end up to today; today, unfinished, does not break it.

    With a calendar, a day that the zone skipped does not break it either.
    """
    worked = days if isinstance(days, set) else set(days)
    on = today if today in worked else _day_before(today, calendar)
    count = 0
    while on in worked:
        count += 1
        on = _day_before(on, calendar)
    return count


def longest_streak(days: Collection[date], calendar: Calendar | None = None) -> int:
    """Count the most days on end that there ever were."""
    longest = count = 0
    latest: date | None = None
    for on in sorted(set(days)):
        count = count + 1 if latest == _day_before(on, calendar) else 1
        longest, latest = max(longest, count), on
    return longest


def _day_before(on: date, calendar: Calendar | None) -> date:
    on -= ONE_DAY
    while calendar and not calendar.day(on).length:
        on -= ONE_DAY
    return on
