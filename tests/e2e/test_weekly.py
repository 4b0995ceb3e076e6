"""The weekly summary by the real process, whose clock the test sets: once, late, never, failing."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest_asyncio

from devtools.sandbox import Message
from devtools.sandbox.permissions import MEMBER, SEND_MESSAGES
from i18n import say
from tests.e2e.deployment import Deployment, Place
from tests.e2e.people import ids, labels, private, public
from tests.e2e.scene import Person, at, embed
from tests.e2e.words import EN, JA
from tests.support.until import until

MANAGE_SERVER = 1 << 5
WEEK = "2026-06-29..2026-07-05"
MONDAY, NEXT, THIRD = "2026-07-06T09:00:30", "2026-07-13T09:00:30", "2026-07-20T09:00:30"
PAIRS = [("sqlite", JA), ("postgres", EN)]


class Night:
    """A server whose organiser wants a summary, and a process whose clock can be set."""

    def __init__(self, deployment: Deployment, words: SimpleNamespace, clock: Path) -> None:
        self.deployment, self.language, self.clock = deployment, words.language, clock
        deployment.allowed.append("downtime from")  # the clock is set ahead
        self.place: Place = deployment.place(words.language)
        self.week = self.place.guild.add_channel("week")
        member = self.place.guild.add_member(
            "主催", locale=words.language, permissions=MANAGE_SERVER
        )
        noon = at("12:00")
        self.boss, self.nanao = Person(member, noon), Person(self.place.nanao, noon)

    def said(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def hours(self, count: int) -> str:
        return self.said("length.hours", hours=count)

    def it_is(self, when: str) -> None:
        """Set the clock of all processes."""
        ahead = (at(when) - datetime.now(UTC)).total_seconds()
        whole = self.clock.with_suffix(".new")
        whole.write_text(str(ahead), encoding="ascii")
        whole.replace(self.clock)  # at once: the processes read it all the time
        for person in (self.boss, self.nanao):
            person.waits_until(when)

    async def start(self, *shards: int | None) -> None:
        """Start a process for each shard of two, None for one that has all servers."""
        each = shards or (None,)
        settings = ({} if one is None else {"SHARD_COUNT": 2, "SHARD_IDS": one} for one in each)
        await asyncio.gather(*(self.deployment.start(ready=False, **one) for one in settings))
        await self.deployment.discord.ready(sessions=len(each))

    async def stop(self) -> None:
        running = (one for one in self.deployment.processes if one.running)
        await asyncio.gather(*(one.stop() for one in running))

    async def worked(self, who: Person, day: str, hours: int = 2) -> None:
        await who.says("log add", start=f"{day} 09:00", length=f"{hours}h")

    def posts(self) -> list[Message]:
        return self.deployment.discord.messages(self.week)

    async def until(self, what: Callable[[], object]) -> None:
        await until(what)
        await self.deployment.discord.settle(0.1)

    async def logged(self, text: str) -> None:
        """Wait until the latest process has something in its log."""
        await self.deployment.processes[-1].logged(text)


@pytest_asyncio.fixture(params=PAIRS, ids=["sqlite-ja", "postgres-en-US"])
async def night(deploy, tmp_path, request) -> Night:
    """Make a server with a database and a language; its processes are for the test to start."""
    database, words = request.param
    url = f"sqlite:///{tmp_path / 'w.db'}"
    if database == "postgres":
        url = request.getfixturevalue("postgres").create_database()
    clock = tmp_path / "clock"
    return Night(await deploy(url, CLOCK_FILE=clock), words, clock)


async def test_a_summary_outlives_restarts_and_is_posted_by_one_of_four_processes(night):
    place = night.place
    hana = Person(place.hana, at("12:00"))
    night.it_is("2026-07-01T12:00")
    await night.start()
    panel = private(await night.boss.says("config", summary_channel=night.week, language="en-US"))
    await night.boss.says("config", language=night.language, goal="3h")
    assert "⚠" not in embed(panel)
    await night.worked(night.nanao, "2026-06-30")
    await night.worked(hana, "2026-06-30", 1)
    await night.nanao.presses(private(await night.nanao.says("me")), night.said("button.join"))
    await night.stop()
    night.it_is(MONDAY)
    night.deployment.refusals |= {40060, 10062}  # what the slower ones are told
    await night.start(None, None, 0, 1)
    await night.until(night.posts)
    await asyncio.sleep(0.5)  # two heartbeats of each
    (post,) = night.posts()
    assert public(post)
    assert post.silent
    lines = embed(post).splitlines()
    assert lines[0] == night.said("rank.total", total=night.hours(3))
    assert lines[2] == night.said("together", together=night.hours(1))
    assert "▰" * 10 in lines[3]
    assert len(lines) == 6
    assert "ナナオ" in lines[5]
    assert "ハナ" not in embed(post)
    (file,) = post.attachments
    assert file.description.startswith("もくもく会")
    assert (labels(post), ids(post)) == ([night.said("button.join")], [f"join:time:{WEEK}"])
    assert place.posts == [], "it goes where it was set"
    hana.waits_until(MONDAY)
    board = private(await hana.presses(post, night.said("button.join")))
    assert "ハナ" in embed(board)
    assert night.hours(3) in embed(board)
    assert any(f":{WEEK}:" in one for one in ids(board))
    await night.stop()
    await night.start()
    await night.deployment.discord.settle(0.3)
    assert night.posts() == [post], "not again after a restart"
    night.boss.waits_until(MONDAY)
    pressed = await night.boss.presses(panel, night.said("button.back"))
    assert pressed.updated is panel, "and a panel from before two restarts works"
    assert panel.selects[0]["custom_id"] == "set:language"


async def test_a_channel_that_is_closed_or_gone_is_told_of_once_until_it_works(night):
    night.it_is("2026-07-01T12:00")
    await night.start()
    discord = night.deployment.discord
    await night.boss.says("config", summary_channel=night.week, language=night.language)
    for day in ("2026-06-30", "2026-07-07", "2026-07-14"):
        night.nanao.waits_until(f"{day}T12:00")
        await night.worked(night.nanao, day)
    night.week.allow_bot(MEMBER & ~SEND_MESSAGES)
    await discord.settle()
    night.it_is(MONDAY)
    await night.until(lambda: discord.dms)
    (letter,) = discord.dms
    channel = f"<#{night.week.id}>"
    assert embed(letter) == night.said("weekly.failed", server="もくもく会", channel=channel)
    assert letter.channel.recipient is night.boss.member.user
    panel = embed(private(await night.boss.says("config"))).splitlines()
    assert panel[-1] == night.said("config.summary.closed")
    night.week.allow_bot(None)
    await discord.settle()
    panel = embed(private(await night.boss.says("config"))).splitlines()
    assert panel[-1] == night.said("config.summary.failed")
    night.it_is(NEXT)
    await night.until(night.posts)
    assert len(discord.dms) == 1
    panel = embed(private(await night.boss.says("config"))).splitlines()
    assert panel[-1].endswith(channel), "it works again"
    night.place.guild.remove_channel(night.week)
    await discord.settle()
    night.it_is(THIRD)
    await night.until(lambda: len(discord.dms) == 2)
    assert not [one for one in discord.refused if "messages" in one.path]


async def test_a_week_is_posted_after_a_kill_unless_it_may_be_there_already(night):
    discord, deployment = night.deployment.discord, night.deployment
    deployment.allowed.append("We are being rate limited")
    night.it_is("2026-07-01T12:00")
    await night.start()
    await night.boss.says("config", summary_channel=night.week, language=night.language)
    for day in ("2026-06-30", "2026-07-07"):
        night.nanao.waits_until(f"{day}T12:00")
        await night.worked(night.nanao, day)

    async def killed_while_posting(when: str) -> None:
        before = len(discord.requests)
        discord.fail_next(429, match=f"POST /channels/{night.week.id}/messages", retry_after=60)
        night.it_is(when)
        await night.until(lambda: any(one.status == 429 for one in discord.requests[before:]))
        deployment.processes[-1].kill()

    await killed_while_posting(MONDAY)
    await night.start()
    await night.logged("the start is complete")
    assert night.posts() == [], "it may still be at it, for all that is known"
    night.it_is("2026-07-06T09:06")
    await night.until(night.posts)
    (post,) = night.posts()
    assert ids(post) == [f"join:time:{WEEK}"]

    await killed_while_posting(NEXT)
    id_ = discord.new_id(at("2026-07-13T09:01"))
    night.week.messages[id_] = Message(id_, night.week, night.nanao.member.user)
    night.it_is("2026-07-13T09:06")
    await night.start()
    await night.until(lambda: discord.dms)
    (letter,) = discord.dms
    channel = f"<#{night.week.id}>"
    assert embed(letter) == night.said("weekly.unknown", server="もくもく会", channel=channel)
    night.boss.waits_until("2026-07-13T10:00")
    panel = embed(private(await night.boss.says("config"))).splitlines()
    assert panel[-1] == night.said("config.summary.failed")
    assert [*map(ids, night.posts())] == [ids(post), []], "and it is there once, or not at all"


async def test_what_is_long_over_or_empty_or_off_is_not_posted(deploy, tmp_path):
    clock = tmp_path / "clock"
    url = f"sqlite:///{tmp_path / 'w.db'}"
    night = Night(await deploy(url, CLOCK_FILE=clock), JA, clock)
    night.it_is("2026-07-01T12:00")
    await night.start()
    await night.boss.says("config", summary_channel=night.week)
    await night.worked(night.nanao, "2026-06-30")
    await night.stop()
    night.it_is("2026-07-06T21:30")
    await night.start()
    # nothing in the second week
    night.it_is(NEXT)
    rows = "SELECT count(*) FROM posting WHERE from_on = '2026-07-06'"
    await night.until(lambda: night.deployment.rows(rows) == [(1,)])
    assert night.posts() == []
    night.it_is("2026-07-14T12:00")
    await night.worked(night.nanao, "2026-07-14")
    await night.boss.says("config", summary_day="off")
    night.it_is(THIRD)
    night.boss.tick()
    await night.boss.says("config", summary_channel=night.week, summary_day="0")
    await asyncio.sleep(0.6)
    assert night.posts() == [], "a new setting posts nothing for the past"
