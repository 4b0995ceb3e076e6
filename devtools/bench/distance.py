"""A Postgres far away: a proxy on loopback that delays every byte and counts round trips."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Self
from urllib.parse import quote

from psycopg2.extensions import parse_dsn

_CHUNK = 1 << 16
_FAREWELL = b"X"  # Terminate, of Postgres's protocol: it waits for no answer
_Pieces = asyncio.Queue[tuple[float, bytes]]


class DistantPostgres:
    """A Postgres behind a proxy: `async with DistantPostgres(url) as far:`, reached at `far.url`.

    `delay` is in seconds, for each way. A round trip begins with what a client sends when it has
    the answer to all that it sent before; so connecting counts, and COMMIT behind a query does not.
    """

    def __init__(self, url: str, delay: float = 0.0) -> None:
        self.near_url = url  # without the proxy
        self.delay = delay
        self.round_trips = 0
        self._parts = parse_dsn(url)
        self._waiting: set[asyncio.StreamWriter] = set()  # clients whose question is on its way
        self._last = 0.0
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    @property
    def url(self) -> str:
        """The address that leads through the proxy."""
        part = self._parts.get
        user, password = quote(part("user", "postgres")), quote(part("password", ""))
        port = self._server.sockets[0].getsockname()[1]
        name = self._parts["dbname"]
        return f"postgresql://{user}:{password}@127.0.0.1:{port}/{name}?sslmode=disable"

    async def quiet(self) -> None:
        """Wait until nothing is on its way, and no next question follows."""
        pause = 0.03
        while self._waiting or time.monotonic() < self._last + pause:  # noqa: ASYNC110 - no event
            await asyncio.sleep(pause / 2)

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._connected(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _connected(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        host, port = self._parts.get("host", "localhost"), self._parts.get("port", "5432")
        if host.startswith("/"):
            answers, server = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            answers, server = await asyncio.open_connection(host, int(port))
        there, back = _Pieces(), _Pieces()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(reader, there, asks=client))
                tasks.create_task(self._write(there, server))
                tasks.create_task(self._read(answers, back))
                tasks.create_task(self._write(back, client, answers=True))
        finally:
            self._waiting.discard(client)
            client.close()
            server.close()

    async def _read(
        self,
        reader: asyncio.StreamReader,
        pieces: _Pieces,
        asks: asyncio.StreamWriter | None = None,
    ) -> None:
        """Queue what one side sends; an empty piece when it ends or breaks off."""
        piece = b"..."
        while piece:
            piece = b""
            with suppress(ConnectionError):
                piece = await reader.read(_CHUNK)
            if asks and piece[:1] not in (b"", _FAREWELL) and asks not in self._waiting:
                self._waiting.add(asks)
                self.round_trips += 1
            pieces.put_nowait((time.monotonic() + self.delay, piece))

    async def _write(
        self, pieces: _Pieces, writer: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        """Hand over each piece `delay` after it was sent."""
        piece = b"..."
        while piece:
            due, piece = await pieces.get()
            if (left := due - time.monotonic()) > 0:
                await asyncio.sleep(left)
            writer.write(piece)
            if answers:
                self._waiting.discard(writer)
                self._last = time.monotonic()
        writer.close()
