"""Answering interactions: what comes when, who sees it, and the deadlines."""

import asyncio
from datetime import UTC, datetime, timedelta

import disnake
import pytest

from devtools.sandbox import NotAnswered, NotPossible


async def test_an_answer_is_seen_by_everybody_and_an_update_replaces_it(place, start):
    await start()
    reply = await place.nanao.slash("echo", text="数学", number=3)
    assert reply.message.content == "数学×3"
    assert not reply.message.ephemeral
    assert not reply.deferred
    assert reply.first_answer_seconds < 1
    assert place.hana.sees(place.channel) == [reply.message]

    press = await place.nanao.press(reply.message, "End")
    await place.discord.settle()
    assert press.updated is reply.message
    assert reply.message.content == "ended"
    assert reply.message.buttons == []
    assert [version.content for version in reply.message.edits] == ["数学×3"]
    assert [message.content for message in press.followups] == ["well done"]
    assert [message.content for message in place.hana.sees(place.channel)] == ["ended"]
    assert [message.content for message in place.nanao.sees(place.channel)] == [
        "ended",
        "well done",
    ]
    assert place.discord.refused == []


@pytest.mark.parametrize("private", [False, True])
async def test_a_deferral_is_no_answer_until_it_is_edited(place, start, private):
    await start()
    reply = await place.nanao.slash("later", private=private)
    assert reply.deferred
    assert reply.deferred_ephemeral is private
    assert reply.message.content == "at last"
    assert reply.message.ephemeral is private
    assert reply.first_answer_seconds < reply.visible_seconds


async def test_a_deferral_that_never_ends_is_not_answered(place, start):
    await start()
    with pytest.raises(NotAnswered, match="deferred"):
        await place.nanao.slash("later", seconds=0.5, patience=0.05)


async def test_without_any_response_the_application_did_not_respond(place, start):
    await start()
    place.discord.answer_seconds = 0.1
    with pytest.raises(NotAnswered, match="did not respond"):
        await place.nanao.slash("silence")


async def test_a_response_after_the_deadline_is_10062(place, rest):
    wish = {"name": "echo", "description": "answers"}
    place.discord.commands_registry.overwrite(None, [wish])
    place.discord.answer_seconds = 0.05
    interaction = place.nanao.command("echo")
    await asyncio.sleep(0.06)
    status, body = await rest("POST", _callback(interaction), {"type": 4, "data": {"content": "x"}})
    assert (status, body["code"]) == (404, 10062)
    status, body = await rest("POST", "/interactions/1/none/callback", {"type": 5})
    assert (status, body["code"]) == (404, 10062)


async def test_seconds_are_counted_by_the_stopwatch(place, rest):
    place.discord.answer_seconds = 0.05
    for counted, status in ((lambda: 0.0, 204), (lambda: 3600.0, 404)):
        place.discord.stopwatch = lambda: counted  # noqa: B023
        interaction = _opened(place)
        await asyncio.sleep(0.06)
        assert (await rest("POST", _callback(interaction), {"type": 5}))[0] == status


async def test_a_second_response_is_40060(place, rest):
    interaction = _opened(place)
    assert (await rest("POST", _callback(interaction), {"type": 5}))[0] == 204
    status, body = await rest("POST", _callback(interaction), {"type": 4, "data": {"content": "x"}})
    assert (status, body["code"]) == (400, 40060)


async def test_a_token_lives_from_the_first_response_for_fifteen_minutes(place, rest):
    assert place.discord.token_seconds == 15 * 60
    interaction = _opened(place)
    path = f"/webhooks/{place.discord.bot_user.id}/{interaction.token}"
    status, body = await rest("POST", path, {"content": "too early"})
    assert (status, body["code"]) == (404, 10015)
    await rest("POST", _callback(interaction), {"type": 4, "data": {"content": "x"}})
    assert (await rest("POST", path, {"content": "in time"}))[0] == 200
    place.discord.token_seconds = 0.01
    await asyncio.sleep(0.02)
    status, body = await rest("PATCH", path + "/messages/@original", {"content": "too late"})
    assert (status, body["code"]) == (401, 50027)


async def test_the_first_follow_up_of_a_deferral_is_its_answer(place, rest):
    interaction = _opened(place)
    path = f"/webhooks/{place.discord.bot_user.id}/{interaction.token}"
    await rest("POST", _callback(interaction), {"type": 5})
    assert place.hana.sees(place.channel) == []
    await rest("POST", path, {"content": "public, whatever it asks for", "flags": 64})
    assert [message.ephemeral for message in place.hana.sees(place.channel)] == [False]
    assert interaction.followups == []


