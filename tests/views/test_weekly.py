"""A server's week as it is posted: what it says, what it leaves out, and Discord's limits."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.calendar import ONE_DAY
from domain.decisions.weekly import Week
from domain.goals import Goal, Progress
from domain.leaderboard import Entry, Place
from i18n import say
from tests.support.answers import LANGUAGES
from tests.views.test_limits import CALENDAR, HARD, LARGEST, LONG, filled, keeps_to_limits
from views.weekly import not_posted, weekly_post

HOUR = timedelta(hours=1)
FIRST = date(2026, 6, 29)
LAST = FIRST + 6 * ONE_DAY
GOAL = Goal(FIRST, 10 * 60, "week")
PLACES = tuple(Place(1, Entry(n, f"member {n}", LONG, 0)) for n in range(10))
WEEK = Week(
    *(FIRST, LAST, CALENDAR, {FIRST: 4 * HOUR, LAST: 5 * HOUR}, 9 * HOUR, timedelta(), 3),
    progress=Progress(GOAL, FIRST, LAST, 9 * HOUR),
    places=PLACES[:1],
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_there_is_to_say(language: str) -> None:
    reply = weekly_post(WEEK, "Quiet room", language)
    told = (reply.embed.description or "").splitlines()
    assert len(told) == 5, "nobody worked together"
    assert "▱" in told[2]
    assert "member 0" in told[-1]
    reached = replace(WEEK, progress=Progress(GOAL, FIRST, LAST, 10 * HOUR), together=HOUR)
    told = (weekly_post(reached, "Quiet room", language).embed.description or "").splitlines()
    assert told[3].startswith("▰" * 10)
    nobody = weekly_post(replace(WEEK, places=(), progress=None), "Quiet room", language)
    assert (nobody.embed.description or "").endswith(say(language, "rank.nobody"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_button_joins_the_board_of_that_very_week(language: str) -> None:
    reply = weekly_post(WEEK, "Quiet room", language)
    assert [one.custom_id for one in reply.buttons] == [f"join:time:{FIRST}..{LAST}"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("piece", HARD.values(), ids=HARD)
def test_at_its_worst_it_is_one_that_discord_takes(piece: str, language: str) -> None:
    places = tuple(
        replace(one, entry=replace(one.entry, user_name=filled(piece, 100))) for one in PLACES
    )
    by_day = {FIRST + n * ONE_DAY: LONG for n in range(7)}
    huge = replace(WEEK, by_day=by_day, total=LONG, members=LARGEST, places=places, together=LONG)
    keeps_to_limits(weekly_post(huge, filled(piece, 100), language))
    for outcome in ("failed", "unknown"):
        keeps_to_limits(not_posted(LARGEST, filled(piece, 100), language, outcome))
