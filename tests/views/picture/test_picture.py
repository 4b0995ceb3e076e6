"""Every picture opens, is readable, and shows what it was given."""

import subprocess
import sys
from calendar import month_abbr
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageChops, ImageStat

from devtools.samples import samples
from domain.calendar import ONE_DAY, Calendar
from domain.intervals import inside, total, union
from i18n import LANGUAGES
from tests.views.picture.cases import (
    CASES,
    DAYS,
    FIRST,
    HOUR,
    LAST,
    MONDAY,
    PLACES,
    SUNDAY,
    YEARS,
    worked,
    year_of,
)
from views.picture import bars_png, day_png, heatmap_png
from views.picture import card as colors
from views.picture.bars import GROUND, TOP
from views.picture.card import ACCENT, CARD, GOAL, MARGIN, QUIET, RIGHT, TRACK, WIDTH
from views.picture.day import hours, x_of
from views.picture.heatmap import CELL, LEVELS, PITCH, color_of, scale_of

HOUSE = Path(__file__).resolve().parents[3]
SAMPLES = HOUSE / "docs" / "pictures"


def opened(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    image.load()
    return image


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_picture_opens_and_nothing_is_clipped_or_covered(case, drawing):
    image = opened(case[0]())
    assert image.format == "PNG"
    assert image.width == WIDTH
    assert image.mode == "RGB"  # a card of its own: nothing of the theme shines through
    for line in drawing.written:
        assert line.x[0] >= 8, line
        assert line.x[1] <= WIDTH - 8, line
        assert line.y[0] >= 8, line
        assert line.y[1] <= image.height - 8, line
    for one, other in combinations(drawing.written, 2):
        assert not one.covers(other), (one, other)


def test_the_same_values_give_the_same_bytes_in_any_process():
    code = (
        "import hashlib; from devtools.samples import samples;"
        "print(hashlib.sha256(b''.join(png for _, png in samples())).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=HOUSE,
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


@pytest.fixture(scope="module")
def alone() -> dict[str, bytes]:
    """Draw each sample with nothing beside it."""
    return dict(samples())


def test_threads_do_not_disturb_each_other(alone):
    with ThreadPoolExecutor(4) as pool:
        for together in pool.map(lambda _: dict(samples()), range(4)):
            assert together == alone


def test_the_samples_in_the_docs_are_what_is_drawn_now(alone):
    conversations = {"conversation.ja", "conversation.en-US"}  # drawn by the sandbox
    assert {file.stem for file in SAMPLES.glob("*.png")} == set(alone) | conversations
    for name, png in alone.items():
        kept = Image.open(SAMPLES / f"{name}.png")
        difference = ImageChops.difference(kept.convert("RGB"), opened(png))
        # another machine's FreeType may round an edge differently
        assert max(ImageStat.Stat(difference).mean) < 0.5, f"{name}: remake the samples"


# --- colours ----------------------------------------------------------------------------------


def luminance(color: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        (colors.INK, CARD, 7),  # text: AAA
        (colors.MUTED, CARD, 7),
        (colors.MUTED, TRACK, 4.5),
        (ACCENT, CARD, 7),
        (GOAL, CARD, 7),
        (CARD, ACCENT, 7),  # lengths within sessions
        (QUIET, CARD, 3),  # shapes: AA
        (ACCENT, TRACK, 3),
        *((level, CARD, 3) for level in LEVELS),
        *((lighter, darker, 1.3) for darker, lighter in pairwise((TRACK, *LEVELS))),
    ],
)
def test_contrast(front, back, least):
    assert contrast(front, back) >= least


def test_known_contrasts():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


# --- a week or a month ------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_bars_are_as_high_as_their_days(language, drawing):
    days = {MONDAY: 2 * HOUR, MONDAY + ONE_DAY: HOUR, SUNDAY: 5 * HOUR, LAST: 9 * HOUR}
    bars_png(days, first=MONDAY, last=SUNDAY, goal=2 * HOUR, language=language, title="")
    assert [GROUND - bar.y[0] for bar in drawing.bars] == [
        pytest.approx((GROUND - TOP) * share) for share in (2 / 5, 1 / 5, 1)
    ]
    assert [bar.color for bar in drawing.bars] == [ACCENT, QUIET, ACCENT]
    assert {"2:00", "1:00", "5:00"} <= set(drawing.words)  # each says its length
    dashes = [block for block in drawing.blocks if block.color == GOAL and block.y[0] > TOP]
    assert {sum(dash.y) / 2 for dash in dashes} == {drawing.bars[0].y[0]}


def test_bars_stand_in_their_days_slots(drawing):
    bars_png(DAYS["full"], first=MONDAY, last=SUNDAY, goal=None, language="ja", title="")
    names = [line for line in drawing.written if line.text in "月火水木金土日"]
    assert "".join(name.text for name in names) == "月火水木金土日"
    assert [sum(bar.x) for bar in drawing.bars] == [pytest.approx(sum(name.x)) for name in names]
    assert {bar.color for bar in drawing.bars} == {ACCENT}  # without a goal none is missed


def test_a_minute_is_seen_beside_a_day(drawing):
    days = {MONDAY: timedelta(minutes=1), SUNDAY: ONE_DAY}
    image = opened(bars_png(days, first=MONDAY, last=SUNDAY, goal=None, language="ja", title=""))
    x = int(sum(drawing.bars[0].x) / 2)
    assert image.getpixel((x, GROUND - 1)) != image.getpixel((x, GROUND - 4))


def test_a_month_says_its_longest_day_alone(drawing):
    bars_png(DAYS["month"], first=FIRST, last=LAST, goal=None, language="ja", title="")
    longest = max(DAYS["month"].values())
    hours, minutes = divmod(longest // timedelta(minutes=1), 60)
    assert [word for word in drawing.words if ":" in word] == [f"{hours}:{minutes:02}"]
    assert {"1", "5", "10", "15", "20", "25", "30"} <= set(drawing.words)


def test_two_months_are_named(drawing):
    last = FIRST + ONE_DAY * 61
    bars_png({}, first=FIRST, last=last, goal=None, language="en-US", title="")
    assert {"Oct", "Nov", "Dec"} <= set(drawing.words)


@pytest.mark.parametrize("last", [FIRST + ONE_DAY * 62, FIRST - ONE_DAY])
def test_bars_of_too_many_days_or_none_are_refused(last):
    with pytest.raises(ValueError, match="bars show 1 to 62"):
        bars_png({}, first=FIRST, last=last, goal=None, language="ja", title="")


@pytest.mark.parametrize("minutes", [1, 5, 6, 59, 61, 300, 301, 1439, 1441, 9999, 10**6, 10**7])
def test_the_scale_holds_the_longest_and_little_more(minutes, drawing):
    days = {MONDAY: timedelta(minutes=minutes)}
    bars_png(days, first=MONDAY, last=SUNDAY, goal=None, language="en-US", title="")
    assert GROUND - drawing.bars[0].y[0] <= GROUND - TOP
    assert minutes < 5 or GROUND - drawing.bars[0].y[0] > (GROUND - TOP) * 0.5


# --- a year -----------------------------------------------------------------------------------


@pytest.mark.parametrize("starts", [0, 6])
@pytest.mark.parametrize("year", [2012, 2018, 2023, 2024, 2026, 2028])
def test_a_year_has_a_cell_for_each_day_in_its_week(year, starts, drawing):
    heatmap_png({}, **year_of(year), language="ja", title="", week_starts=starts)
    cells = [block for block in drawing.blocks if block.x[1] - block.x[0] == CELL]
    assert len(cells) == (date(year + 1, 1, 1) - date(year, 1, 1)).days
    assert cells[-1].x[1] == RIGHT
    assert min(cell.x[0] for cell in cells) > MARGIN + 30  # the weekdays stand there
    day = date(year, 1, 1)
    for one, next_one in pairwise(cells):
        down, right = next_one.y[0] - one.y[0], next_one.x[0] - one.x[0]
        assert (down, right) == (
            (-6 * PITCH, PITCH) if (day + ONE_DAY).weekday() == starts else (PITCH, 0)
        )
        day += ONE_DAY


def test_each_cell_has_its_days_colour():
    days = {date(2026, 1, 1): HOUR, date(2026, 12, 31): 8 * HOUR, date(2027, 1, 1): HOUR}
    image = opened(heatmap_png(days, **year_of(2026), language="ja", title=""))
    # a Thursday both; 53 columns, the last one at the right edge
    middle = (144 + 3 * PITCH + 5, RIGHT - 6)
    first, last = middle[1] - 52 * PITCH, middle[1]
    assert image.getpixel((first, middle[0])) == rgb(LEVELS[0])
    assert image.getpixel((last, middle[0])) == rgb(LEVELS[3])
    assert image.getpixel((first + PITCH, middle[0])) == rgb(TRACK)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2026, 6, 1), date(2026, 9, 30), 122),  # the period asked for
        (date(2025, 4, 1), date(2026, 3, 31), 365),
        (date(1970, 1, 1), date(2026, 11, 18), 52 * 7 + 3),  # the last 53 weeks
        (date(2024, 11, 18), date(2026, 11, 22), 53 * 7),
    ],
)
def test_a_period_has_its_days_or_its_last_53_weeks(first, last, count, drawing):
    days = {first: HOUR, last: 2 * HOUR}
    heatmap_png(days, first=first, last=last, language="en-US", title="")
    cells = [block for block in drawing.blocks if block.x[1] - block.x[0] == CELL]
    assert len(cells) == count
    assert min(cell.x[0] for cell in cells) > MARGIN + 30
    assert {"3 h", "2 days"} <= set(drawing.words)  # the total of the words beside it
    assert ("drawn: the last 53 weeks" in drawing.words) == (count != (last - first).days + 1)


