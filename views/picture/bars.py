"""A week or a month as bars."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from domain.calendar import ONE_DAY
from i18n import say
from views.picture import words
from views.picture.card import ACCENT, GOAL, MARGIN, MUTED, QUIET, RIGHT, SECOND_LINE, TRACK, Card

MOST_DAYS = 62  # two months: with more the bars are too thin to tell apart
TOP, GROUND = 148, 348
MINUTES = (5, 15, 30, 60, 120, 180, 240, 360, 480, 720)
HOURS = tuple(n * 10**zeros for zeros in range(1, 6) for n in (2, 5, 10))
STEPS = [timedelta(minutes=n) for n in MINUTES] + [timedelta(hours=n) for n in HOURS]


def bars_png(
    by_day: Mapping[date, timedelta],
    *,
    first: date,
    last: date,
    goal: timedelta | None,
    language: str,
    title: str,
    font: Path | None = None,
) -> bytes:
    """Draw the days from the first to the last, and the goal of each day as a line.

    At most 62 days, else ValueError. `font` goes before the fonts that are found.
    """
    days = [first + ONE_DAY * n for n in range((last - first).days + 1)]
    if not 0 < len(days) <= MOST_DAYS:
        raise ValueError(f"{len(days)} days: bars show 1 to {MOST_DAYS}")
    lengths = [by_day.get(day, timedelta()) for day in days]
    card = Card(400, language, font)
    worked = sum(lengths, timedelta())
    card.header(title, words.amount(card.language, worked), words.days(card.language, first, last))
    plot = _Plot(card, len(days), max(*lengths, goal or timedelta()))
    for slot, length in enumerate(lengths):
        plot.bar(slot, length, ACCENT if length >= (goal or length) else QUIET)
    if goal:
        plot.goal(goal)
    plot.numbers(lengths)
    plot.days(days)
    if not worked:
        middle = ((plot.left + RIGHT) / 2, (TOP + GROUND) / 2)
        card.text(
            middle, say(card.language, "picture.empty"), color=MUTED, align="middle", clear=True
        )
    return card.png()


class _Plot:
    """The field below the header: a slot for each day, and a scale up to the longest."""

    def __init__(self, card: Card, slots: int, longest: timedelta) -> None:
        self.card = card
        longest = longest or timedelta(hours=1)
        step = next(step for step in STEPS if longest <= 5 * step)
        ticks = [step * n for n in range(1, -(-longest // step) + 1)]
        self.scale = ticks[-1]
        labels = [words.amount(card.language, tick) for tick in ticks]
        self.left = MARGIN + max(card.width(label) for label in labels) + 14
        self.slot = (RIGHT - self.left) / slots
        for tick, label in zip(ticks, labels, strict=True):
            y = self.y(tick)
            card.block((self.left, RIGHT), (y - 0.5, y + 0.5), TRACK)
            card.text((self.left - 14, y + 8), label, color=MUTED, align="right")
        card.block((self.left, RIGHT), (GROUND, GROUND + 1.5), MUTED)

    def y(self, length: timedelta) -> float:
        """Return the height of a length."""
        return GROUND - (GROUND - TOP) * (length / self.scale)

    def middle(self, slot: int) -> float:
        """Return the x of a slot's middle."""
        return self.left + self.slot * (slot + 0.5)

    def bar(self, slot: int, length: timedelta, color: str) -> None:
        """Draw one day; what is not nothing is seen."""
        if length:
            half = min(self.slot * 0.34, 30)
            x = self.middle(slot)
            top = min(self.y(length), GROUND - 2)
            self.card.bar((x - half, x + half), (top, GROUND), color)

    def goal(self, goal: timedelta) -> None:
        """Draw the line, and say what it means in the header."""
        y = self.y(goal)
        self.card.dashes((self.left, RIGHT), y, GOAL)
        label = say(self.card.language, "picture.goal", goal=words.amount(self.card.language, goal))
        self.card.text((RIGHT, SECOND_LINE), label, color=GOAL, align="right")
        end = RIGHT - self.card.width(label) - 10
        self.card.dashes((end - 42, end), SECOND_LINE - 8, GOAL)

    def numbers(self, lengths: Sequence[timedelta]) -> None:
        """Write each length over its bar if there is room for all, else the longest."""
        labels = [words.hours_minutes(length) for length in lengths]
        widest = max(self.card.width(label) for label in labels)
        shown = range(len(lengths)) if widest + 8 <= self.slot else [lengths.index(max(lengths))]
        for slot in shown:
            if lengths[slot]:
                half = self.card.width(labels[slot]) / 2
                x = min(max(self.middle(slot), self.left + half), RIGHT - half)
                at = (x, self.y(lengths[slot]) - 9)
                self.card.text(at, labels[slot], align="middle", clear=True)

    def days(self, days: Sequence[date]) -> None:
        """Name the days below: a week by weekdays, more by numbers, as many as there is room."""
        taken: list[tuple[float, float]] = []
        for slot, day in sorted(enumerate(days), key=lambda one: one[1].day != 1):
            if label := self.name(day, days):
                x, half = self.middle(slot), self.card.width(label) / 2 + 4
                if all(x + half <= left or right <= x - half for left, right in taken):
                    self.card.text((x, 378), label, color=MUTED, align="middle")
                    taken.append((x - half, x + half))

    def name(self, day: date, days: Sequence[date]) -> str:
        """Name a day as short as can be, nothing if others say where it is."""
        if len(days) <= 7:
            return words.weekday(self.card.language, day.weekday())
        if day.day == 1 and days[0].month != days[-1].month:
            return words.month(self.card.language, day.month)
        return str(day.day) if day.day == 1 or day.day % 5 == 0 or len(days) <= 14 else ""
