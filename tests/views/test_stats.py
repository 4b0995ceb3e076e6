"""What /stats says of a period that is over, and what it is called."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.calendar import Calendar
from domain.periods import parse_period
from views.stats import period_name

CALENDAR = Calendar(ZoneInfo("Asia/Tokyo"))
NOW = datetime(2026, 7, 15, 21, tzinfo=CALENDAR.zone)  # a Wednesday
TODAY = date(2026, 7, 15)


@pytest.mark.parametrize(
    ("said", "japanese", "english"),
    [
        ("week", "今週（2026年7月13日〜7月19日）", "This week (Jul 13 – Jul 19, 2026)"),
        ("先週", "先週（2026年7月6日〜7月12日）", "Last week (Jul 6 – Jul 12, 2026)"),
        (
            "2026-07-06..2026-07-12",
            "先週（2026年7月6日〜7月12日）",
            "Last week (Jul 6 – Jul 12, 2026)",
        ),
        ("last month", "先月（2026年6月1日〜6月30日）", "Last month (Jun 1 – Jun 30, 2026)"),
        ("6月", "先月（2026年6月1日〜6月30日）", "Last month (Jun 1 – Jun 30, 2026)"),
        ("2025", "去年（2025年1月1日〜12月31日）", "Last year (Jan 1 – Dec 31, 2025)"),
        (
            "2026-06-29..2026-07-05",
            "先々週（2026年6月29日〜7月5日）",
            "The week before last (Jun 29 – Jul 5, 2026)",
        ),
        (
            "4/1-2027/3/31",
            "今年度（2026年4月1日〜2027年3月31日）",
            "This fiscal year (Apr 1, 2026 – Mar 31, 2027)",
        ),
        ("過去7日", "直近7日間（2026年7月9日〜7月15日）", "Last 7 days (Jul 9 – Jul 15, 2026)"),
        ("7/1-7/2", "2026年7月1日〜7月2日", "Jul 1 – Jul 2, 2026"),
        ("all", "全期間", "All time"),
    ],
)
def test_a_period_keeps_its_name(said: str, japanese: str, english: str) -> None:
    found = parse_period(said, now=NOW, calendar=CALENDAR)
    assert period_name("ja", found, TODAY) == japanese
    assert period_name("en-US", found, TODAY) == english


def test_a_period_that_was_last_week_has_only_its_dates_later() -> None:
    found = parse_period("先週", now=NOW, calendar=CALENDAR)
    assert period_name("en-US", found, TODAY + timedelta(weeks=2)) == "Jul 6 – Jul 12, 2026"