def test_a_day_counts_from_a_minute_as_in_the_words(drawing):
    days = {MONDAY: HOUR, SUNDAY: timedelta(seconds=59)}
    heatmap_png(days, **year_of(2026), language="en-US", title="")
    assert "1 day" in drawing.words


def rgb(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color[1:]))


def test_colours_follow_the_length():
    quarter = HOUR
    assert [color_of(quarter * n, 4 * HOUR) for n in (0, 0.01, 0.99, 1, 2, 3, 4, 100)] == [
        TRACK,
        LEVELS[0],
        LEVELS[0],
        *LEVELS[1:],
        LEVELS[3],
        LEVELS[3],
    ]


def test_one_long_night_does_not_dim_the_year():
    days = {date(2026, 1, 1) + ONE_DAY * n: 2 * HOUR for n in range(100)}
    assert scale_of(days) == scale_of(days | {MONDAY: ONE_DAY}) == 2 * HOUR
    assert scale_of({}) == HOUR
    assert scale_of({MONDAY: 10**6 * HOUR}) == 10**4 * HOUR


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_says_its_months_and_its_sum(language, drawing):
    year, days = YEARS["10,000 hours"]
    heatmap_png(days, **year_of(year), language=language, title="")
    japanese = language == "ja"
    months = [f"{n}月" if japanese else month_abbr[n] for n in range(1, 13)]
    assert [word for word in drawing.words if word in months] == months
    assert ("10001時間" if japanese else "10001 h") in drawing.words


