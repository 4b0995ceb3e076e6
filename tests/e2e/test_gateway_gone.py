"""A gateway that closes before it has said anything, and one that does not come back."""

import asyncio
import os
import time

import pytest

from tests.e2e.deployment import IDENTIFY_AT_ONCE
from tests.e2e.people import public
from tests.support.until import until

SOON = IDENTIFY_AT_ONCE + "\nimport gateway; gateway.GONE = 3.0"


def sockets(pid: int) -> int:
    """Count the sockets that a process has open."""
    folder = f"/proc/{pid}/fd"
    names = (f"{folder}/{name}" for name in os.listdir(folder))
    return sum(os.path.lexists(one) and "socket:" in os.readlink(one) for one in names)


@pytest.mark.parametrize("code", [1001, 4000])
async def test_a_gateway_that_closes_before_hello_is_tried_with_pauses(tmp_path, deploy, code):
    deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    deployment.allowed += ["Attempting a reconnect", "Failed to connect for shard"]
    process = await deployment.start(IDENTIFY_AT_ONCE)
    place = deployment.place()
    post = public(await place.nanao.slash("start"))
    before = sockets(process.popen.pid)
    discord = deployment.discord
    discord.fail_next(code, times=10_000, match="CONNECT")
    await discord.drop_gateway()
    await asyncio.sleep(5)
    (fault,) = discord.faults._faults
    assert 10_000 - fault.times <= 8
    await until(lambda: 10_000 - fault.times >= 2)
    assert sockets(process.popen.pid) <= before + 2
    discord.faults.clear()
    await discord.ready(commands=False)
    assert (await place.nanao.press(post, "終了")).updated is post


async def test_a_gateway_that_stays_away_ends_the_process_with_69(tmp_path, deploy):
    deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    deployment.allowed += ["Attempting a reconnect", "Failed to connect for shard"]
    process = await deployment.start(SOON)
    deployment.allowed.append("cannot reach Discord's gateway: it is gone for too long")
    deployment.discord.fail_next(1001, times=10_000, match="CONNECT")
    begun = time.monotonic()
    await deployment.discord.drop_gateway()
    assert await process.exit_code() == 69
    assert time.monotonic() - begun >= 2.9
