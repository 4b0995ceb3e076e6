"""Which days a typed period means: `week`, `今月`, `7/1-7/31`."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from domain.calendar import EPOCH, ONE_DAY, Calendar, PeriodName, bounds, bounds_before
from domain.errors import UserError
from domain.intervals import Interval, in_utc
from domain.time_grammar import MONTH, SHOWN, YEARS, Day, month_number, normalize, read_day
from domain.time_words import PERIODS, PERIODS_BEFORE, SCHOOL_YEARS

_LAST_DAYS = re.compile(
    r"(?:(?:the )?(?:last|past) (\d{1,4}) days|(?:直近|過去|最近の?)(\d{1,4})日間?)", re.ASCII
)
_SINCE = re.compile(r"since (.+)|(.+?)(?:から|以降|以来)(?:今日)?", re.ASCII)
_MONTH = re.compile(
    rf"(?:(?P<year>\d{{4}})[-/年])?(?P<number>\d{{1,2}})月?|(?P<alone>\d{{4}})年?"
    rf"|{MONTH}(?:,? (?P<its_year>\d{{4}}))?",
    re.ASCII,
)
# Names that completion offers and titles keep, the likelier first.
CHOICES = (
    *("today", "yesterday", "week", "last week", "week before last", "last 7 days"),
    *("month", "last month", "last 30 days"),
    *("year", "last year", "this fiscal year", "all"),
)
MONTHS = 3  # before the last one, which completion offers too
HALF_A_YEAR = 183  # days
_APRIL = 4  # in which the Japanese school and business year begins
# between two dates: a hyphen too, which dates also use within them, so each is tried in turn
_BETWEEN = re.compile(r" ?(?:\.\.+|~|〜|から|to|-) ?| ")


@dataclass(frozen=True, slots=True)
class Period:
    """The days that were asked for, and as many before them to compare with."""

    name: PeriodName | Literal["between"]  # "between" for one that does not contain today
    first: date
    last: date
    window: Interval
    before: Interval


def parse_period(text: str, *, now: datetime, calendar: Calendar) -> Period:
    """Read a period's name, a day or two days; raise UserError with `period.unreadable`."""
    phrase, today = normalize(text).removesuffix("まで"), calendar.day_of(in_utc(now))
    starts = calendar.week_starts
    if name := PERIODS.get(phrase):
        whole, before = bounds(name, today, starts), bounds_before(name, today, starts)
        return _period(name, whole, before, calendar)
    if phrase in PERIODS_BEFORE:
        days = _days_before(phrase, today, starts)
        before = bounds_before(PERIODS_BEFORE[phrase][0], days[0], starts)
        return _period("between", days, before, calendar)
    if days := _days(phrase, today) or _whole(phrase, today) or _up_to_now(phrase, today):
        return _period("between", days, _as_many_before(*days), calendar)
    raise UserError("period.unreadable", text=text[:SHOWN])


def as_dates(first: date, last: date) -> str:
    """Return two days as `parse_period` reads them."""
    return f"{first}..{last}"


def name_of(first: date, last: date, today: date, week_starts: int = 0) -> str | None:
    """Return the name among `CHOICES` that these days have today."""
    known = (name for name in CHOICES if _chosen(name, today, week_starts) == (first, last))
    return next(known, None)


def choices(today: date) -> list[str]:
    """Return the completions of an empty text: names, months, and since when."""
    month = bounds("month", today)[0]
    months = [month := bounds_before("month", month)[0] for _ in range(1 + MONTHS)]
    since = (today - ONE_DAY, months[0])
    return [
        *CHOICES,
        *(f"{month:%Y-%m}" for month in months[1:]),
        *(f"since {day}" for day in since),
    ]


def _chosen(name: str, today: date, week_starts: int) -> tuple[date, date] | None:
    if name in PERIODS:
        return bounds(PERIODS[name], today, week_starts)
    if name in PERIODS_BEFORE:
        return _days_before(name, today, week_starts)
    return _whole(name, today) or _up_to_now(name, today)


