"""What a button or a modal says it acts on: read strictly, and always what our own views write."""

import logging
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, get_args

import disnake
import pytest
from disnake.ui import Button
from hypothesis import given, settings
from hypothesis import strategies as st

import database
from cogs.components import RETRY_FOR, as_typed, filled_in, refuse_old, refuse_others, with_inputs
from domain.command import Defaults
from domain.config import ConfirmSettings
from domain.errors import UserError
from domain.forms import Digests, FormName, Shown, digest
from domain.logbook import Inputs
from interactions.actions import ACTIONS, Action
from interactions.errors import ActionFailed, failed_action, refused_action, without_detail
from interactions.pipeline import command_of
from interactions.responder import too_late
from interactions.routes import (
    in_guild,
    parse_custom_id,
    parse_id,
    parse_reopen,
    parse_retry,
    reopened_form_id,
)
from tests.support.answers import LANGUAGES, NOW, TOKYO, ids, kinds, labels, of
from tests.support.commands import command
from views.answer import render
from views.modal import FORMS, modal, visible_fields
from views.reply import Reply, text_reply


@pytest.mark.parametrize("text", ["0", "1", "123456789012345678", str(2**63 - 1), "007"])
def test_an_id_is_read(text):
    assert parse_id(text) == int(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " 1", "1 ", "1\n", "-1", "+1", "1.0", "1_0", "0x1", "1e3", "１２", "٣", "a", "1:2"),
        *(str(2**63), "9" * 19, "1" * 20, "1" * 100),
    ],
)
def test_what_is_no_id_is_an_unknown_button(text):
    with pytest.raises(UserError) as raised:
        parse_id(text)
    assert raised.value.key == "unknown_button"


@given(st.text(max_size=100) | st.integers(-5, 2**65).map(str))
def test_whatever_stands_there_is_an_id_or_refused(text):
    with suppress(UserError):
        assert 0 <= parse_id(text) < 2**63


# What each `custom_id` has stood for since it was first posted: buttons work for ever.
JULY = "2026-07-01..2026-07-31"
STAND_FOR = {
    "start": Action("start"),
    "panel:start": Action("start"),
    "panel:end": Action("end"),
    "panel:now": Action("now"),
    "end:5": Action("end_named", 5),
    "stopped:5": Action("end_named", 5),
    "restart:5": Action("restart", 5),
    "ended_at:5": Action("restart", 5),
    "just_now:5": Action("end_asked", 5),
    "ended:5": Action("end_asked", 5),
    "restart_now:5": Action("restart_asked", 5),
    "keep:5": Action("still", 5),
    "until:5": Action("until", 5),
    **{
        f"{name}:5": Action(name, 5)
        for name in (
            *("pause", "resume", "task", "note", "fix", "undo", "discard"),
            *("edit", "delete", "revert", "restore", "entry", "share", "why"),
            *("still", "more", "confirm", "same"),
        )
    },
    "log:3": Action("log", page=3),
    "why:5:2": Action("why", 5, page=2),
    f"why:5:{JULY}": Action("why", 5, start_text=JULY),
    f"why:5:{JULY}:2": Action("why", 5, start_text=JULY, page=2),
    f"share:5:{JULY}": Action("share", 5, start_text=JULY),
    "rank:time": Action("rank", text="time"),
    "rank:days:5": Action("rank", 5, "days"),
    "rank:days:5:2": Action("rank", 5, "days", page=2),
    f"rank:days:5:{JULY}:2": Action("rank", 5, "days", JULY, page=2),
    "join:time:5": Action("join", 5, "time"),
    f"join:time:5:{JULY}": Action("join", 5, "time", JULY),
    f"join:time:{JULY}": Action("join", None, "time", JULY),
    "join:time": Action("join", text="time"),
    "listed:yes": Action("listed", text="yes"),
    "private:no": Action("private", text="no"),
    "language:en-US": Action("language", text="en-US"),
    "day_starts:auto": Action("day_starts", text="auto"),
    "remind_hours:3": Action("remind_hours", text="3"),
    "add": Action("add"),
    "export": Action("export"),
    "delete_data": Action("delete_data"),
    "preview": Action("preview"),
    "import": Action("import"),
    "undo_import:5": Action("undo_import", 5),
    "keep_data": Action("keep_data"),
    "config:hours": Action("config", text="hours"),
    "set:posts:no": Action("configure", text="posts:no"),
    "sure:zone:Asia/Tokyo,week_starts:6": Action(
        "configure_surely", text="zone:Asia/Tokyo,week_starts:6"
    ),
    "server_zone": Action("server_zone"),
    "server_goal": Action("server_goal"),
    "unset:5": Action("unset", 5),
    "zone": Action("zone"),
    "goal": Action("goal"),
    "no_goal": Action("no_goal"),
    "group_goal": Action("group_goal"),
    "no_group_goal": Action("no_group_goal"),
}
OPENS = {
    "stopped:5": "ended_at",
    "ended:5": "ended",
    "preview": "import",
    **{f"{form}:5": form for form in ("ended_at", "until", "task", "note", "fix", "edit")},
    **{
        form: form
        for form in FORMS
        if form in ("add", "delete_data") or form.endswith(("zone", "goal"))
    },
}


