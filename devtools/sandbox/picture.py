"""A channel as a picture, drawn in the manner of Discord's client, with Pillow and a font."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from devtools.sandbox.messages import ACTION_ROW, BUTTON, Message
from devtools.sandbox.render import Reader
from devtools.sandbox.stamps import clock

WIDTH, MARGIN, DETAIL = 760, 20, 2  # pixels; drawn twice as large and then halved
LEFT = MARGIN + 56  # beside the bot's picture
BACKGROUND, CARD, PRESSED = "#313338", "#2b2d31", "#4e5058"
INK, MUTED, WHITE, BLURPLE = "#dbdee1", "#949ba4", "#ffffff", "#5865f2"
COLOURS = {1: BLURPLE, 2: PRESSED, 3: "#248046", 4: "#da373c", 5: PRESSED}  # by a button's style
TEXT, SMALL = 16, 13
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ESCAPED = re.compile(r"\\([\\*_~|`<\[>#.-])")


@dataclass
class Canvas:
    """What is drawn so far, and how far down it goes."""

    font: Path
    y: float = MARGIN
    drawn: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = field(
        default_factory=list[tuple[str, tuple[Any, ...], dict[str, Any]]]
    )

    def fonts(self, size: float) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(str(self.font), size * DETAIL)

    def box(self, x: float, y: float, width: float, height: float, **how: Any) -> None:
        ends = tuple(round(at * DETAIL) for at in (x, y, x + width, y + height))
        radius = how.pop("radius", 0) * DETAIL
        self.drawn.append(("rounded_rectangle", (ends, radius, how.pop("color")), how))

    def write(self, x: float, text: str, size: float = TEXT, color: str = INK) -> float:
        """Write a part of a line, bold where it says so; return where it ends."""
        for number, part in enumerate(_BOLD.split(text)):
            bold, shown = number % 2, _ESCAPED.sub(r"\1", part)
            font, at = self.fonts(size), (x * DETAIL, (self.y + size) * DETAIL)
            how = {"font": font, "anchor": "ls", "stroke_width": 0.7 * bold}
            self.drawn.append(("text", (at, shown, WHITE if bold else color), how))
            x += font.getlength(shown) / DETAIL
        return x

    def lines(self, x: float, text: str, size: float = TEXT, color: str = INK) -> None:
        """Write lines one below the other, each as wide as it may be."""
        for line in text.split("\n"):
            for part in self.wrapped(line, WIDTH - MARGIN - x, size):
                self.write(x, part, size, color)
                self.y += size * 1.4

    def wrapped(self, text: str, room: float, size: float) -> Iterator[str]:
        """Break a line where it is full, at a space if there is one."""
        font = self.fonts(size)
        while font.getlength(text.replace("**", "")) > room * DETAIL:
            kept = next(n for n in range(len(text), 0, -1) if self.fits(text[:n], room, font))
            end = text.rfind(" ", 0, kept) if " " in text[:kept] else kept
            yield text[:end]
            text = text[end:].lstrip()
        yield text

    @staticmethod
    def fits(text: str, room: float, font: ImageFont.FreeTypeFont) -> bool:
        return font.getlength(text.replace("**", "")) <= room * DETAIL

    def image(self, x: float, data: bytes, width: float) -> None:
        """Show a file that is a picture."""
        with Image.open(BytesIO(data)) as picture:
            height = picture.height * width / picture.width
            size = (round(width * DETAIL), round(height * DETAIL))
            shown = picture.convert("RGB").resize(size)
        self.drawn.append(("paste", (shown, (round(x * DETAIL), round(self.y * DETAIL))), {}))
        self.y += height + 8

    def png(self) -> bytes:
        """Return the picture."""
        size = (WIDTH * DETAIL, round((self.y + MARGIN) * DETAIL))
        whole = Image.new("RGB", size, BACKGROUND)
        pen = ImageDraw.Draw(whole)
        for name, arguments, how in self.drawn:
            getattr(whole if name == "paste" else pen, name)(*arguments, **how)
        file = BytesIO()
        whole.reduce(DETAIL).quantize(128).save(file, "PNG", optimize=True)
        return file.getvalue()


def conversation(messages: list[Message], reader: Reader, font: Path) -> bytes:
    """Draw messages as a member sees them; return a PNG."""
    canvas = Canvas(font)
    for message in messages:
        if message.interaction:
            used(canvas, message, reader)
        heading(canvas, message, reader)
        if message.content:
            canvas.lines(LEFT, reader.text(message.content))
        for embed in message.embeds:
            card(canvas, embed, message, reader)
        for row in message.components:
            if row["type"] == ACTION_ROW:
                buttons(canvas, row["components"])
        if message.ephemeral:
            canvas.lines(LEFT, reader.say("only_you"), SMALL, MUTED)
        canvas.y += 18
    return canvas.png()


def used(canvas: Canvas, message: Message, reader: Reader) -> None:
    """Draw above an answer who asked."""
    assert message.interaction
    who = reader.member.discord.users_among([message.interaction["user"]["id"]])
    canvas.lines(LEFT, who[0].name, SMALL, MUTED)


def heading(canvas: Canvas, message: Message, reader: Reader) -> None:
    """Draw who wrote, and when."""
    canvas.box(MARGIN, canvas.y, 40, 40, color=BLURPLE, radius=20)
    x = canvas.write(LEFT, f"**{message.author.name}**")
    canvas.box(x + 6, canvas.y + 1, 34, 17, color=BLURPLE, radius=4)
    canvas.write(x + 11, "APP", 12, WHITE)
    when = clock(message.sent_at.astimezone(reader.zone), reader.member.locale)
    marks = [when] + [reader.say("silent")] * message.silent
    canvas.write(x + 48, " · ".join(marks), SMALL, MUTED)
    canvas.y += 25


def card(canvas: Canvas, embed: dict[str, Any], message: Message, reader: Reader) -> None:
    """Draw an embed: a card with its colour at the left."""
    begun, first = canvas.y, len(canvas.drawn)
    canvas.y += 10
    x = LEFT + 16
    if author := (embed.get("author") or {}).get("name"):
        canvas.lines(x, f"**{author}**", 14)
    if title := embed.get("title"):
        canvas.lines(x, f"**{reader.text(title)}**")
    if description := embed.get("description"):
        canvas.lines(x, reader.text(description), 15)
    for one in embed.get("fields") or []:
        canvas.lines(x, f"**{reader.text(one['name'])}**", 14)
        canvas.lines(x, reader.text(one["value"]), 15)
    for file in message.attachments:
        if file.content_type.startswith("image/"):
            canvas.image(x, file.data, 440)
    if footer := (embed.get("footer") or {}).get("text"):
        canvas.lines(x, footer, 12, MUTED)
    height = canvas.y + 8 - begun
    behind = Canvas(canvas.font)
    behind.box(LEFT, begun, WIDTH - MARGIN - LEFT, height, color=CARD, radius=4)
    behind.box(LEFT, begun, 4, height, color=f"#{embed.get('color') or 0x1E1F22:06x}", radius=2)
    canvas.drawn[first:first] = behind.drawn
    canvas.y = begun + height + 8


def buttons(canvas: Canvas, controls: list[dict[str, Any]]) -> None:
    """Draw a row of buttons."""
    x: float = LEFT
    for one in controls:
        if one["type"] == BUTTON:
            width = canvas.fonts(14).getlength(one.get("label") or "") / DETAIL + 32
            canvas.box(x, canvas.y, width, 34, color=COLOURS[one["style"]], radius=8)
            canvas.y += 9
            canvas.write(x + 16, one.get("label") or "", 14, WHITE)
            canvas.y -= 9
            x += width + 8
    canvas.y += 42
