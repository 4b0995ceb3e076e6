"""What a picture shows, in words, for those who hear it instead."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import ONE_DAY
from domain.intervals import Interval, total, union
from i18n import say
from views.picture import words

MOST = 1024  # characters that Discord takes
TITLE = 100  # of them for the title


def bars_alt(
    by_day: Mapping[date, timedelta],
    *,
    first: date,
    last: date,
    goal: timedelta | None,
    language: str,
    title: str,
) -> str:
    """Say the total, the goal and every day with work."""
    worked = _worked(by_day, first, last)
    parts = [words.days(language, first, last), _sum(language, worked)]
    if goal:
        reached = sum(length >= goal for length in worked.values())
        parts.append(
            say(
                language,
                "picture.alt.goal",
                goal=words.amount(language, goal),
                days=say(language, "picture.days", count=reached),
            )
        )
    each = [
        f"{words.on(language, day)} {words.amount(language, length)}"
        for day, length in worked.items()
    ]
    return _joined(language, title, parts, each)


def heatmap_alt(by_day: Mapping[date, timedelta], *, year: int, language: str, title: str) -> str:
    """Say the total, the longest day and every month with work."""
    worked = _worked(by_day, date(year, 1, 1), date(year, 12, 31))
    parts = [say(language, "picture.year", year=year), _sum(language, worked)]
    if worked:
        longest = max(worked, key=worked.__getitem__)
        parts.append(words.longest(language, longest, worked[longest]))
    months = [timedelta()] * 13
    for day, length in worked.items():
        months[day.month] += length
    each = [
        f"{words.month(language, number)} {words.amount(language, length)}"
        for number, length in enumerate(months)
        if length
    ]
    return _joined(language, title, parts, each)


def day_alt(
    intervals: Sequence[Interval], *, day: Interval, zone: ZoneInfo, language: str, title: str
) -> str:
    """Say the total and from when to when, by the wall clock."""
    worked = union(piece for interval in intervals if (piece := interval.cut(day)))
    on = day.start.astimezone(zone).date()
    length = words.amount(language, total(worked)) if worked else say(language, "picture.empty")
    parts = [words.weekday_on(language, on), length]
    if day.length != ONE_DAY:
        parts.append(words.day_length(language, day.length))
    each = [
        f"{interval.start.astimezone(zone):%H:%M}–{interval.end.astimezone(zone):%H:%M}"
        for interval in worked
    ]
    return _joined(language, title, parts, each)


def _worked(by_day: Mapping[date, timedelta], first: date, last: date) -> dict[date, timedelta]:
    return {day: by_day[day] for day in sorted(by_day) if first <= day <= last and by_day[day]}


def _sum(language: str, worked: Mapping[date, timedelta]) -> str:
    if not worked:
        return say(language, "picture.empty")
    days = say(language, "picture.days", count=len(worked))
    length = words.amount(language, sum(worked.values(), timedelta()))
    return say(language, "picture.alt.total", length=length, days=days)


def _joined(language: str, title: str, parts: Iterable[str], each: Sequence[str]) -> str:
    """Join it all; of a long list, as many whole items as there is room for."""
    between, end = say(language, "picture.alt.between"), say(language, "picture.alt.end")
    name = " ".join(title[:TITLE].split())
    text = end.join([name, *parts] if name else parts)
    for number, item in enumerate(each):
        more = f"{between if number else end}{item}"
        if len(text) + len(more) > MOST - len(f"{between}…"):
            return f"{text}{between}…"
        text += more
    return text
