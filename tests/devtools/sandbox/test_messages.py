"""Messages: limits, files, pings, edits, places where the bot may not speak."""

import copy
import io

import aiohttp
import disnake
import pytest

from devtools.sandbox import limits
from devtools.sandbox.messages import EPHEMERAL
from tests.devtools.sandbox.conftest import error_codes


def _embed(**more):
    return {"embeds": [{"title": "t", **more}]}


def _row(*parts):
    return {"content": "x", "components": [{"type": 1, "components": list(parts)}]}


def _button(**more):
    return {"type": 2, "style": 1, "label": "End", "custom_id": "end", **more}


def _menu(**more):
    options = [{"label": "a", "value": "a"}, {"label": "b", "value": "b"}]
    return {"type": 3, "custom_id": "menu", "options": options, **more}


def _v2(*parts, **more):
    return {"flags": 1 << 15, "components": list(parts), **more}


def _words(text):
    return {"type": 10, "content": text}


REFUSED = [
    ("content", {"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
    ("11 embeds", {"embeds": [{"title": "t"}] * 11}, "embeds", "BASE_TYPE_MAX_LENGTH"),
    ("embed title", _embed(title="x" * 257), "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
    ("embed description", _embed(description="x" * 4097), "embeds.0.description",
     "BASE_TYPE_MAX_LENGTH"),
    ("26 fields", _embed(fields=[{"name": "n", "value": "v"}] * 26), "embeds.0.fields",
     "BASE_TYPE_MAX_LENGTH"),
    ("field value", _embed(fields=[{"name": "n", "value": "x" * 1025}]), "embeds.0.fields.0.value",
     "BASE_TYPE_BAD_LENGTH"),
    ("empty field", _embed(fields=[{"name": " ", "value": "v"}]), "embeds.0.fields.0.name",
     "BASE_TYPE_REQUIRED"),
    ("footer", _embed(footer={"text": "x" * 2049}), "embeds.0.footer.text", "BASE_TYPE_BAD_LENGTH"),
    ("author", _embed(author={"name": "x" * 257}), "embeds.0.author.name", "BASE_TYPE_BAD_LENGTH"),
    ("colour", _embed(color=1 << 24), "embeds.0.color", "NUMBER_TYPE_MAX"),
    ("time", _embed(timestamp="yesterday"), "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE"),
    ("image", _embed(image={"url": "C:\\chart.png"}), "embeds.0.image.url", "URL_TYPE_INVALID_URL"),
    ("6000 over all embeds", {"embeds": [{"description": "x" * 2001}] * 3}, "embeds",
     "MAX_EMBED_SIZE_EXCEEDED"),
    ("6 rows", {"components": [_row(_button())["components"][0]] * 6}, "components", "*"),
    ("6 buttons", _row(*(_button(custom_id=str(n)) for n in range(6))), "components.0.components",
     "BASE_TYPE_BAD_LENGTH"),
    ("an empty row", _row(), "components.0.components", "BASE_TYPE_BAD_LENGTH"),
    ("a bare button", {"content": "x", "components": [_button()]}, "components.0.type",
     "BASE_TYPE_CHOICES"),
    ("label", _row(_button(label="x" * 81)), "components.0.components.0.label",
     "BASE_TYPE_MAX_LENGTH"),
    ("custom_id", _row(_button(custom_id="x" * 101)), "components.0.components.0.custom_id",
     "BASE_TYPE_BAD_LENGTH"),
    ("no custom_id", _row(_button(custom_id=None)), "components.0.components.0.custom_id",
     "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED"),
    ("a link with a custom_id", _row(_button(style=5, url="https://example.org")),
     "components.0.components.0", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"),
    ("a link of another scheme", _row(_button(style=5, custom_id=None, url="ftp://example.org")),
     "components.0.components.0.url", "URL_TYPE_INVALID_SCHEME"),
    ("no label", _row(_button(label=None)), "components.0.components.0",
     "BUTTON_COMPONENT_LABEL_REQUIRED"),
    ("one custom_id twice", _row(_button(), _button()), "components.0.components.1.custom_id",
     "COMPONENT_CUSTOM_ID_DUPLICATED"),
    ("a menu beside a button", _row(_button(), _menu()), "components.0.components",
     "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
    ("no options", _row(_menu(options=[])), "components.0.components.0.options",
     "BASE_TYPE_BAD_LENGTH"),
    ("26 options", _row(_menu(options=[{"label": str(n), "value": str(n)} for n in range(26)])),
     "components.0.components.0.options", "BASE_TYPE_BAD_LENGTH"),
    ("one value twice", _row(_menu(options=[{"label": "a", "value": "a"}] * 2)),
     "components.0.components.0.options.1", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"),
    ("more to choose than there is", _row(_menu(max_values=3)),
     "components.0.components.0.max_values", "SELECT_COMPONENT_MAX_VALUES_TOO_LARGE"),
    ("placeholder", _row(_menu(placeholder="x" * 151)), "components.0.components.0.placeholder",
     "BASE_TYPE_MAX_LENGTH"),
    ("version 2 without its flag", {"components": [_words("x")]}, "components.0.type",
     "BASE_TYPE_CHOICES"),
    ("content beside version 2", _v2(_words("x"), content="y"), "content",
     "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
    ("41 components", _v2(*({"type": 17, "components": [_words("x")]} for _ in range(21))),
     "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"),
    ("4000 characters over all texts", _v2(_words("x" * 2001), _words("x" * 2000)), "components",
     "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"),
    ("a section of nothing", _v2({"type": 9, "components": [], "accessory": _button()}),
     "components.0.components", "BASE_TYPE_BAD_LENGTH"),
    ("an unknown mention", {"content": "x", "allowed_mentions": {"parse": ["all"]}},
     "allowed_mentions.parse.0", "BASE_TYPE_CHOICES"),
    ("mentions both ways",
     {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions",
     "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"),
    ("a flag that is not ours", {"content": "x", "flags": 128}, "flags", "MESSAGE_FLAGS_INVALID"),
    ("a file that did not come", {"content": "x", "attachments": [{"id": 0}]}, "attachments.0.id",
     "ATTACHMENT_NOT_FOUND"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "path", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
async def test_a_message_that_breaks_a_rule_is_refused(place, rest, sent, path, code):
    status, body = await rest("POST", f"/channels/{place.channel.id}/messages", copy.deepcopy(sent))
    assert (status, body["code"]) == (400, 50035), body
    codes = error_codes(body, path)
    assert codes == [code] or code == "*"
    assert place.discord.messages(place.channel) == []


ACCEPTED = [
    {"content": "x" * 2000},
    _embed(description="x" * 4096, footer={"text": "x" * 1903}),
    _embed(timestamp="2026-03-08T09:30:00+09:00", image={"url": "https://example.org/a.png"}),
    _row(*(_button(custom_id=str(n) * 100) for n in range(5))),
    _row(_button(style=5, custom_id=None, url="https://example.org", emoji={"name": "🌙"})),
    _row(_menu(min_values=0, max_values=2)),
    _v2({"type": 17, "components": [_words("x" * 4000), {"type": 14}]}),
    {"content": "x", "flags": 4096, "allowed_mentions": {"parse": []}},
]


@pytest.mark.parametrize("sent", ACCEPTED)
async def test_a_message_at_the_limit_is_accepted(place, rest, sent):
    status, body = await rest("POST", f"/channels/{place.channel.id}/messages", sent)
    assert status == 200, body


@pytest.mark.parametrize("sent", [{}, {"content": "  "}, {"embeds": [], "components": []}])
async def test_an_empty_message_is_refused(place, rest, sent):
    path = f"/channels/{place.channel.id}/messages"
    status, body = await rest("POST", path, sent)
    assert (status, body["code"]) == (400, 50006)
    _, made = await rest("POST", path, {"content": "x"})
    status, body = await rest("PATCH", f"{path}/{made['id']}", {"content": ""})
    assert (status, body["code"]) == (400, 50006)


MODALS = [
    ({"title": "x" * 46}, "data.title"),
    ({"title": ""}, "data.title"),
    ({"custom_id": "x" * 101}, "data.custom_id"),
    ({"components": []}, "data.components"),
    ({"components": 6}, "data.components"),
    ({"label": "x" * 46}, "data.components.0.components.0.label"),
    ({"label": None}, "data.components.0.components.0.label"),
    ({"style": 3}, "data.components.0.components.0.style"),
    ({"value": "x" * 4001}, "data.components.0.components.0.value"),
    ({"max_length": 4001}, "data.components.0.components.0.max_length"),
    ({"max_length": 2, "value": "xxx"}, "data.components.0.components.0.value"),
    ({"min_length": 3, "max_length": 2}, "data.components.0.components.0.min_length"),
    ({"placeholder": "x" * 101}, "data.components.0.components.0.placeholder"),
    ({"type": 2, "style": 1}, "data.components.0.components.0.type"),
]


@pytest.mark.parametrize(("wrong", "path"), MODALS)
async def test_a_modal_that_breaks_a_rule_is_refused(place, rest, wrong, path):
    status, body = await _answer(place, rest, {"type": 9, "data": _modal(dict(wrong))})
    assert (status, body["code"]) == (400, 50035)
    assert error_codes(body, path)


async def test_labels_carry_the_words_of_newer_modals(place, rest):
    inner = {"type": 4, "custom_id": "a", "style": 1}
    label = {"type": 18, "label": "What", "description": "in a word", "component": inner}
    modal = {"title": "T", "custom_id": "m", "components": [label]}
    assert (await _answer(place, rest, {"type": 9, "data": modal}))[0] == 204
    inner["label"] = "twice"
    status, body = await _answer(place, rest, {"type": 9, "data": modal})
    assert status == 400
    assert "label" in body["errors"]["data"]["components"]["0"]["component"]


def _modal(wrong):
    top = {"title": "T", "custom_id": "m"}
    top |= {key: wrong.pop(key) for key in ("title", "custom_id") if key in wrong}
    amount = wrong.pop("components", 1)
    field = {"type": 4, "custom_id": "a", "label": "A", "style": 1, **wrong}
    rows = [
        {"type": 1, "components": [{**field, "custom_id": f"a{n}"}]} for n in range(amount or 0)
    ]
    return top | {"components": rows}


async def _answer(place, rest, sent):
    from devtools.sandbox.interactions import Interaction, Kind

    interaction = Interaction(place.nanao, Kind.COMMAND, place.channel, {})
    place.discord.interactions.open(interaction)
    return await rest("POST", f"/interactions/{interaction.id}/{interaction.token}/callback", sent)


PINGS = [
    # content, what is allowed, as an answer to an interaction or not, who would be notified
    ("hi <@{hana}>", None, False, ["hana"]),
    ("hi <@!{hana}> <@&5> @everyone", None, False, ["hana", "5", "everyone"]),
    ("hi <@{hana}> @here", None, True, ["hana"]),
    ("hi <@{hana}> @here", {"parse": []}, False, []),
    ("hi <@{hana}>", {}, True, []),
    ("hi <@{hana}> <@5>", {"users": ["{hana}"]}, False, ["hana"]),
    ("hi @everyone", {"parse": ["everyone"]}, True, ["everyone"]),
]


@pytest.mark.parametrize("case", PINGS, ids=lambda case: case[0])
async def test_who_would_be_notified_is_known(place, rest, case):
    content, allowed, answer, notified = case
    number = str(place.hana.id)
    sent = {"content": content.format(hana=number)}
    if allowed is not None:
        named = [number for _ in allowed["users"]] if "users" in allowed else None
        sent["allowed_mentions"] = allowed | ({"users": named} if named else {})
    if answer:
        await _answer(place, rest, {"type": 4, "data": sent})
    else:
        await rest("POST", f"/channels/{place.channel.id}/messages", sent)
    (message,) = place.discord.messages(place.channel)
    assert message.notifies == [number if who == "hana" else who for who in notified]


async def test_embeds_edits_and_private_messages_ping_nobody(place, rest):
    mention = f"<@{place.hana.id}>"
    path = f"/channels/{place.channel.id}/messages"
    _, made = await rest("POST", path, {"embeds": [{"description": mention}]})
    await rest("PATCH", f"{path}/{made['id']}", {"content": mention})
    await _answer(place, rest, {"type": 4, "data": {"content": mention, "flags": EPHEMERAL}})
    assert [message.notifies for message in place.nanao.sees()] == [[], []]


async def test_a_silent_message_says_so(place, start):
    await start()
    assert (await place.nanao.slash("echo", silent=True)).message.silent
    assert not (await place.nanao.slash("echo")).message.silent


async def test_files_are_kept_and_given_back(place, start):
    bot = await start()
    message = (await place.nanao.slash("picture")).message
    chart, rows = message.attachments
    assert (chart.filename, chart.data, chart.description) == ("chart.png", b"\x89PNG", "a chart")
    assert chart.embedded
    assert message.embeds[0]["image"]["url"] == chart.url
    assert [file["filename"] for file in message.payload["attachments"]] == ["rows.csv"]
    assert await bot.http.get_from_cdn(rows.url) == b"a,b"
    with pytest.raises(disnake.NotFound):
        await bot.http.get_from_cdn(rows.url.replace(str(rows.id), "1"))


async def test_an_edit_keeps_the_files_that_it_names(place, rest, discord):
    path = f"/channels/{place.channel.id}/messages"
    form = aiohttp.FormData()
    form.add_field("payload_json", '{"content": "x", "attachments": [{"id": 0}, {"id": 1}]}')
    for index, name in enumerate(("a.txt", "b.txt")):
        form.add_field(f"files[{index}]", name.encode(), filename=name)
    _, made = await rest("POST", path, data=form)
    assert [file["filename"] for file in made["attachments"]] == ["a.txt", "b.txt"]
    kept = [{"id": made["attachments"][1]["id"]}]
    _, edited = await rest("PATCH", f"{path}/{made['id']}", {"attachments": kept})
    assert [file["filename"] for file in edited["attachments"]] == ["b.txt"]
    assert edited["edited_timestamp"]
    assert discord.requests[0].files == ("a.txt", "b.txt")


async def test_a_file_too_large_is_413(place, rest):
    form = aiohttp.FormData()
    form.add_field("payload_json", "{}")
    form.add_field("files[0]", io.BytesIO(b"x" * (limits.FILE_BYTES + 1)), filename="big.bin")
    status, body = await rest("POST", f"/channels/{place.channel.id}/messages", data=form)
    assert (status, body["code"]) == (413, 40005)


async def test_a_message_can_be_read_edited_and_deleted_by_its_author(place, rest):
    path = f"/channels/{place.channel.id}/messages"
    _, first = await rest("POST", path, {"content": "one"})
    await rest("POST", path, {"content": "two"})
    _, found = await rest("GET", f"{path}?limit=1")
    assert [message["content"] for message in found] == ["two"]
    assert (await rest("GET", f"{path}/{first['id']}"))[1]["content"] == "one"
    assert (await rest("DELETE", f"{path}/{first['id']}"))[0] == 204
    for method in ("GET", "PATCH", "DELETE"):
        status, body = await rest(method, f"{path}/{first['id']}", {"content": "x"})
        assert (status, body["code"]) == (404, 10008)


async def test_a_nonce_is_posted_once(place, rest):
    path = f"/channels/{place.channel.id}/messages"
    sent = {"content": "reminder", "nonce": "r1", "enforce_nonce": True}
    assert (await rest("POST", path, sent))[1]["id"] == (await rest("POST", path, sent))[1]["id"]
    assert len(place.discord.messages(place.channel)) == 1


async def test_where_the_bot_may_not_speak_it_is_told_so(place, rest):
    path = f"/channels/{place.channel.id}/messages"
    place.channel.bot_permissions = 1 << 10
    status, body = await rest("POST", path, {"content": "x"})
    assert (status, body["code"]) == (403, 50013)
    place.channel.bot_permissions = 0
    status, body = await rest("POST", path, {"content": "x"})
    assert (status, body["code"]) == (403, 50001)
    status, body = await rest("POST", "/channels/1/messages", {"content": "x"})
    assert (status, body["code"]) == (404, 10003)


async def test_direct_messages_reach_those_who_accept_them(place, start):
    bot = await start()
    owner = (await bot.application_info()).owner
    await owner.send("something is wrong")
    assert [message.content for message in place.discord.dms] == ["something is wrong"]
    assert place.discord.dms[0].channel.recipient is place.discord.owner
    place.hana.user.accepts_dms = False
    user = await bot.fetch_user(place.hana.id)
    with pytest.raises(disnake.Forbidden, match="50007"):
        await user.send("x")


async def test_a_posted_message_is_pressed_like_an_answer(place, start):
    bot = await start()
    button = disnake.ui.Button(label="はじめる", emoji="🌙", custom_id="panel:start")
    await bot.get_channel(place.channel.id).send("panel", components=button)
    (message,) = place.discord.messages(place.channel)
    assert [one.label for one in message.buttons] == ["🌙 はじめる"]
    assert (await place.hana.press(message, "はじめる")).updated is message
