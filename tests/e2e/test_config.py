"""`/config`: pages, questions and undo; who may; where starts and ends go; weeks of any day."""

from datetime import timedelta

import pytest

from devtools.sandbox import Message
from devtools.sandbox.interactions import Kind
from devtools.sandbox.permissions import MEMBER, SEND_MESSAGES
from i18n import say
from interactions.routes import parse_custom_id
from tests.cogs.test_components import STAND_FOR
from tests.e2e.people import forge, ids, labels, posted, private, public, running_ids
from tests.e2e.scene import Person, embed, scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANAGE_SERVER = 1 << 5
MENUS = ["set:language", "set:day_starts", "set:week_starts"]


def organiser(place, language: str, nanao: Person) -> Person:
    boss = place.guild.add_member("主催", locale=language, permissions=MANAGE_SERVER)
    return Person(boss, nanao.now)


def told(message: Message | None) -> list[str]:
    return embed(message).splitlines()


def menus(message: Message) -> list[str]:
    return [menu["custom_id"] for menu in message.selects]


async def test_each_page_changes_its_settings_and_takes_them_back(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    boss = organiser(place, words.language, nanao)

    def said(key: str, **values: object) -> str:
        return say(words.language, key, **values)

    panel = private(await boss.says("config"))
    first = told(panel)
    assert (first[0], menus(panel)) == (said("config.title"), MENUS)
    assert first[-1] == said("config.summary.none")
    posts = await boss.presses(panel, said("button.hide_posts"))
    assert posts.updated is panel
    assert said("config.posts.no") in told(panel)
    assert ids(panel)[-1] == f"unset:{posts.id}"
    await boss.presses(panel, words.undo)
    assert told(panel) == [said("me.undone"), *first[1:]]
    form = (await boss.presses(panel, said("button.goal"))).modal
    await boss.fills(form, time="20h")
    assert said("config.goal", length=said("length.hours", hours=20)) in told(panel)
    await boss.presses(panel, said("button.hours"))
    assert menus(panel) == ["set:remind_hours", "set:close_hours", "set:ask_hours"]
    await boss.chooses(panel, "3", "set:remind_hours")
    assert said("config.remind_hours", hours=3) in told(panel)
    late = private(await boss.chooses(panel, "2", "set:close_hours"))
    assert embed(late) == said("refused.hours.order", remind=3, close=2)
    await boss.presses(panel, said("button.back"))
    assert menus(panel) == MENUS
    await boss.presses(panel, said("button.summary"))
    await boss.member.select(panel, [place.channel], at=boss.tick())
    summary = said(
        "config.summary", day=said("WEEKDAY_0"), hour=9, channel=f"<#{place.channel.id}>"
    )
    assert told(panel)[-1] == summary
    assert menus(panel)[1:] == ["set:summary_day", "set:summary_hour"]
    await boss.chooses(panel, "2", "set:summary_day")
    assert said("WEEKDAY_2") in told(panel)[-1]
    await boss.presses(panel, said("button.summary_off"))
    assert told(panel)[-1] == said("config.summary.choose")
    assert place.posts == []


async def test_what_changes_numbers_asks_first_and_cuts_weeks_anew(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    boss = organiser(place, words.language, nanao)
    await nanao.says("log add", start="6/28 10:00", length="2h")  # a Sunday
    await nanao.says("log add", start="6/29 10:00", length="1h")

    async def week(who: Person, command: str) -> str:
        return embed(private(await who.says(command, period="week")))

    def hours(count: int) -> str:
        return f"**{words.hours.format(count)}**"

    for command in ("stats", "rank"):
        assert hours(1) in await week(nanao, command)
    panel = private(await boss.says("config"))
    before = told(panel)
    question = await boss.chooses(panel, "6", "set:week_starts")
    assert question.updated is panel
    new, old = (
        say(words.language, "config.week_starts", day=say(words.language, f"WEEKDAY_{day}"))
        for day in (6, 0)
    )
    assert told(panel) == [say(words.language, "config.sure"), f"{old} → {new}"]
    assert ids(panel) == ["sure:week_starts:6", "config:main"]
    await boss.presses(panel, say(words.language, "button.unsure"))
    assert told(panel) == before
    assert hours(1) in await week(nanao, "stats")
    await boss.chooses(panel, "6", "set:week_starts")
    await boss.presses(panel, say(words.language, "button.sure"))
    assert new in told(panel)
    for who, command in ((nanao, "stats"), (nanao, "rank"), (hana, "rank")):
        assert hours(3) in await week(who, command)
    await boss.presses(panel, words.undo)
    assert hours(1) in await week(nanao, "stats")


async def test_each_setting_is_an_option_that_completes(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    boss = organiser(place, words.language, nanao)
    for option, typed, value in (
        ("zone", "lond", "Europe/London"),
        ("day_starts", "4", "4"),
        ("summary_hour", "21", "21"),
        ("remind_hours", "7", "7"),
        ("close_hours", "", "0"),
        ("goal", "7", "7h"),
    ):
        assert value in [choice.value for choice in await boss.types("config", option, typed)]
    asked = await boss.says(
        "config", language="English", posts="no", summary_channel=place.channel, goal="20h"
    )
    shown = private(asked)
    assert told(shown)[0] == words.changed
    question = private(await boss.says("config", zone="london", close_hours="30"))
    assert "Asia/Tokyo → Europe/London" in told(question)
    assert told(question)[0] == words.changed, "the hours hold already"
    await boss.presses(question, say(words.language, "button.sure"))
    (row,) = deployment.rows(
        "SELECT zone, language, posts, close_hours, summary_channel_id, summary_by"
        " FROM guild WHERE guild_id = ?",
        place.guild.id,
    )
    expected = ("Europe/London", "en-US", False, 30, place.channel.id, boss.member.id)
    assert row == expected
    for option, field, right, answer in (
        ("zone", "text", "oslo", say(words.language, "config.sure")),
        ("goal", "time", "15h", words.changed),
    ):
        refused = private(await boss.says("config", **{option: "ほげ"}))
        form = (await boss.presses(refused, say(words.language, "button.again"))).modal
        assert form
        assert form.fields[0].value == "ほげ"
        assert told(private(await boss.fills(form, **{field: right})))[0] == answer
    off = private(await boss.says("config", summary_day="off"))
    assert told(off)[-1] == say(words.language, "config.summary.choose")


async def test_only_organisers_may_at_each_press(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    boss = organiser(place, words.language, nanao)
    panel = private(await boss.says("config"))
    changed = await boss.presses(panel, say(words.language, "button.hide_posts"))
    form = (await boss.presses(panel, say(words.language, "button.goal"))).modal
    place.guild.opened_commands.add("config")
    rows = "SELECT cmd, user_id FROM history WHERE guild_id = ? ORDER BY created_at"
    before = deployment.rows(rows, place.guild.id)
    refused = [await nanao.says("config"), await nanao.says("config", posts="yes")]
    action_names = [one for one in STAND_FOR if parse_custom_id(one).action.definition.organisers]
    forged = (*action_names, f"unset:{changed.id}", f"retry:configure:{changed.id}")
    refused += [await nanao.member.press_id(place.channel, one, at=nanao.tick()) for one in forged]
    data = {"component_type": 8, "custom_id": "set:summary_channel"}
    data |= {"values": [str(place.channel.id)], "resolved": {}}
    refused.append(await forge(nanao.member, place.channel, Kind.COMPONENT, data, panel))
    boss.member.roles = []  # no organiser any more
    refused += [
        await boss.presses(panel, words.undo),
        await boss.presses(panel, say(words.language, "button.show_posts")),
        await boss.fills(form, time="1h"),
    ]
    for answer in refused:
        assert embed(private(answer)) == words.organisers
    assert deployment.rows(rows, place.guild.id) == before


async def test_a_server_without_posts_answers_privately(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    boss = organiser(place, words.language, nanao)
    post = public(await nanao.says("start", task="数学"))
    await boss.says("config", posts="no")
    start = await hana.says("start")
    assert ids(private(start)) == running_ids(start.id)
    ended = await nanao.presses(post, words.working[1])
    assert (await posted(ended)).ephemeral
    assert post.deleted, "what was posted before goes with the first press"
    assert place.posts == []
    now = private(await nanao.says("now"))
    assert "ハナ" in now.text, "lists stay as they are"
    me = private(await nanao.says("me"))
    assert say(words.language, "me.unposted") in told(me)


async def test_a_channel_that_is_gone_or_closed_is_shown_as_such(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    boss = organiser(place, words.language, nanao)
    week = place.guild.add_channel("week")
    await deployment.discord.settle()
    panel = private(await boss.says("config", summary_channel=week))
    assert "⚠" not in embed(panel)
    week.allow_bot(MEMBER & ~SEND_MESSAGES)
    await deployment.discord.settle()
    closed = private(await boss.says("config"))
    assert told(closed)[-1] == say(words.language, "config.summary.closed")
    place.guild.remove_channel(week)
    await deployment.discord.settle()
    gone = private(await boss.says("config"))
    assert told(gone)[-1] == say(words.language, "config.summary.gone")


async def test_an_organiser_is_proposed_their_own_zone_and_undo_lasts_a_day(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    boss = organiser(place, words.language, nanao)
    await boss.says("me", zone="london")
    panel = private(await boss.says("config"))
    label = say(words.language, "button.propose", zone="Europe/London")
    assert label in labels(panel)
    await boss.presses(panel, label)
    await boss.presses(panel, say(words.language, "button.sure"))
    assert label not in labels(panel)
    assert "Europe/London" in told(panel)[1]
    boss.now += timedelta(hours=24)
    late = await boss.presses(panel, words.undo)
    assert embed(private(late)) == words.too_late
