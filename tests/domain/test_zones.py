"""Zones by what people call the place where they live."""

from zoneinfo import available_timezones

import pytest

from domain.errors import UserError
from domain.zones import COMMON, matching, parse_zone, places

READ = {
    "Asia/Tokyo": "asia/tokyo Tokyo 東京 日本 Japan JST 大阪 Osaka ｏｓａｋａ 札幌",
    "Asia/Seoul": "韓国 ソウル KST",
    "Asia/Kolkata": "India インド Mumbai Kolkata",
    "America/New_York": "New-York new_york ニューヨーク EST Boston",
    "America/Los_Angeles": "PST San_Francisco ロサンゼルス",
    "America/Puerto_Rico": "San_Juan プエルトリコ",
    "Europe/London": "London ロンドン イギリス",
    "Europe/Berlin": "Germany ドイツ ミュンヘン",
    "Asia/Shanghai": "China 中国 北京",
    "UTC": "UTC utc",
}


@pytest.mark.parametrize(
    ("said", "name"), [(said, name) for name, saids in READ.items() for said in saids.split()]
)
def test_a_place(said: str, name: str) -> None:
    assert parse_zone(said.replace("_", " ") if "/" not in said else said).key == name


@pytest.mark.parametrize(
    ("said", "near"),
    [("Tokio", "Asia/Tokyo"), ("Ossaka", "Asia/Tokyo"), ("Londn", "Europe/London")],
)
def test_a_slip_of_the_finger_is_asked_about(said: str, near: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_zone(said)
    assert refused.value.key == "zone.near"
    assert near in refused.value.values["near"]


@pytest.mark.parametrize("said", ["Narnia!", "どこか", "x" * 60, "\0", "アメリカ"])
def test_what_is_no_place_or_many_is_refused(said: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_zone(said)
    assert refused.value.key == "zone.unknown"


def test_every_place_has_a_zone_that_there_is() -> None:
    assert set(places().values()) <= available_timezones()


def test_completion_begins_with_what_is_common_and_finds_cities() -> None:
    assert matching("") == list(COMMON)
    assert matching("大")[0] == "Asia/Tokyo"
    assert "Asia/Tokyo" in matching("osa")
    assert len(matching("a")) == len(set(matching("a")))
