"""Neon's free hours are used up: said once to the owner, to everybody who asks, and not retried."""

import asyncio

import pytest

from tests.e2e.deployment import Deployment
from tests.e2e.load import crowd
from tests.e2e.people import ids, private, public
from tests.support.stand_ins import Proxy, Refusing, error_response

# as it stood in psycopg2's traces of people whom it happened to
SPENT = (
    "Your account or project has exceeded the compute time quota. "
    "Upgrade your plan to increase limits."
)
TOLD = "計算時間を使い切りました"
FINAL = 78


def owner_was_told(deployment: Deployment) -> int:
    assert all(TOLD in one.content for one in deployment.discord.dms)
    return len(deployment.discord.dms)


async def test_at_boot_it_says_so_and_tells_the_owner_once(deploy):
    async with Refusing(SPENT) as neon:
        deployment = await deploy(neon.url)
        deployment.allowed.append("ERROR mokumoku: cannot reach the database: .*quota")
        for boots in (1, 2, 3):
            process = deployment.launch()
            assert await process.exit_code() == FINAL
            assert neon.connections == boots, "trying again is of no use"
            assert "compute time quota" in process.log
            assert "hush-hush" not in process.log
            assert "Traceback" not in process.log
            assert owner_was_told(deployment) == 1
        assert deployment.discord.gateways == []


@pytest.mark.parametrize("trouble", ["no DMs", "no Discord"])
async def test_at_boot_an_owner_who_cannot_be_told_changes_nothing(deploy, trouble):
    async with Refusing(SPENT) as neon:
        deployment = await deploy(neon.url)
        deployment.allowed.append("(ERROR|WARNING) (mokumoku|bot): ")
        deployment.refusals.add(50007)
        deployment.discord.owner.accepts_dms = False
        first = ""
        if trouble == "no Discord":
            deployment.discord.fail_next(0, match="GET /users/@me", times=100)
            first = "main.RETRY_PAUSES = (0.05,)"
        process = deployment.launch(first)
        assert await process.exit_code() == FINAL, process.log
        assert "Traceback" not in process.log
        assert "compute time quota" in process.log.splitlines()[-1]
        assert owner_was_told(deployment) == 0


async def test_while_it_runs_everybody_is_told_and_the_owner_once(postgres, deploy):
    url = postgres.create_database()
    async with Proxy(url) as proxy:
        deployment = await deploy(proxy.url)
        deployment.behind = url
        deployment.allowed += [
            "WARNING interactions.errors: .*quota",
            "WARNING database.executor: the database is",
        ]
        process = await deployment.start()
        place = deployment.place()
        start = await place.nanao.slash("start")
        await place.hana.slash("now")
        await proxy.quiet()  # who is private is read behind the first answer
        proxy.error = error_response(SPENT)
        proxy.cut()
        before = proxy.connections
        members = crowd(place, 6)
        answers = await asyncio.gather(
            *(member.slash("start") for member in members),
            place.nanao.press(start.message, "終了"),
            place.nanao.slash("now"),
        )
        await members[0].complete("start", option="task")
        for answer in answers:
            assert "今月の時間を使い切った" in private(answer).text
            assert ids(answer.message) == [], "to try again is of no use today"
        await deployment.discord.settle(0.3)
        assert owner_was_told(deployment) == 1
        assert proxy.connections - before <= len(answers) + 1
        waited = proxy.connections
        await asyncio.sleep(1.0)
        assert proxy.connections == waited, "nobody asks while nobody asks"
        proxy.error = b""
        assert public(await place.nanao.press(start.message, "終了"))
        for one in deployment.processes:
            await one.stop()
        assert process.log.count("Traceback") == 0
