"""Days on end."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from domain.calendar import ONE_DAY, Calendar

ENOUGH = timedelta(minutes=1)  # of work, for a day to count


def counted_days(by_day: Mapping[date, timedelta]) -> set[date]:
    """Return the days with at least a minute of work."""
    return {on for on, length in by_day.items() if length >= ENOUGH}


def streak(days: Collection[date], today: date, calendar: Calendar | None = None) -> int:
    """Count the days on end up to today; today, unfinished, does not break it.

    With a calendar, a day that the zone skipped does not break it either.
    """
    worked = days if isinstance(days, set) else set(days)
    on = today if today in worked else today - ONE_DAY
    count = 0
    while on in worked or (calendar and not calendar.day(on).length):
        count += on in worked
        on -= ONE_DAY
    return count
