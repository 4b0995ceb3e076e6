"""`/me`: every control and its undo, zones, goals and their bar; the goal of a server's week."""

import re
from datetime import timedelta

import pytest

from devtools.sandbox import Interaction, Message
from i18n import say
from tests.e2e.people import ids, labels, posted, private, public
from tests.e2e.scene import Person, embed, scene
from tests.support.until import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANAGE_SERVER = 1 << 5


def told(message: Message | None) -> list[str]:
    return embed(message).splitlines()


async def settings(who: Person) -> Message:
    return private(await who.says("me"))


async def aims(who: Person, panel: Message, words, length: str, per: str) -> Interaction:
    """Fill in the form for a goal."""
    form = (await who.presses(panel, words.controls[1])).modal
    assert form
    assert [field.label for field in form.fields] == words.goal_form
    return await who.fills(form, time=length, per=per)


async def bar(who: Person, period: str, words) -> list[str]:
    numbers = private(await who.says("stats", period=period))
    return [line for line in told(numbers) if line[0:1] in ("▰", "▱")]


async def test_every_control_changes_one_thing_and_is_undone(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    panel = await settings(nanao)
    assert (told(panel), labels(panel)) == (words.panel, words.controls)
    menus = [menu["custom_id"] for menu in panel.selects]
    assert menus == ["language", "day_starts", "remind_hours"]
    other = {"ja": "en-US", "en-US": "ja"}[words.language]
    form = (await nanao.presses(panel, words.controls[0])).modal

    async def undone(changed: Interaction, place_: int, line: str, news: str) -> None:
        assert changed.updated is panel
        now = told(panel)
        assert (now[0], now[place_]) == (news, line)
        assert (
            now[1:place_] + now[place_ + 1 :] == words.panel[1:place_] + words.panel[place_ + 1 :]
        )
        assert ids(panel)[-1] == f"restore:{changed.id}"
        back = await nanao.presses(panel, words.undo)
        assert back.updated is panel
        assert told(panel) == [words.taken_back, *words.panel[1:]]
        again = await nanao.presses(panel, words.undo)
        assert (again.updated, told(panel)[place_]) == (panel, line), "undo of the undo"
        assert ids(panel)[-1] == f"restore:{again.id}"
        await nanao.presses(panel, words.undo)

    zone = await nanao.fills(form, text="new york")
    await undone(zone, 1, words.new_york, words.cut_anew)
    hour = await nanao.chooses(panel, "5", "day_starts")
    await undone(hour, 2, words.five, words.cut_anew)
    own = await nanao.chooses(panel, words.language, "language")
    await undone(own, 3, words.languages[words.language], words.changed)
    goal = await aims(nanao, panel, words, "2h", "day")
    await undone(goal, 4, words.two_hours, words.changed)
    for place_, label, (line, back) in (
        (5, words.controls[2], words.listed),
        (6, words.controls[3], words.closed),
    ):
        pressed = await nanao.presses(panel, label)
        assert back in labels(panel)
        await undone(pressed, place_, line, words.changed)
    await nanao.chooses(panel, other, "language")
    assert told(panel)[0] != words.changed, "in the language that was chosen"
    await nanao.chooses(panel, "auto", "language")
    assert told(panel)[3] == words.panel[3]
    assert place.posts == []


async def test_a_zone_is_completed_and_almost_right_is_offered_what_is(deployment, words):
    _, nanao, _ = scene(deployment, words.language)
    common = await nanao.types("me", "zone")
    assert (words.zone_now.format("Asia/Tokyo", "12:00"), "Asia/Tokyo") in common
    london = await nanao.types("me", "zone", "lond")
    assert london == [(words.zone_now.format("Europe/London", "04:00"), "Europe/London")]
    for typo, near in (("londno", "Europe/London"), ("Tokio", "Asia/Tokyo")):
        refused = private(await nanao.says("me", zone=typo))
        assert embed(refused) == words.near.format(typo, near)
    junk = private(await nanao.says("me", zone="xyzzy"))
    assert embed(junk) == words.no_zone
    assert told(await settings(nanao)) == words.panel, "a refusal changes nothing"
    await nanao.says("log add", start="6/30 22:00", length="3h")

    async def today() -> str:
        numbers = private(await nanao.says("stats", period="today"))
        return re.findall(r"\*\*.*\*\*", embed(numbers))[0]

    before = await today()
    assert before == f"**{words.hours.format(1)}**", "an hour of it is past midnight"
    moved = private(await nanao.says("me", zone="America/New_York"))
    assert told(moved)[:2] == [words.cut_anew, words.new_york]
    assert await today() == f"**{words.hours.format(3)}**", "there it was all in the morning"
    await nanao.presses(moved, words.undo)
    assert await today() == before
    panel = await settings(nanao)
    await nanao.chooses(panel, "5", "day_starts")
    yesterday = private(await nanao.says("stats", period="yesterday"))
    assert told(yesterday)[0] == f"**{words.hours.format(3)}**", "the night is part of the day"
    assert yesterday.embeds[0]["footer"]["text"].endswith("Asia/Tokyo · 5:00–")


async def test_a_goal_has_its_bar_and_a_new_one_changes_no_past(deployment, words):
    _, nanao, _ = scene(deployment, words.language)
    panel = await settings(nanao)
    for length, refusal in (("1:60", words.no_length), ("x", words.no_length)):
        refused = await aims(nanao, panel, words, length, "day")
        assert embed(private(refused)) == refusal.format(length)
    for length, per in (("25h", "day"), ("169h", "week")):
        refused = await aims(nanao, panel, words, length, per)
        assert embed(private(refused)) == words.goal_too_long.format(length)
    assert told(panel) == words.panel
    await aims(nanao, panel, words, "2h", "day")
    await nanao.says("start", time="1h")
    over = public(await nanao.says("end"))
    assert told(over)[2:] == [words.day_going]
    assert await bar(nanao, "today", words) == [words.day_going]
    nanao.waits_until("13:30")
    await nanao.says("log add", start="9:00", length="1h")
    assert await bar(nanao, "week", words) == [words.day_reached]
    nanao.waits_until("2026-07-02T12:00")
    changed = await aims(nanao, panel, words, "10h", "week")
    assert told(changed.updated)[4] == words.ten_hours
    assert await bar(nanao, "yesterday", words) == [words.past_day]
    assert await bar(nanao, "week", words) == [words.week_going]
    blank = await aims(nanao, panel, words, " ", "day")
    assert embed(private(blank)) == say(words.language, "form.unchanged")
    none = await nanao.presses(panel, say(words.language, "button.no_goal"))
    assert told(none.updated)[4] == words.panel[4]
    assert await bar(nanao, "week", words) == []
    assert await bar(nanao, "yesterday", words) == [words.past_day]


async def test_undo_lasts_a_day_and_is_ones_own(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    panel = await settings(nanao)
    changed = await nanao.presses(panel, words.controls[2])
    theirs = await hana.member.press_id(place.channel, f"restore:{changed.id}", at=hana.tick())
    assert embed(private(theirs)) == words.not_yours
    elsewhere = deployment.place(words.language)
    there = Person(elsewhere.guild.add_member(user=place.nanao.user), nanao.now)
    abroad = await there.member.press_id(None, f"restore:{changed.id}", at=there.tick())
    assert embed(private(abroad)) == words.unknown
    second = await nanao.presses(panel, words.controls[3])
    old = await nanao.member.press_id(None, f"restore:{changed.id}", panel, at=nanao.tick())
    assert embed(private(old)) == words.changed_since
    nanao.now += timedelta(hours=24)
    late = await nanao.presses(panel, words.undo)
    assert second.updated is panel
    assert embed(private(late)) == words.too_late
    assert told(await settings(there))[5:] == words.panel[5:], "listed and private hold in a server"


async def test_the_goal_of_a_servers_week_is_the_organisers(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    boss = Person(
        place.guild.add_member("主催", locale=words.language, permissions=MANAGE_SERVER), nanao.now
    )
    await nanao.says("log add", start="9:00", length="2h")
    answer = await boss.says("panel", goal="20h")
    told_boss = private(answer)
    assert embed(told_boss) == words.group
    board = private(await nanao.says("rank", period="week"))
    assert words.group.splitlines()[1] in told(board)
    refused = private(await boss.says("panel", goal="bogus"))
    assert embed(refused) == words.no_length.format("bogus")
    place.guild.opened_commands.add("panel")
    rows = "SELECT cmd, user_id FROM history WHERE guild_id = ? ORDER BY created_at"
    before = deployment.rows(rows, place.guild.id)
    for forged in (
        await nanao.says("panel", goal="1h"),
        await nanao.member.press_id(None, f"retry:group_goal:{answer.id}", at=nanao.tick()),
        await nanao.member.press_id(
            None, f"retry:group_goal:{nanao.member.discord.new_id(nanao.now)}", at=nanao.tick()
        ),
    ):
        assert embed(private(forged)) == words.organisers
    theirs = await nanao.member.press_id(None, f"restore:{answer.id}", at=nanao.tick())
    assert embed(private(theirs)) == words.not_theirs
    assert deployment.rows(rows, place.guild.id) == before
    undone = await boss.presses(told_boss, words.undo)
    assert embed(undone.updated) == words.no_group
    again = await boss.presses(told_boss, words.undo)
    assert embed(again.updated) == words.group
    none = private(await boss.says("panel", goal="none"))
    assert embed(none) == words.no_group
    assert place.posts == []


async def test_private_takes_back_what_stands_under_a_button(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    start = await nanao.says("start", task="秘密")
    post = public(start)
    panel = await settings(nanao)
    await nanao.presses(panel, words.controls[3])
    pressed = await nanao.presses(post, words.working[0])
    (told_alone,) = await until(lambda: pressed.followups)
    assert post.deleted, "what was posted before goes with the first press"
    assert told_alone.ephemeral
    assert "秘密" in told_alone.text
    assert place.posts == []
    nobody = private(await hana.says("now"))
    assert "ナナオ" not in nobody.text
    back = await nanao.presses(panel, words.closed[1])
    assert told(back.updated)[6] == words.panel[6]
    paused = await nanao.presses(told_alone, words.resting[0])
    assert "秘密" in public(await posted(paused)).text