# --- a day ------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [place for place in PLACES if place != "skipped"])
@pytest.mark.parametrize("how", ["nothing", "one", "several", "full"])
def test_a_strip_is_as_full_as_its_day(place, how):
    name, on, begins = PLACES[place]
    zone = ZoneInfo(name)
    day = Calendar(zone, begins).day(on)
    intervals = worked(day, how)
    image = opened(day_png(intervals, day=day, zone=zone, language="ja", title=""))
    row = [image.getpixel((x, 190)) for x in range(MARGIN, RIGHT)]  # below the numbers
    share = total(union(inside(intervals, day))) / day.length
    # each edge may fall within a pixel, and a minute is drawn three wide
    assert row.count(rgb(ACCENT)) == pytest.approx(len(row) * share, abs=7)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("ordinary", [*range(24), 0]),
        ("night", [*range(4, 24), *range(5)]),
        ("23 hours", [0, 1, *range(3, 24), 0]),
        ("25 hours", [0, 1, *range(1, 24), 0]),
        # 2:00 comes back as 1:30, so 2:00 is seen twice within half an hour
        ("24.5 hours", [0, 1, 2, *range(3, 24), 0]),
        ("no midnight", [*range(1, 24), 0]),
        ("a quarter", [*range(24), 0]),
    ],
)
def test_hours_are_those_of_the_wall_clock(place, expected):
    name, on, begins = PLACES[place]
    day = Calendar(ZoneInfo(name), begins).day(on)
    assert [hour for _, hour in hours(day, ZoneInfo(name))] == expected


def test_every_hour_is_as_wide_as_any_other():
    zone = ZoneInfo("America/New_York")
    day = Calendar(zone).day(date(2026, 11, 1))
    places = [x_of(at, day) for at, _ in hours(day, zone)]
    assert (places[0], places[-1]) == (MARGIN, RIGHT)
    widths = [right - left for left, right in pairwise(places)]
    assert widths == [pytest.approx((RIGHT - MARGIN) / 25)] * 25


@pytest.mark.parametrize(
    ("place", "note"),
    [("23 hours", "A day of 23 h"), ("24.5 hours", "A day of 24 h 30 min"), ("ordinary", None)],
)
def test_a_day_of_another_length_says_so(place, note, drawing):
    name, on, begins = PLACES[place]
    day = Calendar(ZoneInfo(name), begins).day(on)
    day_png([], day=day, zone=ZoneInfo(name), language="en-US", title="")
    notes = [word for word in drawing.words if word.startswith("A day of")]
    assert notes == ([note] if note else [])
    assert "Nothing recorded yet" in drawing.words
