"""The pictures in docs/pictures: `python -m devtools.samples docs/pictures`."""

import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from domain.calendar import ONE_DAY, Calendar, week_of
from domain.intervals import Interval
from views.picture import bars_png, day_png, heatmap_png

TODAY = date(2026, 11, 22)
TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
CLOCKS_BACK = date(2026, 11, 1)  # in New York


def year_of_work() -> dict[date, timedelta]:
    """Make up a year: quieter on Mondays, longer before an exam in July, with a summer break."""
    chance, days = Random(4), {}
    for day in (date(2026, 1, 1) + ONE_DAY * n for n in range(TODAY.timetuple().tm_yday)):
        often = 0.1 if day.month == 8 else 0.45 if day.weekday() == 0 else 0.75
        if chance.random() < often:
            most = 420 if day.month in (6, 7) else 270
            days[day] = timedelta(minutes=round(chance.triangular(10, most, 90)))
    return days


HOUR = timedelta(hours=1)
GROUP = (9.5, 12, 7.25, 0, 14, 21.5, 18)  # hours of everybody together, by day


def at(on: date, zone: ZoneInfo, *clocks: str) -> list[Interval]:
    """Read sessions such as 9:05-12:00 on a day."""
    intervals = []
    for clock in clocks:
        start, end = (
            datetime.combine(on, datetime.strptime(half, "%H:%M").time(), zone)  # noqa: DTZ007
            for half in clock.split("-")
        )
        intervals.append(Interval(start, end))
    return intervals


def samples() -> Iterator[tuple[str, bytes]]:
    """Draw each sample; its name says what it shows and in which language."""
    days, goal = year_of_work(), timedelta(hours=2)
    monday, sunday = week_of(TODAY)
    for language, name in (("ja", "ナナオ"), ("en-US", "Nanao")):
        yield (
            f"week.{language}",
            bars_png(days, first=monday, last=sunday, goal=goal, language=language, title=name),
        )
        group = {monday + n * ONE_DAY: hours * HOUR for n, hours in enumerate(GROUP)}
        server = {"ja": "もくもく会", "en-US": "Quiet room"}[language]
        yield (
            f"group.{language}",
            bars_png(group, first=monday, last=sunday, goal=None, language=language, title=server),
        )
        first, last = date(2026, 10, 1), date(2026, 10, 31)
        yield (
            f"month.{language}",
            bars_png(days, first=first, last=last, goal=None, language=language, title=name),
        )
        first, last = date(2026, 1, 1), date(2026, 12, 31)
        yield (
            f"year.{language}",
            heatmap_png(days, first=first, last=last, language=language, title=name),
        )
    tokyo = at(TODAY, TOKYO, "0:00-0:50", "9:05-12:00", "13:10-13:30", "14:00-16:20", "21:40-22:45")
    day = Calendar(TOKYO).day(TODAY)
    yield "day.ja", day_png(tokyo, day=day, zone=TOKYO, language="ja", title="ナナオ")
    night = at(CLOCKS_BACK, NEW_YORK, "0:30-3:30", "9:00-12:30", "19:15-21:00")
    day = Calendar(NEW_YORK).day(CLOCKS_BACK)
    yield "day.en-US", day_png(night, day=day, zone=NEW_YORK, language="en-US", title="Nanao")


if __name__ == "__main__":
    for name, png in samples():
        (Path(sys.argv[1]) / f"{name}.png").write_bytes(png)