@pytest.mark.parametrize("custom_id", STAND_FOR)
def test_every_button_stands_for_what_it_always_did(custom_id):
    pressed = parse_custom_id(custom_id)
    assert pressed.action == STAND_FOR[custom_id]
    form = pressed.action.definition.form if pressed.route.opens else ""
    assert form == OPENS.get(custom_id, "")


@pytest.mark.parametrize("custom_id", STAND_FOR)
def test_outside_of_a_server_a_button_names_it_if_it_may_be_there(custom_id):
    here = parse_custom_id(custom_id).action
    there = parse_custom_id(f"{custom_id}@6").action
    assert there == replace(here, guild_id=6)
    shown = in_guild(text_reply("", 0, Button(custom_id=custom_id, label="x")), 6)
    assert ids(shown) == ([f"{custom_id}@6"] if here.allowed_in_dm else [])


@pytest.mark.parametrize(
    ("custom_id", "footer", "dates"),
    [
        ("share:5", "2026-07-01–2026-07-31 · Asia/Tokyo", JULY),
        ("why:5", "–2026-07-31 · Asia/Tokyo · 5:00–", "1970-01-01..2026-07-31"),
        ("rank:time:5:2", "Asia/Tokyo", None),
        (f"rank:time:5:{JULY}:2", "2026-01-01–2026-01-02 · Asia/Tokyo", JULY),
    ],
)
def test_dates_that_an_earlier_release_wrote_in_a_footer_are_read(custom_id, footer, dates):
    reply = text_reply("x")
    reply.embed.set_footer(text=footer)
    assert with_inputs(parse_custom_id(custom_id), sent(reply)).start_text == dates


def test_every_route_is_among_them_and_every_form_is_opened():
    routes = {route for one in ACTIONS.values() for route in one.routes}
    assert {parse_custom_id(custom_id).route for custom_id in STAND_FOR} == routes
    assert {one.form for one in ACTIONS.values()} == {"", *FORMS}
    assert {*get_args(FormName)} <= {one.form for one in ACTIONS.values()}


@pytest.mark.parametrize(
    "custom_id",
    [
        *("", "x", "end", "end:", "end:x", "end:1:2", "end_named:5", "panel", "panel:x", "start:1"),
        *("rank", "rank:", "log", "log:x", "why", "share", "listed", "retry", "language:a b"),
        *("end:5@", "end:5@x", f"end:5@{2**63}", "@5", "end:5@6@7"),
        *(
            f"end:{2**63}",
            f"why:{2**63}:1",
            "add:5",
            "goal:",
            "said:",
            "stats:5",
            "cancel",
            "end:٣",
        ),
        *("said:now", "said:x:5"),
    ],
)
def test_what_is_none_of_ours_is_an_unknown_button(custom_id):
    with pytest.raises(UserError) as raised:
        parse_custom_id(custom_id)
    assert raised.value.key == "unknown_button"


