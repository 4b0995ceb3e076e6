"""A day as a strip of sessions."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.calendar import ONE_DAY
from domain.intervals import Ends, Interval, inside, total, union
from i18n import say
from views.picture import words
from views.picture.card import ACCENT, CARD, MARGIN, MUTED, RIGHT, TRACK, Card

TOP, GROUND = 120, 200
MIDDLE = (TOP + GROUND) / 2 + 8  # where text stands that is in the middle


def day_png(
    intervals: Sequence[Ends[datetime]],
    *,
    day: Interval,
    zone: ZoneInfo,
    language: str,
    title: str,
    font: Path | None = None,
) -> bytes:
    """Draw what was worked in a day; whatever lies outside of it is cut off.

    A day of a clock change is as long as it is, a skipped one has no hours. `font` goes before
    the fonts that are found.
    """
    worked = union(inside(intervals, day))
    card = Card(260, language, font)
    begin = day.start.astimezone(zone)
    card.header(
        title,
        words.amount(card.language, total(worked)),
        words.weekday_on(card.language, begin.date()),
        words.day_length(card.language, day.length) if day.length != ONE_DAY else "",
    )
    _strip(card, worked, day)
    if day.length:
        _clock(card, day, zone)
    if not worked:
        middle = ((MARGIN + RIGHT) / 2, MIDDLE)
        card.text(middle, say(card.language, "picture.empty"), color=MUTED, align="middle")
    return card.png()


def x_of(at: datetime, day: Interval) -> float:
    """Place an instant: every hour is as wide as any other, whatever the clock shows."""
    return MARGIN + (RIGHT - MARGIN) * ((at - day.start) / day.length)


def hours(day: Interval, zone: ZoneInfo) -> Iterator[tuple[datetime, int]]:
    """Return each full hour that the wall clock shows in a day; over a change one twice or none."""
    quarter = timedelta(minutes=15)  # every zone is whole quarters away from UTC
    at = day.start.replace(minute=0, second=0, microsecond=0)
    while at <= day.end:
        wall = at.astimezone(zone)
        if at >= day.start and wall.minute == 0:
            yield at, wall.hour
        at += quarter


def _strip(card: Card, worked: Sequence[Ends[datetime]], day: Interval) -> None:
    card.block((MARGIN, RIGHT), (TOP, GROUND), TRACK, 8)
    for start, end in worked:
        left, right = x_of(start, day), x_of(end, day)
        if right - left < 3:  # a minute is half a pixel
            left, right = (left + right) / 2 - 1.5, (left + right) / 2 + 1.5
        card.block((left, right), (TOP, GROUND), ACCENT, 6)
        label = words.hours_minutes(end - start)
        if card.width(label) + 12 <= right - left:
            card.text(((left + right) / 2, MIDDLE), label, color=CARD, align="middle")


def _clock(card: Card, day: Interval, zone: ZoneInfo) -> None:
    for at, hour in hours(day, zone):
        x = x_of(at, day)
        main = hour % 3 == 0
        card.block((x - 0.5, x + 0.5), (GROUND + 4, GROUND + (12 if main else 8)), MUTED)
        if main:
            card.text((x, 238), f"{hour}:00", color=MUTED, align="middle")
