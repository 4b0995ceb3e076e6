"""Which days a spoken period means: `week`, `今月`, `7/1-7/31`."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from domain.calendar import EPOCH, ONE_DAY, Calendar, PeriodName, bounds, bounds_before
from domain.errors import UserError
from domain.intervals import Interval, in_utc
from domain.spoken import SHOWN, YEARS, Day, plain, read_day

_NAMES: dict[str, PeriodName] = {
    **dict.fromkeys(("today", "今日", "きょう", "本日"), "today"),
    **dict.fromkeys(("yesterday", "昨日", "きのう"), "yesterday"),
    **dict.fromkeys(("week", "this week", "今週"), "week"),
    **dict.fromkeys(("month", "this month", "今月"), "month"),
    **dict.fromkeys(("year", "this year", "今年", "ことし"), "year"),
    **dict.fromkeys(("all", "all time", "全部", "すべて", "全期間"), "all"),
}
_NAMES_BEFORE: dict[str, PeriodName] = {
    **dict.fromkeys(("last week", "先週"), "week"),
    **dict.fromkeys(("last month", "先月"), "month"),
    **dict.fromkeys(("last year", "去年", "昨年"), "year"),
}
# between two dates: a hyphen too, which dates also use within them, so each is tried in turn
_BETWEEN = re.compile(r" ?(?:\.\.+|~|〜|から|to|-) ?| ")


@dataclass(frozen=True, slots=True)
class Period:
    """The days that were asked for, and as many before them to compare with."""

    name: PeriodName | Literal["between"]  # of a period that is not now: between
    first: date
    last: date
    window: Interval
    before: Interval


def period(text: str, *, now: datetime, calendar: Calendar) -> Period:
    """Read a period's name, a day or two days; raises UserError with `period.unreadable`."""
    said, today = plain(text).removesuffix("まで"), calendar.day_of(in_utc(now))
    if name := _NAMES.get(said):
        return _period(name, bounds(name, today), bounds_before(name, today), calendar)
    if name := _NAMES_BEFORE.get(said):
        days = bounds_before(name, today)
        return _period("between", days, bounds_before(name, days[0]), calendar)
    if days := _days(said, today):
        return _period("between", days, _as_many_before(*days), calendar)
    raise UserError("period.unreadable", text=text[:SHOWN])


def _period(
    name: PeriodName | Literal["between"],
    days: tuple[date, date],
    before: tuple[date, date],
    calendar: Calendar,
) -> Period:
    return Period(name, *days, calendar.between(*days), calendar.between(*before))


def _days(said: str, today: date) -> tuple[date, date] | None:
    if day := read_day(said):
        on = _latest(day, today)
        return (on, on) if on else None
    for match in _BETWEEN.finditer(said):
        first, last = read_day(said[: match.start()]), read_day(said[match.end() :])
        if first and last:
            return _two_days(first, last, today)
    return None


def _two_days(first: Day, last: Day, today: date) -> tuple[date, date] | None:
    """Give the days in order; a missing year is the one that brings them close together."""
    end = _latest(last, today)
    begin = _latest(first, today if first.fixed or not last.fixed else end or today)
    if begin and not last.fixed:
        years_on = date(min(begin.year + 8, YEARS[-1]), 12, 31)
        end = min((on for on in last.dates(years_on) if on >= begin), default=None)
    if not begin or not end:
        return None
    return min(begin, end), max(begin, end)


def _latest(day: Day, today: date) -> date | None:
    """Give the latest such day that is not after today, or the very day if it was said whole."""
    return next((on for on in day.dates(today) if day.fixed or on <= today), None)


def _as_many_before(first: date, last: date) -> tuple[date, date]:
    days = (last - first).days + 1
    earliest = max(EPOCH.date().toordinal(), first.toordinal() - days)
    return date.fromordinal(earliest), first - ONE_DAY
