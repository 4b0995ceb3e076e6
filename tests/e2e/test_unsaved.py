"""What is asked while the database is gone: nothing is saved, and Try again keeps its time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from devtools.sandbox.snowflakes import moment_of
from tests.e2e.acts import Act, acts
from tests.e2e.deployment import Deployment
from tests.e2e.people import ids, labels, posted, private, public
from tests.e2e.scene import embed, scene
from tests.e2e.words import EN, JA
from tests.support.stand_ins import Proxy, error_response

AWAY = (
    r"WARNING database.executor: the database is away",
    r"WARNING (interactions\.errors|cogs\.startup): ",
)
# that a lost connection is tried again first, which takes its time, is shown elsewhere
ONCE = "from database import executor; executor.TRIES = 1"
GOING = error_response("the database system is shutting down")


@dataclass
class Fragile:
    """A deployment, and a way to take its database away for a while."""

    deployment: Deployment
    gone: Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=["sqlite", "postgres"])
async def fragile(request, tmp_path, deploy) -> AsyncIterator[Fragile]:
    if request.param == "sqlite":
        deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
        # everything that is asked begins with it
        yield Fragile(deployment, lambda: deployment.renamed("guild"))
        return
    server = request.getfixturevalue("postgres")
    url = server.create_database()
    async with Proxy(url) as proxy:
        deployment = await deploy(proxy.url)
        deployment.behind = url

        @contextmanager
        def gone() -> Iterator[None]:
            proxy.error = GOING
            proxy.cut()
            yield
            proxy.error = b""

        yield Fragile(deployment, gone)
        for process in deployment.processes:
            if process.running:
                await process.stop()
    server.drop_database(url)


async def try_again(act: Act, words: SimpleNamespace) -> None:
    """Press Try again twice at the same moment, an hour later."""
    message = private(act.first)
    before = message.payload
    act.who.now = act.who.now.replace(hour=act.who.now.hour + 1)
    channel = message.channel
    again, twice = await asyncio.gather(
        act.who.presses(message, words.retry),
        act.who.member.press_id(channel, act.pressed, message, at=act.who.tick()),
    )
    assert message.payload != before
    for pressed in (again, twice):
        assert pressed.updated is message
    assert embed(message).startswith(act.told), (act.retry, embed(message))
    if act.public:
        assert embed(public(await posted(again))).startswith(act.told)


async def test_what_only_reads_has_nothing_to_try_again(fragile: Fragile):
    deployment = fragile.deployment
    deployment.allowed += AWAY
    await deployment.start(ONCE)
    both = [(words, *scene(deployment, words.language)) for words in (JA, EN)]
    with fragile.gone():
        for words, place, nanao, _ in both:
            asked = [nanao.says(one) for one in ("log list", "stats", "rank", "me", "now")]
            for answer in await asyncio.gather(*asked, nanao.says("stats", share=True)):
                assert (embed(private(answer)), labels(answer.message)) == (words.unread, [])
            typed = [("log edit", "session"), ("start", "task")]
            assert [await nanao.types(*one) for one in typed] == [[], []]
            assert place.posts == []
    for words, _, nanao, _ in both:
        assert embed(private(await nanao.says("log list"))) == words.empty, "it is back by itself"


async def test_what_was_not_saved_is_saved_at_its_own_time(fragile: Fragile):
    deployment = fragile.deployment
    deployment.allowed += AWAY
    process = await deployment.start(ONCE)
    both = []
    for words in (JA, EN):
        place, nanao, _ = scene(deployment, words.language)
        both.append((words, await acts(place, words, nanao.now)))
    before = deployment.rows("SELECT count(*) FROM history")
    with fragile.gone():
        for _, found in both:
            asked = await asyncio.gather(*(act.do() for act in found))
            for act, answer in zip(found, asked, strict=True):
                act.asked = answer
    for words, found in both:
        for act in found:
            message = private(act.first)
            assert embed(message) == words.unsaved, act.retry
            (custom_id,) = ids(message)
            assert labels(message) == [words.retry]
            assert f"{custom_id}:".startswith(f"{act.custom_id}:")
            act.pressed = custom_id
    assert deployment.rows("SELECT count(*) FROM history") == before
    for words, found in both:
        if words is EN:  # by another process, for which everything stands in the messages
            await process.stop()
            await deployment.start(ONCE)
        await asyncio.gather(*(try_again(act, words) for act in found))
        for act in found:
            ((cmd, at),) = deployment.rows(
                "SELECT cmd, created_at FROM history WHERE interaction_id = ?", act.first.id
            )
            moment = datetime.fromisoformat(str(at)).replace(tzinfo=UTC)
            assert (cmd, moment) == (act.cmd, moment_of(act.first.id)), act.retry
    check_rows(deployment, both)


def check_rows(deployment: Deployment, both: list) -> None:
    """Check that the words and times that were given first are what is kept."""
    for _, found in both:
        by = {act.retry.partition(":")[0]: act for act in found}
        for act in (act for act in found if act.cmd in ("add", "edit")):
            action_name, _, target = act.retry.partition(":")
            session = int(target or act.first.id)
            ((task, note, start, end),) = deployment.rows(
                "SELECT task, note, started_at, ended_at FROM session WHERE id = ?", session
            )
            assert (task, note) == ("*英語*", "三章\n**四章**"), action_name
            assert str(start).startswith("2026-07-01 00:00:00"), action_name
            assert str(end).startswith("2026-07-01 01:00:00"), action_name
        for action_name in ("break", "pause"):
            (rest,) = deployment.rows(
                "SELECT b.started_at FROM break b JOIN session s ON b.session_id = s.id "
                "WHERE s.user_id = ?",
                by[action_name].who.member.id,
            )
            at = datetime.fromisoformat(str(rest[0])).replace(tzinfo=UTC)
            assert at == moment_of(by[action_name].first.id), action_name
        zones = deployment.rows(
            "SELECT zone FROM member WHERE user_id = ?", by["zone"].who.member.id
        )
        assert zones == [("America/New_York",)]
        listed = deployment.rows(
            "SELECT count(*) FROM membership WHERE listed AND user_id IN (?, ?)",
            by["listed"].who.member.id,
            by["join"].who.member.id,
        )
        assert listed == [(2,)]