@pytest.mark.parametrize(
    "custom_id",
    [
        "retry:",
        "retry:x:1",
        "retry:start",
        "retry:start:",
        "retry:start:x",
        "retry:start:1:x",
        "retry:now:1",
        "retry:keep:1:2",
        "retry:start:1:2:3",
        f"retry:start:{2**63}",
        "retry:still:1:2@x",
    ],
)
def test_a_retry_of_nothing_is_an_unknown_button(custom_id):
    with pytest.raises(UserError) as raised:
        parse_retry(custom_id)
    assert raised.value.key == "unknown_button"


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@settings(max_examples=20)
@given(data=st.data())
def test_every_button_that_we_show_is_one_that_we_understand(kind, data):
    answer = data.draw(of(kind, kind))
    if isinstance(answer, ConfirmSettings):  # of something there always is
        answer = replace(answer, week_starts=answer.week_starts or 0)
    for part in render(answer, "ja").buttons:
        custom_id = part.custom_id
        assert custom_id is not None
        assert len(custom_id) <= 100
        if not isinstance(part, Button):  # a menu; its choice comes behind it
            continue
        if parse_reopen(custom_id):
            continue
        found = parse_custom_id(custom_id)
        action_name, *rest = custom_id.split(":")
        if action_name in ("listed", "private"):
            assert rest in (["yes"], ["no"])
        if action_name in ("rank", "join"):
            assert found.action.text in ("time", "days")
        assert found.action.target is None or found.action.target > 0
        assert found.action.page > 0


@pytest.mark.parametrize(
    ("age", "fine"),
    [
        (timedelta(0), True),
        (RETRY_FOR, True),
        (RETRY_FOR + timedelta(milliseconds=1), False),
        (timedelta(milliseconds=-1), False),
    ],
)
def test_a_first_try_lies_neither_ahead_nor_a_day_back(age, fine):
    first = command(NOW)
    pressed: Any = SimpleNamespace(created_at=NOW + age)
    for id_, right in ((first.id, fine), (0, False), (2**63 - 1, False)):
        with nullcontext() if right else pytest.raises(UserError):
            refuse_old(pressed, id_)


def test_a_form_opens_on_ones_own_post_and_where_nobody_knows_whose_it_is():
    def press(owner: int | None) -> Any:
        user = SimpleNamespace(id=owner, display_name="Hana")
        origin = SimpleNamespace(user=user) if owner else None
        message = SimpleNamespace(interaction_metadata=origin)
        return SimpleNamespace(message=message, author=SimpleNamespace(id=7))

    refuse_others(press(7))
    refuse_others(press(None))
    with pytest.raises(UserError) as raised:
        refuse_others(press(8))
    assert (raised.value.key, raised.value.values) == ("not_yours", {"name": "Hana"})


def interaction(guild_id: int | None = 1) -> Any:
    return SimpleNamespace(
        id=disnake.utils.time_snowflake(NOW),
        guild_id=guild_id,
        author=SimpleNamespace(id=7, display_name="ナナオ"),
        channel_id=3,
        locale="ja",
        permissions=disnake.Permissions.none(),
        bot=SimpleNamespace(defaults=Defaults(TOKYO, "ja")),
    )


def test_the_time_of_a_command_is_that_of_its_interaction():
    made = command_of(interaction())
    assert (made.id, made.at) == (interaction().id, NOW)
    assert (made.guild_id, made.user_id, made.user_name, made.channel_id) == (1, 7, "ナナオ", 3)


def test_a_retry_has_the_id_and_the_time_of_its_first_try():
    first = disnake.utils.time_snowflake(datetime(2026, 7, 1, 9, 0, tzinfo=UTC))
    made = command_of(interaction(), first_id=first)
    assert (made.id, made.at) == (first, datetime(2026, 7, 1, 9, 0, tzinfo=UTC))


def test_there_is_no_command_outside_of_a_server():
    with pytest.raises(UserError) as raised:
        command_of(interaction(None))
    assert raised.value.key == "servers_only"


def failed(action: Action, cause: Exception) -> ActionFailed:
    error = ActionFailed(action, command_of(interaction()))
    error.__cause__ = cause
    return error


