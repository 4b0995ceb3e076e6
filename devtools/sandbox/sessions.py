"""Sessions of a bot at the gateway, and their WebSockets."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import zlib
from collections import deque
from typing import Any

from aiohttp import WSMessage, web

from devtools.sandbox import limits
from devtools.sandbox.snowflakes import shard_of


class Close(Exception):
    """The connection is to be closed with one of Discord's codes (Gateway Close Event Codes)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Session:
    """A bot's session on one shard; it outlives its connection for a while, to be resumed."""

    def __init__(self, shard: int, shards: int, intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.shards = shards
        self.intents = intents
        self.resumed = 0
        self.ready_at = time.monotonic()
        self.lost_at: float | None = None
        self.connection: Connection | None = None
        self._sequence = 0
        self._sent: deque[tuple[int, str]] = deque(maxlen=limits.REMEMBERED_EVENTS)

    @property
    def connected(self) -> bool:
        return self.connection is not None

    @property
    def last_heartbeat(self) -> float | None:
        """When the connection last sent a heartbeat, on the monotonic clock."""
        return self.connection.heartbeat_at if self.connection else None

    def receives(self, guild_id: int | None) -> bool:
        """Return whether a guild, or with None what belongs to no guild, is on this shard."""
        return self.shard == (0 if guild_id is None else shard_of(guild_id, self.shards))

    def dispatch(self, event: str, written: str) -> None:
        """Send an event whose data is already written as JSON; kept for a RESUME."""
        self._sequence += 1
        text = f'{{"t":"{event}","s":{self._sequence},"op":0,"d":{written}}}'
        self._sent.append((self._sequence, text))
        if self.connection:
            self.connection.send(text)

    def missed(self, sequence: int) -> list[str] | None:
        """List what came after a sequence number; None when that is no longer known."""
        oldest = self._sent[0][0] if self._sent else self._sequence + 1
        if not oldest - 1 <= sequence <= self._sequence:
            return None
        return [text for number, text in self._sent if number > sequence]


class Connection:
    """One WebSocket. What is sent keeps its order; with zlib-stream it shares one dictionary."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self.socket = web.WebSocketResponse(timeout=1.0, compress=False)
        self._deflate = (
            zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        )
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()
        self.heartbeat_at: float | None = None
        self._received: deque[float] = deque(maxlen=limits.GATEWAY_SENDS + 1)

    async def open(self) -> asyncio.Task[None]:
        await self.socket.prepare(self._request)
        return asyncio.create_task(self._write())

    def send(self, text: str) -> None:
        self._outgoing.put_nowait(text)

    def send_op(self, op: int, data: Any = None) -> None:
        self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def _write(self) -> None:
        while True:
            text = await self._outgoing.get()
            try:
                if self._deflate is None:
                    await self.socket.send_str(text)
                else:
                    data = self._deflate.compress(text.encode())
                    await self.socket.send_bytes(data + self._deflate.flush(zlib.Z_SYNC_FLUSH))
            except ConnectionError:
                return  # the reader sees the closing and cleans up

    def cut(self) -> None:
        """Drop the TCP connection, as a network does."""
        if self._request.transport:
            self._request.transport.abort()

    def read(self, message: WSMessage) -> dict[str, Any]:
        """Read what the client sent, within the limits on size and number."""
        now = time.monotonic()
        self._received.append(now)
        if len(self._received) > limits.GATEWAY_SENDS and now - self._received[0] < 60:
            raise Close(4008, "You are being rate limited.")
        if len(message.data) > limits.GATEWAY_PAYLOAD_BYTES:
            raise Close(4002, "Payload too large.")
        try:
            payload = json.loads(message.data)
        except ValueError:
            raise Close(4002, "Error while decoding payload.") from None
        if not isinstance(payload, dict) or not isinstance(payload.get("op"), int):
            raise Close(4002, "Error while decoding payload.")
        return payload
