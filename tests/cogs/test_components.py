"""What a button or a modal says it acts on: read strictly, and always what our own views write."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import disnake
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import database
from cogs.components import (
    ALONE,
    CHOSEN,
    FILLED_IN,
    NAMED,
    RETRY_FOR,
    SHOWN,
    action_of,
    number,
    recent,
    refuse_others,
)
from domain.command import Answer, Defaults
from domain.errors import UserError
from domain.logbook import Words
from interactions.actions import QUERIES, READS, Action
from interactions.errors import failed_action, too_late
from interactions.pipeline import NotDone, command_of
from tests.queries.scene import command
from tests.views.answers import NOW, TOKYO, ids, kinds, labels, of
from views.answer import render
from views.modal import MODALS
from views.reply import carried


@pytest.mark.parametrize("text", ["0", "1", "123456789012345678", str(2**63 - 1), "007"])
def test_an_id_is_read(text: str) -> None:
    assert number(text) == int(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " 1", "1 ", "1\n", "-1", "+1", "1.0", "1_0", "0x1", "1e3", "１２", "٣", "a", "1:2"),
        *(str(2**63), "9" * 19, "1" * 20, "1" * 100),
    ],
)
def test_what_is_no_id_is_an_unknown_button(text: str) -> None:
    with pytest.raises(UserError) as raised:
        number(text)
    assert raised.value.key == "unknown_button"


@given(st.text(max_size=100) | st.integers(-5, 2**65).map(str))
def test_whatever_stands_there_is_an_id_or_refused(text: str) -> None:
    with suppress(UserError):
        assert 0 <= number(text) < 2**63


def test_every_button_stands_for_something_that_can_be_done() -> None:
    stood_for = {*NAMED.values(), *ALONE.values(), *SHOWN, *CHOSEN, *FILLED_IN.values()}
    assert stood_for <= set(QUERIES)
    assert set(MODALS) <= set(NAMED) | set(FILLED_IN)
    for verb, action in NAMED.items():
        assert action_of(verb) == action
    for verb in ("", "retry", "start", "end_named", "panel", "panel:start", "x"):
        with pytest.raises(UserError):
            action_of(verb)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@settings(max_examples=20)
@given(data=st.data())
def test_every_button_that_we_show_is_one_that_we_understand(
    kind: type[Answer], data: st.DataObject
) -> None:
    for custom_id in ids(render(data.draw(of(kind, kind)), "ja")):
        assert custom_id is not None
        assert len(custom_id) <= 100
        verb, *rest = custom_id.split(":")
        if custom_id in {*ALONE, *FILLED_IN, *CHOSEN, "entry"}:
            continue
        if verb in CHOSEN:
            assert rest in (["yes"], ["no"])
        elif verb in SHOWN:
            if verb in ("rank", "join"):
                assert rest.pop(0) in ("time", "days")
            assert all(number(one) > 0 for one in rest)
        else:
            assert action_of(verb) in QUERIES
            assert [number(one) > 0 for one in rest] == [True]


@pytest.mark.parametrize(
    ("age", "fine"),
    [
        (timedelta(0), True),
        (RETRY_FOR, True),
        (RETRY_FOR + timedelta(milliseconds=1), False),
        (timedelta(milliseconds=-1), False),
    ],
)
def test_a_first_try_lies_neither_ahead_nor_a_day_back(age: timedelta, fine: bool) -> None:
    first = command(NOW)
    pressed: Any = SimpleNamespace(created_at=NOW + age)
    assert recent(pressed, first.id) is fine
    assert not recent(pressed, 0)
    assert not recent(pressed, 2**63 - 1)


def test_a_form_opens_on_ones_own_post_and_where_nobody_knows_whose_it_is() -> None:
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


# Who asked, where and when.


def interaction(guild_id: int | None = 1) -> Any:
    return SimpleNamespace(
        id=disnake.utils.time_snowflake(NOW),
        guild_id=guild_id,
        author=SimpleNamespace(id=7, display_name="ナナオ"),
        channel_id=3,
        bot=SimpleNamespace(defaults=Defaults(TOKYO, "ja")),
    )


def test_the_time_of_a_command_is_that_of_its_interaction() -> None:
    made = command_of(interaction())
    assert (made.id, made.at) == (interaction().id, NOW)
    assert (made.guild_id, made.user_id, made.user_name, made.channel_id) == (1, 7, "ナナオ", 3)


def test_a_retry_has_the_id_and_the_time_of_its_first_try() -> None:
    first = disnake.utils.time_snowflake(datetime(2026, 7, 1, 9, 0, tzinfo=UTC))
    made = command_of(interaction(), first_id=first)
    assert (made.id, made.at) == (first, datetime(2026, 7, 1, 9, 0, tzinfo=UTC))


def test_there_is_no_command_outside_of_a_server() -> None:
    with pytest.raises(UserError) as raised:
        command_of(interaction(None))
    assert raised.value.key == "servers_only"


# What was not done.


def failed(action: Action, cause: Exception) -> NotDone:
    error = NotDone(action, command_of(interaction()))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("verb", sorted(set(QUERIES) - READS))
@pytest.mark.parametrize("target", [None, 2**63 - 1])
def test_try_again_asks_for_the_same_once_more(verb: str, target: int | None) -> None:
    action = Action(verb, target, "text", "20m", "1h", "task").cleaned()
    reply = failed_action(failed(action, database.ConnectionLost("away")), "ja")
    (custom_id,) = ids(reply)
    assert custom_id is not None
    assert len(custom_id) <= 100
    kind, again, first, *rest = custom_id.split(":")
    assert (kind, again, number(first)) == ("retry", verb, interaction().id)
    assert [number(one) for one in rest] == ([] if target is None else [target])
    message: Any = SimpleNamespace(embeds=[disnake.Embed.from_dict(reply.embed.to_dict())])
    assert carried(message) == Words("text", "20m", "1h", "task")


@pytest.mark.parametrize(
    ("verb", "cause", "text", "buttons"),
    [
        ("start", database.ConnectionLost(), "Not saved, nothing changed.", ["Try again"]),
        ("start", database.OutcomeUnknown(), "The connection was lost while saving", ["Try again"]),
        ("start", database.QuotaExceeded(), "The database has used up its hours", []),
        ("now", database.ConnectionLost(), "The records can't be reached just now", []),
        ("cancel", database.OutcomeUnknown(), "The records can't be reached just now", []),
        ("now", database.QuotaExceeded(), "The database has used up its hours", []),
    ],
)
def test_what_failed_is_told_as_what_it_is(
    verb: str, cause: Exception, text: str, buttons: list[str]
) -> None:
    reply = failed_action(failed(Action(verb), cause), "en-US")
    assert (reply.embed.description or "").startswith(text)
    assert labels(reply) == buttons


def test_being_too_late_is_nobodys_trouble() -> None:
    def refused(code: int) -> disnake.HTTPException:
        response: Any = SimpleNamespace(status=404, reason="Not Found")
        return disnake.HTTPException(response, {"code": code, "message": "x"})

    assert too_late(refused(10062))
    assert too_late(refused(40060))
    assert not too_late(refused(50013))
    assert not too_late(ValueError())
