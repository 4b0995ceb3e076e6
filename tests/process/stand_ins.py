"""Stand-ins on loopback for what lies between the bot and a database far away."""

import asyncio
import struct
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit


class Listener:
    """A TCP server whose connections can all be cut."""

    def __init__(self) -> None:
        self.connections = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server
        self._server.close()
        self.cut()

    @property
    def port(self) -> int:
        assert self._server
        return self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Break every connection there is."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            await self.serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side is gone, and that is what these tests are about
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Do whatever this stand-in does with a connection."""
        raise NotImplementedError


class Proxy(Listener):
    """A way to a Postgres behind a Unix socket: new connections wait `delay` s, `swallows` data."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.behind = url
        parts = urlsplit(url)
        self._socket = Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432"
        self._path = parts.path
        self.delay = 0.0
        self.swallows = False

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}{self._path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.delay)
        behind, to_behind = await asyncio.open_unix_connection(str(self._socket))
        pumps = [
            asyncio.ensure_future(self._pump(reader, to_behind)),
            asyncio.ensure_future(self._pump(behind, writer)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            to_behind.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not self.swallows:
                writer.write(data)


class Refusing(Listener):
    """A Postgres that answers every start of a connection with the same error."""

    def __init__(self, message: str, code: str = "XX000") -> None:
        super().__init__()
        fields = {"S": "ERROR", "V": "ERROR", "C": code, "M": message}
        body = b"".join(key.encode() + text.encode() + b"\0" for key, text in fields.items())
        self._error = b"E" + struct.pack("!i", len(body) + 5) + body + b"\0"

    @property
    def url(self) -> str:
        return f"postgresql://moku:hush-hush@127.0.0.1:{self.port}/neondb"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # protocol 3.0: length and number, for SSL and GSS questions as for the start itself
        length, number = struct.unpack("!ii", await reader.readexactly(8))
        await reader.readexactly(length - 8)
        if number in (80877103, 80877104):
            writer.write(b"N")
            await self.serve(reader, writer)
            return
        writer.write(self._error)
        await writer.drain()
