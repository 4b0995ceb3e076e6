"""Downtimes of a process that goes on: frozen, or without a gateway; and what idling costs."""

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.deployment import IDENTIFY_AT_ONCE, Deployment
from tests.e2e.people import labels, private
from tests.support.until import until

NOTICED_SOON = (
    IDENTIFY_AT_ONCE
    + """
import datetime, interactions.cache
make_bot = main.make_bot
def quick(*args):
    made = make_bot(*args)
    startup = sys.modules["cogs.startup"]  # disnake imports a cog anew
    startup.BEAT = 0.1
    startup.NOTICED = interactions.cache.NOTICED = datetime.timedelta(seconds=2)
    return made
main.make_bot = quick
"""
)
AN_HOUR_BEHIND = """
import clock, datetime
clock.now = lambda: datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
"""
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
async def test_a_downtime_without_a_restart_is_told_too(database_url, deploy, how):
    deployment: Deployment = await deploy(database_url)
    deployment.allowed += [*LOST, "WARNING interactions.cache: downtime"]
    began = datetime.now(UTC)
    process = await deployment.start(NOTICED_SOON)
    place = deployment.place()
    await process.logged("the start is complete")
    await place.nanao.slash("start")
    await place.hana.slash("now")
    await asyncio.sleep(0.3)  # there are heartbeats after the start, by Discord's clock too
    before = process.log.count("downtime from ")  # a busy machine may have kept it waiting
    if how == "frozen":
        process.popen.send_signal(signal.SIGSTOP)
        await asyncio.sleep(3)
        process.popen.send_signal(signal.SIGCONT)
    else:
        deployment.discord.fail_next(1001, times=3, match="CONNECT")
        await deployment.discord.drop_gateway()
        await deployment.discord.ready(commands=False)
    await until(lambda: process.log.count("downtime from ") > before)
    told = private(await place.nanao.slash("now"))
    assert "ボットが止まっていました" in told.text
    assert labels(told) == ["終了", "終えた時刻を入力"]
    for start, end in await outages_of(deployment):
        assert end - start >= timedelta(seconds=2)
        assert began < start
        assert end < datetime.now(UTC)


async def outages_of(deployment: Deployment) -> list[list[datetime]]:
    """Read what was written down, once it is."""
    rows = await until(lambda: deployment.rows("SELECT started_at, ended_at FROM outage"))
    return [[datetime.fromisoformat(str(one)).replace(tzinfo=UTC) for one in row] for row in rows]


async def test_a_machine_that_starts_with_its_shutdowns_clock_was_away_all_the_same(
    database_url, deploy
):
    deployment: Deployment = await deploy(database_url)
    deployment.allowed.append("WARNING interactions.cache: downtime from")
    process = await deployment.start()
    place = deployment.place()
    stopped = datetime.now(UTC) - timedelta(hours=1)
    await place.nanao.slash("start", at=stopped - timedelta(hours=1))
    await process.logged("in . server|in no server")
    await process.stop()
    (heartbeat,) = deployment.folder.glob(".alive-*")
    os.utime(heartbeat, (stopped.timestamp(), stopped.timestamp()))
    began = datetime.now(UTC)
    await deployment.start(AN_HOUR_BEHIND)
    assert deployment.rows("SELECT 1 FROM outage") == []
    # some are answered before it has looked
    while "ボットが止まっていました" not in private(await place.nanao.slash("now")).text:
        pass
    ((start, end),) = await outages_of(deployment)
    assert abs(start - stopped) < timedelta(seconds=1)
    assert began < end < datetime.now(UTC)


async def test_a_session_that_is_invalidated_while_idle_asks_the_database_nothing(tmp_path, deploy):
    deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    deployment.allowed += LOST
    place = deployment.place()  # there already: one that the bot joins is read anew
    process = await deployment.start(IDENTIFY_AT_ONCE + TELL_QUERIES, due=True)
    await place.nanao.slash("start")
    await process.logged("QUERY <function guilds_without_posts")  # the last behind a first answer
    await process.logged("QUERY <function purges")  # the last kind that is read
    before = process.log.count("QUERY")
    assert before
    await deployment.discord.invalidate_session()
    await process.logged("Got a request to .* the websocket|session has been invalidated")
    await deployment.discord.ready(commands=False)
    await asyncio.sleep(1)
    assert process.log.count("QUERY") == before