def typed(action_name: str, target: int | None) -> Action:
    """Make an action with all the words that its form asks for, or all that its buttons say."""
    form = ACTIONS[action_name].form
    if not form:
        dates = "2026-06-29..2026-07-05" if action_name == "join" else None
        return Action(action_name, target, "en-US", start_text=dates)
    inputs = {
        field.input: field.choices[0][0] if field.choices else ALL[field.input]
        for field in FORMS[form][1]
    }
    timed = form in ("fix", "edit")
    shown = Shown(Digests(**dict.fromkeys(inputs, digest("x"))), TOKYO if timed else None)
    return Action(action_name, target).with_inputs(Inputs(**inputs), shown).cleaned()


ALL = {"text": "**a** <@1>", "start": "20m", "end": "now", "task": "`b`", "length": "1h"}


def sent(reply: Reply) -> Any:
    return SimpleNamespace(embeds=[disnake.Embed.from_dict(reply.embed.to_dict())])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "action_name", [name for name, one in ACTIONS.items() if not one.read_only and not one.file]
)
@pytest.mark.parametrize("target", [None, 2**63 - 1])
def test_try_again_asks_for_the_same_once_more(action_name, target, language):
    action = typed(action_name, target)
    reply = failed_action(failed(action, database.ConnectionLost("away")), language)
    (custom_id,) = ids(reply)
    assert custom_id is not None
    assert len(custom_id) <= 100
    found = parse_retry(custom_id)
    assert found
    again, first_id = found
    assert as_typed(again, sent(reply)) == replace(action, retried=True)
    assert first_id == interaction().id
    assert action.definition.form or reply.embed.footer.text is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["time.unreadable", "form.changed", "unknown_button"])
@pytest.mark.parametrize(
    "action_name", [name for name, one in ACTIONS.items() if one.form and visible_fields(one.form)]
)
def test_what_is_refused_opens_again_with_what_was_typed(action_name, key, language):
    target = 2**63 - 1 if ACTIONS[action_name].target == "session" else None
    action = typed(action_name, target)
    (word, *_) = (field.input for field in FORMS[action.definition.form][1])
    no = UserError(key, text="x", word=word, now=None)
    reply = refused_action(action, no, language)
    if key == "unknown_button":
        assert (ids(reply), reply.embed.fields) == ([], [])
        return
    (custom_id,) = ids(reply)
    assert custom_id is not None
    assert len(custom_id) <= 100
    again = parse_reopen(custom_id)
    assert again
    opened = as_typed(again, sent(reply))
    assert (opened.name, opened.target, opened.inputs) == (action_name, target, action.inputs)
    digests = action.shown.digests
    if key == "form.changed":  # it is known now what is there
        digests = digests._replace(**{word: digest(None)})
    assert opened.shown == replace(action.shown, digests=digests)
    form = modal(
        action.definition.form, reopened_form_id(opened), language, opened.inputs, opened.shown
    )
    pressed = parse_custom_id(form.custom_id)
    assert (pressed.action, pressed.route.opens) == (Action(action_name, target, again=True), True)
    filled = filled_in(submitted(form), with_inputs(pressed, sent(reply)))
    assert filled.inputs == action.inputs
    for one in (
        field.input for field in visible_fields(action.definition.form) if not field.choices
    ):
        shown = getattr(filled.shown.digests, one), getattr(digests, one)
        assert shown[0] in (shown[1], None)
    assert filled.shown.zone == action.shown.zone


def submitted(form: disnake.ui.Modal, **texts: str) -> Any:
    """Send a form as it is, but for some of its fields, by their names."""
    values: dict[str, Any] = {}
    for label in form.to_components()["components"]:
        field: Any = label["component"]
        name = field["custom_id"].partition(":")[0]
        chosen = [one["value"] for one in field.get("options", []) if one.get("default")]
        values[field["custom_id"]] = texts.get(name, chosen or field.get("value") or "")
    return SimpleNamespace(values=values)


