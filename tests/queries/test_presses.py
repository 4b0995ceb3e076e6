"""Every press that changes something: heard twice it is done once, and it is its own member's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.command import Answer, Command, NotYours
from domain.errors import UserError
from interactions.actions import ACTIONS, Action
from queries.active import pause
from queries.sessions import end
from tests.queries.conftest import TABLES
from tests.queries.test_round_trips import NOW, READS, TABLE, WRITES, ids
from tests.support.commands import HANA, HERE, NANAO, THERE, at, command, do

__all__ = ["ids"]  # a fixture

IMPORTED = command("20:50")
# What comes before some of them, so that there is something to do.
BEFORE = {
    **dict.fromkeys(("start", "same"), lambda _: do(end, command("20:50"), None, None)),
    "resume": lambda ids: do(pause, command("20:50"), ids[1]),
    "undo_import": lambda _: do(Action("import", content=TABLE).do, IMPORTED),
    "keep_data": lambda _: do(Action("delete_data", text="delete").do, command("20:50")),
}
PRESSES = [
    *(action for action, _ in WRITES),
    *(Action("start", text="math", start_text="5m"), Action("same", 2), Action("resume", 1)),
    *(Action("restart", 1, "art", "20:15"), Action("fix", 2, start_text="2h", end_text="70m")),
    *(Action("undo_import", IMPORTED.id), Action("keep_data")),
]
MINE = [
    one
    for one in [*PRESSES, *(action for action, _ in READS)]
    if one.definition.target in ("session", "change") and one.target is not None
]


def prepared(action: Action, ids: dict[int, int]) -> Action:
    """Return an action aimed at something there is, with what must come before it done."""
    if before := BEFORE.get(action.name):
        before(ids)
    return replace(action, target=ids.get(action.target or 0, action.target))


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Read every row of every table."""
    return {table.__name__: sorted(table.select().tuples().execute(), key=repr) for table in TABLES}


def pressed(action: Action, asked: Command) -> Answer | tuple[str, dict[str, Any]]:
    """Return the answer, or the refusal with its values."""
    try:
        return do(action.do, asked)
    except UserError as error:
        return error.key, error.values


@pytest.mark.parametrize("action", PRESSES, ids=str)
def test_what_is_heard_twice_or_tried_again_is_done_once_and_has_one_answer(action, ids):
    """ST 5775e22: sessions were stored up to four times, and users had three times the time."""
    action, before, asked = prepared(action, ids), rows(), command(NOW)
    first = pressed(action, asked)
    after = rows()
    assert after != before
    if action.name == "remind_hours":  # the first answer has the hours that held before
        first = replace(first, preferences=pressed(action, asked).preferences)
    assert pressed(action, asked) == first
    assert pressed(replace(action, retried=True), asked) == first
    assert rows() == after


@pytest.mark.parametrize("action", MINE, ids=str)
def test_what_is_somebody_elses_or_another_servers_is_left_alone(action, ids):
    action, late = prepared(action, ids), at(NOW) + timedelta(days=2)
    before = rows()
    for when in (NOW, late):
        told = pressed(action, command(when, HANA))
        assert told == ("not_yours", {"name": "Nanao"}) or isinstance(told, NotYours)
        for who, where, target in (
            (NANAO, THERE, action.target),
            (HANA, THERE, action.target),
            (NANAO, HERE, 12345),
        ):
            assert pressed(replace(action, target=target), command(when, who, where)) == (
                "unknown_button",
                {},
            )
    assert rows() == before


def test_every_action_that_changes_something_is_pressed():
    assert {one.name for one in PRESSES} == {
        name for name, one in ACTIONS.items() if not one.read_only
    }
