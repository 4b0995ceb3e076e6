"""What completion offers while somebody types: what it understood, before it is sent."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devtools.sandbox.rules import check_choices
from domain.calendar import Calendar
from domain.periods import choices, parse_period
from domain.sessions import Session
from domain.times import parse_plan, parse_time
from domain.zones import parse_zone as zone_of
from tests.support.answers import LANGUAGES
from views.completion import moment_name, moments, periods, plans, sessions, tasks, zones

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 7, 1, 13, 0, 20, tzinfo=UTC)  # 22:00:20 in Tokyo
STRING = 3
LONGEST = 60  # characters that the options take


@pytest.mark.parametrize(
    ("typed", "english", "japanese"),
    [
        ("20m", "21:40 today (20 min ago)", "きょう 21:40（20分前）"),
        ("20分前", "21:40 today (20 min ago)", "きょう 21:40（20分前）"),
        ("now", "22:00 today (now)", "きょう 22:00（いま）"),
        ("21:00", "21:00 today (1 h ago)", "きょう 21:00（1時間前）"),
        ("23:10", "23:10 yesterday (22 h 50 min ago)", "きのう 23:10（22時間50分前）"),
        ("6/29 22:00", "22:00 6/29 (48 h ago)", "6月29日 22:00（48時間前）"),
        ("12/31 22:00", "22:00 2025/12/31 (4368 h ago)", "2025年12月31日 22:00（4368時間前）"),
    ],
)
def test_a_moment_is_said_before_it_is_sent(typed, english, japanese):
    for language, name in (("en-US", english), ("ja", japanese)):
        first = moments(typed, NOW, TOKYO, language)[0]
        assert (first.name, first.value) == (name, typed)


def test_the_day_is_the_one_of_the_members_zone():
    at = NOW - timedelta(hours=14)
    assert moment_name(at, NOW, TOKYO, "en-US") == "08:00 today (14 h ago)"
    assert moment_name(at, NOW, ZoneInfo("Europe/London"), "en-US") == "00:00 today (14 h ago)"
    assert moment_name(at, NOW, ZoneInfo("America/New_York"), "en-US").startswith("19:00 yesterday")


def test_nothing_older_than_may_be_is_offered():
    day = timedelta(days=1)
    assert moments("24h", NOW, TOKYO, "ja", day)[0].value == "24h"
    assert all(
        NOW - parse_time(choice.value, now=NOW, zone=TOKYO) <= day
        for typed in ("2", "24h1m", "昨日", "6/2")
        for choice in moments(typed, NOW, TOKYO, "ja", day)
    )


@given(
    typed=st.text(st.sampled_from("0123456789:hmd apm分時日前半午後昨月/-"), max_size=9)
    | st.text(max_size=100),
    second=st.integers(0, 86400 * 400),
    zone=st.sampled_from([TOKYO, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]),
    language=st.sampled_from(LANGUAGES),
)
@example(typed="2", second=4 * 3600 + 20, zone=ZoneInfo("UTC"), language="ja")  # 2h and 2:00
@example(typed="１時間", second=0, zone=TOKYO, language="ja")
def test_discord_takes_whatever_is_offered_and_it_means_what_it_says(typed, second, zone, language):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    choices = moments(typed, now, zone, language)
    check_choices({"choices": [choice.to_dict() for choice in choices]}, STRING)
    for choice in choices:
        at = parse_time(choice.value, now=now, zone=zone)
        assert choice.name == moment_name(at, now, zone, language)
        again = parse_time(choice.name, now=now, zone=zone)  # a client may send the name instead
        assert (zone is not TOKYO) or again == at.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("typed", "language", "first"),
    [
        ("", "ja", "きょう"),
        ("先", "ja", "先週"),
        ("先々", "ja", "先々週"),
        ("年度", "ja", "今年度"),
        ("直近", "ja", "直近7日間"),
        ("8月", "ja", "2025年8月1日〜8月31日"),
        ("8", "ja", "2025年8月1日〜8月31日"),
        ("2026", "ja", "2026年1月1日〜12月31日"),
        ("から", "ja", "2026年6月30日（火）から"),
        ("before", "en-US", "The week before last"),
        ("fiscal", "en-US", "This fiscal year"),
        ("last 7", "en-US", "Last 7 days"),
        ("Nov", "en-US", "Nov 1 – Nov 30, 2025"),
        ("since", "en-US", "Since Tue, Jun 30, 2026"),
        ("since 6/3", "en-US", "Since Wed, Jun 3, 2026"),
        ("April", "en-US", "Apr 1 – Apr 30, 2026"),
    ],
)
def test_a_period_is_said_before_it_is_sent(typed, language, first):
    assert periods(typed, NOW, TOKYO, language)[0].name == first


def test_since_a_day_is_offered_beside_the_day():
    offered = [choice.name for choice in periods("6/3", NOW, TOKYO, "en-US")]
    assert offered[:2] == ["Wed, Jun 3, 2026", "Since Wed, Jun 3, 2026"]


@given(
    typed=st.text(st.sampled_from("0123456789/-. 年月日〜先今週昨からnovsice"), max_size=9)
    | st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(str)
    | st.sampled_from(choices(NOW.date())),
    days=st.integers(0, 800),
    language=st.sampled_from(LANGUAGES),
)
def test_a_period_means_the_same_by_its_value_and_by_its_name(typed, days, language):
    now, calendar = NOW + timedelta(days), Calendar(TOKYO)
    offered = periods(typed, now, TOKYO, language)
    check_choices({"choices": [choice.to_dict() for choice in offered]}, STRING)
    for choice in offered:
        assert len(choice.value) <= LONGEST
        by_value, by_name = (
            parse_period(said, now=now, calendar=calendar) for said in (choice.value, choice.name)
        )
        assert (by_name.first, by_name.last) == (by_value.first, by_value.last)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["", "大阪", "London", "new york", "UTC"])
def test_a_zone_means_the_same_by_its_value_and_by_its_name(typed, language):
    offered = zones(typed, NOW, language)
    assert offered
    assert [zone_of(choice.name).key for choice in offered] == [choice.value for choice in offered]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["", "90m", "2時間", "23:30", "25:30", "3"])
def test_a_plan_means_the_same_by_its_value_and_by_its_name(typed, language):
    offered = plans(typed, NOW, TOKYO, language)
    assert offered
    for choice in offered:
        by_value, by_name = (
            parse_plan(said, start=NOW, now=NOW, zone=TOKYO) for said in (choice.value, choice.name)
        )
        # the name says no seconds
        assert timedelta() <= by_value - by_name < timedelta(minutes=1)


KNOWN = ["数学", "Math homework", "math", "homework", "体育"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", KNOWN),
        ("math", ["Math homework", "math"]),
        ("HOME", ["homework", "Math homework"]),
        (" 学 ", ["数学"]),
        ("育", ["体育"]),
        ("x", []),
    ],
)
def test_tasks_that_contain_what_is_typed_are_offered(typed, offered):
    assert tasks(KNOWN, typed) == offered


@given(st.lists(st.text(min_size=1, max_size=120), unique=True, max_size=40), st.text(max_size=3))
def test_discord_takes_whatever_tasks_are_offered(known, typed):
    kept = [task for task in dict.fromkeys(task[:100].strip() for task in known) if task]
    offered = tasks(kept, typed)
    choices = [{"name": task, "value": task} for task in offered]
    check_choices({"choices": choices}, STRING)
    assert set(offered) <= set(kept)


def recorded(id_: int, start: str, end: str | None = None, task: str | None = "数学") -> Session:
    begun, over = (
        text and datetime.fromisoformat(text).replace(tzinfo=TOKYO).astimezone(UTC)
        for text in (start, end)
    )
    return Session(id_, 1, 2, "Nanao", 3, task, None, begun, over)


NAMED = [
    (recorded(1, "2026-07-01 20:00", "2026-07-01 21:00"), "7/1 20:00–21:00 数学"),
    (recorded(2, "2025-07-01 20:00", "2025-07-01 21:00"), "2025/7/1 20:00–21:00 数学"),
    (recorded(3, "2026-06-30 23:00", "2026-07-01 01:00"), "6/30 23:00–7/1 01:00 数学"),
    (recorded(4, "2026-07-01 20:00", "2026-07-01 21:00"), "7/1 20:00–21:00 数学 (2)"),
    (recorded(5, "2026-07-01 21:30", None, None), "7/1 21:30–"),
]
KEPT = [session for session, _ in NAMED]


def test_every_session_has_a_name_of_its_own():
    offered = sessions("", KEPT, TOKYO, NOW)
    assert [(choice.name, choice.value) for choice in offered] == [
        (name, str(session.id)) for session, name in NAMED
    ]


@pytest.mark.parametrize(
    ("typed", "ids"), [("2025", [2]), ("2026", [1, 3, 4, 5]), ("6/30", [3]), ("数学", [1, 2, 3, 4])]
)
def test_sessions_are_found_by_year_day_and_task(typed, ids):
    assert [int(choice.value) for choice in sessions(typed, KEPT, TOKYO, NOW)] == ids


@given(st.lists(st.text(min_size=1, max_size=100), max_size=25))
def test_long_names_stay_apart_within_discords_limit(named):
    known = [recorded(n, "2025-07-01 20:00", None, task) for n, task in enumerate(named)]
    offered = sessions("", known, TOKYO, NOW)
    check_choices({"choices": [choice.to_dict() for choice in offered]}, STRING)
    assert len({choice.name for choice in offered}) == len(offered)
