"""A Discord on loopback, people in it, and disnake's real client with a few throw-away commands."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import disnake
import pytest
from disnake.ext import commands

from devtools.sandbox import Channel, Guild, Member, Sandbox


@dataclass
class Place:
    """Where the tests play."""

    discord: Sandbox
    guild: Guild
    channel: Channel
    nanao: Member
    hana: Member


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    async with Sandbox() as discord:
        monkeypatch.setattr(disnake.http.Route, "BASE", discord.api_url)
        yield discord


@pytest.fixture
def place(discord: Sandbox) -> Place:
    guild = discord.add_guild("もくもく", locale="ja")
    channel = guild.add_channel("general")
    nanao = guild.add_member("ナナオ", locale="ja")
    return Place(discord, guild, channel, nanao, guild.add_member("hana", locale="en-US"))


class Bot(commands.InteractionBot):
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify again at once; disnake waits 5 s, as Discord's session start limit wants it."""


def throw_away_bot(**options: Any) -> commands.InteractionBot:
    """Make a bot with a command for each way to answer."""
    intents = options.pop("intents", disnake.Intents(guilds=True))
    # disnake waits so long for further guilds before it says that it is ready; its default is 2 s
    options.setdefault("guild_ready_timeout", 0.02)
    bot = Bot(intents=intents, max_messages=None, **options)

    @bot.slash_command(description="answers")
    async def echo(
        inter: disnake.CommandInteraction, text: str = "", number: int = 1, silent: bool = False
    ) -> None:
        flags = disnake.MessageFlags(suppress_notifications=silent)
        button = disnake.ui.Button(label="End", custom_id="end")
        await inter.response.send_message(f"{text}×{number}", components=button, flags=flags)

    @echo.autocomplete("text")
    async def complete(inter: disnake.CommandInteraction, value: str) -> list[str]:
        return [value + "!", value + "?"]

    @bot.slash_command(description="answers later")
    async def later(
        inter: disnake.CommandInteraction, private: bool = False, seconds: float = 0.01
    ) -> None:
        await inter.response.defer(ephemeral=private)
        await asyncio.sleep(seconds)
        await inter.edit_original_response("at last")

    @bot.slash_command(description="says nothing")
    async def silence(inter: disnake.CommandInteraction) -> None: ...

    @bot.slash_command(description="opens a form")
    async def form(inter: disnake.CommandInteraction) -> None:
        field = disnake.ui.TextInput(label="What", custom_id="what", max_length=10)
        await inter.response.send_modal(title="Tell", custom_id="tell", components=field)

    @bot.slash_command(description="opens a form for a file")
    async def upload(inter: disnake.CommandInteraction) -> None:
        field = disnake.ui.Label("A file", disnake.ui.FileUpload(custom_id="file"))
        await inter.response.send_modal(title="Send", custom_id="send", components=field)

    @bot.slash_command(description="sends a file")
    async def picture(inter: disnake.CommandInteraction) -> None:
        file = disnake.File(io.BytesIO(b"\x89PNG"), "chart.png", description="a chart")
        embed = disnake.Embed(title="Chart").set_image(url="attachment://chart.png")
        more = disnake.File(io.BytesIO(b"a,b"), "rows.csv")
        await inter.response.send_message(embed=embed, files=[file, more])

    @bot.listen("on_button_click")
    async def pressed(inter: disnake.MessageInteraction) -> None:
        await inter.response.edit_message("ended", components=[])
        await inter.followup.send("well done", ephemeral=True)

    @bot.listen("on_modal_submit")
    async def submitted(inter: disnake.ModalInteraction) -> None:
        (value,) = inter.resolved_values.values()
        what = value if isinstance(value, str) else value[0].filename
        await inter.response.send_message(f"got {what}", ephemeral=True)

    return bot


@asynccontextmanager
async def running(bot: disnake.Client, discord: Sandbox) -> AsyncIterator[disnake.Client]:
    """Run a bot's real client, and stop it as a process stops."""
    task = asyncio.create_task(bot.start(discord.token))
    try:
        yield bot
    finally:
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0)


@pytest.fixture
async def start(discord: Sandbox) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """Start a bot and wait until it is ready: `bot = await start()`."""
    async with AsyncExitStack() as stack:

        async def start_one(bot: Any = None, **ready: Any) -> Any:
            bot = bot or throw_away_bot()
            await stack.enter_async_context(running(bot, discord))
            await discord.ready(**ready)
            await bot.wait_until_ready()
            return bot

        yield start_one


@pytest.fixture
def make_bot() -> Callable[..., commands.InteractionBot]:
    return throw_away_bot


def error_codes(body: dict[str, Any], path: str) -> list[str]:
    """Return the codes of the errors that Discord has for a field."""
    found = body["errors"]
    for step in path.split("."):
        found = found[step]
    return [error["code"] for error in found["_errors"]]


Answer = tuple[int, Any]


@pytest.fixture
async def rest(discord: Sandbox) -> AsyncIterator[Callable[..., Awaitable[Answer]]]:
    """Speak REST by hand: `status, body = await rest("POST", "/channels/1/messages", {...})`."""
    headers = {"Authorization": f"Bot {discord.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def request(method: str, path: str, sent: Any = None, **more: Any) -> Answer:
            url = discord.api_url + path
            async with session.request(method, url, json=sent, **more) as response:
                return response.status, await response.json() if response.content_length else None

        yield request
