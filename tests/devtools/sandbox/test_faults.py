"""What goes wrong on request, and what a real client makes of it."""

import asyncio
import time

import disnake
import pytest

from devtools.sandbox import limits


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Let disnake's waits between its tries be short."""
    real = asyncio.sleep
    waits = []

    async def sleep(seconds, result=None):
        if seconds >= 1:
            waits.append(seconds)
        return await real(0 if seconds >= 1 else seconds, result)

    for module in (disnake.http, disnake.webhook.async_):
        monkeypatch.setattr(module, "asyncio", _Asyncio(sleep))
    return waits


class _Asyncio:
    def __init__(self, sleep):
        self.sleep = sleep

    def __getattr__(self, name):
        return getattr(asyncio, name)


async def test_a_5xx_is_tried_again(place, start, patience):
    await start()
    place.discord.fail_next(500, times=2, match="callback")
    reply = await place.nanao.slash("echo", text="a")
    assert reply.message.content == "a×1"
    assert len(patience) == 2
    callbacks = [one.status for one in place.discord.requests if "callback" in one.path]
    assert callbacks == [500, 500, 204]


async def test_an_answer_whose_receipt_was_lost_is_40060_on_the_second_try(place, start):
    await start()
    place.discord.fail_next(502, match="callback", applied=True)
    reply = await place.nanao.slash("echo", text="once")
    assert reply.message.content == "once×1"
    await place.discord.settle()
    assert len(place.discord.messages(place.channel)) == 1
    assert [request.error for request in place.discord.refused] == [40060]


async def test_a_429_is_waited_for(place, start):
    await start()
    place.discord.fail_next(429, match="callback", retry_after=0.15)
    begun = time.monotonic()
    reply = await place.nanao.slash("echo", text="a")
    assert reply.message.content == "a×1"
    assert time.monotonic() - begun >= 0.15


async def test_a_429_while_commands_are_registered_is_waited_for(place, start):
    place.discord.fail_next(429, match="PUT .*commands", global_=True)
    await start()
    assert len(place.discord.commands()) == 6


async def test_a_connection_that_breaks_is_no_answer(place, start):
    bot = await start()
    place.discord.fail_next(0, match="GET /users/@me", times=10)
    with pytest.raises((OSError, disnake.HTTPException, Exception), match=r"(?i)disconnect|reset"):
        await bot.http.request(disnake.http.Route("GET", "/users/@me"))


async def test_a_request_can_come_late(place, start):
    await start()
    place.discord.delay_next(0.1, match="callback")
    reply = await place.nanao.slash("echo")
    assert reply.first_answer_seconds >= 0.1


async def test_late_enough_it_finds_the_interaction_gone(place, start):
    bot = await start()
    errors = asyncio.get_running_loop().create_future()

    @bot.listen("on_slash_command_error")
    async def failed(inter, error):
        errors.set_result(error.original)

    place.discord.answer_seconds = 0.1
    place.discord.delay_next(0.15, match="callback")
    with pytest.raises(Exception, match="did not respond"):
        await place.nanao.slash("echo")
    assert (await errors).interaction.id
    assert [request.error for request in place.discord.refused] == [10062]


async def test_channel_messages_are_limited_and_the_headers_say_so(place, rest, discord):
    path = f"/channels/{place.channel.id}/messages"
    statuses = [(await rest("POST", path, {"content": str(n)}))[0] for n in range(6)]
    assert statuses == [200] * 5 + [429]
    other = place.guild.add_channel("other")
    assert (await rest("POST", f"/channels/{other.id}/messages", {"content": "x"}))[0] == 200
    discord.rate_limits = False
    assert (await rest("POST", path, {"content": "x"}))[0] == 200


@pytest.fixture
def short_window(monkeypatch):
    monkeypatch.setattr(limits, "CHANNEL_MESSAGES", (5, 0.9))


async def test_a_client_that_reads_the_headers_is_never_refused(short_window, place, start):
    bot = await start()
    channel = bot.get_channel(place.channel.id)
    begun = time.monotonic()
    for number in range(6):
        await channel.send(str(number))
    assert time.monotonic() - begun >= 0.9
    assert len(place.discord.messages(place.channel)) == 6
    assert 429 not in {request.status for request in place.discord.requests}


async def test_fifty_requests_a_second_are_the_whole_bots_limit(discord, rest):
    answers = [await rest("GET", "/users/@me") for _ in range(51)]
    status, body = answers[-1]
    assert status == 429
    assert body["message"] == "You are being rate limited."


async def test_the_gateway_can_be_away(place, start):
    bot = await start()
    resumed = asyncio.get_running_loop().create_future()

    @bot.listen("on_resumed")
    async def back():
        resumed.set_result(None)

    place.discord.delay_next(0.1, match="CONNECT")
    await place.discord.drop_gateway()
    await asyncio.wait_for(resumed, 60)


async def test_what_is_not_there_is_404(rest):
    assert await rest("GET", "/no/such/thing") == (404, {"message": "404: Not Found", "code": 0})
    assert (await rest("PUT", "/users/@me"))[0] == 405


async def test_json_that_is_none_is_refused(place, rest):
    path = f"/channels/{place.channel.id}/messages"
    status, body = await rest("POST", path, data="{", headers={"Content-Type": "application/json"})
    assert (status, body["code"]) == (400, 50109)
