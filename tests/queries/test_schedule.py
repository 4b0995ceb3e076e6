"""What every kind of due moment costs: nothing until it comes, and then one transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

import clock
import cogs.weekly
import database
from domain.config import read_settings
from domain.reminders import SessionKey
from interactions import channels, direct_messages
from interactions.cache import Cache
from interactions.schedule import Schedule
from main import COGS
from models import Guild
from queries import config, guilds, own_data, reminders
from tasks import Tasks
from tests.support.commands import HERE, NANAO, at, begun, command, do, worked

T = TypeVar("T")
DEFAULTS = command("12:00").defaults
DAY, BEAT = timedelta(days=1), timedelta(seconds=30)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write down every transaction."""
    asked = list[str]()

    async def run(work: Callable[..., T], *values: Any) -> T:
        asked.append(f"{work.__module__}.{work.__name__}")
        return do(work, *values)

    monkeypatch.setattr(database, "run", run)
    return asked


@pytest.fixture
def schedule(monkeypatch: pytest.MonkeyPatch) -> Schedule:
    """All that the bot's cogs have to do some time, with a Discord that takes everything."""

    async def sent(*_: Any, **__: Any) -> bool:
        return True

    guild = SimpleNamespace(id=HERE, name="もくもく会", unavailable=False)
    client: Any = SimpleNamespace(
        settings=SimpleNamespace(database="test", shard_count=None, shard_ids=None),
        defaults=DEFAULTS,
        cache=Cache(),
        schedule=Schedule(),
        tasks=Tasks(),
        add_cog=lambda _: None,
        get_guild=lambda _: guild,
    )
    for name in COGS:
        import_module(name).setup(client)
    monkeypatch.setattr(cogs.weekly, "post", sent)
    monkeypatch.setattr(direct_messages, "send", sent)
    monkeypatch.setattr(channels, "blocked", lambda *_: "")
    monkeypatch.setattr(channels, "may_attach", lambda *_: False)
    return client.schedule


def reminded() -> datetime:
    id_ = begun("12:00")
    do(reminders.take, DEFAULTS, SessionKey(id_, HERE, NANAO), at("16:00"))
    return at("12:00") + DAY / 2


def summary(*, empty: bool = False) -> datetime:
    if not empty:
        worked("20:00", "21:00")
    said = read_settings("summary_channel:5")
    do(config.change, command("2026-06-30T12:00"), said, sure=True)
    return at("2026-07-06T09:00")


def left() -> datetime:
    Guild.create(guild_id=HERE, seen_at=at("12:00"))
    do(guilds.note_removed, HERE, at("12:00"))
    return at("12:00") + 90 * DAY


def deletion() -> datetime:
    do(own_data.ask_to_delete, command("12:00"), "delete")
    return at("12:00") + DAY


# By the kind's name: when a case of it is due, and what is written down once it is done.
CASES: list[tuple[str, Callable[[], datetime], list[str]]] = [
    ("a reminder", lambda: begun("12:00") and at("16:00"), []),
    ("a reminder", reminded, []),  # the end for want of an answer
    ("a weekly summary", summary, ["queries.weekly.note_success"]),
    ("a weekly summary", lambda: summary(empty=True), []),
    ("deleting a member's data", deletion, []),
    ("deleting what a server left", left, []),
]


async def ten_minutes(schedule: Schedule, since: datetime) -> None:
    """Let the heart beat for ten minutes from a moment on."""
    with pytest.MonkeyPatch.context() as patch:
        for beat in range(20):
            patch.setattr(clock, "now", lambda now=since + beat * BEAT: now)
            await schedule.run_due(clock.now)


@pytest.mark.parametrize(("kind", "prepare", "written"), CASES)
async def test_a_due_moment_asks_once_and_all_others_never(kind, prepare, written, schedule, asked):
    when = prepare()
    await ten_minutes(schedule, when - 20 * BEAT)
    assert len(asked) == len(schedule._kinds), "each kind is read once"
    asked.clear()
    await ten_minutes(schedule, when)
    assert asked[1:] == written
    assert len(asked) == 1 + len(written)


async def test_with_nothing_due_nobody_is_asked(schedule, asked):
    worked("20:00", "21:00")
    await ten_minutes(schedule, at("21:00"))
    assert len(asked) == len(schedule._kinds), "each kind is read once"
    assert {one.kind.name for one in schedule._kinds} == {kind for kind, *_ in CASES}
