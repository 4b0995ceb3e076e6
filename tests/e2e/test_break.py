"""Breaks: on and off by command and by button, never counted as work; Task and Add one."""

import asyncio

import pytest

from tests.e2e.people import ids, labels, posted, private, public, running_ids
from tests.e2e.scene import Person, embed, scene, shown, shown_span

pytestmark = pytest.mark.asyncio(loop_scope="module")


def resting_ids(session_id: int) -> list[str]:
    return [f"{action_name}:{session_id}" for action_name in ("resume", "end", "task")]


def since(when: str) -> tuple[str, str]:
    return shown(when), shown(when, "R")


async def test_a_break_by_command_is_public_and_no_work(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    nanao.waits_until("13:00")
    start = await nanao.says("start", task="数学")
    nanao.waits_until("13:30")
    paused = await nanao.says("break")
    post = public(paused)
    assert embed(post) == words.paused.format("数学", *since("13:30"))
    assert labels(post) == [*words.resting, words.undo]
    assert ids(post) == [*resting_ids(start.id), f"undo:{paused.id}"]
    hana.waits_until("13:40")
    now = private(await hana.says("now"))
    assert embed(now).splitlines() == [words.one_works, words.here_resting.format(*since("13:30"))]
    nanao.waits_until("13:50")
    resumed = await nanao.says("break")
    assert embed(public(resumed)) == words.resumed.format("数学", *since("13:00"))
    assert ids(resumed.message) == [*running_ids(start.id), f"undo:{resumed.id}"]
    now = private(await hana.says("now"))
    assert embed(now).splitlines()[1] == words.here.format(*since("13:00"))
    nanao.waits_until("13:55")
    listed = embed(private(await nanao.says("log list"))).splitlines()[1]
    began = f"{shown('13:00', 'd')} {shown('13:00')}"
    assert listed == words.in_log.format(began), "55 minutes, of them 20 of break"
    nanao.waits_until("14:00")
    over = public(await nanao.says("end"))
    forty = words.minutes.format(40)
    assert embed(over).splitlines()[0] == words.ended_first.format(forty)
    breaks = deployment.rows(
        "SELECT count(*), count(ended_at) FROM break WHERE session_id = ?", start.id
    )
    assert breaks == [(1, 1)]
    assert place.posts == [start.message, post, resumed.message, over]


async def test_break_and_back_by_buttons_change_the_post(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    nanao.waits_until("13:00")
    start = await nanao.says("start", task="数学")
    post = start.message
    pause, resume = words.working[0], words.resting[0]
    for at, label, told, began in (
        ("13:10", pause, words.paused, "13:10"),
        ("13:20", resume, words.resumed, "13:00"),
        ("13:30", pause, words.paused, "13:30"),
    ):
        nanao.waits_until(at)
        pressed = await nanao.presses(post, label)
        assert pressed.updated is post
        assert embed(public(post)) == told.format("数学", *since(began))
        assert ids(post)[3:] == [f"undo:{pressed.id}"]
    undone = await nanao.presses(post, words.undo)
    assert undone.updated is post
    assert embed(post) == words.back_to_work.format(shown("13:00"))
    again = await nanao.presses(post, words.undo)
    assert again.updated is post
    assert embed(post) == words.back_to_rest.format(shown("13:30")), "undo of the undo"
    nanao.waits_until("13:40")
    ended = await nanao.presses(post, words.working[1])
    assert ended.updated is post
    twenty = words.minutes.format(20)
    assert embed(post).splitlines()[0] == words.ended_first.format(twenty)
    assert labels(post) == words.ended_labels
    assert place.posts == [post]


async def test_end_ends_the_break_and_its_undo_brings_it_back(deployment, words):
    _, nanao, _ = scene(deployment, words.language)
    added = await nanao.says("log add", start="9:00", end="10:00")
    assert private(added)
    nanao.waits_until("13:00")
    start = await nanao.says("start", task="数学")
    nanao.waits_until("13:40")
    await nanao.says("break")
    nanao.waits_until("14:00")
    end = await nanao.says("end")
    today = {"ja": "1時間40分", "en-US": "1 h 40 min"}[words.language]
    assert embed(public(end)).splitlines() == [
        words.ended.format(words.minutes.format(40), today),
        words.ended_span.format(shown("13:00"), shown("14:00")),
    ]
    undone = await nanao.presses(end.message, words.undo)
    assert embed(undone.updated) == words.back_to_rest.format(shown("13:40"))
    assert ids(undone.updated)[:3] == resting_ids(start.id)
    account = private(await nanao.says("stats", period="today"))
    assert account.embeds[0]["description"].startswith(f"**{today}**"), "the break goes on"


async def test_the_task_is_changed_in_a_form(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    nanao.waits_until("13:00")
    start = await nanao.says("start", task="数学")
    post = start.message
    form = (await nanao.presses(post, words.working[2])).modal
    assert [field.label for field in form.fields] == [words.add_form[3]]
    nanao.waits_until("13:05")
    renamed = await nanao.fills(form, text="**英語**")
    assert renamed.updated is post
    assert embed(public(post)) == words.renamed.format("\\*\\*英語\\*\\*", *since("13:00"))
    assert ids(post) == [*running_ids(start.id), f"undo:{renamed.id}"]
    nanao.waits_until("13:10")
    await nanao.presses(post, words.working[0])
    form = (await nanao.presses(post, words.working[2])).modal
    await nanao.fills(form, text="物理")
    assert embed(post) == words.paused.format("物理", *since("13:10")), "it is still a break"
    await nanao.presses(post, words.undo)
    assert deployment.rows("SELECT task FROM session WHERE id = ?", start.id) == [("**英語**",)]
    assert place.posts == [post]


async def test_old_and_foreign_buttons_change_nothing(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    nanao.waits_until("13:00")
    start = await nanao.says("start", task="数学")
    nanao.waits_until("13:30")
    paused = await nanao.says("break")
    hana.now = nanao.now

    async def presses(who: Person, action_name: str):
        return await who.member.press_id(
            place.channel, f"{action_name}:{start.id}", start.message, at=who.tick()
        )

    before = deployment.rows("SELECT count(*) FROM history WHERE guild_id = ?", place.guild.id)
    for action_name in ("pause", "resume", "task"):
        refused = await presses(hana, action_name)
        assert embed(private(refused)) == words.not_yours
    twice = await presses(nanao, "pause")
    assert embed(public(twice.updated)) == words.paused.format("数学", *since("13:30"))
    assert ids(twice.updated) == resting_ids(start.id), "nothing was changed, so nothing to undo"
    after = deployment.rows("SELECT count(*) FROM history WHERE guild_id = ?", place.guild.id)
    assert after == before
    nanao.waits_until("14:00")
    await nanao.presses(paused.message, words.working[1])
    for action_name in ("pause", "resume"):
        none = await presses(nanao, action_name)
        assert embed(private(none)) == words.last_ended.format(shown("14:00", "f"))
        assert labels(none.message) == words.offers
    form = (await presses(nanao, "task")).modal
    none = await nanao.fills(form, text="英語")
    assert embed(private(none)) == words.last_ended.format(shown("14:00", "f"))


async def test_pressed_many_times_at_once_it_is_one_break(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    nanao.waits_until("13:00")
    post = (await nanao.says("start", task="数学")).message
    nanao.waits_until("13:30")
    presses = (nanao.presses(post, words.working[0]) for _ in range(6))
    assert all(one.updated is post for one in await asyncio.gather(*presses))
    asked = (nanao.says("break") for _ in range(2))
    both = await asyncio.gather(*asked)
    assert all(public(one) for one in both), "out of it and into another"
    cmds = deployment.rows(
        "SELECT cmd, count(*) FROM history WHERE guild_id = ? GROUP BY cmd ORDER BY cmd",
        place.guild.id,
    )
    assert cmds == [("break", 3), ("start", 1)]


async def test_where_nothing_is_open_one_is_added(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    none = private(await nanao.says("break"))
    assert (embed(none), labels(none)) == (words.nothing_open, words.offers)
    form = (await nanao.presses(none, words.offers[1])).modal
    assert [field.label for field in form.fields] == words.add_form
    refused = await nanao.fills(form, start="99:00", length="1h")
    assert embed(private(refused)) == words.unreadable
    assert embed(none) == words.nothing_open
    added = await nanao.fills(form, start="9:00", length="1h", task="数学", text="三章")
    assert added.updated is none
    span = shown_span("09:00", "10:00", words.language)
    assert embed(none) == f"{words.added.format(span)}\n三章"
    assert labels(none) == words.changes
    again = private(await nanao.says("break"))
    assert embed(again) == words.last_ended.format(shown("10:00", "f"))
    started = await nanao.presses(again, words.offers[0])
    assert labels(public(await posted(started))) == words.working
    assert len(place.posts) == 1
