"""Days on end."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from domain.calendar import ONE_DAY, Calendar

ENOUGH = timedelta(minutes=1)  # of work, for a day to count


def counted_days(by_day: Mapping[date, timedelta]) -> set[date]:
    """Give the days with at least a minute of work."""
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


def longest_streak(days: Collection[date], calendar: Calendar | None = None) -> int:
    """Count the most days on end that there ever were."""
    longest = count = 0
    latest: date | None = None
    for on in sorted(set(days)):
        count = count + 1 if latest and _adjoin(latest, on, calendar) else 1
        longest, latest = max(longest, count), on
    return longest


def _adjoin(earlier: date, later: date, calendar: Calendar | None) -> bool:
    between = (later - earlier).days - 1
    if between == 1 and calendar:  # no zone ever skipped two
        return not calendar.day(earlier + ONE_DAY).length
    return between == 0
