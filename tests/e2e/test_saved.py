"""What was saved is said to be saved, whatever becomes of its answer."""

import asyncio

import pytest

from i18n import say
from tests.e2e.deployment import Deployment, Place
from tests.e2e.people import ids, posted, private, public, running_ids
from tests.e2e.scene import embed
from tests.support.until import responded, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANNOT = r"WARNING interactions.errors: (start|end_named|note) of \d+: cannot answer"


@pytest.fixture
def place(deployment: Deployment, words) -> Place:
    deployment.allowed.append(CANNOT)
    deployment.refusals.add(0)  # what is refused on request
    place = deployment.place(words.language)
    deployment.rows(
        "INSERT INTO guild (guild_id, language) VALUES (?, ?)", place.guild.id, words.language
    )
    return place


def cmds(deployment: Deployment, place: Place) -> list[str]:
    rows = deployment.rows(
        "SELECT cmd FROM history WHERE guild_id = ? ORDER BY created_at", place.guild.id
    )
    return [cmd for (cmd,) in rows]


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_refused_answer_is_given_privately(deployment, place, words, status):
    discord = deployment.discord
    discord.fail_next(status, match="callback")
    start = await place.nanao.slash("start")
    assert ids(private(start)) == running_ids(start.id)
    discord.fail_next(status, match="callback")
    ended = await place.nanao.press(start.message, words.working[1])
    assert ids(private(ended))[0] == f"note:{start.id}"
    assert cmds(deployment, place) == ["start", "end"]
    assert place.posts == []


async def test_when_the_answer_itself_is_refused_a_sentence_says_so(deployment, place, words):
    deployment.discord.fail_next(400, match="callback", times=2)
    start = await place.nanao.slash("start")
    assert embed(private(start)) == say(words.language, "error.saved")
    assert cmds(deployment, place) == ["start"]
    deployment.discord.fail_next(400, match="callback", times=2)
    again = await place.nanao.slash("start")  # it saves nothing
    assert embed(private(again)) == say(words.language, "error.unshown", id=again.id)


@pytest.mark.parametrize("how", ["command", "button"])
async def test_a_wait_or_post_that_a_moderator_deletes_is_no_failure(deployment, place, words, how):
    deployment.refusals.add(10008)
    running = await place.nanao.slash("start")
    before = len(deployment.interactions)
    with deployment.locked("session"):
        if how == "command":
            asked = asyncio.create_task(place.hana.slash("start"))
        else:
            asked = asyncio.create_task(place.nanao.press(running.message, words.working[1]))
        (answer,) = await until(lambda: deployment.interactions[before:])
        await responded(answer)
        deployment.discord.delete(answer.original)
    answer = await asked
    told = await posted(answer)
    assert told.ephemeral
    what = running_ids(answer.id) if how == "command" else [f"note:{running.id}"]
    assert ids(told)[: len(what)] == what
    assert cmds(deployment, place)[-1] == ("start" if how == "command" else "end")


async def test_a_wait_that_is_refused_is_shown_privately(deployment, place, words):
    running = await place.nanao.slash("start")
    deployment.allowed.append("no wait for")
    before = len(deployment.interactions)
    with deployment.locked("session"):
        place.hana.command("start")
        pressed = asyncio.create_task(place.nanao.press(running.message, words.working[1]))
        await until(lambda: len(deployment.interactions) == before + 2)
        sent = deployment.interactions[before:]
        for one in sent:
            deployment.discord.fail_next(404, match=f"/interactions/{one.id}/")
        await responded(*sent)
        assert [one.deferred_ephemeral for one in sent] == [True, True]
    started, ended = await sent[0].answer(), await pressed
    assert ids(public(await posted(started))) == running_ids(started.id)
    assert ids(private(ended))[0] == f"note:{running.id}"


async def test_what_is_heard_twice_is_done_and_told_once(deployment, place):
    deployment.refusals.add(40060)
    sent = place.nanao.command("start")
    sent.discord.dispatch(place.guild.id, "INTERACTION_CREATE", sent.payload, 0)
    start = await sent.answer()
    await deployment.discord.settle(0.3)
    assert place.posts == [public(start)]
    assert start.followups == []
    assert cmds(deployment, place) == ["start"]
