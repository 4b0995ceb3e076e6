"""What Why? shows adds up to what it shows as the total, to the second and over all pages."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.decisions.stats import Breakdown
from domain.intervals import Interval
from domain.summary import parts_of
from tests.support.answers import ASKED, LANGUAGES, NOW, session
from views.answer import render

SHOWN = re.compile(r"\*\*(\d+):(\d\d):(\d\d)\*\*")
PAGE = 10
SECOND = timedelta(seconds=1)


def seconds(text: str | None) -> list[int]:
    """Read the lengths that are shown."""
    found = SHOWN.findall(text or "")
    return [int(hours) * 3600 + int(minutes) * 60 + int(rest) for hours, minutes, rest in found]


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.lists(st.integers(1, 20_000_000), min_size=1, max_size=33))
def test_the_parts_that_are_shown_are_the_total_that_is_shown(language, milliseconds):
    sessions = []
    for number, length in enumerate(milliseconds):
        start = 60 * 24 * (number + 1)
        one = session(start, start - length / 60_000, id=number)
        sessions.append(one)
    window = Interval(NOW - timedelta(days=99), NOW)
    made = tuple(parts_of(sessions, window, NOW))
    counted = sum((part.worked for part in made), timedelta())
    pages = -(-len(made) // PAGE)
    shown: list[int] = []
    for page in range(1, pages + 1):
        first = (page - 1) * PAGE
        before = sum((part.worked for part in made[:first]), timedelta())
        days = window.start.date(), window.end.date()
        parts = made[first : first + PAGE]
        count = len(made)
        answer = Breakdown(ASKED, 99, NOW, *days, parts, before, counted, count, page, pages)
        total, *lengths = seconds(render(answer, language).embed.description)
        assert total == counted // SECOND
        assert len(lengths) == len(parts)
        shown += lengths
    assert sum(shown) == counted // SECOND
