"""How the process ends, and what its health check says meanwhile."""

import asyncio
import re
import signal
import socket
import time

import aiohttp
import pytest

from tests.e2e.deployment import Deployment
from tests.e2e.load import crowd
from tests.e2e.people import fills, ids, labels, private, public, running_ids
from tests.e2e.test_night import at_night
from tests.support.stand_ins import Proxy
from tests.support.until import responded, until

STOPPING = "ボットを再起動しています。記録できていないかもしれません"
SIGNALS = [signal.SIGTERM, signal.SIGINT]


async def test_with_nothing_to_do_it_ends_at_once(database_url, deploy):
    deployment = await deploy(database_url)
    for number in SIGNALS:
        process = await deployment.start()
        assert (await deployment.place().nanao.slash("start")).message.silent
        assert await process.stop(number) < 2
        assert process.log.count("stopping: 0 commands are running") == 1


async def test_what_runs_is_finished_and_nothing_new_begins(database_url, deploy):
    deployment = await deploy(database_url)
    process = await deployment.start()
    place = deployment.place()
    start = await place.nanao.slash("start", time="1h")
    with deployment.locked("session"):
        ended = place.nanao.command("end")
        waits = place.hana.command("start")
        await responded(ended, waits)
        stopped = asyncio.create_task(process.stop())
        await process.logged("stopping: 2 commands are running")
        third = crowd(place, 1)[0]
        late = [
            asyncio.create_task(third.slash("start")),
            asyncio.create_task(place.nanao.press(start.message, "終了")),
            asyncio.create_task(third.slash("help")),
        ]
        await asyncio.sleep(0.5)
    assert public(await ended.answer())
    assert public(await waits.answer())
    assert await stopped < 4
    for task in late:
        assert not task.done(), "nobody said anything"
        task.cancel()
    rows = deployment.rows("SELECT cmd FROM history ORDER BY created_at, cmd")
    assert sorted(cmd for (cmd,) in rows) == ["end", "start", "start"]
    assert ids(start.message) == running_ids(start.id), "another process would have heard it"


async def test_what_cannot_be_finished_is_told_though_the_database_hangs(postgres, deploy):
    urls = [postgres.create_database() for _ in SIGNALS]
    await asyncio.gather(
        *(hangs(deploy, url, number) for url, number in zip(urls, SIGNALS, strict=True))
    )


async def hangs(deploy, url: str, number: signal.Signals) -> None:
    async with Proxy(url) as proxy:
        deployment = await deploy(proxy.url)
        deployment.behind = url
        deployment.allowed.append("WARNING bot: 7 commands are unfinished")
        process = await deployment.start("import bot; bot.TELL_SECONDS = 30")
        place = deployment.place()
        first, second = crowd(place, 2)
        running = await first.slash("start", time="1h")
        theirs = await second.slash("start", time="1h")
        panel = await place.guild.add_member("主催", permissions=1 << 5).slash("panel")
        form = (await _ended(second, theirs)).modal
        proxy.swallows = True
        before = len(deployment.interactions)
        sent = [
            place.nanao.command("start"),
            place.hana.command("end"),
            first.command("now"),
        ]
        pressed = [
            asyncio.create_task(first.press(running.message, "終了")),
            asyncio.create_task(fills(second, form, text="夜に")),
            asyncio.create_task(place.nanao.press(panel.message, "開始")),
        ]
        await until(lambda: len(deployment.interactions) == before + 6)
        await responded(*deployment.interactions[before:])
        last = place.hana.command("start")  # not even a wait is shown yet
        await place.hana.press_id(None, "unknown")  # heard after it, and refused at once
        assert await process.stop(number) < 5
        answers = [*(await asyncio.gather(*(one.answer() for one in [*sent, last]), *pressed))]
        assert all(STOPPING in private(one).text for one in answers)
        assert all(one.original.deleted for one in sent[:2]), "the public waits are taken away"
        assert ids(running.message) == running_ids(running.id)
        assert labels(panel.message) == ["開始", "終了", "いまいる人"]
        again = await deployment.start(DATABASE_URL=url)
        assert (await first.press(running.message, "終了")).updated is running.message
        await again.stop()


async def _ended(member, start):
    await member.press(start.message, "終了")
    return await member.press(start.message, "やったこと")


