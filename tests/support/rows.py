"""What a query leaves in the tables of sessions and of the log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from database.round_trips import fetch
from domain.command import Command
from domain.errors import UserError
from domain.sessions import Session as Value
from models import History, Session
from queries import session_rows
from tests.support.commands import HERE, NANAO, command, do


def refused(query: Callable[..., Any], *args: Any, **kwargs: Any) -> UserError:
    """Run a query that must be refused and must not change anything; return the refusal."""
    with unchanged(), pytest.raises(UserError) as raised:
        do(query, *args, **kwargs)
    return raised.value


@contextmanager
def unchanged() -> Iterator[None]:
    """Assert that what is done meanwhile changes no row of the sessions and of the log."""
    before = everything()
    yield
    assert everything() == before


def everything() -> list[tuple[Any, ...]]:
    """Take down every row of the sessions and of the log."""
    log = History.select().order_by(History.created_at, History.cmd, History.user_id)
    return sessions() + [tuple(row.__data__.values()) for row in log]


def sessions(**wanted: Any) -> list[tuple[Any, ...]]:
    """Take down the rows of the sessions, in order."""
    rows = Session.select().order_by(Session.started_at, Session.id)
    return [tuple(row.__data__.values()) for row in (rows.filter(**wanted) if wanted else rows)]


def log() -> list[str]:
    """Give the commands that were written down, in order."""
    return [row.cmd for row in History.select().order_by(History.created_at, History.cmd)]


def recorded(made: Command, cmd: str) -> History:
    """Give the row of the log that a command wrote."""
    return History.get(History.interaction_id == made.id, History.cmd == cmd)


def session(id_: int, where: int = HERE) -> Value:
    """Read a session as it is now, with its breaks."""
    found = do(lambda: fetch({"named": session_rows.by_id(id_, where)}))["named"]
    return session_rows.sessions(found)[0]


def intervals(who: int = NANAO, where: int = HERE) -> list[tuple[str, str | None]]:
    """Give the sessions' starts and ends by Tokyo's clock."""
    rows = Session.select().where(Session.user_id == who, Session.guild_id == where)
    tokyo = command("12:00").defaults.zone
    return [
        tuple(
            moment and f"{moment.astimezone(tokyo):%H:%M}" for moment in (r.started_at, r.ended_at)
        )
        for r in rows.order_by(Session.started_at)
        if r.removed_at is None
    ]
