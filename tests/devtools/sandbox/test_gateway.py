"""The gateway: sessions, shards, what is lost and what comes back."""

import asyncio
import json
import zlib
from datetime import timedelta

import aiohttp
import disnake
import pytest
from disnake.ext import commands

from devtools.sandbox import NotReady
from devtools.sandbox.snowflakes import shard_of


async def _until(condition):
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


def _counting(bot, event):
    heard = []

    async def listener(*args):
        heard.append(args[0] if args else None)

    bot.add_listener(listener, event)
    return heard


async def test_a_bot_finds_its_guilds_channels_and_itself(place, start):
    bot = await start()
    (guild,) = bot.guilds
    assert (guild.name, guild.preferred_locale) == ("もくもく", disnake.Locale.ja)
    assert [channel.name for channel in guild.text_channels] == ["general"]
    assert guild.me.id == place.discord.bot_user.id
    assert (await bot.application_info()).owner.id == place.discord.owner.id
    (session,) = place.discord.gateways
    assert (session.shard, session.resumed) == (0, 0)
    await _until(lambda: session.last_heartbeat is not None)


async def test_a_dropped_connection_resumes_and_hears_what_it_missed(place, start):
    bot = await start()
    resumed, joined = _counting(bot, "on_resumed"), _counting(bot, "on_guild_join")
    place.discord.delay_next(0.1, match="CONNECT")
    await place.discord.drop_gateway()
    await _until(lambda: not place.discord.gateways)
    place.discord.add_guild("made while away")
    interaction = place.nanao.command("echo", values={"text": "missed"})
    reply = await interaction.answer()
    assert reply.message.content == "missed×1"
    await _until(lambda: resumed)
    assert [guild.name for guild in joined] == ["made while away"]
    (session,) = place.discord.gateways
    assert session.resumed == 1


@pytest.mark.parametrize("way", ["reconnect", "resumable"])
async def test_asked_to_reconnect_it_resumes(place, start, way):
    bot = await start()
    resumed = _counting(bot, "on_resumed")
    if way == "reconnect":
        await place.discord.reconnect()
    else:
        await place.discord.invalidate_session(resumable=True)
    await _until(lambda: resumed)
    assert (await place.nanao.slash("echo")).message


async def test_an_invalid_session_begins_anew(place, start):
    bot = await start()
    connected = _counting(bot, "on_connect")
    before = {session.id for session in place.discord.gateways}
    await place.discord.invalidate_session()
    await _until(lambda: connected)
    await place.discord.ready()
    assert before.isdisjoint(session.id for session in place.discord.gateways)
    assert (await place.nanao.slash("echo")).message


async def test_a_session_that_is_too_old_cannot_be_resumed(place, start):
    bot = await start()
    connected = _counting(bot, "on_connect")
    place.discord.resume_seconds = 0.0
    await place.discord.drop_gateway()
    await _until(lambda: connected)
    assert [session.resumed for session in place.discord.gateways] == [0]


async def test_a_close_code_that_is_fatal_ends_the_bot(place, start):
    bot = await start()
    closed = asyncio.get_running_loop().create_future()
    original = bot.close

    async def close():
        closed.done() or closed.set_result(None)
        await original()

    bot.close = close
    await place.discord.drop_gateway(code=4004)
    await asyncio.wait_for(closed, 60)


async def test_a_wrong_token_is_401_and_4004(discord, make_bot):
    discord.valid_tokens = {"the right one"}
    bot = make_bot()
    with pytest.raises(disnake.LoginFailure):
        await bot.start("a wrong one")
    await bot.close()
    await asyncio.sleep(0)
    async with _connected(discord) as socket:
        await socket.send_json({"op": 2, "d": {"token": "x", "intents": 1, "properties": {}}})
        assert await _close_code(socket) == 4004


async def test_a_privileged_intent_must_be_switched_on(discord, make_bot):
    wanted = disnake.Intents(guilds=True, members=True)
    bot = make_bot(intents=wanted, chunk_guilds_at_startup=False)
    with pytest.raises(disnake.PrivilegedIntentsRequired):
        await bot.start(discord.token)
    await bot.close()
    await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ('{"op": 3, "d": {}}', 4003),
        ("not json", 4002),
        ("x" * 4097, 4002),
        ('{"op": 2, "d": {"token": "x", "intents": 1, "shard": [2, 2]}}', 4010),
        ('{"op": 2, "d": {"token": "x", "intents": -1}}', 4013),
        ('{"op": 2, "d": {"token": "x", "intents": 32769}}', 4014),
    ],
)
async def test_what_breaks_the_protocol_is_closed_with_its_code(discord, sent, code):
    async with _connected(discord) as socket:
        await socket.send_str(sent)
        assert await _close_code(socket) == code


async def test_without_heartbeats_the_session_times_out(discord):
    discord.heartbeat_seconds = 0.05
    async with _connected(discord) as socket:
        assert await _close_code(socket) == 4009


async def test_more_than_120_sends_a_minute_are_4008(discord):
    async with _connected(discord) as socket:
        for _ in range(121):
            await socket.send_json({"op": 1, "d": None})
        assert await _close_code(socket) == 4008


@pytest.mark.parametrize("compressed", [True, False])
async def test_events_come_as_one_zlib_stream_or_as_text(discord, compressed):
    guild = discord.add_guild("一")
    inflate = zlib.decompressobj()
    async with _connected(discord, compress="zlib-stream" if compressed else "") as socket:
        await socket.send_json({"op": 2, "d": {"token": "x", "intents": 1}})
        texts = [await socket.receive() for _ in range(3)]
    kind = aiohttp.WSMsgType.BINARY if compressed else aiohttp.WSMsgType.TEXT
    assert {message.type for message in texts} == {kind}
    if compressed:
        assert all(message.data.endswith(b"\x00\x00\xff\xff") for message in texts)
    read = [
        json.loads(inflate.decompress(message.data) if compressed else message.data)
        for message in texts
    ]
    assert [event["op"] for event in read] == [10, 0, 0]
    assert [event["t"] for event in read] == [None, "READY", "GUILD_CREATE"]
    assert read[2]["d"]["name"] == guild.name


