"""Every press that changes something: heard twice it is done once, and it is its own member's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.command import Answer, Command
from domain.errors import UserError
from interactions.actions import ACTIONS, Action
from queries.active import pause
from queries.sessions import end
from tests.queries.conftest import TABLES
from tests.queries.test_round_trips import NOW, TABLE, WRITES, ids
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
MORE = (Action("start", text="math"), Action("same", 2), Action("resume", 1))
IMPORTS = (Action("undo_import", IMPORTED.id), Action("keep_data"))
PRESSES = [*(action for action, _ in WRITES), *MORE, *IMPORTS]
MINE = [one for one in PRESSES if one.definition.target in ("session", "change")]


def prepared(action: Action, ids: dict[int, int]) -> Action:
    """Return an action aimed at something there is, with what must come before it done."""
    if before := BEFORE.get(action.name):
        before(ids)
    return replace(action, target=ids.get(action.target or 0, action.target))


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Read every row of every table."""
    return {
        table.__name__: sorted((tuple(row.__data__.values()) for row in table.select()), key=repr)
        for table in TABLES
    }


def pressed(action: Action, asked: Command) -> Answer | str:
    """Return the answer, or the key of the refusal."""
    try:
        return do(action.do, asked)
    except UserError as error:
        return error.key


@pytest.mark.parametrize("action", PRESSES, ids=str)
def test_what_is_heard_twice_is_done_once(action, ids):
    action, before, asked = prepared(action, ids), rows(), command(NOW)
    first = pressed(action, asked)
    after = rows()
    assert after != before
    second = pressed(action, asked)
    assert rows() == after
    assert type(second) is type(first)


@pytest.mark.parametrize("action", MINE, ids=str)
def test_what_is_somebody_elses_or_another_servers_is_left_alone(action, ids):
    action, late = prepared(action, ids), at(NOW) + timedelta(days=2)
    before = rows()
    for when in (NOW, late):
        for who, where in ((HANA, HERE), (NANAO, THERE), (HANA, THERE)):
            pressed(action, command(when, who, where))
            assert rows() == before


def test_every_action_that_changes_something_is_pressed():
    assert {one.name for one in PRESSES} == {name for name, one in ACTIONS.items() if not one.reads}
