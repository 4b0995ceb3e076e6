"""What organisers set: how it is said, what asks first, what is refused, what is undone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.command import Hours
from domain.config import Config, ConfirmSettings, WeeklySummary, read_settings, settings_text
from domain.decisions import config
from domain.errors import UserError
from domain.goals import Goal
from domain.state import RecordedChange, SettingsChanged, State
from tests.domain.test_decisions import ASKED, CHOSEN, NOW, PREFS, TOKYO, state

UNSET = {
    **dict.fromkeys(("zone", "language", "ask_hours", "remind_hours", "close_hours")),
    **dict.fromkeys(("summary_channel_id", "summary_day", "summary_hour")),
    "day_starts": 0,
    "week_starts": 0,
    "posts": True,
    "summary_failed": False,
}
LONDON = ZoneInfo("Europe/London")


def server(**values: Any) -> State:
    return state(server=UNSET | values, chosen=CHOSEN)


def changed(read: State, said: str, *, sure: bool = False) -> tuple[Any, dict[str, Any]]:
    """Return the answer, and what is set now of what was asked for."""
    answer, changes = config.change(read, ASKED, read_settings(said), sure=sure)
    if not changes:
        return answer, {}
    (made,) = changes
    assert isinstance(made, SettingsChanged)
    assert made.cmd == "config"
    assert {*made.before} == {*made.after}
    return answer, made.after


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("zone:London", {"zone": "London"}),
        ("zone:", {"zone": ""}),
        ("week_starts:6,zone:a, b:c", {"week_starts": "6", "zone": "a, b:c"}),
        ("goal:1:30,posts:no", {"goal": "1:30", "posts": "no"}),
    ],
)
def test_settings_are_said_by_their_names(said: str, read: dict[str, str]) -> None:
    assert read_settings(said) == read
    assert read_settings(settings_text(read)) == read


@pytest.mark.parametrize(
    "said",
    [
        *(None, "", "zone", "x:1", "x,zone:London", "guild_id:1", "summary_by:1"),
        *("week_starts:7", "week_starts:", "posts:maybe", "summary_day:-1"),
        *("summary_channel:x", f"summary_channel:{2**63}", "summary_channel:"),
    ],
)
def test_what_no_button_of_ours_says_is_refused(said: str | None) -> None:
    with pytest.raises(UserError) as refused:
        changed(server(), said or "")
    assert refused.value.key == "unknown_button"


@pytest.mark.parametrize(
    ("said", "setting", "value"),
    [
        ("language:en-US", "language", "en-US"),
        ("posts:no", "posts", False),
        ("ask_hours:12", "ask_hours", 12),
        ("remind_hours:３時間", "remind_hours", 3),
        ("remind_hours:never", "remind_hours", 0),
        ("close_hours:168h", "close_hours", 168),
        ("close_hours:なし", "close_hours", 0),
        ("zone:Tokyo", "zone", "Asia/Tokyo"),  # the one that held already: nothing is cut anew
        ("zone:", "zone", "Asia/Tokyo"),
    ],
)
def test_a_setting_holds_at_once(said: str, setting: str, value: Any) -> None:
    answer, after = changed(server(), said)
    assert isinstance(answer, Config)
    assert after == {"server": {setting: value}}
    assert (answer.news, answer.change_id) == ("changed", ASKED.id)
    again, nothing = changed(server(**{setting: value}), said)
    assert (again.news, again.change_id, nothing) == ("shown", None, {})


@pytest.mark.parametrize(
    ("said", "most"),
    [("remind_hours:x", 168), ("ask_hours:169", 168), ("day_starts:7", 6), ("summary_hour:24", 23)],
)
def test_a_number_of_hours_is_one(said: str, most: int) -> None:
    with pytest.raises(UserError) as refused:
        changed(server(), said)
    text = said.partition(":")[2]
    assert (refused.value.key, refused.value.values) == (
        "hours.unreadable",
        {"text": text, "most": most},
    )


@pytest.mark.parametrize(
    ("known", "said", "hours"),
    [
        ({}, "remind_hours:11", Hours(6, 11, 12)),
        ({}, "remind_hours:12", (12, 12)),
        ({}, "close_hours:4", (4, 4)),
        ({}, "close_hours:0", Hours(6, 4, 0)),
        ({"close_hours": 0}, "remind_hours:100", Hours(6, 100, 0)),
        ({"remind_hours": 0}, "close_hours:1", Hours(6, 0, 1)),
        ({"remind_hours": 10}, "close_hours:10", (10, 10)),
        ({}, "remind_hours:20,close_hours:24", Hours(6, 20, 24)),
    ],
)
def test_a_reminder_comes_before_the_close(known: dict[str, int], said: str, hours: Any) -> None:
    if isinstance(hours, Hours):
        answer, _ = changed(server(**known), said)
        assert (answer.hours, answer.page) == (hours, "hours")
        return
    with pytest.raises(UserError) as refused:
        changed(server(**known), said)
    assert refused.value.key == "hours.order"
    assert (refused.value.values["remind"], refused.value.values["close"]) == hours


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("zone:london", (LONDON, None, None)),
        ("day_starts:4", (None, 4, None)),
        ("week_starts:6,zone:london,day_starts:0", (LONDON, None, 6)),
    ],
)
def test_what_changes_numbers_is_asked_first(said: str, asked: tuple[Any, ...]) -> None:
    question, nothing = changed(server(), said)
    assert isinstance(question, ConfirmSettings)
    assert (question.zone, question.day_starts, question.week_starts) == asked
    assert (question.preferences, nothing) == (PREFS, {})
    answer, after = changed(server(), said, sure=True)
    assert isinstance(answer, Config)
    assert {*after["server"]} <= {"zone", "day_starts", "week_starts"}
    prefs = answer.preferences
    zone, day, week = (new or old for new, old in zip(asked, (TOKYO, 0, 0), strict=True))
    assert (prefs.zone, prefs.server_zone) == (zone, zone)
    assert (prefs.day_starts, prefs.server_day_starts, prefs.week_starts) == (day, day, week)


def test_what_changes_no_number_does_not_wait_for_the_answer() -> None:
    question, after = changed(server(), "zone:london,language:en-US,goal:20h")
    assert isinstance(question, ConfirmSettings)
    assert (question.zone, question.change_id) == (LONDON, ASKED.id)
    assert question.preferences.server_language == "en-US"
    assert after["server"] == {"language": "en-US"}
    assert after["goal"]["minutes"] == 20 * 60


def test_what_a_member_chose_for_themselves_goes_before_the_server() -> None:
    own = replace(server(), chosen=CHOSEN | {"zone": "Europe/London", "day_starts": 2})
    own = replace(own, prefs=replace(PREFS, zone=LONDON, day_starts=2))
    answer, _ = changed(own, "zone:new york,day_starts:5", sure=True)
    prefs = answer.preferences
    assert (prefs.zone, prefs.day_starts, prefs.server_day_starts) == (LONDON, 2, 5)
    shown, _ = config.config(own, ASKED)
    assert shown.proposed == LONDON
    assert answer.proposed is None, "the server has one"


def test_a_summary_has_a_day_and_an_hour_from_its_beginning() -> None:
    answer, after = changed(server(week_starts=6), "summary_channel:5")
    expected = {"summary_channel_id": 5, "summary_day": 6, "summary_hour": 9}
    assert after == {"server": expected}
    assert answer.summary == WeeklySummary(5, 6, 9, failed=False)
    again = server(**expected | {"summary_failed": True, "summary_channel_id": None})
    answer, after = changed(again, "summary_channel:7")
    assert after == {"server": {"summary_channel_id": 7}}
    assert answer.summary == WeeklySummary(7, 6, 9, failed=False), "it is tried anew"
    off, after = changed(server(**expected), "summary_channel:none")
    assert (off.summary, off.page, after) == (
        None,
        "summary",
        {"server": {"summary_channel_id": None}},
    )


def test_a_goal_is_for_the_week_from_today_on() -> None:
    on = PREFS.server_calendar.day_of(NOW)
    answer, after = changed(server(), "goal:20h")
    assert answer.goal == Goal(on, 1200, "week")
    assert after == {
        "server": {},
        "goal": {"whose": 0, "from_on": on.isoformat(), "minutes": 1200, "per": "week"},
    }
    having = replace(server(), server_goals=[Goal(on, 1200, "week")])
    none, after = changed(having, "goal:none")
    assert (none.goal, after["goal"]["minutes"]) == (None, 0)


@pytest.mark.parametrize(
    "said", ["posts:no", "goal:20h", "zone:london,week_starts:6", "ask_hours:0"]
)
def test_undo_brings_back_what_was_before(said: str) -> None:
    read = server()
    answer, (made,) = config.change(read, ASKED, read_settings(said), sure=True)
    recorded = RecordedChange(ASKED.user_id, "Nanao", None, NOW, made.before, made.after)
    now = replace(config.with_settings(read, ASKED, made.after), recorded=recorded)
    later = replace(ASKED, id=99, at=NOW + timedelta(hours=23))
    back, (undone,) = config.restore(now, later)
    assert (undone.cmd, undone.before, undone.after) == ("undo", made.after, made.before)
    assert (back.news, back.change_id, back.page) == ("undone", 99, answer.page)
    assert (
        replace(back, at=NOW, news="shown", change_id=None)
        == config.config(read, ASKED, back.page)[0]
    )


@pytest.mark.parametrize(
    ("values", "hours", "after", "key"),
    [
        ({"posts": False}, 25, {"server": {"posts": False}}, "undo.too_late"),
        ({"posts": True}, 1, {"server": {"posts": False}}, "undo.changed_since"),
        ({"close_hours": 20}, 1, {"server": {"remind_hours": 3}}, "undo.changed_since"),
        # the close was set to 5 since: the old reminder would come after it
        (
            {"remind_hours": 3, "close_hours": 5},
            1,
            {"server": {"remind_hours": 3}},
            "undo.changed_since",
        ),
        ({}, 1, {"zone": "Europe/London"}, "unknown_button"),  # what a member chose
    ],
)
def test_undo_is_refused(values: Any, hours: int, after: Any, key: str) -> None:
    before = {
        "server": {"posts": True} if "posts" in after.get("server", {}) else {"remind_hours": 10}
    }
    recorded = RecordedChange(ASKED.user_id, "Nanao", None, NOW, before, after)
    read = replace(server(**values), recorded=recorded)
    with pytest.raises(UserError) as refused:
        config.restore(read, replace(ASKED, id=99, at=NOW + timedelta(hours=hours)))
    assert refused.value.key == key
