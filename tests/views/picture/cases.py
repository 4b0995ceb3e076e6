"""Every picture that might look wrong: names, empty and full, clock changes, long and short."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from domain.calendar import ONE_DAY, Calendar
from domain.intervals import Interval
from i18n import LANGUAGES
from views.picture import bars_alt, bars_png, day_alt, day_png, heatmap_alt, heatmap_png

Case = tuple[Callable[..., bytes], Callable[..., str]]

WEEK = MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
HOUR = timedelta(hours=1)


def year_of(year: int) -> dict[str, date]:
    """Return the bounds of a calendar year, as the heatmap takes them."""
    return {"first": date(year, 1, 1), "last": date(year, 12, 31)}


NAMES = {
    "short": "ナナオ",
    "long": "とても長い名前のもくもく会のメンバー" * 6,
    "latin": "Anastasia-Wilhelmina von und zu Hohenstaufen " * 9,
    "mixed": "민수 · 小明 · Ünï · 𝓝𝓪𝓷𝓪𝓸 · 🦀👨‍👩‍👧 · مرحبا · ﷽",
    "lines": "a\nb\r\n\tc\0d\u202ee\u200bf",
    "lone": "x\ud800y",
    "none": "",
}
DAYS = {
    "nothing": {},
    "one": {MONDAY: timedelta(minutes=3)},
    "week": {MONDAY + ONE_DAY * n: timedelta(minutes=75 * n) for n in range(7)},
    "full": {MONDAY + ONE_DAY * n: ONE_DAY for n in range(7)},
    "group": {MONDAY + ONE_DAY * n: 1428.6 * HOUR for n in range(7)},
    "month": {FIRST + ONE_DAY * n: timedelta(minutes=97 * n % 300) for n in range(31)},
}
GOALS = {"no goal": None, "goal": 2 * HOUR, "far above": 20 * HOUR, "far below": HOUR / 12}
YEARS = {
    "nothing": (2026, {}),
    "one": (2026, {MONDAY: timedelta(minutes=1)}),
    "54 weeks": (2012, {date(2012, 1, 1) + ONE_DAY * n: HOUR * n / 60 for n in range(366)}),
    "10,000 hours": (2026, {date(2026, 1, 1) + ONE_DAY * n: 27.4 * HOUR for n in range(365)}),
}
PLACES = {
    "ordinary": ("Asia/Tokyo", MONDAY, 0),
    "night": ("Asia/Tokyo", MONDAY, 4),
    "23 hours": ("America/New_York", date(2026, 3, 8), 0),
    "25 hours": ("America/New_York", date(2026, 11, 1), 0),
    "24.5 hours": ("Australia/Lord_Howe", date(2026, 4, 5), 0),
    "no midnight": ("America/Sao_Paulo", date(2018, 11, 4), 0),
    "a quarter": ("Asia/Kathmandu", MONDAY, 0),
    "skipped": ("Pacific/Apia", date(2011, 12, 30), 0),
}


def worked(day: Interval, how: str) -> list[Interval]:
    """Make up sessions within a day."""
    if how == "full":
        return [Interval(day.start - ONE_DAY, day.end + ONE_DAY)]
    if how == "nothing" or not day.length:
        return []
    minutes = [(0, 70), (545, 720), (780, 781), (810, 855), (840, 860), (1300, 1365)]
    return [
        Interval(day.start + timedelta(minutes=start), day.start + timedelta(minutes=end))
        for start, end in minutes[: 1 if how == "one" else None]
    ]


def _bars(language: str, name: str, days: str, goal: str, bounds: tuple[date, date]) -> Case:
    first, last = bounds
    values = {"first": first, "last": last, "goal": GOALS[goal], "language": language}
    values["title"] = NAMES[name]
    return partial(bars_png, DAYS[days], **values), partial(bars_alt, DAYS[days], **values)


def _day(language: str, name: str, place: str, how: str) -> Case:
    zone, on, begins = PLACES[place]
    day = Calendar(ZoneInfo(zone), begins).day(on)
    values = {"day": day, "zone": ZoneInfo(zone), "language": language, "title": NAMES[name]}
    intervals = worked(day, how)
    return partial(day_png, intervals, **values), partial(day_alt, intervals, **values)


def _cases() -> dict[str, Case]:
    """Give each picture and its alt text, ready to be called."""
    found: dict[str, Case] = {}
    for language in LANGUAGES:
        for name in NAMES:
            key = f"{language}, {name}"
            found[f"week, {key}"] = _bars(language, name, "week", "goal", WEEK)
            found[f"day, {key}"] = _day(language, name, "25 hours", "several")
        for days in DAYS:
            for goal in GOALS:
                key = f"{days}, {goal}, {language}"
                bounds = (FIRST, LAST) if days == "month" else WEEK
                found[f"bars, {key}"] = _bars(language, "short", days, goal, bounds)
        for length in (1, 2, 8, 10, 14, 15, 28, 62):
            bounds = (FIRST, FIRST + ONE_DAY * (length - 1))
            key = f"{length} days, {language}"
            found[key] = _bars(language, "short", "month", "goal", bounds)
        for year, (number, by_day) in YEARS.items():
            values = {**year_of(number), "language": language, "title": NAMES["long"]}
            found[f"year, {year}, {language}"] = (
                partial(heatmap_png, by_day, **values),
                partial(heatmap_alt, by_day, **values),
            )
        for place in PLACES:
            for how in ("nothing", "one", "several", "full"):
                found[f"{place}, {how}, {language}"] = _day(language, "short", place, how)
    return found


CASES = _cases()
