"""Fonts for whatever people are called: for each character the first that really has it."""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

PACKAGED = Path(__file__).parent / "font" / "NotoSansCJKjp-subset.otf"
# for characters rarer than those packaged; macOS and Windows bring theirs along
WELL_KNOWN = tuple(
    map(
        Path,
        (
            "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
            "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
            "/usr/share/fonts/truetype/vlgothic/VL-PGothic-Regular.ttf",
            "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
            "/System/Library/Fonts/ヒラギノ角ゴシック W3.ttc",
            "/System/Library/Fonts/AppleSDGothicNeo.ttc",
            "C:/Windows/Fonts/YuGothM.ttc",
            "C:/Windows/Fonts/meiryo.ttc",
            "C:/Windows/Fonts/malgun.ttf",
        ),
    )
)
NOWHERE = "\uffff"  # no character, so every font draws its mark for a missing glyph
PROBE = 16  # pixels: large enough that two glyphs differ
LONGEST = 200  # characters looked at; no picture has room for more


class Typeface:
    """The fonts at hand, best first; made anew for each picture, as FreeType's are not shared."""

    def __init__(self, own: Path | None) -> None:
        wanted = (own, PACKAGED, *WELL_KNOWN)
        self._paths = [path for path in wanted if path is not None and path.is_file()]
        self._fonts: dict[tuple[int, int], FreeTypeFont] = {}
        self._places: dict[str, int | None] = {}
        self._missing: dict[int, bytes] = {}  # what each font draws for what it has not

    def draws(self, text: str) -> bool:
        """Return whether every character has a glyph."""
        return all(self._place(character) is not None for character in text)

    def clean(self, text: str) -> str:
        """Bring text into one line of characters that can all be drawn; the others are dropped.

        𝓝𝓪𝓷𝓪𝓸 becomes Nanao, as nicknames are written in letters that only look like letters.
        """
        line = unicodedata.normalize("NFC", " ".join(text[:LONGEST].split()))
        return " ".join("".join(map(self._drawable, line)).split())

    def width(self, text: str, size: int) -> float:
        """Measure in pixels."""
        return sum(font.getlength(part) for font, part in self.runs(text, size))

    def fit(self, text: str, size: int, room: float) -> str:
        """Cut to so many pixels, with an ellipsis if anything is lost."""
        text = self.clean(text)
        if self.width(text, size) <= room:
            return text
        end = "…" if self.draws("…") else "..."

        def too_wide(kept: int) -> bool:
            return self.width(text[:kept].rstrip() + end, size) > room

        kept = bisect_left(range(1, len(text)), True, key=too_wide)
        return text[:kept].rstrip() + end

    def runs(self, text: str, size: int) -> Iterator[tuple["FreeTypeFont", str]]:
        """Split clean text into parts of one font each."""
        for place, part in groupby(text, self._place):
            if place is not None:
                yield self._font(place, size), "".join(part)

    def _font(self, place: int, size: int) -> "FreeTypeFont":
        if (place, size) not in self._fonts:
            self._fonts[place, size] = self._open(place, size)
        return self._fonts[place, size]

    def _open(self, place: int, size: int) -> "FreeTypeFont":
        from PIL import ImageFont

        # basic: raqm's results depend on a library that may or may not be on the machine
        basic = ImageFont.Layout.BASIC
        if place < len(self._paths):
            return ImageFont.truetype(str(self._paths[place]), size, layout_engine=basic)
        own = ImageFont.load_default(size)  # Pillow's, which has Latin and digits
        assert isinstance(own, ImageFont.FreeTypeFont)
        return own

    def _place(self, character: str) -> int | None:
        if character not in self._places:
            self._places[character] = self._find(character)
        return self._places[character]

    def _find(self, character: str) -> int | None:
        for place in range(len(self._paths) + 1):
            try:
                font = self._font(place, PROBE)
            except OSError:  # not a font after all: the next one
                continue
            if place not in self._missing:
                self._missing[place] = _shape(font, NOWHERE)
            if character.isspace() or _shape(font, character) != self._missing[place]:
                return place
        return None

    def _drawable(self, character: str) -> str:
        plainer = unicodedata.normalize("NFKC", character)
        bare = unicodedata.normalize("NFKD", character)[:1]  # é without its accent
        dash = "-" if unicodedata.category(character) == "Pd" else ""
        return next(filter(self.draws, (character, plainer, bare, dash, "")))


def _shape(font: "FreeTypeFont", character: str) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("L", (3 * PROBE, 3 * PROBE))
    ImageDraw.Draw(image).text((PROBE, PROBE), character, 255, font)
    return image.tobytes()
