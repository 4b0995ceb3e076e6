"""A long time as a heatmap: a column for each week, a cell for each day."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from domain.calendar import ONE_DAY, counted_days, week_of
from i18n import say
from views.picture import words
from views.picture.card import MARGIN, MUTED, RIGHT, SMALL, TRACK, Card

PITCH, CELL = 13, 11
COLUMNS = 53  # weeks; a leap year that begins on a Sunday has 54
TOP, FOOT = 144, 270
GROUPS = (50, 100, 200, 500, 1000, 2000, 5000, 10000)  # many people make long days
LEVELS = ("#38806f", "#4ca891", "#7bd0b8", "#c4f0e2")  # each a quarter of the scale more
SCALES = [timedelta(hours=hours) for hours in (1, 2, 4, 6, 8, 12, 16, 24, *GROUPS)]


def heatmap_png(
    by_day: Mapping[date, timedelta],
    *,
    first: date,
    last: date,
    language: str,
    title: str,
    week_starts: int = 0,
    font: Path | None = None,
) -> bytes:
    """Draw the days from the first to the last, or the last 53 weeks of them; the total is of all.

    A week begins at the top with the day `week_starts`, 0 for Monday. `font` goes before the fonts
    that are found.
    """
    worked = within(by_day, first, last)
    shown = shown_from(first, last, week_starts)
    card = Card(296, language, font)
    card.header(
        title,
        words.amount(card.language, sum(worked.values(), timedelta())),
        period_label(card.language, first, last, week_starts),
        say(card.language, "picture.days", count=len(counted_days(worked))),
    )
    cells = {day: length for day, length in worked.items() if day >= shown}
    below = say(card.language, "picture.empty")
    if cells:
        longest = max(cells, key=cells.__getitem__)
        below = words.longest(card.language, longest, cells[longest])
    card.text((MARGIN, FOOT), below, color=MUTED)
    scale = scale_of(cells)
    _cells(card, (shown, last), cells, scale, week_starts)
    _legend(card, scale)
    return card.png()


def within(by_day: Mapping[date, timedelta], first: date, last: date) -> dict[date, timedelta]:
    """Return the days with work from the first to the last, in order."""
    return {day: by_day[day] for day in sorted(by_day) if first <= day <= last and by_day[day]}


def shown_from(first: date, last: date, week_starts: int) -> date:
    """Return the first day that there is room for: 53 weeks, or all of a calendar year."""
    weeks = (last - week_of(first, week_starts)[0]).days // 7
    if weeks < COLUMNS or is_year(first, last):
        return first
    return week_of(last, week_starts)[0] - timedelta(weeks=COLUMNS - 1)


def is_year(first: date, last: date) -> bool:
    """Return whether the days are those of a calendar year."""
    return (first, last) == (date(last.year, 1, 1), date(last.year, 12, 31))


def period_label(language: str, first: date, last: date, week_starts: int) -> str:
    """Return the year, the days, or that these are the last weeks."""
    if is_year(first, last):
        return say(language, "picture.year", year=last.year)
    if shown_from(first, last, week_starts) != first:
        return say(language, "picture.last_weeks", count=COLUMNS)
    return words.days(language, first, last)


def scale_of(worked: Mapping[date, timedelta]) -> timedelta:
    """Choose the scale that nine days in ten stay within: one long night dims no other day."""
    if not worked:
        return SCALES[0]
    usual = sorted(worked.values())[len(worked) * 9 // 10]
    return next((scale for scale in SCALES if usual <= scale), SCALES[-1])


def color_of(length: timedelta, scale: timedelta) -> str:
    """Choose a cell's colour."""
    return LEVELS[min(int(length / scale * len(LEVELS)), len(LEVELS) - 1)] if length else TRACK


def _cells(
    card: Card,
    drawn: tuple[date, date],
    worked: Mapping[date, timedelta],
    scale: timedelta,
    week_starts: int,
) -> None:
    day, last = drawn
    top, _ = week_of(day, week_starts)
    columns = max((last - top).days // 7 + 1, COLUMNS)  # fewer begin at the left
    left = RIGHT - PITCH * columns + PITCH - CELL
    for row in (0, 2, 4):
        name = words.weekday(card.language, (week_starts + row) % 7)
        card.text((MARGIN, TOP + PITCH * row + CELL), name, SMALL, MUTED)
    while day <= last:
        column, row = divmod((day - top).days, 7)
        x, y = left + PITCH * column, TOP + PITCH * row
        card.block((x, x + CELL), (y, y + CELL), color_of(worked.get(day, timedelta()), scale), 2)
        if day.day == 1:
            card.text((x, TOP - 10), words.month(card.language, day.month), SMALL, MUTED)
        day += ONE_DAY


def _legend(card: Card, scale: timedelta) -> None:
    brightest = words.amount(card.language, scale * (len(LEVELS) - 1) / len(LEVELS))
    label = say(card.language, "picture.or_more", length=brightest)
    card.text((RIGHT, FOOT), label, color=MUTED, align="right")
    x = RIGHT - card.width(label) - 10
    for color in reversed((TRACK, *LEVELS)):
        card.block((x - 16, x), (FOOT - 16, FOOT), color, 3)
        x -= 19
    card.text((x - 7, FOOT), "0", color=MUTED, align="right")
