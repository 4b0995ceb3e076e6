"""Absences of a process that goes on: frozen, or without a gateway; and what idling costs."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.deployment import IDENTIFY_AT_ONCE, Deployment
from tests.e2e.people import labels, private
from tests.e2e.test_server import READY_AT_ONCE

NOTICED_SOON = (
    IDENTIFY_AT_ONCE
    + """
import datetime
make_bot = main.make_bot
def quick(*args):
    made = make_bot(*args)
    made._connection.guild_ready_timeout = 0.1
    startup = sys.modules["cogs.startup"]  # disnake imports a cog anew
    startup.BEAT, startup.NOTICED = 0.1, datetime.timedelta(seconds=2)
    return made
main.make_bot = quick
"""
)
TELL_QUERIES = """
import database
run = database.run
def told(work, *args, **more):
    print("QUERY", work, flush=True)
    return run(work, *args, **more)
database.run = told
"""
LOST = ["Attempting a reconnect", "Failed to connect for shard"]


@pytest.mark.parametrize("how", ["frozen", "no gateway"])
async def test_an_absence_without_a_restart_is_told_too(database_url, deploy, how):
    deployment: Deployment = await deploy(database_url)
    deployment.allowed += [*LOST, "WARNING cogs.startup: nobody was there"]
    process = await deployment.start(NOTICED_SOON)
    place = deployment.place()
    now = datetime.now(UTC)
    await place.nanao.slash("start", at=now - timedelta(hours=2))
    await process.logged("in . server|in no server")
    await asyncio.sleep(0.3)
    if how == "frozen":
        process.popen.send_signal(signal.SIGSTOP)
        await asyncio.sleep(3)
        process.popen.send_signal(signal.SIGCONT)
    else:
        deployment.discord.fail_next(1001, times=3, match="CONNECT")
        await deployment.discord.drop_gateway()
        await deployment.discord.ready(commands=False)
    await process.logged("nobody was there from ")
    told = private(await place.nanao.slash("now"))
    assert "ボットが止まっていました" in told.text
    assert labels(told) == ["終了", "終えた時刻を入力"]
    for _ in range(100):
        if rows := deployment.rows("SELECT started_at, ended_at FROM outage"):
            break
        await asyncio.sleep(0.05)
    ((start, end),) = rows
    lasted = datetime.fromisoformat(str(end)) - datetime.fromisoformat(str(start))
    assert timedelta(seconds=2) <= lasted < timedelta(seconds=20)


async def test_a_session_that_is_invalidated_while_idle_asks_the_database_nothing(tmp_path, deploy):
    deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    deployment.allowed += LOST
    process = await deployment.start(IDENTIFY_AT_ONCE + READY_AT_ONCE + TELL_QUERIES)
    place = deployment.place()
    await place.nanao.slash("start")
    await asyncio.sleep(1)
    before = process.log.count("QUERY")
    assert before
    await deployment.discord.invalidate_session()
    await process.logged("Got a request to .* the websocket|session has been invalidated")
    await deployment.discord.ready(commands=False)
    await asyncio.sleep(1)
    assert process.log.count("QUERY") == before
