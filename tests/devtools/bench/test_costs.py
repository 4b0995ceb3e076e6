"""What a query costs depends on the server asked about, not on how many others there are."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import peewee

import database
import models
from devtools.bench.conversation import conversation
from devtools.load import load
from devtools.rows import NOW, Server, server, servers, shares
from domain.command import Command
from queries import sessions
from tests.support.commands import command, do

Talk = Callable[..., Awaitable[None]]
EVERY = 10  # steps of SQLite's machine between two counts


@cache
def here() -> Server:
    return server(0, shares(1000, 20))


@cache
def crowd() -> list[Server]:
    return list(servers(20, 20, 600, first=1))


def steps(handle: peewee.Database, what: Callable[..., Any], *values: Any) -> tuple[int, Any]:
    """Count what SQLite does until there is an answer: the same every time, unlike seconds."""
    counted = itertools.count()
    connection = handle.connection()
    connection.set_progress_handler(lambda: next(counted) and None, EVERY)
    try:
        answer = do(what, *values)
    finally:
        connection.set_progress_handler(None, EVERY)
    return next(counted) * EVERY, answer


async def costs(handle: peewee.Database, talk: Talk) -> list[tuple[str, int]]:
    """Let a member ask, and count."""
    minutes = itertools.count(1)
    found: list[tuple[str, int]] = []

    def asked() -> Command:
        at = NOW + next(minutes) * timedelta(minutes=1)
        return command(at, here().members[3].user_id, here().guild_id)

    async def ask(what: Callable[..., Any], *values: Any) -> Any:
        number, answer = steps(handle, what, asked(), *values)
        found.append((f"{what.__module__}.{what.__name__}", number))
        return answer

    do(sessions.end, asked(), None, None)
    await talk(ask)
    return found


def among(others: list[Server], file: Path, talk: Talk) -> list[tuple[str, int]]:
    before, handle = models.database.obj, database.connection_for(f"sqlite:///{file}")
    load(handle, [here(), *others], history=True)
    models.database.initialize(handle)
    handle.connect()
    try:
        return asyncio.run(costs(handle, talk))
    finally:
        handle.close()
        models.database.initialize(before)


def test_other_servers_cost_nothing(tmp_path: Path) -> None:
    alone = among([], tmp_path / "alone.db", conversation)
    crowded = among(crowd(), tmp_path / "crowded.db", conversation)
    assert [name for name, _ in alone] == [name for name, _ in crowded]
    for (name, few), (_, many) in zip(alone, crowded, strict=True):
        assert many <= few * 1.05 + 2 * EVERY, name


def test_what_grows_is_found(tmp_path: Path) -> None:
    def sleepy(_: Command) -> int:
        return models.Session.select().where(models.Session.note == "眠い").count()

    async def talk(ask: Callable[..., Awaitable[Any]]) -> None:
        assert await ask(sleepy)

    ((_, few),) = among([], tmp_path / "alone.db", talk)
    ((_, many),) = among(crowd(), tmp_path / "crowded.db", talk)
    assert many > 10 * few > EVERY
