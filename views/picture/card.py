"""The card on which every picture is drawn: its colours, its text, its header."""

from io import BytesIO
from pathlib import Path
from typing import Literal

from i18n import say
from views.picture.typeface import Typeface

WIDTH = 800
MARGIN = 32
RIGHT = WIDTH - MARGIN
DETAIL = 2  # drawn twice as large and then halved: Pillow does not smooth the edges of shapes

# A card of its own, as no text colour is readable on Discord's light and dark alike.
CARD = "#20232a"
INK = "#f2f3f5"
MUTED = "#b5bac1"
TRACK = "#343944"
ACCENT = "#5fd0b0"
QUIET = "#3d8c7a"
GOAL = "#ffc35c"

SECOND_LINE = 92
LARGE, NORMAL, SMALL = 32, 22, 18  # pixels; a phone shows half of that


class Card:
    """A picture in the making, in pixels from the top left; y of text is its baseline."""

    def __init__(self, height: int, language: str, font: Path | None) -> None:
        from PIL import Image, ImageDraw

        self._image = Image.new("RGB", (WIDTH * DETAIL, height * DETAIL), CARD)
        self._draw = ImageDraw.Draw(self._image)
        self._typeface = Typeface(font)
        # without a font for them, words are no use: then those in ASCII
        readable = self._typeface.draws(say(language, "picture.empty"))
        self.language = language if readable else "en-US"

    def block(
        self, x: tuple[float, float], y: tuple[float, float], color: str, radius: float = 0
    ) -> None:
        """Fill a rectangle between two x and two y; the second of each is outside."""
        left, right, top, bottom = (round(at * DETAIL) for at in (*x, *y))
        radius = min(radius * DETAIL, (right - left) / 2, (bottom - top) / 2)
        self._draw.rounded_rectangle((left, top, right - 1, bottom - 1), radius, color)

    def bar(self, x: tuple[float, float], y: tuple[float, float], color: str) -> None:
        """Fill a rectangle that stands on its ground: only its upper corners are round."""
        left, right, top, bottom = (round(at * DETAIL) for at in (*x, *y))
        radius = min(5 * DETAIL, (right - left) / 2, bottom - top)
        corners = (True, True, False, False)
        self._draw.rounded_rectangle(
            (left, top, right - 1, bottom - 1), radius, color, corners=corners
        )

    def dashes(self, x: tuple[float, float], y: float, color: str) -> None:
        """Draw a horizontal line of dashes, with an edge that parts it from what is behind."""
        at, end = x
        while at < end:
            stop = min(at + 10, end)
            self.block((at - 1, stop + 1), (y - 2, y + 2), CARD)
            self.block((at, stop), (y - 1, y + 1), color)
            at += 16

    def width(self, text: str, size: int = NORMAL) -> float:
        """Measure text in pixels."""
        return self._typeface.width(self._typeface.clean(text), size * DETAIL) / DETAIL

    def text(
        self,
        at: tuple[float, float],
        text: str,
        size: int = NORMAL,
        color: str = INK,
        align: Literal["left", "middle", "right"] = "left",
        *,
        room: float = WIDTH,
        clear: bool = False,
    ) -> None:
        """Write one line, cut to its room; clear takes away what is behind."""
        shown = self._typeface.fit(text, size * DETAIL, room * DETAIL)
        width = self._typeface.width(shown, size * DETAIL)
        x = at[0] * DETAIL - width * {"left": 0, "middle": 0.5, "right": 1}[align]
        if clear:
            left, right = x / DETAIL - 7, (x + width) / DETAIL + 7
            self.block((left, right), (at[1] - size, at[1] + size / 4), CARD)
        for font, part in self._typeface.runs(shown, size * DETAIL):
            self._draw.text((x, at[1] * DETAIL), part, color, font, anchor="ls")
            x += font.getlength(part)

    def header(self, title: str, total: str, when: str, remark: str = "") -> None:
        """Write the title, the number that matters most, and a quieter line below both."""
        self.text((RIGHT, 54), total, LARGE, ACCENT, "right")
        room = RIGHT - MARGIN - self.width(total, LARGE) - MARGIN
        self.text((MARGIN, 54), title, LARGE, room=room)
        self.text((MARGIN, SECOND_LINE), when, color=MUTED)
        self.text((RIGHT, SECOND_LINE), remark, color=MUTED, align="right")

    def png(self) -> bytes:
        """Finish the picture."""
        file = BytesIO()
        self._image.reduce(DETAIL).save(file, "PNG")
        return file.getvalue()
