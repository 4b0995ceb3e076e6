"""Which days the words for a period mean."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import ONE_DAY, Calendar
from domain.errors import UserError
from domain.periods import Period, name_of, parse_period
from tests.support.lives import utc

CALENDAR = Calendar(ZoneInfo("Asia/Tokyo"))
NOW = utc("2026-07-15T12:00")  # a Wednesday

READ = [
    (("today", "今日", "きょう", "TODAY", " today "), "today", "2026-07-15 2026-07-15"),
    (("yesterday", "昨日"), "yesterday", "2026-07-14 2026-07-14"),
    (("week", "this week", "今週"), "week", "2026-07-13 2026-07-19"),
    (("month", "今月"), "month", "2026-07-01 2026-07-31"),
    (("year", "今年"), "year", "2026-01-01 2026-12-31"),
    (("all", "全部"), "all", "1970-01-01 2026-07-15"),
    (("last week", "先週"), "between", "2026-07-06 2026-07-12"),
    (("last month", "先月"), "between", "2026-06-01 2026-06-30"),
    (("last year", "去年"), "between", "2025-01-01 2025-12-31"),
    (
        (
            *("2026-07-01 2026-07-31", "2026/7/1 2026/7/31", "2026-07-31 2026-07-01"),
            *("7/1-7/31", "7/1 - 7/31", "7/1..7/31", "7/1 7/31", "7-1-7-31", "2026-7-1-7-31"),
            *("7月1日〜7月31日", "７月１日～７月３１日", "7月1日から7月31日まで", "7/1–7/31"),
            *("7/1ー7/31", "7/1 to 7/31", "7/1 - 2026-07-31", "2026-07-01..7/31"),
        ),
        "between",
        "2026-07-01 2026-07-31",  # it may end ahead
    ),
    (("8/1-8/31",), "between", "2025-08-01 2025-08-31"),  # the latest that has begun
    (("12/20-1/5", "12/20-2026/1/5"), "between", "2025-12-20 2026-01-05"),
    (("6/1-2025/6/30", "2025/6/1-6/30"), "between", "2025-06-01 2025-06-30"),
    (("12/20-2025/1/5",), "between", "2024-12-20 2025-01-05"),
    (("8/1-6/30",), "between", "2025-08-01 2026-06-30"),
    (("昨日-今日", "7/14-今日"), "between", "2026-07-14 2026-07-15"),
    (
        ("7/1", "2026-07-01", "7月1日", "Wed, Jul 1, 2026", "Wednesday, 7/1"),
        "between",
        "2026-07-01 2026-07-01",
    ),
    (("2/29",), "between", "2024-02-29 2024-02-29"),
    (("2/28-2/29",), "between", "2026-02-28 2028-02-29"),  # the first that is not before it
    (("先々週", "week before last"), "between", "2026-06-29 2026-07-05"),
    (("先々月",), "between", "2026-05-01 2026-05-31"),
    (("おととし", "year before last"), "between", "2024-01-01 2024-12-31"),
    (("2025", "2025年"), "between", "2025-01-01 2025-12-31"),
    (
        ("6月", "2026-06", "2026/6", "2026年6月", "Jun", "june 2026"),
        "between",
        "2026-06-01 2026-06-30",
    ),
    (("11月",), "between", "2025-11-01 2025-11-30"),  # the latest that has begun
    (("2026-11",), "between", "2026-11-01 2026-11-30"),
    (("今年度", "this fiscal year"), "between", "2026-04-01 2027-03-31"),
    (("昨年度",), "between", "2025-04-01 2026-03-31"),
    (("last 7 days", "past 7 days", "直近7日間", "過去7日"), "between", "2026-07-09 2026-07-15"),
    (("since 7/1", "7/1から", "7月1日以降", "since Jul 1"), "between", "2026-07-01 2026-07-15"),
    (("since Monday", "月曜から"), "between", "2026-07-13 2026-07-15"),
    (("9998-01-01 9998-12-31",), "between", "9998-01-01 9998-12-31"),
]
UNREADABLE = [
    *(
        "",
        "weeks",
        "11",
        "13月",
        "2026-13",
        "last 0 days",
        "since",
        "since 2027-01-01",
        "1900",
        "2026-02-30",
        "2/30-3/1",
        "7/1-",
        "-7/1",
        "7/1-7/2-7/3",
        "7/1 19:00",
        "20",
        "Tue, Jul 1, 2026",  # a Wednesday
    ),
    *("\0", "\u202e7/1", "7/1" * 2000, "9999-01-01", "1969-12-31", "0000-01-01 2026-07-01"),
]


@pytest.mark.parametrize(
    ("said", "name", "days"), [(said, *meant) for saids, *meant in READ for said in saids]
)
def test_a_period(said: str, name: str, days: str):
    found = parse_period(said, now=NOW, calendar=CALENDAR)
    first, last = map(date.fromisoformat, days.split())
    assert (found.name, found.first, found.last) == (name, first, last)
    assert found.window == CALENDAR.between(first, last)


@pytest.mark.parametrize("said", UNREADABLE, ids=[said[:20] for said in UNREADABLE])
def test_what_is_no_period_is_refused(said: str):
    with pytest.raises(UserError) as refused:
        parse_period(said, now=NOW, calendar=CALENDAR)
    assert (refused.value.key, refused.value.values) == ("period.unreadable", {"text": said[:40]})


@pytest.mark.parametrize(
    ("said", "days_before"),
    [
        ("today", "2026-07-14 2026-07-14"),
        ("yesterday", "2026-07-13 2026-07-13"),
        ("week", "2026-07-06 2026-07-12"),
        ("先週", "2026-06-29 2026-07-05"),
        ("month", "2026-06-01 2026-06-30"),
        ("先月", "2026-05-01 2026-05-31"),
        ("year", "2025-01-01 2025-12-31"),
        ("7/11-7/15", "2026-07-06 2026-07-10"),  # as many days
        ("7/15", "2026-07-14 2026-07-14"),
        ("all", "1970-01-01 1969-12-31"),  # nothing
        ("1970-01-03 2026-07-15", "1970-01-01 1970-01-02"),  # no further back than all
    ],
)
def test_what_it_is_compared_with(said: str, days_before: str):
    before = CALENDAR.between(*map(date.fromisoformat, days_before.split()))
    assert parse_period(said, now=NOW, calendar=CALENDAR).before == before


@pytest.mark.parametrize(
    ("said", "days", "days_before"),
    [
        ("week", "2026-07-12 2026-07-18", "2026-07-05 2026-07-11"),
        ("先週", "2026-07-05 2026-07-11", "2026-06-28 2026-07-04"),
        ("week before last", "2026-06-28 2026-07-04", "2026-06-21 2026-06-27"),
        ("month", "2026-07-01 2026-07-31", "2026-06-01 2026-06-30"),
    ],
)
def test_a_week_may_begin_on_sunday(said: str, days: str, days_before: str):
    calendar = Calendar(CALENDAR.zone, 0, 6)
    first, last = map(date.fromisoformat, days.split())
    found = parse_period(said, now=NOW, calendar=calendar)
    assert (found.first, found.last) == (first, last)
    assert found.before == calendar.between(*map(date.fromisoformat, days_before.split()))
    if found.name == "between":
        assert name_of(first, last, NOW.date(), 6) == said.replace("先週", "last week")


def test_a_late_night_is_still_today():
    found = parse_period("今日", now=utc("2026-07-15T17:00"), calendar=Calendar(CALENDAR.zone, 4))
    assert (found.first, found.window.start) == (date(2026, 7, 15), utc("2026-07-14T19:00"))


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 800))
def test_two_dates_are_read_as_written(first: date, days: int):
    last = first + days * ONE_DAY
    found = parse_period(f"{first} {last}", now=NOW, calendar=CALENDAR)
    assert found.window == CALENDAR.between(first, last)
    assert found.before.length == timedelta(days=days + 1)


@given(st.text(max_size=70) | st.text("0123456789/-. 年月日〜今昨", max_size=22))
def test_a_period_is_read_or_refused(text: str):
    key, found = "", None
    try:
        found = parse_period(text, now=NOW, calendar=CALENDAR)
    except UserError as refused:
        key = refused.key
    if isinstance(found, Period):
        assert found.first <= found.last
        assert found.before.end == found.window.start
    else:
        assert key == "period.unreadable"
