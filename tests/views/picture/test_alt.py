"""Alt texts carry the numbers of their pictures, and Discord takes them."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import ONE_DAY, Calendar
from domain.intervals import Interval
from i18n import LANGUAGES, length
from tests.views.picture.cases import CASES, DAYS, FIRST, HOUR, LAST, MONDAY, SUNDAY, year_of
from views.picture import bars_alt, day_alt, heatmap_alt, words

NEW_YORK = ZoneInfo("America/New_York")
WORK = {MONDAY: HOUR, MONDAY + ONE_DAY: 2.5 * HOUR, LAST: HOUR}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_alt_text_is_one_that_discord_takes(case):
    text = case[1]()
    assert 0 < len(text) <= 1024
    assert text == text.strip()
    assert "\n" not in text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "ja",
            "ナナオ。2026年11月16日〜11月22日。合計3時間30分（2日）。1日の目標2時間、達成1日。"
            "11月16日 1時間、11月17日 2時間30分",
        ),
        (
            "en-US",
            "ナナオ. Nov 16 – Nov 22, 2026. 3 h 30 min in total on 2 days. "
            "Goal 2 h a day, reached on 1 day. Nov 16 1 h, Nov 17 2 h 30 min",
        ),
    ],
)
def test_bars_in_words(language, expected):
    said = bars_alt(
        WORK, first=MONDAY, last=SUNDAY, goal=2 * HOUR, language=language, title="ナナオ"
    )
    assert said == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "ja",
            "ナナオ。2026年。合計4時間30分（3日）。いちばん長い日 11月17日 2時間30分。"
            "10月 1時間、11月 3時間30分",
        ),
        (
            "en-US",
            "ナナオ. 2026. 4 h 30 min in total on 3 days. Longest day Nov 17, 2 h 30 min. "
            "Oct 1 h, Nov 3 h 30 min",
        ),
    ],
)
def test_a_year_in_words(language, expected):
    assert heatmap_alt(WORK, **year_of(2026), language=language, title="ナナオ") == expected


def test_a_year_counts_no_other():
    said = heatmap_alt(WORK, **year_of(2025), language="en-US", title="N")
    assert said == "N. 2025. Nothing recorded yet"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ja", "ナナオ。2026年11月1日（日）。4時間30分。この日は25時間。00:30–03:00、09:00–10:00"),
        ("en-US", "ナナオ. Sun, Nov 1, 2026. 4 h 30 min. A day of 25 h. 00:30–03:00, 09:00–10:00"),
    ],
)
def test_a_day_in_words_is_by_the_wall_clock(language, expected):
    day = Calendar(NEW_YORK).day(date(2026, 11, 1))
    intervals = [
        Interval(day.start + 10 * HOUR, day.start + 11 * HOUR),
        Interval(day.start + HOUR / 2, day.start + 4 * HOUR),
        Interval(day.end, day.end + HOUR),
    ]
    assert day_alt(intervals, day=day, zone=NEW_YORK, language=language, title="ナナオ") == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_says_every_day(language):
    by_day = DAYS["month"]
    said = bars_alt(by_day, first=FIRST, last=LAST, goal=HOUR, language=language, title="t" * 999)
    for day, worked in by_day.items():
        if worked:
            assert f"{words.on(language, day)} {length(language, worked)}" in said


@pytest.mark.parametrize("language", LANGUAGES)
@given(seconds=st.lists(st.integers(0, 10**9), max_size=62), title=st.text())
def test_what_is_too_long_ends_after_a_whole_item(language, seconds, title):
    days = [FIRST + ONE_DAY * n for n in range(62)]
    by_day = {day: timedelta(seconds=s) for day, s in zip(days, seconds, strict=False)}
    said = bars_alt(by_day, first=days[0], last=days[-1], goal=HOUR, language=language, title=title)
    assert len(said) <= 1024
    items = [
        f"{words.on(language, day)} {length(language, worked)}"
        for day, worked in by_day.items()
        if worked
    ]
    between = "、" if language == "ja" else ", "
    if said.endswith("…"):
        said = said.removesuffix(f"{between}…")
        last = next(i for i, item in enumerate(items) if said.endswith(item))
        assert len(said) > 950
        assert between.join(items[: last + 1]) in said
    else:
        assert said.endswith(between.join(items) if items else ("0日", "0 days"))