async def test_a_public_wait_can_be_taken_away_and_answered_privately(place, rest):
    interaction = _opened(place)
    path = f"/webhooks/{place.discord.bot_user.id}/{interaction.token}"
    await rest("POST", _callback(interaction), {"type": 5})
    assert (await rest("DELETE", path + "/messages/@original"))[0] == 204
    assert interaction.message is None
    await rest("POST", path, {"content": "only for you", "flags": 64})
    reply = await interaction.answer()
    assert reply.message.ephemeral
    assert place.hana.sees(place.channel) == []


async def test_a_deferred_update_becomes_an_update_or_nothing(place, rest):
    interaction = _opened(place, "component")
    path = f"/webhooks/{place.discord.bot_user.id}/{interaction.token}"
    await rest("POST", _callback(interaction), {"type": 6})
    assert interaction.deferred
    assert interaction.message is None
    await rest("PATCH", path + "/messages/@original", {"content": "changed"})
    reply = await interaction.answer()
    assert reply.updated is reply.message is reply.source
    assert reply.updated.content == "changed"

    interaction = _opened(place, "component")
    path = f"/webhooks/{place.discord.bot_user.id}/{interaction.token}"
    await rest("POST", _callback(interaction), {"type": 6})
    await rest("POST", path, {"content": "for you", "flags": 64})
    reply = await interaction.answer()
    assert reply.updated is None
    assert reply.message.content == "for you"

    interaction = _opened(place, "component")
    await rest("POST", _callback(interaction), {"type": 6})
    with pytest.raises(NotAnswered):
        await interaction.answer(0.02)
    path = f"/webhooks/{place.discord.bot_user.id}/{interaction.token}"
    await rest("DELETE", path + "/messages/@original")
    await interaction.answer()
    assert interaction.source.deleted


async def test_a_callback_can_give_its_message_back(place, rest):
    interaction = _opened(place)
    sent = {"type": 4, "data": {"content": "x"}}
    status, body = await rest("POST", _callback(interaction) + "?with_response=true", sent)
    assert status == 200
    assert body["interaction"]["response_message_id"] == str(interaction.original.id)
    assert body["resource"]["message"]["content"] == "x"


async def test_after_a_modal_there_is_no_original(place, rest):
    interaction = _opened(place)
    path = f"/webhooks/{place.discord.bot_user.id}/{interaction.token}"
    field = {"type": 4, "custom_id": "a", "label": "A", "style": 1}
    modal = {"title": "T", "custom_id": "m", "components": [{"type": 1, "components": [field]}]}
    assert (await rest("POST", _callback(interaction), {"type": 9, "data": modal}))[0] == 204
    status, body = await rest("PATCH", path + "/messages/@original", {"content": "x"})
    assert (status, body["code"]) == (404, 10008)
    assert (await rest("POST", path, {"content": "x"}))[0] == 200


async def test_a_modal_is_filled_in_by_labels_and_comes_back(place, start):
    await start()
    modal = (await place.nanao.slash("form")).modal
    assert (modal.title, modal.custom_id) == ("Tell", "tell")
    assert [(one.label, one.custom_id, one.max_length) for one in modal.fields] == [
        ("What", "what", 10)
    ]
    reply = await place.nanao.submit(modal, {"What": "線形代数"})
    assert reply.message.content == "got 線形代数"
    with pytest.raises(NotPossible, match="must be filled"):
        await place.nanao.submit(modal, {})
    with pytest.raises(NotPossible, match="10 characters"):
        await place.nanao.submit(modal, {"what": "x" * 11})
    with pytest.raises(NotPossible, match="no field"):
        await place.nanao.submit(modal, {"Where": "x"})
    with pytest.raises(NotPossible, match="somebody else"):
        await place.hana.submit(modal, {"What": "x"})


async def test_a_file_is_sent_in_a_modal(place, start):
    await start()
    modal = (await place.nanao.slash("upload")).modal
    reply = await place.nanao.submit(modal, {"A file": ("a.csv", b"1,2")})
    assert reply.message.content == "got a.csv"
    with pytest.raises(NotPossible, match="must be filled"):
        await place.nanao.submit(modal, {})


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [("command", 6), ("command", 7), ("command", 8), ("modal", 9), ("component", 8)],
)
async def test_each_kind_has_its_ways_to_answer(place, rest, kind, wrong):
    interaction = _opened(place, kind)
    status, body = await rest("POST", _callback(interaction), {"type": wrong, "data": {}})
    assert (status, body["code"]) == (400, 50035)
    assert body["errors"]["type"]["_errors"][0]["code"] == "BASE_TYPE_CHOICES"


