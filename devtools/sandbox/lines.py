"""Lines to play: from a pipe, without ever blocking the event loop, or from a file."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path


async def lines_of_stdin() -> AsyncIterator[str]:
    """Give the lines of standard input that say something, as they come."""
    if sys.stdin is None:  # closed by whoever started us
        return
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            for line in sys.stdin:
                loop.call_soon_threadsafe(queue.put_nowait, line)
            loop.call_soon_threadsafe(queue.put_nowait, None)

    # a daemon: nobody waits for it when the bot has died and the pipe is still open
    threading.Thread(target=read, daemon=True).start()
    while (line := await queue.get()) is not None:
        if line.strip():
            yield line.strip()


def lines_of_file(path: Path) -> Iterator[str]:
    yield from (line.strip() for line in path.read_text("utf-8").splitlines() if line.strip())
