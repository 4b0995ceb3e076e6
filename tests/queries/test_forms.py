"""Forms: they open with what is there and write what was changed in them, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.command import Answer
from domain.forms import FormName, Shown, Unchanged
from domain.logbook import Inputs
from interactions.actions import Action
from models import Goal, Guild, Session
from queries.config import change
from queries.forms import form_contents
from queries.logbook import delete
from queries.profile import set_goal, set_group_goal, set_zone
from tests.support.commands import at, begun, command, do, worked
from tests.support.rows import everything, intervals, log, refused, session, unchanged
from views.modal import shown_in

OF_SESSIONS: list[FormName] = ["note", "fix", "edit"]
OF_CHOICES: list[FormName] = ["zone", "goal", "group_goal", "server_zone", "server_goal"]


def opened(name: FormName, target: int | None = None, when: str = "22:00") -> tuple[Inputs, Shown]:
    """Open a form; give what it shows, and what its fields say that they showed."""
    form = do(form_contents, command(when), name, target)
    return form.inputs, shown_in(name, form.digests, form.preferences.zone)


def sent(
    name: FormName, inputs: Inputs, shown: Shown, target: int | None = None, when: str = "22:05"
) -> Any:
    return do(Action(name, target).with_inputs(inputs, shown).cleaned().do, command(when))


def with_note() -> int:
    id_ = worked("20:00:12.345", "21:00:59.999")
    Session.update(task="math", note="three\npages").execute()
    return id_


def test_a_form_opens_with_what_is_there():
    id_ = with_note()
    start, end = "2026-07-01 20:00", "2026-07-01 21:00"
    assert opened("note", id_)[0] == Inputs("three\npages")
    assert opened("fix", id_)[0] == Inputs(None, start, end)
    assert opened("edit", id_)[0] == Inputs("three\npages", start, end, "math")
    assert opened("task", begun("21:30", task="art"))[0] == Inputs("art")
    assert [opened(one)[0] for one in OF_CHOICES] == [Inputs()] * 5
    do(set_zone, command("21:40"), "london")
    do(set_goal, command("21:41"), "90m", "week")
    do(set_group_goal, command("21:42"), "20h")
    do(change, command("21:43"), {"zone": "Asia/Seoul"}, sure=True)
    found = [opened(one)[0] for one in OF_CHOICES]
    servers = Inputs("week", "20:00")
    assert found[:3] == [Inputs("Europe/London"), Inputs("week", "1:30"), servers]
    assert found[3:] == [Inputs("Asia/Seoul"), servers]
    assert opened("edit", id_)[0].start == "2026-07-01 12:00"


@pytest.mark.parametrize("zone", [None, "london"])
@pytest.mark.parametrize("name", [*OF_SESSIONS, "task", *OF_CHOICES])
def test_a_form_that_is_sent_as_it_opened_changes_nothing(name, zone):
    target = begun("21:30", task="art") if name == "task" else None
    if name in OF_SESSIONS:
        target = with_note()
    if name in OF_CHOICES:
        do(set_zone, command("21:00"), "paris")
        do(set_goal, command("21:01"), "90m", "week")
        do(set_group_goal, command("21:02"), "20h")
        do(change, command("21:03"), {"zone": "Asia/Seoul"}, sure=True)
    inputs, shown = opened(name, target)
    if zone:
        do(set_zone, command("22:01"), zone)
    before = everything(), [*Goal.select().dicts()]
    answer = sent(name, inputs, shown, target)
    assert isinstance(answer, Unchanged) or answer.change_id is None
    assert (everything(), [*Goal.select().dicts()]) == before


@pytest.mark.parametrize("name", ["fix", "edit"])
def test_what_is_typed_into_a_form_is_read_in_the_zone_that_it_showed(name):
    id_ = with_note()
    inputs, shown = opened(name, id_)
    do(set_zone, command("22:01"), "london")
    sent(name, inputs._replace(start="19:30"), shown, id_)
    assert intervals() == [("19:30", "21:00")]
    assert session(id_).ended_at == at("21:00:59.999"), "what was left stays to the second"


def changed(**what: Any) -> Callable[[], Any]:
    return lambda: Session.update(**what).execute()


STALE: list[Any] = [
    # what somebody else changed, what was typed, and what is there then; None: it is refused
    ("edit", changed(task="art"), {"text": "n"}, ("art", "n", "20:00", "21:00")),
    ("edit", changed(note="other"), {"end": "21:30"}, ("math", "other", "20:00", "21:30")),
    (
        "edit",
        changed(ended_at=at("21:10")),
        {"start": "19:00"},
        ("math", "pages", "19:00", "21:10"),
    ),
    ("edit", changed(task="art"), {"task": "art"}, ("art", "pages", "20:00", "21:00")),
    ("edit", changed(task="art"), {"task": "physics"}, "task"),
    ("edit", changed(task="art"), {"task": None}, "task"),
    ("edit", changed(note=None), {"text": "n"}, "text"),
    ("edit", changed(started_at=at("19:00")), {"start": "19:30"}, "start"),
    ("edit", changed(ended_at=at("21:10")), {"end": "21:30"}, "end"),
    ("fix", changed(started_at=at("19:00")), {"end": "21:30"}, ("math", "pages", "19:00", "21:30")),
    ("fix", changed(ended_at=at("21:10")), {"end": "21:30"}, "end"),
    ("note", changed(task="art"), {"text": "n"}, ("art", "n", "20:00", "21:00")),
    ("note", changed(note="other"), {"text": "n"}, "text"),
    ("note", changed(note="other"), {"text": None}, "text"),
]


@pytest.mark.parametrize(("name", "meanwhile", "typed", "expected"), STALE)
def test_a_stale_form_writes_only_what_was_changed_in_it_and_overwrites_nothing(
    name, meanwhile, typed, expected
):
    id_ = worked("20:00", "21:00")
    Session.update(task="math", note="pages").execute()
    inputs, shown = opened(name, id_)
    meanwhile()
    action = Action(name, id_).with_inputs(inputs._replace(**typed), shown)
    if isinstance(expected, str):
        no = refused(action.do, command("22:05"))
        assert (no.key, no.values["word"]) == ("form.changed", expected)
        return
    do(action.do, command("22:05"))
    now = session(id_)
    assert ((now.task, now.note, *intervals()[0])) == expected


@pytest.mark.parametrize(
    ("name", "first", "second", "typed"),
    [
        ("zone", lambda: set_zone(command("22:01"), "london"), "Europe/London", Inputs("paris")),
        ("goal", lambda: set_goal(command("22:01"), "2h", "day"), "2:00", Inputs("day", "3h")),
        ("group_goal", lambda: set_group_goal(command("22:01"), "9h"), "9:00", Inputs(None, "8h")),
        ("server_goal", lambda: set_group_goal(command("22:01"), "9h"), "9:00", Inputs(None, "8h")),
        (
            "server_zone",
            lambda: change(command("22:01"), {"zone": "Asia/Seoul"}, sure=True),
            "Asia/Seoul",
            Inputs("paris"),
        ),
    ],
)
def test_a_choice_that_was_made_since_is_not_overwritten(name, first, second, typed):
    _, shown = opened(name)
    do(first)
    no = refused(Action(name).with_inputs(typed, shown).do, command("22:05"))
    assert (no.key, str(no.values["now"]).partition("/day")[0].partition("/week")[0]) == (
        "form.changed",
        second,
    )


def test_emptying_takes_a_note_and_a_task_away_and_leaves_times_and_goals():
    id_ = with_note()
    inputs, shown = opened("edit", id_)
    sent("edit", Inputs(), shown, id_)
    now = session(id_)
    assert (now.task, now.note, now.started_at) == (None, None, at("20:00:12.345"))
    do(set_goal, command("22:10"), "1h", "day")
    inputs, shown = opened("goal", when="22:11")
    assert isinstance(sent("goal", inputs._replace(start=None), shown, when="22:12"), Unchanged)
    assert Goal.get().minutes == 60
    assert do(Action("no_goal").do, command("22:13")).goal is None
    do(set_group_goal, command("22:14"), "9h")
    assert do(Action("no_group_goal").do, command("22:15")).progress is None
    assert log() == ["start", "end", "edit", *["goal"] * 4]


def test_a_goal_with_another_period_is_another_goal():
    do(set_goal, command("21:00"), "2h", "day")
    inputs, shown = opened("goal")
    answer = sent("goal", inputs._replace(text="week"), shown)
    assert (answer.goal.minutes, answer.goal.per) == (120, "week")
    inputs, shown = opened("goal", when="22:06")
    assert isinstance(sent("goal", inputs._replace(start="120分"), shown, when="22:07"), Unchanged)


def test_nobody_opens_a_form_of_what_is_gone():
    id_ = with_note()
    do(delete, command("22:01"), id_)
    assert refused(form_contents, command("22:02"), "edit", id_).key == "discarded_since"


def test_a_form_is_written_in_the_servers_zone_where_none_is_chosen():
    id_ = with_note()
    Guild.create(guild_id=command("22:00").guild_id, zone="Europe/London")
    inputs, shown = opened("fix", id_)
    assert (inputs.start, shown.zone and shown.zone.key) == ("2026-07-01 12:00", "Europe/London")


def test_the_same_form_heard_twice_is_done_once():
    id_ = with_note()
    inputs, shown = opened("edit", id_)
    asked = command("22:05")
    action = Action("edit", id_).with_inputs(inputs._replace(task="art"), shown)
    first: Answer = do(action.do, asked)
    with unchanged():
        assert do(action.do, asked) == first
