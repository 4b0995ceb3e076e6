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
        self._tasks: set[asyncio.Task[None]] = set()
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
        # what was accepted just now begins within five rounds of the loop, and is ended too
        for _ in range(10):
            await asyncio.sleep(0)
            self.cut()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks)

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
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self.serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the other side is gone or the test is over, and that is what this is for
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Do whatever this stand-in does with a connection."""
        raise NotImplementedError


class Proxy(Listener):
    """A way to a Postgres behind a Unix socket, and all that can happen on such a way.

    New connections wait until it is `awake`, or get the `error` instead; while it `swallows`
    nothing gets through; once it `garbles`, the next answer makes no sense; a connection on which
    the bot has said `last_words` is cut, and from then on one on which it says the `next_words`. No
    more than `slots` connections are served at a time, as by a pooler in session mode: the others
    wait.
    """

    def __init__(self, url: str, slots: int = 1000) -> None:
        super().__init__()
        self._slots = asyncio.Semaphore(slots)
        self.error = b""
        self.last_words = b""
        self.next_words = b""
        self.received = 0  # bytes from the bot
        self.behind = url
        parts = urlsplit(url)
        self._socket = Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432"
        self._path = parts.path
        self.awake = asyncio.Event()
        self.awake.set()
        self.swallows = False
        self.garbles = False

    async def quiet(self) -> None:
        """Wait until the bot has sent nothing for a moment."""
        received = -1
        while received != self.received:
            received = self.received
            await asyncio.sleep(0.1)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}{self._path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.awake.wait()
        if self.error:
            await refuse(reader, writer, self.error)
            return
        async with self._slots:
            await self._carry(reader, writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opening = asyncio.ensure_future(asyncio.open_unix_connection(str(self._socket)))
        try:
            behind, to_behind = await asyncio.shield(opening)
        except asyncio.CancelledError:  # what is opened all the same must be closed
            _, to_behind = await opening
            to_behind.transport.abort()
            raise
        cut = asyncio.Event()
        pumps = [
            asyncio.ensure_future(self._to(reader, to_behind, cut)),
            asyncio.ensure_future(self._back(behind, writer, cut)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            to_behind.transport.abort()  # before anything at which this may be cancelled
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _to(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event
    ) -> None:
        while data := await reader.read(65536):
            self.received += len(data)
            if self.swallows:
                continue
            if self.last_words and self.last_words in data:
                cut.set()
                self.last_words = self.next_words or self.last_words
            writer.write(data)
            if cut.is_set():
                await asyncio.sleep(0.1)  # it arrives and is done; what comes back does not
                return

    async def _back(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event
    ) -> None:
        while data := await reader.read(65536):
            if not (self.swallows or cut.is_set()):
                # before it is written: who reads it may ask for the next one at once
                garbled, self.garbles = self.garbles, False
                writer.write(b"?" * len(data) if garbled else data)


class Refusing(Listener):
    """A Postgres that answers every start of a connection with the same error."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self._error = error_response(message)

    @property
    def url(self) -> str:
        return f"postgresql://moku:hush-hush@127.0.0.1:{self.port}/neondb"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await refuse(reader, writer, self._error)


def error_response(message: str) -> bytes:
    """Write an ErrorResponse of Postgres' protocol 3."""
    fields = {"S": "ERROR", "V": "ERROR", "C": "XX000", "M": message}
    body = b"".join(key.encode() + text.encode() + b"\0" for key, text in fields.items())
    return b"E" + struct.pack("!i", len(body) + 5) + body + b"\0"


async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, error: bytes) -> None:
    """Answer the start of a connection, and questions for SSL or GSS before it, with an error."""
    number = 0
    while number >> 16 != 3:
        length, number = struct.unpack("!ii", await reader.readexactly(8))
        await reader.readexactly(length - 8)
        writer.write(error if number >> 16 == 3 else b"N")
    await writer.drain()
