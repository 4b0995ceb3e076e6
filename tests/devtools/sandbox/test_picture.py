"""A channel as a picture: who wrote, the cards, the buttons, nothing beyond the edge."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from devtools.sandbox.picture import (
    BACKGROUND,
    BLURPLE,
    LEFT,
    MARGIN,
    WHITE,
    WIDTH,
    Canvas,
    conversation,
)
from devtools.sandbox.prompt import Prompt
from devtools.sandbox.screen import Screen, visible
from devtools.sandbox.stamps import terminal_zone

FONT = Path(__file__).parents[3] / "views/picture/font/NotoSansCJKjp-subset.otf"


@pytest.fixture
async def prompt(place, start, tmp_path):
    await start()
    screen = Screen(lambda line: None, "en", terminal_zone(), tmp_path)
    return Prompt(place.discord, place.nanao, screen)


def drawn(prompt) -> Image.Image:
    seen = visible(prompt.member, prompt.channel)
    return Image.open(BytesIO(conversation(seen, prompt.reader, FONT)))


async def test_what_a_member_sees_is_drawn(prompt):
    await prompt.run("/echo text:数学")
    one = drawn(prompt)
    await prompt.run("/later private:true")
    two = drawn(prompt)
    assert one.width == two.width == WIDTH
    assert two.height > one.height + 60
    for image in (one, two):
        painted = {color for _, color in image.convert("RGB").getcolors(10**6)}
        for wanted in (BLURPLE, BACKGROUND, WHITE):
            near = ImageColor.getrgb(wanted)
            assert any(
                sum(abs(a - b) for a, b in zip(near, one, strict=True)) < 48 for one in painted
            )
    await prompt.run("as hana")
    assert drawn(prompt).height == one.height, "what is private is not hers"


@pytest.mark.parametrize("text", ["word " * 80, "数学" * 80, "**bold** " * 60])
def test_a_long_line_is_broken_where_it_is_full(text):
    canvas, room = Canvas(FONT), WIDTH - MARGIN - LEFT
    lines = list(canvas.wrapped(text, room, 16))
    assert len(lines) > 1
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(canvas.fits(line, room, canvas.fonts(16)) for line in lines)
