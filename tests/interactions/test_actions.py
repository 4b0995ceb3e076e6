"""What is asked for: cleaned of what nobody can keep, and done by the query of its name."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import UserError
from domain.forms import NOT_SHOWN
from domain.logbook import Inputs
from interactions import actions
from interactions.actions import ACTIONS, NOTE, TASK, TIME, Action

SAID = ("note", "start", "end", "task")
TYPED = st.none() | st.text(st.characters(), max_size=700)


@pytest.mark.parametrize(
    ("action_name", "typed", "kept"),
    [
        ("start", "  math\n2 ", "math 2"),
        ("start", "\0", None),
        ("start", "x" * 200, "x" * TASK),
        ("restart", "a\nb", "a b"),
        ("note", "a\nb\0", "a\nb"),
        ("note", "  ", None),
        ("end", "x" * 600, "x" * NOTE),
        ("end", "a\r\nb", "a \nb"),
        ("now", None, None),
    ],
)
def test_a_task_is_a_line_and_a_note_may_have_several(action_name, typed, kept):
    assert Action(action_name, text=typed).cleaned().text == kept


def test_a_time_is_a_line_too():
    assert Action("start", start_text=" 20\n分前\0").cleaned().start_text == "20 分前"
    assert Action("start", start_text="1" * 100).cleaned().start_text == "1" * TIME
    assert Action("start", start_text="").cleaned().start_text is None


@given(st.sampled_from(sorted(ACTIONS)), TYPED, TYPED)
def test_cleaning_twice_changes_nothing_more(action_name, text, said):
    cleaned = Action(action_name, 5, text, said, retried=True).cleaned()
    assert cleaned.cleaned() == cleaned
    assert (cleaned.name, cleaned.target, cleaned.retried) == (action_name, 5, True)
    assert cleaned.text is None or 1 <= len(cleaned.text) <= NOTE
    assert cleaned.start_text is None or 1 <= len(cleaned.start_text) <= TIME


def test_the_table_says_who_may_what_and_what_only_reads():
    def those(which: str) -> set[str]:
        return {name for name, one in ACTIONS.items() if getattr(one, which)}

    assert those("organisers") == {
        *("panel", "group_goal", "config", "configure", "configure_surely"),
        *("server_zone", "server_goal", "unset", "no_group_goal"),
    }
    assert those("public") == {"start", "same", "end", "break", "panel", "share"}
    assert those("corrects") == {"note", "fix", "until", "undo"}
    assert those("read_only") == {
        *("now", "cancel", "panel", "log", "entry"),
        *("stats", "share", "why", "rank", "me", "config", "export", "preview", "form"),
    }
    notes = {name for name, one in ACTIONS.items() if one.text is actions.A_NOTE}
    assert notes == {"end", "end_asked", "note", "add", "add_for", "edit"}


@pytest.mark.parametrize(
    ("asked", "module", "query", "arguments"),
    [
        (Action("start", text="t", start_text="s"), "sessions", "begin", ("t", "s", None, False)),
        (Action("start", retried=True), "sessions", "begin", (None, None, None, True)),
        (Action("same", 5, retried=True), "sessions", "begin_same", (5, True)),
        (Action("end", text="n", start_text="s"), "sessions", "end", ("n", "s", False)),
        (Action("end", retried=True), "sessions", "end", (None, None, True)),
        (Action("end_named", 5, start_text="s"), "sessions", "end_named", (5, "s")),
        (Action("end_asked", 5, "n", "s"), "sessions", "end_named", (5, "n", "s", True)),
        (Action("restart", 5, "t", "s", "p"), "sessions", "restart", (5, "t", "s", "p")),
        (Action("restart_asked", 5, "t", end_text="p"), "sessions", "restart", (5, "t", "p", True)),
        (Action("still", 5), "active", "keep_going", (5,)),
        (Action("more", 5), "active", "extend_plan", (5,)),
        (Action("confirm", 5), "corrections", "confirm", (5,)),
        (Action("note", 5, "n"), "corrections", "set_note", (5, "n", NOT_SHOWN)),
        (Action("fix", 5, start_text="start", end_text="end"), "corrections", "fix",
         (5, "start", "end", NOT_SHOWN)),
        (Action("undo", 5), "corrections", "undo", (5,)),
        (Action("revert", 5), "corrections", "revert", (5,)),
        (Action("break"), "active", "toggle_break", ()),
        (Action("pause", 5), "active", "pause", (5,)),
        (Action("resume", 5), "active", "resume", (5,)),
        (Action("task", 5, "t"), "active", "set_task", (5, "t", NOT_SHOWN)),
        (Action("log", page=3), "logbook", "logbook_page", (3,)),
        (Action("entry", 5), "logbook", "logbook_entry", (5,)),
        (Action("add", None, *SAID), "logbook", "add", (Inputs(*SAID),)),
        (Action("add_for", None, *SAID), "logbook", "add",
         (Inputs("note", "start", None, "task", "end"),)),
        (Action("edit", 5, *SAID), "logbook", "edit", (5, Inputs(*SAID), NOT_SHOWN)),
        (Action("delete", 5), "logbook", "delete", (5,)),
        (Action("stats", start_text="week"), "stats", "stats", ("week",)),
        (Action("share", start_text="week"), "stats", "stats", ("week", True)),
        (Action("why", start_text="week", page=2), "stats", "breakdown", ("week", 2)),
        (
            Action("rank", None, "days", "week", page=2),
            *("leaderboard", "leaderboard_page", ("week", "days", 2)),
        ),
        (Action("me"), "profile", "profile", ()),
        (Action("zone", text="Asia/Tokyo"), "profile", "set_zone", ("Asia/Tokyo", NOT_SHOWN)),
        (Action("language", text="ja"), "profile", "set_language", ("ja",)),
        (Action("language", text="auto"), "profile", "set_language", (None,)),
        (Action("day_starts", text="4"), "profile", "set_day_starts", ("4",)),
        (Action("remind_hours", text="2"), "profile", "set_remind_hours", ("2",)),
        (Action("listed", text="yes"), "profile", "set_listed", ("yes",)),
        (Action("private", text="no"), "profile", "set_private", ("no",)),
        (Action("goal", None, "week", "5h"), "profile", "set_goal", ("5h", "week", NOT_SHOWN)),
        (Action("no_goal"), "profile", "set_goal", ("none", "day")),
        (Action("group_goal", start_text="5h"), "profile", "set_group_goal", ("5h", NOT_SHOWN)),
        (Action("no_group_goal"), "profile", "set_group_goal", ("none",)),
        (Action("form", 5, "edit"), "forms", "form_contents", ("edit", 5)),
        (Action("restore", 5), "profile", "restore", (5,)),
        (Action("config"), "config", "config_page", ("main",)),
        (Action("config", text="hours"), "config", "config_page", ("hours",)),
        (Action("configure", text="zone:a,b,week_starts:6"), "config", "change",
         ({"zone": "a,b", "week_starts": "6"}, False)),
        (Action("configure_surely", text="zone:"), "config", "change", ({"zone": ""}, True)),
        (Action("server_zone"), "config", "change", ({"zone": ""}, False, NOT_SHOWN)),
        (Action("server_goal", start_text="9h"), "config", "change",
         ({"goal": "9h"}, False, NOT_SHOWN)),
        (Action("unset", 5), "config", "restore", (5,)),
        (Action("cancel"), "corrections", "ask_to_discard", ()),
        (Action("discard", 5), "corrections", "discard", (5,)),
        (Action("now"), "guilds", "working", ()),
        (Action("panel"), "guilds", "panel", ()),
    ],
)  # fmt: skip
def test_every_verb_asks_its_query_for_what_was_said(monkeypatch, asked, module, query, arguments):
    got: list[tuple[Any, ...]] = []

    def noted(command: Any, *rest: Any, **named: Any) -> str:
        got.append((command, *rest, *named.values()))
        return "answer"

    monkeypatch.setattr(getattr(actions, module), query, noted)
    assert asked.do("command") == "answer"  # type: ignore[arg-type]
    assert got == [("command", *arguments)]


@pytest.mark.parametrize(
    "action_name",
    [
        *("end_named", "restart", "note", "fix", "undo", "discard", "pause", "resume"),
        *("task", "entry", "edit", "delete", "revert", "restore", "unset"),
        *("still", "more", "confirm", "end_asked", "restart_asked", "same"),
    ],
)
def test_what_must_name_something_and_names_nothing_is_refused(action_name):
    with pytest.raises(UserError) as raised:
        replace(Action(action_name), target=None).do(None)  # type: ignore[arg-type]
    assert raised.value.key == "unknown_button"


@pytest.mark.parametrize("action", [Action("language", text="tlh"), Action("language")])
def test_a_language_that_we_have_not_is_refused(action):
    with pytest.raises(UserError) as raised:
        action.do(None)  # type: ignore[arg-type]
    assert raised.value.key == "unknown_button"
