"""The prompt, line by line, with a bot behind it."""

import re
from zoneinfo import ZoneInfo

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from devtools.sandbox import NotPossible, words
from devtools.sandbox.permissions import MEMBER, SEND_MESSAGES
from devtools.sandbox.prompt import Prompt
from devtools.sandbox.screen import Screen
from devtools.sandbox.terminal import Suggestions
from devtools.sandbox.typed import read, read_fields


@pytest.fixture
def shown():
    return []


@pytest.fixture
async def prompt(place, start, tmp_path, shown):
    await start()
    screen = Screen(shown.append, "en", ZoneInfo("Asia/Tokyo"), tmp_path)
    return Prompt(place.discord, place.nanao, screen)


async def test_a_conversation(prompt, shown):
    for line in (
        "# a comment",
        "/echo text:数学: and time number:2",
        "complete /echo text:20",
        "[End]",
        "/form",
        "fill What: chapter 3",
        "as hana",
        "look",
        "in another",
        "/later private:true",
    ):
        assert await prompt.run(line), line
    told = [line for line in shown if not re.fullmatch(r"sandboxed · .*", line)]
    assert told == [
        "  数学: and time×2",
        "  [End]",
        "  20!",
        "  20?",
        "  ended",
        "  well done",
        "form: Tell",
        "▎ What: (required · at most 10 characters)",
        "fill it in with: fill What: …",
        "  got chapter 3",
        "You are hana in もくもく, channel general; language ja, zone Asia/Tokyo.",
        "  ended",
        "You are hana in another, channel general; language ja, zone Asia/Tokyo.",
        "  at last",
    ]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/nothing", "there is no command /nothing"),
        ("/echo hello", "write options as name:value, not 'hello' (there: text, number, silent)"),
        ("/echo number:many", "'number' takes a number, not 'many'"),
        ("press End", "no button 'End' under the message (there: -)"),
        ("fill What: x", "no form is open"),
        ("choose a", "no menu  under the message"),
        ("press", "press needs something after it"),
        ("lang jp", "'jp' is no language of Discord"),
        ("hello", "not understood: 'hello' (type help)"),
        ("wait long", "'long' is no number of seconds"),
        ("restart", "not understood: 'restart' (type help)"),
        ("complete /echo", "/echo needs 'text, number, silent'"),
        ("/silence", "the application did not respond within 0.2 s: /silence"),
    ],
)
async def test_what_fails_is_told_in_a_sentence(prompt, shown, line, answer):
    prompt.discord.answer_seconds = 0.2
    assert not await prompt.run(line)
    assert shown[-1].startswith(f"✗ {answer}")


async def test_the_sandbox_says_when_discord_refused_the_bot(prompt, shown, rest):
    path = f"/channels/{prompt.channel.id}/messages"
    await rest("POST", path, {"content": "x" * 2001})
    await prompt.run("look")
    assert shown[-1].startswith("Discord refused POST channels: 50035 Invalid Form Body {'content'")


async def test_who_one_is_and_what_one_may_is_shown(prompt, shown, place):
    await prompt.run("who")
    assert shown[-1] == "People: ナナオ, hana. Servers: もくもく."
    await prompt.run("admin")
    assert place.nanao.permissions & (1 << 3)
    await prompt.run("admin")
    assert not place.nanao.permissions & (1 << 3)
    await prompt.run("help")
    assert "  /echo  answers" in shown
    await prompt.run("channel #study")
    assert "channel study" in shown[-1]
    assert [channel.name for channel in place.guild.channels] == ["general", "study"]


async def test_what_comes_by_itself_and_what_goes_is_shown(prompt, shown, place, rest):
    path = f"/channels/{place.channel.id}/messages"
    _, made = await rest("POST", path, {"content": "a reminder"})
    prompt.show_news()
    assert shown[-1] == "  a reminder"
    await rest("DELETE", f"{path}/{made['id']}")
    prompt.show_news()
    assert shown[-1] == "(the message is gone: a reminder)"
    _, channel = await rest("POST", "/users/@me/channels", {"recipient_id": str(place.nanao.id)})
    await rest("POST", f"/channels/{channel['id']}/messages", {"content": "privately"})
    prompt.show_news()
    assert shown[-1] == "  privately"
    assert "direct message" in shown[-2]


async def test_the_latest_button_of_a_name_is_pressed_or_the_nth(prompt, shown, place):
    await prompt.run("/echo text:first")
    await prompt.run("/echo text:second")
    await prompt.run("press End")
    await prompt.run("press 1")
    contents = [message.content for message in place.discord.messages(place.channel)]
    assert contents == ["ended", "ended"]
    assert [line for line in shown if line.startswith("✗")] == []


