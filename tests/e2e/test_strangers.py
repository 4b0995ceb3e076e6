"""What others do to one's buttons, what forgers make up, and what people write."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from devtools.sandbox import NotAnswered, NotPossible, state
from devtools.sandbox.interactions import Kind
from devtools.sandbox.snowflakes import EPOCH
from tests.e2e.deployment import Place
from tests.e2e.people import fills, forge, ids, labels, posted, private, public

pytestmark = pytest.mark.asyncio(loop_scope="module")

LATE = 10062  # Discord's code for an interaction that is gone
GONE = "その記録は見つかりません"


@pytest.fixture
def place(deployment) -> Place:
    return deployment.place()


def history(deployment, place) -> list[tuple]:
    return deployment.rows(
        "SELECT cmd, interaction_id, user_id FROM history WHERE guild_id = ? ORDER BY created_at",
        place.guild.id,
    )


def an_id(ago: timedelta) -> int:
    return (datetime.now(UTC) - ago - EPOCH) // timedelta(milliseconds=1) << 22


# somebody else's


async def test_somebody_elses_end_button_offers_ones_own(deployment, place):
    theirs = public(await place.hana.slash("start"))
    before = theirs.payload
    refused = private(await place.nanao.press(theirs, "終了"))
    assert refused.text == "ハナさんのボタンです。操作できるのは本人だけです"
    assert labels(refused) == ["いま開始"]
    mine = await place.nanao.slash("start")
    offered = private(await place.nanao.press(theirs, "終了"))
    assert offered.text == "これはハナさんのボタンです。自分の作業を終えますか？"
    assert ids(offered) == [f"end:{mine.id}"]
    assert theirs.payload == before
    ended = await place.nanao.press(offered, "終了")
    assert "もくもく終了" in private(ended).text
    assert [cmd for cmd, *_ in history(deployment, place)] == ["start", "start", "end"]


async def test_somebody_elses_corrections_are_refused(deployment, place):
    start = await place.hana.slash("start", task="秘密")
    end = await place.hana.slash("end")
    over = public(end)
    before = over.payload
    for label in ("やったこと", "時刻を直す", "元に戻す"):
        refused = await place.nanao.press(over, label)
        assert private(refused).text == "ハナさんのボタンです。操作できるのは本人だけです"
    for action_name in ("note", "fix"):  # on a message made up, so that nobody is asked before
        opened = await place.nanao.press_id(place.channel, f"{action_name}:{start.id}")
        data = {"custom_id": f"{action_name}:{start.id}", "components": []}
        sent = await forge(place.nanao, place.channel, Kind.MODAL, data)
        assert "ハナさん" in private(opened).text
        assert "ハナさん" in private(sent).text
    assert over.payload == before
    assert len(history(deployment, place)) == 2


@pytest.mark.parametrize("action_name", ["keep", "restart", "discard"])
async def test_somebody_elses_question_cannot_be_answered(deployment, place, action_name):
    start = await place.hana.slash("start", task="秘密")
    refused = await place.nanao.press_id(place.channel, f"{action_name}:{start.id}")
    assert "ハナさん" in private(refused).text
    assert "秘密" not in refused.message.text
    assert len(history(deployment, place)) == 1


async def test_somebody_elses_times_cannot_be_filled_in(deployment, place):
    start = await place.hana.slash("start", time="1h")
    for action_name in ("ended_at", "stopped"):
        form = (await place.nanao.press_id(place.channel, f"{action_name}:{start.id}")).modal
        answer = await fills(place.nanao, form, time="5m")
        assert "ハナさん" in private(answer).text
    assert len(history(deployment, place)) == 1


async def test_the_same_member_in_another_server_is_another_member(deployment, place):
    elsewhere = deployment.place()
    nanao = elsewhere.guild.add_member(user=place.nanao.user)
    here = await place.nanao.slash("start")
    there = await nanao.slash("start")
    assert public(there)
    for custom_id in (f"end:{here.id}", f"restart:{here.id}", f"discard:{here.id}"):
        assert private(await nanao.press_id(elsewhere.channel, custom_id)).text == GONE
    end = await place.nanao.slash("end")
    assert private(await nanao.press_id(elsewhere.channel, f"undo:{end.id}")).text == GONE
    retried = await nanao.press_id(elsewhere.channel, f"retry:end:{end.id}")
    assert private(retried).text == GONE
    assert len(history(deployment, elsewhere)) == 1


# made up

MADE_UP = (
    *("x", "end", "end:", "end:0", "end:-1", "end:+1", "end: 1", "end:1_0", "end:٣", "end:１２"),
    *("end:99999999999999999999", "end:9223372036854775807", "end:9223372036854775808"),
    *("end:1e5", "end:1:2", "END:1", "start:1", "panel", "panel:", "panel:stop", "panel:start:1"),
    *("undo:", "undo:0", "undo:abc", "keep:1", "restart:1", "discard:1", "note:", "note:x"),
    *("fix:99999999999999999999", "ended_at:", "stopped:-5", "end_named:1", "now", "cancel"),
    *("retry", "retry:", "retry:start", "retry:start:", "retry:start:x", "retry:start:0"),
    *("retry:start:9223372036854775807", "retry:start:1:1", "retry:no_such_verb:1", "x" * 100),
    *("task", "task:", "edit:", "edit:x", "add:", "add:1", "zone:", "zone:1", "goal:1", "entry:1"),
    *("pause:", "pause:1", "resume:x", "delete:1", "delete:-1", "revert:", "revert:1", "restore:1"),
    *("log", "log:", "log:x", "why", "why:", "why:x", "share:", "why:1:x", "group_goal:1"),
    *("rank", "rank:", "rank:time:", "rank:money:1:1", "rank:time:x:1", "join:", "join:x:1"),
    *("listed", "listed:", "listed:maybe", "private:", "private:1", "language:", "language:xx"),
    *("day_starts:", "day_starts:7", "day_starts:-1", "retry:log:1", "retry:stats:1", "entry"),
    *(":", "::", "\N{SNOWMAN}", "end:\N{SNOWMAN}", "' OR 1=1 --", "end:1' OR '1'='1"),
)


async def test_what_is_made_up_is_refused(deployment, place):
    pressed = (place.nanao.press_id(place.channel, custom_id) for custom_id in MADE_UP)
    answers = await asyncio.gather(*pressed)
    assert [private(one).text for one in answers] == [GONE] * len(MADE_UP)
    assert history(deployment, place) == []


RETRIES = ("end_named", "restart", "keep", "note", "fix", "undo", "discard", "now", "panel")


async def test_a_retry_that_names_nothing_is_refused(deployment, place):
    recent = an_id(timedelta(minutes=1))
    targets = ("", ":", ":x", ":1", ":" + "9" * 20)
    pressed = [
        place.nanao.press_id(place.channel, f"retry:{action_name}:{recent}{target}")
        for action_name in (*RETRIES, "cancel")
        for target in targets
    ]
    answers = await asyncio.gather(*pressed)
    assert [private(one).text for one in answers] == [GONE] * len(pressed)
    assert history(deployment, place) == []


async def test_a_retry_from_the_future_or_of_another_day_is_refused(deployment, place):
    for ago in (timedelta(minutes=-1), timedelta(days=-400), timedelta(hours=24, minutes=1)):
        for action_name in ("start", "end"):
            answer = await place.nanao.press_id(place.channel, f"retry:{action_name}:{an_id(ago)}")
            assert private(answer).text == GONE
    assert history(deployment, place) == []


async def test_a_retry_with_somebody_elses_id_tells_nothing_of_them(deployment, place):
    start = await place.hana.slash("start", task="秘密")
    end = await place.hana.slash("end", note="内緒")
    for custom_id in (
        f"retry:start:{start.id}",
        f"retry:end:{end.id}",
        f"retry:end:{start.id}",
        f"retry:start:{end.id}",
        f"retry:undo:{end.id}:{end.id}",
        f"retry:note:{end.id}:{start.id}",
        f"retry:restart:{start.id}:{start.id}",
    ):
        answer = await place.nanao.press_id(place.channel, custom_id)
        text = private(answer).text
        assert text == GONE or "ハナさんだけです" in text, custom_id
        assert "秘密" not in text
        assert answer.followups == []
    assert len(history(deployment, place)) == 2


async def test_a_retry_of_another_kind_than_what_was_done_changes_nothing(deployment, place):
    start = await place.nanao.slash("start")
    end = await place.nanao.slash("end")
    before = history(deployment, place)
    for custom_id in (
        f"retry:start:{end.id}",
        f"retry:end:{start.id}",
        f"retry:discard:{end.id}:{start.id}",
        f"retry:undo:{start.id}:{end.id}",
        f"retry:restart:{end.id}:{start.id}",
        f"retry:note:{end.id}:{start.id}",
        f"retry:fix:{start.id}:{start.id}",
    ):
        assert (await place.nanao.press_id(place.channel, custom_id)).message, custom_id
    assert history(deployment, place) == before


async def test_a_form_that_is_made_up_is_refused(deployment, place):
    start = await place.nanao.slash("start")
    over = await place.nanao.slash("end")
    rows = history(deployment, place)
    made_up = (
        *("note:x", "x:1", "undo", "", f"no_such_verb:{start.id}", "fix:" + "9" * 30),
        *("task:", "edit", "edit:x", "add:1", "zone:", "goal:1", "log:1", "entry:1", "listed:yes"),
    )
    for custom_id in made_up:
        data = {"custom_id": custom_id, "components": []}
        answer = await forge(place.nanao, place.channel, Kind.MODAL, data, over.message)
        assert private(answer).text == GONE
    assert history(deployment, place) == rows


async def test_buttons_do_nothing_in_direct_messages(deployment, place):
    start = await place.nanao.slash("start")
    with pytest.raises(NotPossible):
        await place.nanao.slash("start", channel=deployment.discord.dm(place.nanao.user))
    dm = deployment.discord.dm(place.nanao.user)
    for custom_id in ("start", "panel:now", f"end:{start.id}", f"retry:start:{start.id}"):
        answer = await place.nanao.press_id(dm, custom_id)
        assert private(answer).text == "サーバーの中で使ってください"
    data = {"id": "1", "name": "start", "type": 1, "options": []}
    answer = await forge(place.nanao, dm, Kind.COMMAND, data)
    assert private(answer).text == "サーバーの中で使ってください"


async def test_panel_is_for_organisers_even_where_discord_lets_others_through(deployment, place):
    place.guild.opened_commands.add("panel")
    refused = private(await place.nanao.slash("panel"))
    assert refused.text == "サーバーを管理できる人だけが使えます"
    assert place.posts == []


# dead


async def test_an_answer_that_comes_too_late_is_only_logged(deployment, place, monkeypatch):
    deployment.refusals.add(LATE)
    process = deployment.processes[0]
    before = len(list(process.records()))
    monkeypatch.setattr(deployment.discord, "stopwatch", state.stopwatch)
    monkeypatch.setattr(deployment.discord, "answer_seconds", 0.3)
    deployment.discord.delay_next(0.6, match="callback", times=7)
    late = await asyncio.gather(
        place.nanao.slash("start"),
        place.hana.slash("help"),
        place.hana.slash("now"),
        place.hana.press_id(place.channel, "note:1"),
        place.hana.press_id(place.channel, "panel:now"),
        place.hana.complete("end", option="time"),
        place.hana.press_id(place.channel, "forged"),
        return_exceptions=True,
    )
    await deployment.discord.settle(0.4)
    monkeypatch.undo()
    assert [type(one) for one in late] == [NotAnswered] * 7
    told = [one for one in list(process.records())[before:] if "interactions.errors" in one[1]]
    assert [level for level, _ in told] == ["INFO"] * 7, told
    assert all(re.search("10062|took more than 3 seconds", text) for _, text in told)
    assert [cmd for cmd, *_ in history(deployment, place)] == ["start"]
    again = private(await place.nanao.slash("start"))
    assert "作業中です" in again.text, "what was saved without an answer is there"


# what people write

RTL = "\u202eabc\u2066 שלום مرحبا"
TEXTS = {
    "mention": ("<@123> @everyone @here <@&5> <#7>", "\\<@123> @everyone @here \\<@&5> \\<#7>"),
    "markdown": ("**a** _b_ `c` ~~d~~ ||e||", r"\*\*a\*\* \_b\_ \`c\` \~\~d\~\~ \|\|e\|\|"),
    "link": ("[free](https://evil.example)", "\\[free](https://evil.example)"),
    "timestamp": ("<t:0:R> <:x:1>", "\\<t:0:R> \\<:x:1>"),
    "emoji": ("👩‍👩‍👧‍👦🏳️‍🌈é", "👩‍👩‍👧‍👦🏳️‍🌈é"),
    "right to left": (RTL, "abc שלום مرحبا"),
    "NUL": ("a\x00b\x07c", "abc"),
    "lines": ("a\r\nb\n\n# c", "a b # c"),
    "format": ("{name} %s {0} \\", "{name} %s {0} "),
    "json": ('"}],"x":{"\u2028', '"}],"x":{"'),
}


@pytest.mark.parametrize("kind", TEXTS)
async def test_whatever_is_written_is_shown_as_it_was_written(deployment, place, kind):
    written, shown = TEXTS[kind]
    data = {"id": "1", "name": "start", "type": 1}
    option = {"type": 3, "name": "task", "value": written}
    answer = await forge(place.nanao, place.channel, Kind.COMMAND, data | {"options": [option]})
    post = public(answer)
    assert shown in post.text
    now = private(await place.hana.slash("now"))
    assert shown in now.text
    assert now.notifies == []
    twice = await forge(place.nanao, place.channel, Kind.COMMAND, data | {"options": [option]})
    restarted = await place.nanao.press(private(twice), "終えて新しく開始")
    assert shown in public(await posted(restarted)).text, "carried by the message, not by us"
    note = {"type": 3, "name": "note", "value": written}
    end = {"id": "1", "name": "end", "type": 1, "options": [note]}
    over = await forge(place.nanao, place.channel, Kind.COMMAND, end)
    assert public(over).embeds[0]["fields"][0]["value"]


@pytest.mark.parametrize("character", ["x", "*", "あ", "👩‍👩‍👧‍👦", "<", "\n", "\x00", " "])
async def test_four_thousand_characters_are_cut(deployment, place, character):
    text = (character * 4000)[:4000]
    options = [
        {"type": 3, "name": "task", "value": text},
        {"type": 3, "name": "time", "value": text},
    ]
    data = {"id": "1", "name": "start", "type": 1, "options": options}
    refused = await forge(place.nanao, place.channel, Kind.COMMAND, data)
    blank = not text.strip().strip("\x00")
    assert public(refused) if blank else private(refused)
    data["options"] = options[:1]
    first = await forge(place.nanao, place.channel, Kind.COMMAND, data)
    second = await forge(place.nanao, place.channel, Kind.COMMAND, data)
    assert private(first if blank else second)
    form = {"custom_id": f"ended_at:{(refused if blank else first).id}", "components": []}
    typed = {"type": 4, "custom_id": "time", "value": text}
    form["components"] = [{"type": 18, "component": typed}]
    answer = await forge(place.nanao, place.channel, Kind.MODAL, form, private(second))
    assert answer.message
    end = {"id": "1", "name": "end", "type": 1}
    note = {"type": 3, "name": "note", "value": text}
    over = await forge(place.nanao, place.channel, Kind.COMMAND, end | {"options": [note]})
    session = re.search(r"note:(\d+)", ids(public(over))[0])[1]
    typed = {"type": 4, "custom_id": "text", "value": f"!{text}"}
    note = {"custom_id": f"note:{session}", "components": [{"type": 18, "component": typed}]}
    noted = await forge(place.nanao, place.channel, Kind.MODAL, note, public(over))
    assert noted.updated
    offered = await place.nanao.complete("start", option="task", value=text[:100].strip("\x00"))
    assert len(offered) <= 25


async def test_a_name_is_shown_as_it_is(deployment, place):
    sly = place.guild.add_member("**@everyone** [x](y) <@1>", locale="ja")
    post = public(await sly.slash("start"))
    assert "\\*\\*@everyone\\*\\* \\[x](y) \\<@1>" in post.text
    refused = private(await place.nanao.press(post, "終了"))
    assert "\\*\\*@everyone" in refused.text
    assert public(await sly.slash("end"))
