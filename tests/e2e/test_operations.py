"""What the application's owner is told, and nobody else."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from devtools.sandbox import Message
from devtools.sandbox.places import User
from i18n import say
from settings import VERSION
from tests.e2e.deployment import Deployment
from tests.e2e.people import private
from tests.e2e.scene import embed
from tests.e2e.test_server import heartbeat_file
from tests.support.until import until


async def test_the_owner_reads_in_help_how_the_process_fares(database_url, deploy, tmp_path):
    deployment = await deploy(database_url)
    language = "ja" if database_url.startswith("sqlite") else "en-US"
    place = deployment.place(language)
    deployment.discord.owner = place.nanao.user
    await deployment.start()
    await place.nanao.slash("start")
    told = embed(private(await place.nanao.slash("help")))
    others = embed(private(await place.hana.slash("help")))
    fares = told.removeprefix(others)
    assert (fares != told, others) == (True, say(language, "help"))
    assert VERSION in fares
    counts = say(language, "help.owner.counts", open=1, reminders=0, closes=0, migration="")
    assert counts in fares.replace("\\", "")
    assert say(language, "help.owner.silent") not in fares
    await place.nanao.slash("end")


@pytest.mark.parametrize(("minutes", "told"), [(30, 0), (90, 1)])
async def test_a_start_says_how_long_nobody_was_there(database_url, deploy, minutes, told):
    deployment = await deploy(database_url)
    place = deployment.place("ja")
    process = await deployment.start()
    now = datetime.now(UTC)
    await place.nanao.slash("start", at=now - timedelta(hours=2))
    await process.logged("in 1 server")
    await process.stop()
    then = (now - timedelta(minutes=minutes)).timestamp()
    os.utime(heartbeat_file(deployment), (then, then))
    deployment.allowed.append("WARNING cogs.startup: downtime")
    again = await deployment.start()
    await again.logged(r"downtime from .*: 1 sessions open, 0 reminders late")
    if told:
        await until(lambda: of(deployment, deployment.discord.owner))
    await place.hana.slash("now")  # whatever else there is to tell was told before it
    assert len(of(deployment, deployment.discord.owner)) == told


def of(deployment: Deployment, who: User) -> list[Message]:
    """What the bot wrote to somebody."""
    return [dm for dm in deployment.discord.dms if dm.channel.recipient is who]
