"""What people type is drawn with glyphs, or left out: never as boxes."""

import struct
from functools import cache
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from i18n import LANGUAGES, words
from tests.views.picture.cases import CASES
from views.picture import typeface
from views.picture.typeface import PACKAGED, Typeface

SIZE = 44
# those of the other language are drawn in the same words without a font
JAPANESE = {name: case for name, case in CASES.items() if "en-US" not in name}


def characters_of(font: Path) -> set[int]:
    """Read what a font has from its own table (OpenType, cmap, format 4: below U+10000)."""
    file = font.read_bytes()

    def numbers(at: int, count: int = 1) -> tuple[int, ...]:
        return struct.unpack(f">{count}H", file[at : at + 2 * count])

    tables = range(12, 12 + 16 * numbers(4)[0], 16)
    start = next(
        struct.unpack(">I", file[at + 8 : at + 12])[0]
        for at in tables
        if file[at : at + 4] == b"cmap"
    )
    offsets = [start + 4 + 8 * n for n in range(numbers(start + 2)[0])]
    places = [start + struct.unpack(">I", file[at + 4 : at + 8])[0] for at in offsets]
    table = next(at for at in places if numbers(at)[0] == 4)
    size = numbers(table + 6)[0] // 2
    lasts = numbers(table + 14, size)
    firsts, deltas, jumps = (numbers(table + 16 + 2 * size * n, size) for n in (1, 2, 3))
    found = set()
    for n, (first, last, delta, jump) in enumerate(zip(firsts, lasts, deltas, jumps, strict=True)):
        for code in range(first, last + 1):
            here = table + 16 + 6 * size + 2 * n
            glyph = numbers(here + jump + 2 * (code - first))[0] if jump else code
            if glyph and (glyph + delta) % 2**16:
                found.add(code)
    return found


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every font away but Pillow's own, which has Latin letters and digits."""
    monkeypatch.setattr(typeface, "PACKAGED", Path("/nowhere"))
    monkeypatch.setattr(typeface, "WELL_KNOWN", ())


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch) -> Typeface:
    monkeypatch.setattr(typeface, "WELL_KNOWN", ())
    return Typeface(None)


def first_font(face: Typeface, character: str) -> str | None:
    return next((str(font.path) for font, _ in face.runs(character, SIZE)), None)


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.long)])
def test_a_character_is_drawn_by_a_font_that_has_it(packaged, step):
    known = characters_of(PACKAGED)
    assert len(known) > 11_000
    for code in [*range(0x21, 0xD800, step), *range(0xE000, 0x10000, step)]:
        if not chr(code).isspace():
            ours = first_font(packaged, chr(code)) == str(PACKAGED)
            assert ours == (code in known), hex(code)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_packaged_font_has_every_character_of_our_words(language, packaged):
    ours = {
        character
        for key, text in words(language).items()
        if key.startswith(("picture.", "length."))
        for character in text
        if not character.isspace()
    }
    assert {chr(code) for code in characters_of(PACKAGED)} >= ours
    assert packaged.draws("".join(ours))


@pytest.mark.parametrize(
    "text", ["ひらがなカタカナ漢字鬱", "한국어 이름", "简体中文", "繁體中文", "Ωмега ñ"]
)
def test_names_in_four_scripts_are_whole(text, packaged):
    assert packaged.clean(text) == text


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("𝓝𝓪𝓷𝓪𝓸", "Nanao"),
        ("🦀 Nanao 🦀", "Nanao"),
        ("a\r\nb\tc\u3000d", "a b c d"),
        ("か\u3099く", "がく"),
        ("a\ud800b\0c\u202ed", "abcd"),
        ("👨‍👩‍👧", ""),
        ("", ""),
    ],
)
def test_what_has_no_glyph_is_replaced_or_dropped(typed, drawn, packaged):
    assert packaged.clean(typed) == drawn


@given(text=st.text(), room=st.integers(60, 1500))
def test_any_text_fits_its_room(text, room):
    face = Typeface(None)
    shown = face.fit(text, SIZE, room)
    assert face.width(shown, SIZE) <= room
    assert face.draws(shown)
    assert "".join(part for _, part in face.runs(shown, SIZE)) == shown
    assert shown == face.clean(text) or shown.endswith("…")


@given(text=st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1))
def test_as_much_as_fits_is_kept(text):
    face = Typeface(None)
    room = face.width(text, SIZE) - 1
    shown = face.fit(text, SIZE, max(room, SIZE))
    if shown.endswith("…"):
        kept = len(shown) - 1
        assert text.startswith(shown[:-1])
        assert face.width(text[: kept + 1] + "…", SIZE) > max(room, SIZE)


def test_a_very_long_text_is_not_measured_to_its_end(packaged):
    assert len(packaged.clean("あ" * 10**6)) == typeface.LONGEST


def test_a_font_of_the_keepers_goes_first(packaged, tmp_path):
    own = tmp_path / "own.otf"
    own.write_bytes(PACKAGED.read_bytes())
    assert first_font(Typeface(own), "あ") == str(own)
    assert first_font(Typeface(None), "あ") == str(PACKAGED)


@pytest.mark.parametrize("content", [None, b"", b"not a font", b"OTTO\0\1"])
def test_a_font_that_is_none_is_passed_over(content, tmp_path):
    own = tmp_path / "own.otf"
    if content is not None:
        own.write_bytes(content)
    assert first_font(Typeface(own), "あ") == str(PACKAGED)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("case", JAPANESE.values(), ids=JAPANESE)
def test_without_a_font_everything_is_in_digits_and_ascii(case, drawing):
    case[0]()
    for line in drawing.written:
        for character in line.text:
            assert character.isascii() or character in "·…", line
            assert pixels(character) != pixels("\uffff"), line
    assert drawing.cards[0].language == "en-US"


@cache
def pixels(character: str) -> list[list[int]]:
    """Draw a character in Pillow's own font."""
    mask = ImageFont.load_default(SIZE).getmask(character)
    width, height = mask.size
    return [[mask.getpixel((x, y)) for x in range(width)] for y in range(height)]


@pytest.mark.usefixtures("bare")
def test_without_a_font_accents_and_dashes_become_plain():
    assert Typeface(None).clean("Ünï – ナナオ") == "Uni -"
    assert Typeface(None).clean(normalize("NFD", "Ünï")) == "Uni"
