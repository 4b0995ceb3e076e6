"""What Discord does to a bot: drops, reconnects, 429, 5xx. Nothing twice, nobody forgotten."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.deployment import IDENTIFY_AT_ONCE, Deployment, Place
from tests.e2e.people import ENDED, ids, labels, posted, private, public, running_ids
from tests.support.until import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

# disnake tells in detail, as an error, that it lost its connection and connects again
LOST = (r"Attempting a reconnect", r"Failed to connect for shard")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(module_database, tmp_path_factory) -> AsyncIterator[Deployment]:
    async with Deployment(module_database, tmp_path_factory.mktemp("process")) as deployment:
        await deployment.start(IDENTIFY_AT_ONCE)
        yield deployment


@pytest.fixture
def place(deployment: Deployment) -> Place:
    return deployment.place()


def cmds(deployment: Deployment, place: Place) -> list[str]:
    rows = deployment.rows(
        "SELECT cmd FROM history WHERE guild_id = ? ORDER BY created_at", place.guild.id
    )
    return [cmd for (cmd,) in rows]


def callbacks(deployment: Deployment, answer) -> list[int]:
    path = f"/interactions/{answer.id}/"
    return [one.status for one in deployment.discord.requests if one.path.startswith(path)]


@pytest.mark.parametrize("how", ["cut", "reconnect", "resumable"])
async def test_what_is_sent_while_the_gateway_is_away_is_heard_after(deployment, place, how):
    deployment.allowed += LOST
    discord = deployment.discord
    start = await place.nanao.slash("start")
    (session,) = discord.gateways
    before = session.resumed
    if how == "cut":
        await discord.drop_gateway()
    elif how == "reconnect":
        await discord.reconnect()
    else:
        await discord.invalidate_session(resumable=True)
    sent = [place.hana.command("start"), place.nanao.command("end")]
    answers = await asyncio.gather(*(one.answer() for one in sent))
    assert all(public(one) for one in answers)
    await until(lambda: session.resumed > before)
    await discord.settle()
    assert sorted(cmds(deployment, place)) == ["end", "start", "start"]
    assert (
        place.posts == [start.message, *(one.message for one in answers)] or len(place.posts) == 3
    )
    assert [callbacks(deployment, one) for one in answers] == [[204], [204]]


async def test_an_invalid_session_is_identified_again(deployment, place):
    deployment.allowed += LOST
    discord = deployment.discord
    post = public(await place.nanao.slash("start"))
    (session,) = discord.gateways
    await discord.invalidate_session()
    await until(lambda: session not in discord.gateways)
    await discord.ready(commands=False)
    ended = await place.nanao.press(post, "終了")
    assert ended.updated is post
    await discord.settle()
    assert cmds(deployment, place) == ["start", "end"]
    log = deployment.processes[0].log
    assert log.count("invite the bot") <= 1, "a later READY is no new start"


async def test_a_5xx_on_an_answer_is_tried_again(deployment, place):
    deployment.discord.fail_next(500, match="callback")
    start = await place.nanao.slash("start")
    assert public(start)
    assert callbacks(deployment, start) == [500, 204]
    assert cmds(deployment, place) == ["start"]
    assert place.posts == [start.message]


@pytest.mark.parametrize("statuses", [[500, 500], [429, 500], [500, 429, 502, 503]])
async def test_an_answer_that_fails_again_still_comes_in_time(deployment, place, statuses):
    deployment.allowed.append("rate limited")
    for status in statuses:
        deployment.discord.fail_next(status, match="callback", retry_after=0.1)
    start = await place.nanao.slash("start")
    assert callbacks(deployment, start) == [*statuses, 204]
    assert cmds(deployment, place) == ["start"]
    assert place.posts == [public(start)]


async def test_a_429_on_an_answer_is_waited_for(deployment, place):
    deployment.allowed.append("rate limited")
    deployment.discord.fail_next(429, match="callback", retry_after=0.3)
    start = await place.nanao.slash("start")
    assert callbacks(deployment, start) == [429, 204]
    assert cmds(deployment, place) == ["start"]
    assert place.posts == [public(start)]


async def test_a_429_that_is_too_long_to_wait_for_is_answered_privately(deployment, place):
    deployment.allowed.append("cannot answer")
    deployment.refusals.add(0)
    deployment.discord.fail_next(429, match="callback", retry_after=86400.0)
    start = await place.nanao.slash("start")
    assert callbacks(deployment, start) == [429, 204]
    assert ids(private(start)) == running_ids(start.id)
    assert cmds(deployment, place) == ["start"]


async def test_an_answer_whose_receipt_was_lost_is_not_given_twice(deployment, place):
    deployment.refusals.add(40060)
    discord = deployment.discord
    for status in (502, 0):
        discord.fail_next(status, match="callback", applied=True)
        start = await place.nanao.slash("start")
        await until(lambda: callbacks(deployment, start) == [status, 400])  # noqa: B023
        assert ids(public(start)) == running_ids(start.id)
        discord.fail_next(status, match="callback", applied=True)
        pressed = await place.nanao.press(start.message, "終了")
        await until(lambda: callbacks(deployment, pressed) == [status, 400])  # noqa: B023
        assert pressed.updated is start.message
        await discord.settle()
    assert cmds(deployment, place) == ["start", "end"] * 2
    assert len(place.posts) == 2


async def test_a_connection_that_breaks_under_an_answer_is_no_silence(deployment, place):
    deployment.discord.fail_next(0, match="callback")
    start = await place.nanao.slash("start", task="数学")
    assert labels(public(start)) == ["休憩", "終了", "作業を変更"]
    deployment.discord.fail_next(0, match="callback")
    ended = await place.nanao.press(start.message, "終了")
    assert ended.updated is start.message
    assert cmds(deployment, place) == ["start", "end"]


async def test_when_no_answer_gets_through_the_next_one_tells_the_truth(deployment, place):
    deployment.allowed.append("WARNING interactions.errors: start of")
    deployment.discord.fail_next(0, match="callback", times=2)
    start = await place.nanao.slash("start", task="数学")
    saved = private(start)
    assert ids(saved) == running_ids(start.id)
    assert "数学" in saved.text
    over = await place.nanao.press(saved, "終了")
    assert over.updated is saved
    assert ids(public(await posted(over)))[0] == f"note:{start.id}"
    assert cmds(deployment, place) == ["start", "end"]


async def test_a_post_beside_a_private_answer_survives_429_and_5xx(deployment, place):
    deployment.allowed.append("rate limited")
    organiser = place.guild.add_member("主催", locale="ja", permissions=1 << 5)
    panel = public(await organiser.slash("panel"))
    match = r"POST /webhooks/"
    deployment.discord.fail_next(429, match=match, retry_after=0.2)
    start = await place.nanao.press(panel, "開始")
    assert ids(public(await posted(start))) == running_ids(start.id)
    deployment.discord.fail_next(503, match=match)
    end = await place.nanao.press(panel, "終了")
    assert labels(public(await posted(end))) == ENDED
    assert len(place.posts) == 3


async def test_a_gateway_that_is_away_for_a_while_is_found_again(deployment, place):
    deployment.allowed += LOST
    discord = deployment.discord
    post = public(await place.nanao.slash("start"))
    discord.fail_next(503, match="CONNECT", times=2)
    await discord.drop_gateway()
    await until(lambda: not discord.gateways)
    await discord.ready(commands=False)
    ended = await place.nanao.press(post, "終了")
    assert ended.updated is post
    assert cmds(deployment, place) == ["start", "end"]


async def test_under_load_nothing_is_lost_between_drops(deployment, place):
    deployment.allowed += (*LOST, "rate limited")
    deployment.refusals |= {40060, 10062}
    discord = deployment.discord
    members = [place.guild.add_member(f"m{n}", locale="ja") for n in range(6)]
    finished = asyncio.Event()

    async def work(member) -> int:
        done = 0
        while not finished.is_set():
            start = await member.slash("start")
            assert ids(public(start)) == running_ids(start.id)
            ended = await member.press(start.message, "終了")
            assert ended.updated is start.message
            done += 1
        return done

    async def trouble() -> None:
        for n in range(8):
            if n % 4 == 0:
                await discord.drop_gateway()
            elif n % 4 == 1:
                discord.fail_next(429, match="callback", retry_after=0.1, times=3)
            elif n % 4 == 2:
                discord.fail_next(500, match="callback", times=2)
            else:
                await discord.reconnect()
            await asyncio.sleep(0.3)
        finished.set()

    *done, _ = await asyncio.gather(*(work(member) for member in members), trouble())
    assert cmds(deployment, place).count("start") == sum(done)
    assert cmds(deployment, place).count("end") == sum(done)
    assert len(place.posts) == sum(done)
