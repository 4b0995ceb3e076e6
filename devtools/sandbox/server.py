"""The sandbox itself: Discord on this machine, and what a test controls of it."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Self

from aiohttp import web

from devtools.sandbox import channels, endpoints, limits, webhooks
from devtools.sandbox.errors import NotReady
from devtools.sandbox.faults import Delay, Fault, Faults
from devtools.sandbox.gateway import Gateway
from devtools.sandbox.members import Guild
from devtools.sandbox.rest import Request, Rest
from devtools.sandbox.sessions import Session
from devtools.sandbox.state import API, GATEWAY
from devtools.sandbox.world import ATTACHMENTS, World


class Sandbox(World):
    """A Discord on 127.0.0.1 for one application: `async with Sandbox() as discord:`."""

    guilds: dict[int, Guild]

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = "sandbox.token",  # noqa: S107
        bot_name: str = "sandboxed",
    ) -> None:
        super().__init__(token, bot_name)
        self._port = port
        self._runner: web.AppRunner | None = None
        self.clock_file: Path | None = None  # which a bot reads to follow this clock
        self.faults = Faults()
        self.gateway = Gateway(self, self.faults)
        self.rest = Rest(self, self.faults)
        for routes in (endpoints, channels, webhooks):
            routes.install(self, self.rest)

    async def __aenter__(self) -> Self:
        # larger than what is allowed, so that it is Discord's rule that refuses
        app = web.Application(client_max_size=2 * limits.REQUEST_BYTES)
        app.add_subapp(API, self.rest.app)
        app.router.add_get(GATEWAY + "{slash:/?}", self.gateway.connect)
        app.router.add_get(ATTACHMENTS + "{file}/{name}", self._attachment)
        self._runner = web.AppRunner(
            app, access_log=None, keepalive_timeout=3600.0, shutdown_timeout=1.0
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self.gateway.drop(None, 1001)
        await self._runner.cleanup()

    async def _attachment(self, request: web.Request) -> web.StreamResponse:
        number = request.match_info["file"]
        file = self.attachments.get(int(number)) if number.isdecimal() else None
        if file is None:
            return web.Response(status=404)
        return web.Response(body=file.data, content_type=file.content_type)

    def add_guild(self, name: str, *, locale: str = "en-US", available: bool = True) -> Guild:
        """Create a guild that the bot is in; a connected bot receives GUILD_CREATE."""
        guild = Guild(self, self.new_guild_id(), name, locale, available)
        self.guilds[guild.id] = guild
        guild.dispatch("GUILD_CREATE", guild.payload)
        return guild

    def later(self, span: timedelta) -> None:
        """Set this clock ahead, and that of whoever reads the file: the seconds by which it is."""
        self.ahead += span
        if self.clock_file:
            new = self.clock_file.with_suffix(".new")  # nobody reads half of it
            new.write_text(f"{self.ahead.total_seconds()}\n", encoding="ascii")
            new.replace(self.clock_file)

    # what the bot did

    @property
    def gateways(self) -> list[Session]:
        """The sessions that are connected now."""
        return [session for session in self.gateway.sessions if session.connected]

    @property
    def requests(self) -> list[Request]:
        return list(self.rest.log)

    @property
    def refused(self) -> list[Request]:
        """Requests that broke a rule: 4xx, but for a 429."""
        return [one for one in self.rest.log if 400 <= one.status < 500 and one.status != 429]

    async def ready(
        self,
        shards: int = 1,
        timeout: float = 90.0,  # noqa: ASYNC109
        *,
        sessions: int = 0,
        commands: bool = True,
    ) -> None:
        """Wait until so many shards (or sessions) are connected and commands are registered."""
        deadline = time.monotonic() + timeout
        while not self._is_ready(shards, sessions, commands):
            if time.monotonic() > deadline:
                refused = [f"{one.method} {one.path}: {one.answer}" for one in self.refused[-3:]]
                raise NotReady(
                    f"{len(self.gateways)} sessions, {len(self.commands_registry.of())} commands, "
                    f"refused: {refused or 'nothing'}"
                )
            await asyncio.sleep(0.01)

    def _is_ready(self, shards: int, sessions: int, commands: bool) -> bool:
        connected = {session.shard for session in self.gateways}
        if len(connected) < shards or len(self.gateways) < sessions:
            return False
        return not commands or self.commands_registry.settled

    async def settle(self, seconds: float = 0.05) -> None:
        """Wait until no request has been under way for a moment."""
        while (left := self.rest.quiet_in(seconds)) > 0:  # noqa: ASYNC110 - quiet is no event
            await asyncio.sleep(left)

    # what goes wrong on request

    def fail_next(
        self,
        status: int = 500,
        times: int = 1,
        match: str = "",
        *,
        retry_after: float = 0.2,
        global_: bool = False,
        applied: bool = False,
    ) -> None:
        """Answer the next requests that match with an error; status 0 cuts the connection.

        `match` is a pattern searched in e.g. `POST /interactions/1/token/callback`, and in
        `CONNECT /gateway` for the WebSocket, which a status from 1000 on closes before HELLO.
        With `applied` the request does its work and only its answer is lost.
        """
        self.faults.fail(Fault(status, times, re.compile(match), retry_after, global_, applied))

    def delay_next(self, seconds: float, match: str = "", times: int = 1) -> None:
        """Delay the next requests that match."""
        self.faults.slow(Delay(seconds, times, re.compile(match)))

    async def drop_gateway(self, shard: int | None = None, code: int | None = None) -> None:
        """Cut the connections of a shard (None: all), or close them with a code."""
        await self.gateway.drop(shard, code)

    async def reconnect(self, shard: int | None = None) -> None:
        """Ask to reconnect (opcode 7)."""
        self.gateway.reconnect(shard)

    async def invalidate_session(
        self, shard: int | None = None, *, resumable: bool = False
    ) -> None:
        """Invalidate the session (opcode 9)."""
        self.gateway.invalidate(shard, resumable)
