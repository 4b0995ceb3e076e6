"""Who asks what and when, and one transaction for each, as the executor makes them."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

import models
from database import Job, Transaction
from database.round_trips import fetch
from domain.command import Command, Defaults, Ended, Started
from domain.errors import UserError
from domain.sessions import Session as Value
from models import History, Session
from queries import session_rows
from queries.sessions import begin, end_named

T = TypeVar("T")

TOKYO = ZoneInfo("Asia/Tokyo")
NANAO, HANA = 11, 22
HERE, THERE = 10**17 + 1, 10**17 + 2  # two servers
DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_numbers = itertools.count()


def at(text: str) -> datetime:
    """Read an instant by Tokyo's clock: `21:00` is that of 1 July 2026."""
    whole = text if "T" in text else f"2026-07-01T{text}"
    return datetime.fromisoformat(whole).replace(tzinfo=TOKYO).astimezone(UTC)


def command(
    when: str | datetime, who: int = NANAO, where: int = HERE, *, zone: str = "Asia/Tokyo"
) -> Command:
    """Make the command of an interaction, whose id has its time in it."""
    moment = at(when) if isinstance(when, str) else when
    milliseconds = (moment - DISCORD_EPOCH) // timedelta(milliseconds=1)
    return Command(
        id=milliseconds << 22 | next(_numbers) % 2**22,
        guild_id=where,
        user_id=who,
        user_name={NANAO: "Nanao", HANA: "Hana"}.get(who, f"member {who}"),
        channel_id=777,
        at=moment,
        defaults=Defaults(ZoneInfo(zone), "ja"),
    )


def do(query: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run a query as the executor does: one transaction, taken back if anything is raised."""
    job = Job(partial(query, *args, **kwargs), None, None, delivered=True)  # type: ignore[arg-type]
    Transaction(models.database.obj).run([job])
    if job.error is not None:
        raise job.error
    return job.result


def refused(query: Callable[..., Any], *args: Any, **kwargs: Any) -> UserError:
    """Run a query that must be refused and must not change anything; give the refusal."""
    before = everything()
    with pytest.raises(UserError) as raised:
        do(query, *args, **kwargs)
    assert everything() == before
    return raised.value


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
    return session_rows.whole(found)


def begun(when: str, who: int = NANAO, where: int = HERE, task: str | None = None) -> int:
    """Start a session; give its id."""
    answer = do(begin, command(when, who, where), task, None)
    assert isinstance(answer, Started)
    return answer.session.id


def worked(start: str, over: str, who: int = NANAO, where: int = HERE) -> int:
    """Have a session that is over, however long it was; give its id."""
    id_ = begun(start, who, where)
    assert isinstance(do(end_named, command(over, who, where), id_, sure=True), Ended)
    return id_


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
