"""`kill -9` between write and answer, at random moments under load."""

import logging
import random

import pytest

from tests.e2e.deployment import KNOWN, Deployment
from tests.e2e.load import check_rows, crowd, until_killed

MEMBERS = 6
log = logging.getLogger(__name__)  # shown with --log-cli-level=INFO


async def kill_often(deployment: Deployment, times: int) -> None:
    place = deployment.place()
    members = crowd(place, MEMBERS)
    keeper = place.guild.add_member("keeper", locale="ja")
    discord = deployment.discord
    acknowledged = 0
    waiting = None  # a start's post from before the kill, whose End is pressed after it
    for _ in range(times):
        discord.faults.clear()
        deployment.launch(KNOWN)
        await discord.ready(commands=not deployment.interactions)
        if waiting:
            ended = await keeper.press(waiting, "終了")
            assert ended.updated is waiting, "buttons posted before still work"
        waiting = (await keeper.slash("start")).message
        # an answer takes a moment on its way: then many are killed between write and answer
        discord.delay_next(random.uniform(0.0, 0.02), match="callback", times=10_000)
        await until_killed(deployment, members, random.uniform(0.05, 0.3))
        while discord.gateways:
            await discord.settle()
        acknowledged = check_rows(deployment)
    unanswered = [one for one in deployment.interactions if not one.visible_seconds]
    known = {one for (one,) in deployment.rows("SELECT interaction_id FROM history")}
    between = [one for one in unanswered if one.id in known]
    log.info("%d kills: %d done, %d of them unanswered", times, len(known), len(between))
    assert acknowledged > 5 * times, "there was some load"
    assert times < 20 or between, "no kill came between write and answer"


async def test_nothing_acknowledged_is_lost_or_doubled(database_url, deploy):
    deployment = await deploy(database_url)
    await kill_often(deployment, 10)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_nothing_acknowledged_is_lost_or_doubled_in_200_kills(database_url, deploy):
    deployment = await deploy(database_url)
    await kill_often(deployment, 200)
