"""What the texts of all answers have in common, once they are put together."""

import re
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from domain.calendar import Calendar
from domain.periods import parse_period
from tests.support.answers import LANGUAGES, NOW, TOKYO, kinds, payload
from tests.views.test_limits import made
from views.answer import render
from views.stats import period_name

NESTED = re.compile(r"[（(][^（()）]*[（(]")
NOTHING = re.compile(r"(?<![\d:/–-])0 ?(人|回|日|分|時間|others?|days?|sessions?|min|h)\b")
ONE_OF_MANY = re.compile(r"(?<!\d)1 (others|days|sessions)\b")
COUNTS = {"others": (0, 1), "streak": (0, 1)} | dict.fromkeys(
    ("together", "today", "everywhere", "before", "total"), (timedelta(),)
)


def inputs_in(sent: object) -> list[str]:
    """List every text that somebody reads, wherever it stands in what is sent."""
    if isinstance(sent, dict):
        kept = (value for name, value in sent.items() if name not in ("custom_id", "value"))
        named = [sent["value"]] if "name" in sent and "inline" in sent else []
        return [text for value in (*kept, *named) for text in inputs_in(value)]
    if isinstance(sent, list):
        return [text for one in sent for text in inputs_in(one)]
    return [sent] if isinstance(sent, str) else []


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_no_brackets_stand_in_brackets(kind: type) -> None:
    for answer in made(kind, "あ"):
        for language in LANGUAGES:
            for text in inputs_in(payload(render(answer, language))):
                assert not NESTED.search(re.sub(r"\]\([^)]*\)|<t:[^>]*>", "", text)), text


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_what_is_zero_is_left_out_and_one_is_said_as_one(kind: type) -> None:
    names = [one.name for one in fields(kind) if one.name in COUNTS]
    for answer in made(kind, "あ"):
        for name in names:
            for few in COUNTS[name]:
                for language in LANGUAGES:
                    sent = payload(render(replace(answer, **{name: few}), language))
                    for text in inputs_in(sent):
                        assert not NOTHING.search(text), text
                        assert not ONE_OF_MANY.search(text), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("said", ["today", "yesterday", "week", "先々週", "7/1", "all"])
def test_no_title_of_a_period_has_brackets_in_brackets(said: str, language: str) -> None:
    found = parse_period(said, now=NOW, calendar=Calendar(TOKYO))
    assert not NESTED.search(period_name(language, found, date(2026, 7, 1)))
