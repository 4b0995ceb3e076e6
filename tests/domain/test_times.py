"""The `time` grammar: what is said, and which instant it means."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import UserError
from domain.time_grammar import parse_length
from domain.times import parse_time, suggestions
from tests.support.lives import ODD_TIMES, utc

TOKYO = ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")
# Sunday 22 November 2026, 23:20:30 in Tokyo, with the milliseconds that Discord's clock has
NOW = utc("2026-11-22T14:20:30.123")

SPANS = {
    "30m": 30,
    "1h": 60,
    "1h30m": 90,
    "1h30": 90,
    "1.5h": 90,
    "1d": 24 * 60,
    "1d2h3m": 26 * 60 + 3,
    "90 min": 90,
    "2 hours": 120,
    "1 hour and 20 minutes": 80,
    "30分": 30,
    "30分間": 30,
    "1時間": 60,
    "1時間半": 90,
    "1時間30分": 90,
    "1 時間 30 分": 90,
    "３０分": 30,
    "１Ｈ３０Ｍ": 90,
    "  30   M  ": 30,
    "0m": 0,
    "an hour": 60,
    "half an hour": 30,
    "1 hour and a half": 90,
}
# where a length is asked, what looks like a clock is one too
CLOCKLIKE = {
    "1:30": 90,
    "0:45": 45,
    "01:30": 90,
    "１：３０": 90,
    "19:00": 19 * 60,
    "26:00": 26 * 60,
}
SPANS_AGO = {
    "20分前": 20,
    "1時間30分前": 90,
    "1時間半前": 90,
    "2日前": 2 * 24 * 60,
    "２０分まえ": 20,
    "30分くらい前": 30,
    "30m ago": 30,
    "1 hour 30 minutes ago": 90,
    "2 days ago": 2 * 24 * 60,
    "an hour ago": 60,
    "a minute ago": 1,
    "half an hour ago": 30,
    "an hour and a half ago": 90,
}
TIMES = {  # by the wall clock in Tokyo
    # the clock alone: the latest such moment not after now
    "19:00": "2026-11-22 19:00",
    "23:20": "2026-11-22 23:20",
    "23:21": "2026-11-21 23:21",
    "23:50": "2026-11-21 23:50",
    "0:00": "2026-11-22 00:00",
    "1900": "2026-11-22 19:00",
    "930": "2026-11-22 09:30",
    "0930": "2026-11-22 09:30",
    "2026": "2026-11-22 20:26",  # not a year
    "7pm": "2026-11-22 19:00",
    "7:30pm": "2026-11-22 19:30",
    "7:30 p.m.": "2026-11-22 19:30",
    "730PM": "2026-11-22 19:30",
    "PM 7:30": "2026-11-22 19:30",
    "12am": "2026-11-22 00:00",
    "12pm": "2026-11-22 12:00",
    "12:30am": "2026-11-22 00:30",
    "19時": "2026-11-22 19:00",
    "19時半": "2026-11-22 19:30",
    "19時30分": "2026-11-22 19:30",
    "19時5分": "2026-11-22 19:05",
    "１９：３０": "2026-11-22 19:30",
    "１９時": "2026-11-22 19:00",
    "午前9時": "2026-11-22 09:00",
    "午後7時半": "2026-11-22 19:30",
    "午後7:30": "2026-11-22 19:30",
    "午前0時": "2026-11-22 00:00",
    "午前12時": "2026-11-22 00:00",  # as on every digital clock,
    "午後0時": "2026-11-22 12:00",
    "午後12時": "2026-11-22 12:00",  # whatever the decree of 1872 says
    "正午": "2026-11-22 12:00",
    "noon": "2026-11-22 12:00",
    "朝9時": "2026-11-22 09:00",
    "今朝7時半": "2026-11-22 07:30",
    "お昼の12時": "2026-11-22 12:00",
    "昼2時": "2026-11-22 14:00",
    "夕方5時": "2026-11-22 17:00",
    "夜9時": "2026-11-22 21:00",
    "夜の12時": "2026-11-22 00:00",
    "深夜1時": "2026-11-22 01:00",
    "深夜11時": "2026-11-22 23:00",
    "真夜中の2時": "2026-11-22 02:00",
    # the Japanese night: it belongs to the date on which it began
    "24:00": "2026-11-22 00:00",
    "25:30": "2026-11-22 01:30",
    "2530": "2026-11-22 01:30",
    "25時半": "2026-11-22 01:30",
    "29:59": "2026-11-22 05:59",
    "昨日 25:30": "2026-11-22 01:30",
    "11/20 24:00": "2026-11-21 00:00",
    # about then
    "6時頃": "2026-11-22 06:00",
    "6時ごろ": "2026-11-22 06:00",
    "6時から": "2026-11-22 06:00",
    "19:30頃から": "2026-11-22 19:30",
    # the night before goes on after midnight
    "昨夜23時": "2026-11-21 23:00",
    "昨夜の11時": "2026-11-21 23:00",
    "昨夜1時": "2026-11-22 01:00",
    "ゆうべ10時半": "2026-11-21 22:30",
    "last night at 11pm": "2026-11-21 23:00",
    "last night 1am": "2026-11-22 01:00",
    "けさ6時": "2026-11-22 06:00",
    "今夜8時": "2026-11-22 20:00",
    "midnight": "2026-11-22 00:00",
    "yesterday noon": "2026-11-21 12:00",
    # a weekday: the latest
    "日曜 10時": "2026-11-22 10:00",
    "月曜 10時": "2026-11-16 10:00",
    "月曜日の10時": "2026-11-16 10:00",
    "日曜 23:50": "2026-11-15 23:50",
    "Monday 10am": "2026-11-16 10:00",
    "last Tue 9:00": "2026-11-17 09:00",
    "11/20(金) 23:00": "2026-11-20 23:00",
    "11月20日（金） 23:00": "2026-11-20 23:00",
    "11/21(fri) 9:00": "2025-11-21 09:00",  # the latest 21 November that was a Friday
    # months by name
    "Nov 20 8pm": "2026-11-20 20:00",
    "20 Nov 8pm": "2026-11-20 20:00",
    "November 20th, 8pm": "2026-11-20 20:00",
    "Dec 1 2025 9:00": "2025-12-01 09:00",
    "1 December 2025, 9:00": "2025-12-01 09:00",
    # pasted from a message of Discord's
    "<t:1795348800>": "2026-11-22 21:00",
    "<t:1795348800:R>": "2026-11-22 21:00",
    # a day and the clock
    "今日 9:00": "2026-11-22 09:00",
    "today 9:00": "2026-11-22 09:00",
    "昨日 23:10": "2026-11-21 23:10",
    "昨日23時10分": "2026-11-21 23:10",
    "昨日の23時": "2026-11-21 23:00",
    "昨日　２３：１０": "2026-11-21 23:10",
    "きのう 2310": "2026-11-21 23:10",
    "一昨日 9時": "2026-11-20 09:00",
    "おととい 9時": "2026-11-20 09:00",
    "3日前 18:00": "2026-11-19 18:00",
    "yesterday 23:10": "2026-11-21 23:10",
    "Yesterday at 11pm": "2026-11-21 23:00",
    "11pm yesterday": "2026-11-21 23:00",
    "day before yesterday 9am": "2026-11-20 09:00",
    # month and day: the latest such date not after now
    "07-02 18:00": "2026-07-02 18:00",
    "7/2 18:00": "2026-07-02 18:00",
    "7/2 6pm": "2026-07-02 18:00",
    "7月2日 18時": "2026-07-02 18:00",
    "7月2日18時": "2026-07-02 18:00",
    "7月2日の午後6時": "2026-07-02 18:00",
    "11/22 23:20": "2026-11-22 23:20",
    "11/22 23:21": "2025-11-22 23:21",
    "12/31 23:00": "2025-12-31 23:00",
    "2/29 10:00": "2024-02-29 10:00",  # the latest that there was
    # dates
    "2026-07-03 19:00": "2026-07-03 19:00",
    "2026-07-03T19:00": "2026-07-03 19:00",
    "2026/07/03 19:00": "2026-07-03 19:00",
    "2026/7/3 19時": "2026-07-03 19:00",
    "2026年7月3日 19:00": "2026-07-03 19:00",
    "２０２６年７月３日　１９：００": "2026-07-03 19:00",
    "2024-02-29 10:00": "2024-02-29 10:00",
    "2026-07-03 25:00": "2026-07-04 01:00",
}
REFUSED = {
    # minutes? hours?
    "20": "bare_number",
    "7": "bare_number",
    "２０": "bare_number",
    " 20 ": "bare_number",
    # full dates ahead
    "2026-11-22 23:21": "future",
    "2027-01-01 00:00": "future",
    "9998-12-31 29:59": "future",
    "今日 23:30": "future",
    "today 11:30pm": "future",
    "今日 25:00": "future",
    "<t:1795400000:f>": "future",
    # no such time, no such date
    "30:00": "unreadable",
    "99:00": "unreadable",
    "12:61": "unreadable",
    "12:60": "unreadable",
    "1260": "unreadable",
    "999": "unreadable",
    "13pm": "unreadable",
    "午後19時": "unreadable",
    "朝20時": "unreadable",
    "02-30 10:00": "unreadable",
    "13/1 10:00": "unreadable",
    "0/1 10:00": "unreadable",
    "2025-02-29 10:00": "unreadable",
    "2026-04-31 10:00": "unreadable",
    # before anything was ever recorded, and past what can be reckoned
    "0001-01-01 00:00": "unreadable",
    "0000-01-01 00:00": "unreadable",
    "1969-12-31 00:00": "unreadable",
    "9999-12-31 29:00": "unreadable",
    "99999d": "unreadable",
    "999999999h": "unreadable",
    "9" * 59 + "h": "unreadable",
    # more than one way to read it
    "2日": "unreadable",  # two days, or the 2nd
    "7/218:00": "unreadable",  # the 2nd, or the 21st
    "午後7時pm": "unreadable",
    # half of a time
    "昨日": "unreadable",
    "昨日 19": "unreadable",
    "7/2": "unreadable",
    "2026-07-03": "unreadable",
    "19:": "unreadable",
    "前": "unreadable",
    "半": "unreadable",
    "1h1h": "unreadable",
    "30m 19:00": "unreadable",
    "-30m": "unreadable",
    "2026-11-20(月) 9:00": "unreadable",  # a Friday
    "<t:1795348800:X>": "unreadable",
    "2026-07-03T19:00Z": "unreadable",  # would be another zone
    "": "unreadable",
    "   ": "unreadable",
    "math": "unreadable",
    "数学": "unreadable",
    "\0": "unreadable",
    "19:00\0": "unreadable",
    "\u202e19:00": "unreadable",  # written right to left
    "١٩:٠٠": "unreadable",  # digits, but not ours
    "@everyone": "unreadable",
    "19:00" * 800: "unreadable",  # 4,000 characters
    " " * 4000: "unreadable",
    "昨日" + " " * 100 + "23:10": "unreadable",  # longer than a choice of Discord's may be
    "ﷺ" * 60: "unreadable",  # each becomes eighteen characters
}


def key_of(text: str, now: datetime = NOW, zone: ZoneInfo = TOKYO) -> str:
    with pytest.raises(UserError) as refused:
        parse_time(text, now=now, zone=zone)
    assert refused.value.values == {"text": text[:40]}
    return refused.value.key


def wall(text: str, zone: ZoneInfo = TOKYO, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(("said", "minutes"), (SPANS | SPANS_AGO).items())
def test_a_span_is_that_long_before_now(said, minutes):
    assert parse_time(said, now=NOW, zone=TOKYO) == NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(("said", "minutes"), (SPANS | CLOCKLIKE).items())
def test_a_length(said, minutes):
    assert parse_length(said) == timedelta(minutes=minutes)


def test_a_length_in_days_cannot_be_mistaken_for_a_date():
    assert parse_length("2日") == timedelta(days=2)


@pytest.mark.parametrize(
    "said", ["", "20", "130", "1:60", "20分前", "昨日", "h", "半", "\0", "1" * 9 + "h", "9" * 4000]
)
def test_what_is_no_length_is_refused(said):
    with pytest.raises(UserError) as refused:
        parse_length(said)
    assert (refused.value.key, refused.value.values) == ("length.unreadable", {"text": said[:40]})


@pytest.mark.parametrize("said", ["now", "NOW", " Now ", "今", "いま", "ｎｏｗ"])
def test_now_is_now_to_the_microsecond(said):
    assert parse_time(said, now=NOW, zone=TOKYO) == NOW


@pytest.mark.parametrize(("said", "meant"), TIMES.items())
def test_a_time_of_the_clock(said, meant):
    assert parse_time(said, now=NOW, zone=TOKYO) == wall(meant)


@pytest.mark.parametrize(("said", "why"), REFUSED.items(), ids=[text[:20] for text in REFUSED])
def test_what_cannot_be_meant_is_refused(said, why):
    assert key_of(said) == f"time.{why}"


@pytest.mark.parametrize(
    ("now", "said", "meant"),
    [
        # at night: the wall date is already the next
        ("2026-11-23 01:00", "23:50", "2026-11-22 23:50"),
        ("2026-11-23 01:00", "25:30", "2026-11-22 01:30"),
        ("2026-11-23 02:00", "25:30", "2026-11-23 01:30"),
        ("2026-11-23 02:00", "29:00", "2026-11-22 05:00"),
        ("2026-11-23 01:00", "昨日 23:10", "2026-11-22 23:10"),
        # over the end of the year
        ("2026-01-01 00:10", "23:50", "2025-12-31 23:50"),
        ("2026-01-01 00:10", "12/31 23:50", "2025-12-31 23:50"),
        ("2026-01-01 00:10", "12/31 24:05", "2026-01-01 00:05"),
        ("2026-01-01 00:10", "12/31 24:15", "2025-01-01 00:15"),
        # on a leap day, before and after the time
        ("2028-02-29 12:00", "2/29 10:00", "2028-02-29 10:00"),
        ("2028-02-29 09:00", "2/29 10:00", "2024-02-29 10:00"),
        ("2103-03-01 09:00", "2/29 10:00", "2096-02-29 10:00"),  # 2100 had none
    ],
)
def test_the_latest_that_has_passed(now, said, meant):
    assert parse_time(said, now=wall(now), zone=TOKYO) == wall(meant)


@pytest.mark.parametrize(
    ("now", "said", "meant"),
    [
        # the hour that is skipped: 2:30 becomes 3:30
        (wall("2026-03-08 12:00", NEW_YORK), "2:30", wall("2026-03-08 03:30", NEW_YORK)),
        (wall("2026-03-08 12:00", NEW_YORK), "3/8 2:30", wall("2026-03-08 03:30", NEW_YORK)),
        # but that is still to come at 3:10
        (wall("2026-03-08 03:10", NEW_YORK), "2:30", wall("2026-03-07 02:30", NEW_YORK)),
        # the hour that comes twice: the later one that has passed
        (wall("2026-11-01 12:00", NEW_YORK), "1:30", wall("2026-11-01 01:30", NEW_YORK, fold=1)),
        (wall("2026-11-01 01:45", NEW_YORK, fold=1), "1:30",
         wall("2026-11-01 01:30", NEW_YORK, fold=1)),
        (wall("2026-11-01 01:15", NEW_YORK, fold=1), "1:30", wall("2026-11-01 01:30", NEW_YORK)),
        (wall("2026-11-01 01:15", NEW_YORK), "1:30", wall("2026-10-31 01:30", NEW_YORK)),
        (wall("2026-11-01 01:15", NEW_YORK, fold=1), "2026-11-01 1:30",
         wall("2026-11-01 01:30", NEW_YORK)),
        # a span is what passed, whatever the wall says
        (wall("2026-11-01 01:15", NEW_YORK, fold=1), "1h", wall("2026-11-01 01:15", NEW_YORK)),
        (wall("2026-03-08 03:10", NEW_YORK), "20m", wall("2026-03-08 01:50", NEW_YORK)),
    ],
)  # fmt: skip
def test_clock_changes(now, said, meant):
    assert parse_time(said, now=now, zone=NEW_YORK) == meant


def test_a_day_that_was_skipped():
    apia = ZoneInfo("Pacific/Apia")
    now = wall("2011-12-31 09:00", apia)
    # the evening of the 30th would be that of the 31st, and has not come
    assert parse_time("18:00", now=now, zone=apia) == wall("2011-12-29 18:00", apia)
    assert key_of("昨日 18:00", now, apia) == "time.future"
    assert parse_time("昨日 8:00", now=now, zone=apia) == wall("2011-12-31 08:00", apia)


def test_the_zone_is_the_speakers():
    assert parse_time("9:00", now=NOW, zone=NEW_YORK) == utc("2026-11-22T14:00")
    assert parse_time("9:00", now=NOW, zone=ZoneInfo("Asia/Kathmandu")) == utc("2026-11-22T03:15")


def test_a_naive_now_is_a_mistake():
    with pytest.raises(ValueError, match="naive"):
        parse_time("19:00", now=datetime(2026, 11, 22), zone=TOKYO)  # noqa: DTZ001


ZONES = st.sampled_from([*map(ZoneInfo, ODD_TIMES)])
NOWS = st.datetimes(datetime(1980, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ODD_NOWS = st.sampled_from(sorted({at for times in ODD_TIMES.values() for at in times})).flatmap(
    lambda at: st.integers(-86400, 86400).map(lambda s: utc(at) + timedelta(seconds=s))
)
NUMBERS = ("0", "1", "2", "7", "9", "12", "20", "24", "29", "30", "59", "60", "930", "2026", "1900")
MARKS = tuple(" :/-.時分日月年半前間のthm")
WORDS = ("d", "am", "pm", "ago", "now", "今", "今日", "昨日", "一昨日", "yesterday", "午前", "深夜")
SPOKEN = st.lists(st.sampled_from(NUMBERS + MARKS + WORDS), max_size=9).map("".join)


@given(SPOKEN | st.text(max_size=70), NOWS | ODD_NOWS, ZONES)
@example("24:00", utc("2200-01-01T00:00"), TOKYO)
def test_never_after_now_and_nothing_but_refused(text, now, zone):
    refused = None
    try:
        at = parse_time(text, now=now, zone=zone)
    except UserError as answer:
        refused = answer
    else:
        assert at <= now
        assert at.tzinfo is UTC
    if refused:
        assert refused.key in {"time.unreadable", "time.future", "time.bare_number"}
        assert refused.values == {"text": text[:40]}


@given(SPOKEN | st.text(max_size=70))
def test_a_length_is_read_or_refused(text):
    with suppress(UserError):
        assert parse_length(text) >= timedelta()


@given(st.integers(0, 29), st.integers(0, 59), NOWS | ODD_NOWS, ZONES)
def test_what_was_understood_means_itself(hour, minute, now, zone):
    at = parse_time(f"{hour}:{minute:02}", now=now, zone=zone)
    shown = f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
    assert parse_time(shown, now=now, zone=zone) == at
    assert parse_time(shown[5:], now=now, zone=zone) == at


@given(st.integers(0, 23), st.integers(0, 59), ODD_NOWS, ZONES)
def test_a_clock_time_is_the_latest_that_the_wall_showed(hour, minute, now, zone):
    at = parse_time(f"{hour}:{minute:02}", now=now, zone=zone)
    local = at.astimezone(zone)
    skipped = (local.hour, local.minute) != (hour, minute)
    step = timedelta(minutes=1)
    later = now.replace(second=0, microsecond=0)
    while later > at:
        local = later.astimezone(zone)
        assert (local.hour, local.minute) != (hour, minute)
        later -= step
    if skipped:  # then the wall did jump over it, some time in the day before
        offsets = {(at - back * step).astimezone(zone).utcoffset() for back in range(1441)}
        assert len(offsets) == 2


def offered(text: str) -> list[str]:
    return [value for value, _ in suggestions(text, now=NOW, zone=TOKYO)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("", ["now", "5m", "10m", "15m"]),
        ("20", ["20m", "20:00", "20h", "20:30"]),
        ("7", ["7m", "7:00", "7h", "7:30", "7pm"]),
        ("２０", ["２０分前", "２０時"]),
        ("19:", ["19:00", "19:30"]),
        ("19:3", ["19:30"]),
        ("6.30", ["6:30", "6.30h"]),
        ("930", ["930"]),
        ("20m", ["20m"]),
        ("20分", ["20分"]),
        ("1h", ["1h", "1h30m"]),
        ("1時", ["1時", "1時半", "1時間前", "1時間半前"]),
        ("1時間", ["1時間", "1時間半"]),
        ("午後7", ["午後7時", "午後7時半"]),
        ("yes", ["yesterday 9:00", "yesterday 12:00"]),
        ("昨日", ["昨日 9:00", "昨日 12:00"]),
        ("昨日 23", ["昨日 23時"]),  # 23:30 has passed as well, but not more than once
        ("7/2", ["7/2 9:00", "7/2 12:00"]),
        ("今日 23:30", []),  # still to come
        ("数学", []),
        ("x" * 4000, []),
        ("昨日" + " " * 100 + "23:10", []),
    ],
)
def test_completes_what_is_typed(typed, first):
    assert offered(typed)[: len(first)] == first
    assert bool(offered(typed)) == bool(first)


@given(SPOKEN | st.text(max_size=70), NOWS | ODD_NOWS, ZONES)
def test_offers_only_what_will_be_understood_so(text, now, zone):
    found = suggestions(text, now=now, zone=zone)
    assert len(found) <= 25
    assert len({at for _, at in found}) == len(found)
    for value, at in found:
        assert parse_time(value, now=now, zone=zone) == at <= now
        assert len(value) <= 100  # Discord's limit for a choice
    try:
        at = parse_time(text, now=now, zone=zone)
    except UserError:
        return
    assert found[0] == (text.strip(), at)