def _days_before(phrase: str, today: date, week_starts: int) -> tuple[date, date]:
    name, back = PERIODS_BEFORE[phrase]
    days = bounds_before(name, today, week_starts)
    for _ in range(back - 1):
        days = bounds_before(name, days[0], week_starts)
    return days


def _whole(phrase: str, today: date) -> tuple[date, date] | None:
    """Return the days of a month, a year or a school year; without a year the latest that began."""
    if phrase in SCHOOL_YEARS:
        year = today.year - SCHOOL_YEARS[phrase] - (today.month < _APRIL)
        return date(year, _APRIL, 1), date(year + 1, _APRIL, 1) - ONE_DAY
    match = _MONTH.fullmatch(phrase)
    if not match:
        return None
    if match["alone"]:
        year = int(match["alone"])
        return bounds("year", date(year, 1, 1)) if year in YEARS else None
    said_year = match["year"] or match["its_year"]
    if match["number"] and not said_year and not phrase.endswith("月"):  # 11 may be anything
        return None
    month = int(match["number"] or month_number(match["month"]))
    first = _latest(Day(year=int(said_year) if said_year else None, month=month, on=1), today)
    return bounds("month", first) if first else None


def _up_to_now(phrase: str, today: date) -> tuple[date, date] | None:
    """Return the last so many days, today among them, or those since a day."""
    if match := _LAST_DAYS.fullmatch(phrase):
        days = int(match[1] or match[2])
        return (today - (days - 1) * ONE_DAY, today) if days else None
    if match := _SINCE.fullmatch(phrase):
        day = read_day(match[1] or match[2])
        first = _latest(day, today) if day else None
        return (first, today) if first and first <= today else None
    return None


def _period(
    name: PeriodName | Literal["between"],
    days: tuple[date, date],
    before: tuple[date, date],
    calendar: Calendar,
) -> Period:
    return Period(name, *days, calendar.between(*days), calendar.between(*before))


def _days(phrase: str, today: date) -> tuple[date, date] | None:
    if day := read_day(phrase):
        on = _latest(day, today)
        return (on, on) if on else None
    for match in _BETWEEN.finditer(phrase):
        first, last = read_day(phrase[: match.start()]), read_day(phrase[match.end() :])
        if first and last:
            return _two_days(first, last, today)
    return None


def _two_days(first: Day, last: Day, today: date) -> tuple[date, date] | None:
    """Return the days in order; a missing year is the one that brings them close together."""
    end = _latest(last, today)
    begin = _latest(first, today if first.fixed or not last.fixed else end or today)
    if begin and not last.fixed:
        years_on = date(min(begin.year + 8, YEARS[-1]), 12, 31)
        end = min((on for on in last.dates(years_on) if on >= begin), default=None)
    if not begin or not end or (begin.year < end.year and _back_to_front(first, last, begin, end)):
        return None
    return min(begin, end), max(begin, end)


def _back_to_front(first: Day, last: Day, begin: date, end: date) -> bool:
    """Return whether two days without years are more likely swapped than nearly a year apart.

    12/20-1/5 is read over the new year, and 4/1-3/31 as the whole months that it is.
    """
    whole_months = begin.day == 1 and (end + ONE_DAY).day == 1
    backwards = (first.month, first.on) > (last.month, last.on)
    unclear = backwards and not (first.fixed or last.fixed or whole_months)
    return unclear and (end - begin).days > HALF_A_YEAR


def _latest(day: Day, today: date) -> date | None:
    """Return the latest such day that is not after today; with a year, that very day."""
    return next((on for on in day.dates(today) if day.fixed or on <= today), None)


def _as_many_before(first: date, last: date) -> tuple[date, date]:
    days = (last - first).days + 1
    earliest = max(EPOCH.date().toordinal(), first.toordinal() - days)
    return date.fromordinal(earliest), first - ONE_DAY