async def test_a_line_is_read_as_discord_reads_it(place, rest):
    sub = {
        "type": 1,
        "name": "add",
        "description": "x",
        "options": [
            {"type": 3, "name": "start", "description": "x", "name_localizations": {"ja": "開始"}},
            {"type": 3, "name": "task", "description": "x"},
        ],
    }
    log = {"name": "log", "description": "x", "options": [sub]}
    await rest("PUT", f"/applications/{place.discord.bot_user.id}/commands", [log])
    what = read(place.nanao, place.channel, "/log add 開始:昨日 20:00 task:a start b task: c ")
    assert what.words == "log add"
    assert what.values == {"開始": "昨日 20:00", "task": "c"}
    with pytest.raises(NotPossible, match="needs a subcommand"):
        read(place.nanao, place.channel, "/log")
    with pytest.raises(NotPossible, match="no subcommand 'edit'"):
        read(place.nanao, place.channel, "/log edit start:1")


@pytest.mark.parametrize(
    ("text", "labels", "fields"),
    [
        ("", ["A"], {}),
        ("just this", ["A"], {"A": "just this"}),
        ("A: x | B: y: z", ["A", "B"], {"A": "x", "B": "y: z"}),
        ("A： 全角 | B:", ["A", "B"], {"A": "全角", "B": ""}),
        (r"A: one\ntwo", ["A"], {"A": "one\ntwo"}),
        ("A: 1 | 2", ["A"], {"A": "1| 2"}),
    ],
)
def test_fields_are_read_by_their_labels(text, labels, fields):
    assert read_fields(text, labels) == fields


def test_a_field_without_a_label_is_refused_where_there_are_several():
    with pytest.raises(NotPossible, match="no field x"):
        read_fields("x", ["A", "B"])


@pytest.mark.parametrize(
    ("line", "asked", "offered"),
    [
        ("pr", False, ["press"]),
        ("as h", False, ["hana"]),
        ("lang e", False, ["el", "en-GB", "en-US", "es-419", "es-ES"]),
        ("press ", False, ["End"]),
        ("[En", False, ["[End]"]),
        ("［", False, ["［End］"]),
        ("[x", False, []),
        ("in ", False, ["もくもく"]),
        ("/e", False, ["/echo"]),
        ("/echo ", False, ["text:", "number:", "silent:"]),
        ("/echo text:a ", False, ["number:", "silent:"]),
        ("/echo text:20", False, []),
        ("/echo text:20", True, ["20!", "20?"]),
        ("/nothing x", True, []),
    ],
)
async def test_the_terminal_offers_what_could_come_next(prompt, line, asked, offered):
    await prompt.run("/echo text:x")
    found = [
        completion.text
        async for completion in Suggestions(prompt).get_completions_async(
            Document(line), CompleteEvent(completion_requested=asked)
        )
    ]
    assert found == offered


def test_every_sentence_is_there_in_both_languages():
    both = words.SENTENCES
    assert both["en"].keys() == both["ja"].keys()
    for key, english in both["en"].items():
        japanese = both["ja"][key]
        assert english, key
        assert re.search(r"[ぁ-んァ-ヶ一-龠]", japanese), key
        gaps = re.compile(r"\{(\w+)")
        assert set(gaps.findall(english)) == set(gaps.findall(japanese)), key


async def test_a_choice_is_made_in_the_menu_that_has_it(prompt, shown, rest):
    prompt.discord.answer_seconds = 0.2
    options = [{"label": label, "value": label} for label in ("Math", "Art")]
    menus = [
        {"type": 3, "custom_id": "first", "options": options[:1]},
        {"type": 3, "custom_id": "second", "options": options},
        {"type": 8, "custom_id": "where"},
    ]
    rows = [{"type": 1, "components": [menu]} for menu in menus]
    path = f"/channels/{prompt.channel.id}/messages"
    await rest("POST", path, {"content": "choose", "components": rows})
    await prompt.run("look")
    assert shown[-1].endswith("[… ▾ #general]")
    for line, custom_id in (("Art", "second"), ("Math", "first"), ("#general", "where")):
        await prompt.run(f"choose {line}")
        assert shown[-1] == f"✗ the application did not respond within 0.2 s: {custom_id}"
    await prompt.run("choose #nowhere")
    assert shown[-1].startswith("✗ no choice '#nowhere'")


async def test_a_bot_hears_what_it_may_in_a_channel(prompt, rest):
    guild, channel = prompt.guild, prompt.channel
    heard = []
    guild.discord.dispatch = lambda _guild, event, data, _intents: heard.append((event, data))
    assert channel.payload["permission_overwrites"] == []
    channel.allow_bot(MEMBER & ~SEND_MESSAGES)
    guild.remove_channel(channel)
    (changed, payload), (removed, _) = heard
    assert (changed, removed) == ("CHANNEL_UPDATE", "CHANNEL_DELETE")
    (overwrite,) = payload["permission_overwrites"]
    assert (overwrite["type"], overwrite["deny"]) == (1, str(SEND_MESSAGES))
    assert channel.id not in guild.discord.channels