async def test_a_private_message_is_its_readers_alone(place, start):
    await start()
    reply = await place.nanao.slash("later", private=True)
    assert place.hana.sees(place.channel) == []
    with pytest.raises(NotPossible, match="does not see"):
        await place.hana.press(reply.message, "End")


async def test_a_forged_press_reaches_the_bot_like_any_other(place, start):
    bot = await start()
    heard = asyncio.get_running_loop().create_future()
    bot.add_listener(_tell(heard), "on_message_interaction")
    reply = await place.nanao.press_id(place.channel, "forged:1")
    inter = await heard
    assert inter.data.custom_id == "forged:1"
    assert reply.updated.content == "ended"


async def test_an_interaction_tells_who_where_and_in_which_language(place, start):
    bot = await start()
    heard = asyncio.get_running_loop().create_future()
    bot.add_listener(_tell(heard), "on_application_command")
    moment = datetime(2026, 3, 8, 9, 30, 0, 123000, tzinfo=UTC)
    await place.nanao.slash("echo", at=moment)
    inter = await heard
    assert inter.created_at == moment
    assert (inter.locale, inter.guild_locale) == (disnake.Locale.ja, disnake.Locale.ja)
    assert (inter.author.id, inter.author.display_name) == (place.nanao.id, "ナナオ")
    assert (inter.guild.name, inter.channel.name) == ("もくもく", "general")
    assert inter.context.guild
    assert inter.app_permissions.send_messages
    assert not inter.permissions.manage_guild
    assert datetime.now(UTC) - inter.guild.me.joined_at > timedelta(days=300)


async def test_a_missing_or_disabled_button_cannot_be_pressed(place, start):
    await start()
    reply = await place.nanao.slash("echo")
    with pytest.raises(NotPossible, match="there: End"):
        await place.nanao.press(reply.message, "Begin")
    part = reply.message.components[0]["components"][0]
    part["disabled"] = True
    with pytest.raises(NotPossible, match="cannot be pressed"):
        await place.nanao.press(reply.message, custom_id="end")


async def test_a_menu_is_chosen_from_by_label_or_value(place, start, rest):
    bot = await start()

    @bot.listen("on_dropdown")
    async def chosen(inter):
        await inter.response.send_message(",".join(inter.values), ephemeral=True)

    options = [{"label": "Math", "value": "m"}, {"label": "Art", "value": "a"}]
    menu = {"type": 3, "custom_id": "s", "options": options, "max_values": 2}
    users = {"type": 5, "custom_id": "u"}
    rows = [{"type": 1, "components": [part]} for part in (menu, users)]
    await rest("POST", f"/channels/{place.channel.id}/messages", {"components": rows})
    (message,) = place.discord.messages(place.channel)
    reply = await place.nanao.select(message, ["Math", "a"])
    assert reply.message.content == "m,a"
    reply = await place.nanao.select(message, [place.hana], custom_id="u")
    assert reply.message.content == str(place.hana.id)
    with pytest.raises(NotPossible, match="no choice"):
        await place.nanao.select(message, ["Sport"])
    with pytest.raises(NotPossible, match="1 to 2"):
        await place.nanao.select(message, [])


async def test_fifty_at_once_are_all_answered(place, start):
    await start()
    replies = await asyncio.gather(*(place.nanao.slash("echo", number=n) for n in range(50)))
    assert {reply.message.content for reply in replies} == {f"×{n}" for n in range(50)}


async def test_in_a_direct_conversation_there_is_a_user_and_no_member(place, start):
    bot = await start()
    heard = asyncio.get_running_loop().create_future()
    bot.add_listener(_tell(heard), "on_application_command")
    reply = await place.nanao.slash("echo", channel=place.discord.dm(place.nanao.user), text="a")
    inter = await heard
    assert inter.guild_id is None
    assert inter.context.bot_dm
    assert reply.message in place.discord.dms


def _tell(heard):
    async def listener(inter):
        heard.set_result(inter)

    return listener


def _opened(place, kind="command"):
    """Open an interaction that no bot hears, so that the test can answer it by hand."""
    from devtools.sandbox.interactions import Interaction, Kind
    from devtools.sandbox.messages import Message

    message = Message(1, place.channel, place.discord.bot_user) if kind == "component" else None
    sort = Kind[kind.upper()]
    interaction = Interaction(place.nanao, sort, place.channel, {}, source=message)
    place.discord.interactions.open(interaction)
    return interaction


def _callback(interaction):
    return f"/interactions/{interaction.id}/{interaction.token}/callback"