async def test_a_second_signal_changes_nothing(database_url, deploy):
    deployment = await deploy(database_url)
    process = await deployment.start()
    place = deployment.place()
    with deployment.locked("session"):
        start = place.nanao.command("start")
        await responded(start)
        process.popen.send_signal(signal.SIGINT)
        await process.logged("stopping: 1 commands")
        process.popen.send_signal(signal.SIGTERM)
        process.popen.send_signal(signal.SIGINT)
        await asyncio.sleep(0.3)
    assert await process.exit_code(5) == 0
    assert public(await start.answer())


@pytest.mark.parametrize("seconds", [1.5, 30], ids=["sent", "told of"])
async def test_a_reminder_under_way_is_sent_or_told_of(database_url, deploy, seconds):
    deployment = await deploy(database_url)
    deployment.later()
    process = await deployment.start()
    place = await at_night(deployment, "ja")
    await place.nanao.slash("start")
    await place.discord.settle()
    place.discord.delay_next(seconds, r"POST /channels/\d+/messages")
    deployment.later(hours=4)
    while not place.discord.rest.in_flight:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    left = "unfinished, and may not be sent or saved: a reminder of"
    deployment.allowed.append(f"WARNING bot: {left}")
    await process.stop()
    assert (left in process.log) == (seconds > 4)
    assert bool(place.discord.dm(place.nanao.user).messages) == (seconds < 4)


# health


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Checker:
    """What a host sees of a process that it asks all the time."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.seen: list[int] = []

    async def ask(self, path: str = "/healthz", method: str = "GET", seconds: float = 60) -> int:
        """Ask once; 0 is no answer at all."""
        limit = aiohttp.ClientTimeout(seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.request(method, self.url + path) as response,
            ):
                return response.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    async def until(self, status: int, seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while (found := await self.ask()) != status:
            self.seen.append(found)
            assert time.monotonic() < end, self.seen
            await asyncio.sleep(0.02)


SHORT_SILENCE = """
import health
health.SILENCE = 3.0  # a busy machine may well keep a loop waiting for one
make_bot = main.make_bot
def quick(*args):
    made = make_bot(*args)
    sys.modules["cogs.startup"].BEAT = 0.1  # disnake imports a cog anew
    made._connection.guild_ready_timeout = 0.05
    return made
main.make_bot = quick
"""


@pytest.mark.usefixtures("fresh_python")
async def test_health_follows_the_gateway(tmp_path, deploy):
    deployment: Deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    deployment.allowed += [r"Attempting a reconnect", r"Failed to connect for shard"]
    port = free_port()
    check = Checker(port)
    process = deployment.launch(SHORT_SILENCE, PORT=port)
    await check.until(200)
    assert set(check.seen) <= {0}, "the port opens before anything heavy"
    while not deployment.discord.gateways:
        assert await check.ask() == 200, "well while it starts"
    await process.logged("in no server yet")
    assert await check.ask("/healthz?from=host") == 200
    assert await check.ask(method="HEAD") == 200
    assert await check.ask("/") == 404
    deployment.discord.fail_next(503, match="CONNECT", times=1000)
    await deployment.discord.drop_gateway()
    assert await check.ask() == 200, "a short downtime is none"
    await check.until(503)
    deployment.discord.faults.clear()
    await check.until(200)
    process.popen.send_signal(signal.SIGSTOP)
    assert await check.ask(seconds=0.3) == 0
    process.popen.send_signal(signal.SIGCONT)
    await check.until(200)


async def test_health_and_idling_never_ask_the_database(postgres, deploy):
    url = postgres.create_database()
    async with Proxy(url) as proxy:
        deployment = await deploy(proxy.url)
        deployment.behind = url
        port = free_port()
        check = Checker(port)
        place = deployment.place()
        process = await deployment.start(SHORT_SILENCE, due=True, PORT=port)
        await process.logged("the start is complete")
        assert public(await place.nanao.slash("start"))
        await proxy.quiet()
        before = proxy.received, proxy.connections
        for _ in range(50):
            assert await check.ask() == 200
        await asyncio.sleep(1.5)
        assert (proxy.received, proxy.connections) == before
        proxy.swallows = True
        assert await check.ask() == 200, "a database that hangs is no reason to be restarted"
        proxy.swallows = False
        await process.stop()


async def test_the_log_names_no_request_to_health(tmp_path, deploy):
    deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    port = free_port()
    process = await deployment.start(PORT=port)
    assert await Checker(port).ask() == 200
    assert not re.search("healthz", process.log)
