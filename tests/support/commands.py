"""Who asks what and when, and one transaction for each, as the executor makes them."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import models
from database import Job, Transaction
from domain.command import Command, Defaults, Ended, Started
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
