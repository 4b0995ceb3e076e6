"""The gateway: WebSocket sessions of the bot, by shard, and the events that they receive."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from typing import Any

from aiohttp import WSMsgType, web

from devtools.sandbox import limits
from devtools.sandbox.faults import Faults
from devtools.sandbox.places import GUILD_MEMBERS, GUILDS
from devtools.sandbox.sessions import Close, Connection, Session
from devtools.sandbox.world import World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME = 0, 1, 2, 3, 4, 6
RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 8, 9, 10, 11

MESSAGE_CONTENT = 1 << 15
PRIVILEGED = GUILD_MEMBERS | 1 << 8 | MESSAGE_CONTENT
KNOWN_INTENTS = (1 << 26) - 1


class Gateway:
    """All sessions, and the dispatch of events to them."""

    def __init__(self, discord: World, faults: Faults) -> None:
        self._discord = discord
        self._faults = faults
        discord.listeners.append(self.dispatch)
        self.sessions: list[Session] = []
        self.identifies: deque[tuple[float, int]] = deque(maxlen=limits.IDENTIFIES)

    # what happens in the world

    def dispatch(
        self, guild_id: int | None, event: str, data: dict[str, Any], intents: int
    ) -> None:
        listeners = [
            session
            for session in self._alive()
            if session.receives(guild_id) and session.intents & intents == intents
        ]
        if listeners:
            written = json.dumps(data, ensure_ascii=False)
            for session in listeners:
                session.dispatch(event, written)

    def _alive(self) -> list[Session]:
        """Forget sessions that nobody resumed in time."""
        oldest = time.monotonic() - self._discord.resume_seconds
        if any(one.lost_at is not None and one.lost_at < oldest for one in self.sessions):
            self.sessions = [
                one for one in self.sessions if one.lost_at is None or one.lost_at >= oldest
            ]
        return self.sessions

    # a connection, from HELLO to its end

    async def connect(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(self._faults.delay("CONNECT /gateway"))
        fault = self._faults.take("CONNECT /gateway")
        if fault and fault.status < 1000:
            return web.Response(status=fault.status or 503)
        connection = Connection(request)
        writer = await connection.open()
        try:
            if fault:
                raise Close(fault.status, "On request, before HELLO.")
            interval = round(self._discord.heartbeat_seconds * 1000)
            connection.send_op(HELLO, {"heartbeat_interval": interval, "_trace": ["sandbox"]})
            if request.query.get("v") not in (None, "9", "10"):
                raise Close(4012, "Invalid API version.")
            await self._listen(connection)
        except Close as close:
            await connection.socket.close(code=close.code, message=close.reason.encode())
            self._end(connection, close.code)
        finally:
            self._end(connection, connection.socket.close_code)
            writer.cancel()
        return connection.socket

    async def _listen(self, connection: Connection) -> None:
        while True:
            patience = self._discord.heartbeat_seconds * 1.5
            try:
                message = await connection.socket.receive(timeout=patience)
            except TimeoutError:
                raise Close(4009, "Session timed out.") from None
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            payload = connection.read(message)
            self._heard(connection, payload["op"], payload.get("d"))

    def _end(self, connection: Connection, code: int | None) -> None:
        """Detach a connection; a client that closes with 1000 or 1001 ends its session."""
        for session in self.sessions:
            if session.connection is connection:
                session.connection = None
                session.lost_at = time.monotonic()
                if code in (1000, 1001):
                    self.sessions.remove(session)
                return

    def _heard(self, connection: Connection, op: int, data: Any) -> None:
        session = next((one for one in self.sessions if one.connection is connection), None)
        if op == HEARTBEAT:
            connection.heartbeat_at = time.monotonic()
            connection.send_op(HEARTBEAT_ACK)
        elif op == IDENTIFY:
            if session:
                raise Close(4005, "Already authenticated.")
            self._identify(connection, data)
        elif op == RESUME:
            if session:
                raise Close(4005, "Already authenticated.")
            self._resume(connection, data)
        elif session is None:
            raise Close(4003, "Not authenticated.")
        elif op == REQUEST_MEMBERS:
            self._send_members(session, data)
        elif op not in (PRESENCE, VOICE):
            raise Close(4001, "Unknown opcode.")

    def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        if not self._discord.accepts(data.get("token", "")):
            raise Close(4004, "Authentication failed.")
        shard, shards = data.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            raise Close(4010, "Invalid shard.")
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            raise Close(4013, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self._discord.privileged_intents:
            raise Close(4014, "Disallowed intent(s).")
        if not self._may_identify(shard):
            connection.send_op(INVALID_SESSION, False)
            return
        session = Session(shard, shards, intents)
        session.connection = connection
        self.sessions.append(session)
        self._greet(session)

    def _may_identify(self, shard: int) -> bool:
        """Hold IDENTIFYs to the number at once that the session start limit allows."""
        now = time.monotonic()
        key = shard % self._discord.max_concurrency
        if any(
            now - when < self._discord.identify_seconds and other == key
            for when, other in self.identifies
        ):
            return False
        self.identifies.append((now, key))
        self._discord.identifies_left -= 1
        return True

    def _greet(self, session: Session) -> None:
        guilds = [
            guild
            for guild in self._discord.guilds.values()
            if not guild.removed and session.receives(guild.id)
        ]
        bot = self._discord.bot_user
        ready = {
            "v": 10,
            "user": bot.payload
            | {"verified": True, "mfa_enabled": True, "email": None, "flags": 0},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self._discord.gateway_url,
            "session_type": "normal",
            "private_channels": [],
            "relationships": [],
            "user_settings": {},
            "shard": [session.shard, session.shards],
            "application": {"id": str(bot.id), "flags": 0},
            "_trace": ["sandbox"],
        }
        session.dispatch("READY", json.dumps(ready))
        if session.intents & GUILDS:
            for guild in guilds:
                if guild.available:
                    event = guild.payload | {"unavailable": False}
                    session.dispatch("GUILD_CREATE", json.dumps(event, ensure_ascii=False))

    def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        if not self._discord.accepts(data.get("token", "")):
            raise Close(4004, "Authentication failed.")
        wanted = data.get("session_id")
        session = next((one for one in self._alive() if one.id == wanted), None)
        missed = session.missed(data.get("seq") or 0) if session else None
        if session is None or missed is None:
            connection.send_op(INVALID_SESSION, False)
            return
        if session.connection:
            session.connection.cut()
        session.connection, session.lost_at = connection, None
        session.resumed += 1
        for text in missed:
            connection.send(text)
        session.dispatch("RESUMED", '{"_trace":["sandbox"]}')

    def _send_members(self, session: Session, data: dict[str, Any]) -> None:
        guild = self._discord.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        wanted = {str(one) for one in data.get("user_ids") or []}
        members = [
            member.payload
            for member in guild.members.values()
            if (str(member.id) in wanted if wanted else True)
        ]
        chunk = {
            "guild_id": str(guild.id),
            "members": members,
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [],
            "nonce": data.get("nonce"),
        }
        session.dispatch("GUILD_MEMBERS_CHUNK", json.dumps(chunk, ensure_ascii=False))

    # what goes wrong on request

    def _on(self, shard: int | None) -> list[Session]:
        return [one for one in self.sessions if one.connected and shard in (None, one.shard)]

    async def drop(self, shard: int | None, code: int | None) -> None:
        for session in self._on(shard):
            assert session.connection
            if code is None:
                session.connection.cut()
            else:
                await session.connection.socket.close(code=code)

    def reconnect(self, shard: int | None) -> None:
        for session in self._on(shard):
            assert session.connection
            session.connection.send_op(RECONNECT)

    def invalidate(self, shard: int | None, resumable: bool) -> None:
        for session in self._on(shard):
            assert session.connection
            session.connection.send_op(INVALID_SESSION, resumable)
            if not resumable:
                self.sessions.remove(session)
