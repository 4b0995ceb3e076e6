"""What the pictures' tests look at: whatever was written on a card, and where."""

from dataclasses import dataclass

import pytest

from views.picture.card import NORMAL, Card

Pair = tuple[float, float]


@dataclass(frozen=True)
class Written:
    """A line of text as it was drawn, and the box around it."""

    text: str
    x: Pair
    y: Pair

    def covers(self, other: "Written") -> bool:
        return max(self.x[0], other.x[0]) < min(self.x[1], other.x[1]) and max(
            self.y[0], other.y[0]
        ) < min(self.y[1], other.y[1])


@dataclass(frozen=True)
class Drawn:
    """A rectangle."""

    x: Pair
    y: Pair
    color: str


class Drawing:
    """Everything that was put on the cards of one test."""

    def __init__(self) -> None:
        self.written: list[Written] = []
        self.blocks: list[Drawn] = []
        self.bars: list[Drawn] = []
        self.cards: list[Card] = []

    @property
    def words(self) -> list[str]:
        return [line.text for line in self.written]


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> Drawing:
    """Note down what is drawn, and draw it all the same."""
    seen = Drawing()
    text, block, bar, made = Card.text, Card.block, Card.bar, Card.__init__

    def noted_text(card, at, words, size=NORMAL, *rest, **more):
        align = more.get("align", rest[1] if len(rest) > 1 else "left")
        shown = card._typeface.fit(words, size, more.get("room", 800))
        width = card.width(shown, size)
        left = at[0] - width * {"left": 0, "middle": 0.5, "right": 1}[align]
        if shown:  # kanji reach from 0.88 above the baseline to 0.12 below it
            box = ((left, left + width), (at[1] - 0.85 * size, at[1] + 0.1 * size))
            seen.written.append(Written(shown, *box))
        text(card, at, words, size, *rest, **more)

    def noted_block(card, x, y, color, radius=0):
        seen.blocks.append(Drawn(x, y, color))
        block(card, x, y, color, radius)

    def noted_bar(card, x, y, color):
        seen.bars.append(Drawn(x, y, color))
        bar(card, x, y, color)

    def noted_card(card, *rest):
        seen.cards.append(card)
        made(card, *rest)

    monkeypatch.setattr(Card, "text", noted_text)
    monkeypatch.setattr(Card, "block", noted_block)
    monkeypatch.setattr(Card, "bar", noted_bar)
    monkeypatch.setattr(Card, "__init__", noted_card)
    return seen
