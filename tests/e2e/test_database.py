"""A database that goes, comes back, and takes its time."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from devtools.sandbox import Interaction
from devtools.sandbox.snowflakes import moment_of
from tests.e2e.deployment import Deployment, Place
from tests.e2e.load import all_answered, check_rows, crowd, done, work
from tests.e2e.people import ENDED, fills, ids, labels, posted, private, public, running_ids
from tests.support.stand_ins import Proxy
from tests.support.until import responded, until

AWAY = (
    r"WARNING database.executor: the database is away",
    r"WARNING (interactions\.errors|cogs\.startup): ",
)
UNSAVED = "記録できませんでした。何も変わっていません。［もう一度］は最初の時刻で記録します"
TRYING = "the database is away, trying again"
NOT_WORKING = ["いま開始", "記録を追加"]
WAKES = 4.0  # seconds


@pytest.fixture(params=["sqlite", "postgres"])
def stoppable(request: pytest.FixtureRequest, tmp_path) -> Iterator[tuple[str, str]]:
    """The kind and the URL of a database that may be stopped."""
    if request.param == "sqlite":
        yield "sqlite", f"sqlite:///{tmp_path / 'test.db'}"
        return
    server = request.getfixturevalue("own_postgres")
    url = server.create_database()
    yield "postgres", url
    server.drop_database(url)


@contextmanager
def away(deployment: Deployment, kind: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """Take the database away at once, and bring it back."""
    if kind == "sqlite":
        with deployment.renamed("session"):
            yield
        return
    server = request.getfixturevalue("own_postgres")
    server.control("stop")
    try:
        yield
    finally:
        server.control("start")


def unsaved(answer: Interaction, custom_id: str) -> None:
    assert UNSAVED in private(answer).text
    assert labels(answer.message) == ["もう一度"]
    (found,) = ids(answer.message)  # behind it may stand what a form showed
    assert f"{found}:".startswith(f"{custom_id}:")


def instant(value: object) -> datetime:
    return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)


async def test_while_it_is_gone_nothing_is_saved_and_try_again_keeps_the_time(
    stoppable, deploy, request
):
    kind, url = stoppable
    deployment = await deploy(url)
    deployment.allowed += AWAY
    await deployment.start()
    place = deployment.place()
    nanao, hana = place.nanao, place.hana
    third, fourth, fifth = crowd(place, 3)
    running = await nanao.slash("start", task="数学", time="1h")
    fifths = await fifth.slash("start", time="1h")
    over = await fifth.press(fifths.message, "終了")
    note = (await fifth.press(over.message, "やったこと")).modal
    before = deployment.rows("SELECT count(*) FROM history")
    with away(deployment, kind, request):
        start, ended, pressed, newer, noted, now, typed = await asyncio.gather(
            hana.slash("start", task="*英語*", time="5m"),
            nanao.slash("end", note="三章\n**四章**"),
            nanao.press(running.message, "終了"),
            third.slash("start"),
            fills(fifth, note, text="夜に書いた"),
            fourth.slash("now"),
            fourth.complete("start", option="task"),
        )
        unsaved(start, f"retry:start:{start.id}")
        unsaved(ended, f"retry:end:{ended.id}")
        unsaved(pressed, f"retry:end_named:{pressed.id}:{running.id}")
        unsaved(newer, f"retry:start:{newer.id}")
        unsaved(noted, f"retry:note:{noted.id}:{fifths.id}")
        assert "いまは記録を読めません" in private(now).text
        assert labels(now.message) == []
        assert typed == []
        assert ids(running.message) == running_ids(running.id)
        still = await hana.press(start.message, "もう一度")
        unsaved(still, f"retry:start:{start.id}")
    assert deployment.rows("SELECT count(*) FROM history") == before
    assert public(await fourth.slash("start")), "it works again by itself"
    later = await third.slash("start")
    assert public(later)

    again = await hana.press(start.message, "もう一度")
    assert again.updated is start.message
    assert ids(await posted(again)) == running_ids(start.id)
    assert "\\*英語\\*" in public(again.followups[0]).text
    ((began,),) = deployment.rows("SELECT started_at FROM session WHERE id = ?", start.id)
    assert instant(began) == moment_of(start.id) - timedelta(minutes=5)

    again = await nanao.press(ended.message, "もう一度")
    assert again.updated is ended.message
    assert (await posted(again)).embeds[0]["fields"][0]["value"] == "三章\n\\*\\*四章\\*\\*"
    ((at,),) = deployment.rows("SELECT ended_at FROM session WHERE id = ?", running.id)
    assert instant(at) == moment_of(ended.id)
    twice = await nanao.press(pressed.message, "もう一度")
    assert labels(private(twice)) == NOT_WORKING, "it is over already"

    refused = await third.press(newer.message, "もう一度")
    assert "新しく始めている" in private(refused).text
    again = await fifth.press(noted.message, "もう一度")
    assert again.updated is noted.message
    assert "夜に書いた" in noted.message.text
    check_rows(deployment)


async def test_a_retried_end_is_refused_once_a_newer_session_began(stoppable, deploy, request):
    kind, url = stoppable
    deployment = await deploy(url)
    deployment.allowed += AWAY
    await deployment.start()
    place = deployment.place()
    start = await place.nanao.slash("start", time="1h")
    with away(deployment, kind, request):
        end = await place.nanao.slash("end")
        unsaved(end, f"retry:end:{end.id}")
    await place.nanao.press(start.message, "終了")
    newer = await place.nanao.slash("start")
    assert public(newer)
    refused = await place.nanao.press(end.message, "もう一度")
    assert "新しく始めている" in private(refused).text
    open_ones = deployment.rows("SELECT id FROM session WHERE ended_at IS NULL")
    assert open_ones == [(newer.id,)]


@asynccontextmanager
async def asleep(kind: str, deployment: Deployment, proxy: Proxy | None) -> AsyncIterator[None]:
    """Let the database take some seconds to wake."""
    waits = asyncio.create_task(asyncio.sleep(WAKES))
    with nullcontext() if proxy else deployment.locked("session"):
        if proxy:
            proxy.awake.clear()
            proxy.cut()
        yield
        await waits
    if proxy:
        proxy.awake.set()


@pytest.fixture(params=["sqlite", "postgres"])
async def sleepy(request: pytest.FixtureRequest, tmp_path) -> AsyncIterator[tuple[str, str, Proxy]]:
    """The kind and URL of a database that can sleep, and the proxy in front of it if any."""
    if request.param == "sqlite":
        yield "sqlite", f"sqlite:///{tmp_path / 'test.db'}", None
        return
    server = request.getfixturevalue("postgres")
    url = server.create_database()
    async with Proxy(url) as proxy:
        yield "postgres", proxy.url, proxy
    server.drop_database(url)


async def test_while_it_wakes_everybody_sees_that_it_takes_a_moment(sleepy, deploy):
    kind, url, proxy = sleepy
    deployment = await deploy(url)
    deployment.behind = proxy.behind if proxy else ""
    deployment.allowed += AWAY
    await deployment.start()
    place = deployment.place()
    first, second, third, fourth, fifth = crowd(place, 5)
    panel = await place.guild.add_member("主催", permissions=1 << 5).slash("panel")
    running = await first.slash("start", time="1h")
    over = await _over(second)
    form = (await second.press(over, "やったこと")).modal
    begun, seconds = time.monotonic(), deployment.stopwatch()
    async with asleep(kind, deployment, proxy):
        sent = [
            place.nanao.command("start", values={"task": "数学"}),
            place.hana.command("end"),
            third.command("now"),
        ]
        others = [
            asyncio.create_task(first.press(running.message, "終了")),
            asyncio.create_task(fills(second, form, text="夜に")),
            asyncio.create_task(fourth.press(panel.message, "開始")),
            asyncio.create_task(fifth.press(panel.message, "終了")),
            asyncio.create_task(first.press(panel.message, "いまいる人")),
        ]
        await responded(*sent)
        assert [one.deferred for one in sent] == [True] * 3
        assert [one.deferred_ephemeral for one in sent] == [False, False, True]
        assert [task.done() for task in others] == [False] * 5
    started, ended, now = await asyncio.gather(*(one.answer() for one in sent))
    pressed, noted, panel_start, panel_end, here = await asyncio.gather(*others)
    await deployment.discord.settle(0.2)
    assert time.monotonic() - begun > 3.5
    assert seconds() < 9
    assert all(one.deferred for one in (started, ended, now, pressed, noted, panel_start, here))
    assert all(one.first_answer_seconds < 2.5 for one in deployment.interactions)

    assert ids(public(started)) == running_ids(started.id)
    assert ended.original.deleted, "the public wait of a refusal is taken away"
    assert labels(private(ended)) == NOT_WORKING
    assert labels(private(now)) == ["いま開始"]
    assert pressed.updated is running.message
    assert labels(running.message) == ENDED
    assert noted.updated is over
    assert "夜に" in over.text
    assert labels(private(panel_start)) == []
    assert ids(public(await posted(panel_start))) == running_ids(panel_start.id)
    assert labels(private(panel_end)) == NOT_WORKING
    assert private(here)
    assert labels(panel.message) == ["開始", "終了", "いまいる人"]
    seen = [one for one in place.posts if one.loading]
    assert seen == []
    check_rows(deployment)


@pytest.mark.parametrize("comes_back", ["whole", "for reading", None])
async def test_a_commit_whose_receipt_is_lost_happened_once(postgres, deploy, comes_back):
    url = postgres.create_database()
    async with Proxy(url) as proxy:
        deployment = await deploy(proxy.url)
        deployment.behind = url
        deployment.allowed += AWAY
        await deployment.start()
        place = deployment.place()
        await place.hana.slash("now")
        await proxy.quiet()  # who is private is read behind the first answer
        proxy.last_words = b"COMMIT"
        proxy.next_words = b"" if comes_back else b"BEGIN"
        start = asyncio.create_task(place.nanao.slash("start", task="数学"))
        await until(lambda: deployment.rows("SELECT id FROM session"))
        if comes_back == "whole":
            proxy.last_words = b""
        if comes_back:  # what was done is found by reading, and told
            post = public(await start)
        else:
            unsure = private(await start)
            assert "記録できたかもしれません" in unsure.text
            assert labels(unsure) == ["もう一度"]
            proxy.last_words = proxy.next_words = b""
            again = await place.nanao.press(unsure, "もう一度")
            assert again.updated is unsure
            post = public(await posted(again))
        assert ids(post) == running_ids((await start).id)
        assert deployment.rows("SELECT cmd, interaction_id FROM history") == [
            ("start", (await start).id)
        ]
        assert place.posts == [post]
        proxy.last_words = b""
        for process in deployment.processes:
            await process.stop()


async def _over(member):
    start = await member.slash("start", time="30m")
    await member.press(start.message, "終了")
    return start.message


async def under_load(deployment: Deployment, place: Place, trouble) -> None:
    """Let members work through some trouble and after it."""
    stop = asyncio.Event()
    tasks = [
        asyncio.create_task(work(member, lambda: not stop.is_set(), 0.02))
        for member in crowd(place, 6)
    ]
    await until(lambda: done(deployment) > 5)
    await trouble()
    before = done(deployment)
    await until(lambda: done(deployment) > before + 10)  # it works again
    stop.set()
    await asyncio.gather(*tasks)
    await all_answered(deployment)
    check_rows(deployment)
    assert all(one.first_answer_seconds < 3 for one in deployment.interactions)
    known = {one for (one,) in deployment.rows("SELECT interaction_id FROM history")}
    denied = [
        one.id
        for one in deployment.interactions
        if one.message and "何も変わっていません" in one.message.text
    ]
    assert not known.intersection(denied), "called unsaved, and saved"


async def test_it_is_restarted_under_load(own_postgres, deploy):
    deployment = await deploy(own_postgres.create_database())
    deployment.allowed += AWAY
    await deployment.start()
    place = deployment.place()

    async def restart() -> None:
        for _ in range(2):
            await asyncio.to_thread(own_postgres.control, "restart")
            await asyncio.sleep(0.5)

    await under_load(deployment, place, restart)
    assert public(await place.nanao.slash("start"))


async def test_its_connections_are_terminated_under_load(own_postgres, deploy):
    url = own_postgres.create_database()
    deployment = await deploy(url)
    deployment.allowed += AWAY
    process = await deployment.start()
    place = deployment.place()

    async def terminate() -> None:
        times = 0
        while (times := times + 1) <= 12 or TRYING not in process.log:
            own_postgres.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{url.partition('?')[0].rpartition('/')[2]}'"
            )
            await asyncio.sleep(0.15)

    await under_load(deployment, place, terminate)
    assert public(await place.nanao.slash("start"))


async def test_a_connection_that_was_idle_and_cut_is_nothing_to_anybody(own_postgres, deploy):
    url = own_postgres.create_database()
    deployment = await deploy(url)
    deployment.allowed += AWAY
    await deployment.start()
    place = deployment.place()
    await asyncio.gather(*(one.slash("now") for one in crowd(place, 8)))
    own_postgres.control("restart")
    answers = await asyncio.gather(*(one.slash("start") for one in crowd(place, 8)))
    assert all(public(one) for one in answers)