SHOWN = Shown(Digests(*map(digest, ("note", "2026-07-01 20:00", None, "task"))), TOKYO)
SHOWED = Inputs("note", "2026-07-01 20:00", None, "task")


@pytest.mark.parametrize(
    ("texts", "inputs", "blank"),
    [
        ({}, SHOWED, ""),
        ({"task": "", "text": ""}, Inputs("", "2026-07-01 20:00", None, ""), ""),
        ({"task": "  "}, SHOWED._replace(task="  "), "task"),
        ({"start": "21:00"}, SHOWED._replace(start="21:00"), ""),
    ],
)
def test_a_form_brings_back_what_it_showed(texts, inputs, blank):
    form = modal("edit", "edit:5", "ja", SHOWED, SHOWN)
    filled = filled_in(submitted(form, **texts), parse_custom_id("edit:5").action)
    assert filled.inputs == inputs._replace(end="")
    digests = SHOWN.digests._replace(**{blank: digest(None)} if blank else {})
    assert filled.shown == replace(SHOWN, digests=digests)


def test_a_form_that_an_earlier_release_opened_is_filled_in_too():
    old: Any = SimpleNamespace(values={"start": "9:00", "end": "", "task": "t", "text": "n"})
    filled = filled_in(old, parse_custom_id("edit:5").action)
    assert filled.cleaned() == Action("edit", 5, "n", "9:00", None, "t")
    goal: Any = SimpleNamespace(values={"per": ["week"], "time": "5h"})
    assert filled_in(goal, parse_custom_id("goal").action) == Action("goal", None, "week", "5h")


@pytest.mark.parametrize("field", ["x", "", "start:abcdef:../x", "start:abcdef:Mars/Phobos"])
def test_a_field_that_is_none_of_ours_is_refused(field):
    forged: Any = SimpleNamespace(values={field: "9:00"})
    with pytest.raises(UserError) as raised:
        filled_in(forged, parse_custom_id("edit:5").action)
    assert raised.value.key == "unknown_button"


@pytest.mark.parametrize(
    "custom_id", ["again:", "again:edit:5", "again:now::", "again:x::", f"again:edit:{2**63}:"]
)
def test_what_opens_nothing_again_is_an_unknown_button(custom_id):
    with pytest.raises(UserError) as raised:
        parse_reopen(custom_id)
    assert raised.value.key == "unknown_button"


@pytest.mark.parametrize(
    ("action_name", "cause", "text", "buttons"),
    [
        ("start", database.ConnectionLost(), "Not saved, nothing changed.", ["Try again"]),
        ("start", database.OutcomeUnknown(), "The connection was lost while saving", ["Try again"]),
        ("start", database.QuotaExceeded(), "The database has used up its hours", []),
        ("now", database.ConnectionLost(), "The records can't be reached just now", []),
        ("cancel", database.OutcomeUnknown(), "The records can't be reached just now", []),
        ("now", database.QuotaExceeded(), "The database has used up its hours", []),
    ],
)
def test_what_failed_is_told_as_what_it_is(action_name, cause, text, buttons):
    reply = failed_action(failed(Action(action_name), cause), "en-US")
    assert (reply.embed.description or "").startswith(text)
    assert labels(reply) == buttons


def test_being_too_late_is_nobodys_trouble():
    def refused(code: int) -> disnake.HTTPException:
        response: Any = SimpleNamespace(status=404, reason="Not Found")
        return disnake.HTTPException(response, {"code": code, "message": "x"})

    assert too_late(refused(10062))
    assert too_late(refused(40060))
    assert not too_late(refused(50013))
    assert not too_late(ValueError())


def test_the_log_has_none_of_the_values_of_a_row_that_a_database_refused(caplog):
    cause = ValueError('violates "session_check"\nDETAIL:  Failing row contains (1, ひみつ).\n')
    error = RuntimeError(str(cause))
    error.__cause__ = cause
    try:
        raise error
    except RuntimeError as raised:
        logging.getLogger("x").error("failed", exc_info=without_detail(raised))
    assert 'violates "session_check"' in caplog.text
    assert "ひみつ" not in caplog.text
