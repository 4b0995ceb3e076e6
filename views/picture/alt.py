"""What a picture shows, in words, for those who hear it instead."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import ONE_DAY, counted_days
from domain.intervals import Ends, Interval, inside, total, union
from i18n import say
from views.picture import words
from views.picture.heatmap import period_label, shown_from, within

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
    """Return the total, the goal and every day with work."""
    worked = within(by_day, first, last)
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


def heatmap_alt(
    by_day: Mapping[date, timedelta],
    *,
    first: date,
    last: date,
    language: str,
    title: str,
    week_starts: int = 0,
) -> str:
    """Return the total, the longest day and every month with work of those that are drawn."""
    worked, shown = within(by_day, first, last), shown_from(first, last, week_starts)
    parts = [period_label(language, first, last, week_starts), _sum(language, worked)]
    drawn = {day: length for day, length in worked.items() if day >= shown}
    if drawn:
        longest = max(drawn, key=drawn.__getitem__)
        parts.append(words.longest(language, longest, drawn[longest]))
    months: dict[tuple[int, int], timedelta] = {}
    for day, length in drawn.items():
        key = day.year, day.month
        months[key] = months.get(key, timedelta()) + length
    each = [
        f"{words.month(language, number)} {words.amount(language, length)}"
        for (_, number), length in months.items()
    ]
    return _joined(language, title, parts, each)


def day_alt(
    intervals: Sequence[Ends[datetime]], *, day: Interval, zone: ZoneInfo, language: str, title: str
) -> str:
    """Return the total and from when to when, by the wall clock."""
    worked = union(inside(intervals, day))
    on = day.start.astimezone(zone).date()
    length = words.amount(language, total(worked)) if worked else say(language, "picture.empty")
    parts = [words.weekday_on(language, on), length]
    if day.length != ONE_DAY:
        parts.append(words.day_length(language, day.length))
    each = [f"{start.astimezone(zone):%H:%M}–{end.astimezone(zone):%H:%M}" for start, end in worked]
    return _joined(language, title, parts, each)


def _sum(language: str, worked: Mapping[date, timedelta]) -> str:
    if not worked:
        return say(language, "picture.empty")
    days = say(language, "picture.days", count=len(counted_days(worked)))
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