async def test_every_session_on_a_shard_hears_everything_and_one_wins(place, start):
    first, second = await start(), await start(sessions=2)
    heard = _counting(first, "on_application_command"), _counting(second, "on_application_command")
    reply = await place.nanao.slash("echo", text="twice")
    await _until(lambda: all(heard))
    await place.discord.settle()
    assert [message.content for message in place.nanao.sees()] == ["twice×1"]
    assert reply.message.content == "twice×1"
    assert [request.error for request in place.discord.refused] == [40060]


async def test_guilds_are_spread_over_shards(discord, start):
    guilds = [discord.add_guild(str(number)) for number in range(4)]
    members = []
    for guild in guilds:
        guild.add_channel("general")
        members.append(guild.add_member("somebody"))
    bot = _Sharded(intents=disnake.Intents(guilds=True), shard_count=2, guild_ready_timeout=0.02)

    @bot.slash_command(description="which shard")
    async def shard(inter: disnake.CommandInteraction) -> None:
        await inter.response.send_message(str(inter.guild.shard_id))

    await start(bot, shards=2)
    assert {session.shard for session in discord.gateways} == {0, 1}
    replies = [(await member.slash("shard")).message.content for member in members]
    assert replies == [str(shard_of(guild.id, 2)) for guild in guilds]
    assert set(replies) == {"0", "1"}


async def test_two_processes_may_hold_a_shard_each(discord, start, make_bot):
    guilds = [discord.add_guild(str(number)) for number in range(2)]
    bots = [make_bot(shard_id=shard, shard_count=2) for shard in (0, 1)]
    for index, bot in enumerate(bots):
        await start(bot, shards=index + 1)
    held = [[guild.id for guild in bot.guilds] for bot in bots]
    assert held == [
        [guild.id for guild in guilds if shard_of(guild.id, 2) == shard] for shard in (0, 1)
    ]


async def test_being_added_thrown_out_and_an_outage_are_three_things(place, start):
    bot = await start()
    joined = _counting(bot, "on_guild_join")
    removed = _counting(bot, "on_guild_remove")
    gone, back = _counting(bot, "on_guild_unavailable"), _counting(bot, "on_guild_available")
    other = place.discord.add_guild("another")
    place.guild.set_unavailable()
    await _until(lambda: joined and gone)
    assert not removed
    place.guild.set_unavailable(False)
    await _until(lambda: back)
    await other.remove_bot()
    await _until(lambda: removed)
    assert [guild.name for guild in removed] == ["another"]


async def test_a_guild_that_is_unavailable_at_the_start_comes_later(discord, start):
    guild = discord.add_guild("late", available=False)
    bot = await start()
    assert [found.unavailable for found in bot.guilds] == [True]
    guild.set_unavailable(False)
    await _until(lambda: [found.name for found in bot.guilds] == ["late"])


async def test_identifies_are_counted_and_held_apart(discord):
    discord.identify_seconds, discord.max_concurrency = 5.0, 1
    identify = {"op": 2, "d": {"token": "x", "intents": 1}}
    async with _connected(discord) as first, _connected(discord) as second:
        await first.send_json(identify)
        assert [(await first.receive_json())["op"] for _ in range(2)] == [10, 0]
        await second.send_json(identify)
        assert [(await second.receive_json())["op"] for _ in range(2)] == [10, 9]
    assert discord.identifies_left == 999


async def test_no_identify_left_is_told_before_connecting(discord, make_bot):
    discord.identifies_left = 0
    bot = make_bot()
    with pytest.raises(disnake.SessionStartLimitReached):
        await bot.start(discord.token)
    await bot.close()
    await asyncio.sleep(0.01)


async def test_who_listens_to_messages_hears_them_without_their_content(place, start, make_bot):
    intents = disnake.Intents(guilds=True, guild_messages=True)
    bot = await start(make_bot(intents=intents))
    heard = _counting(bot, "on_message")
    await place.nanao.slash("echo", text="公開")
    await place.nanao.slash("later", private=True)
    await _until(lambda: heard)
    assert [message.content for message in heard] == ["公開×1"]


async def test_without_a_bot_nobody_is_ready(discord):
    with pytest.raises(NotReady, match="0 sessions"):
        await discord.ready(timeout=0.05)


async def test_the_clock_of_ids_is_real(discord):
    guild = discord.add_guild("old")
    assert 17 <= len(str(guild.id)) <= 20
    age = disnake.utils.utcnow() - disnake.utils.snowflake_time(guild.id)
    assert timedelta(days=300) < age < timedelta(days=400)


class _Sharded(commands.AutoShardedInteractionBot):
    async def before_identify_hook(self, shard_id, *, initial=False):
        """Do not wait the 5 s between shards that disnake keeps."""


class _connected:  # noqa: N801 - reads as the verb it is
    """A WebSocket of our own, without disnake."""

    def __init__(self, discord, compress=""):
        self.url = f"{discord.gateway_url}?v=10&encoding=json&compress={compress}"

    async def __aenter__(self):
        self.session = aiohttp.ClientSession()
        self.socket = await self.session.ws_connect(self.url)
        return self.socket

    async def __aexit__(self, *_):
        await self.socket.close()
        await self.session.close()


async def _close_code(socket):
    async with asyncio.timeout(60):
        while not socket.closed:
            await socket.receive()
    return socket.close_code
