"""The tasks of a process, and how they end at a shutdown."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

T = TypeVar("T", bound="asyncio.Task[Any]")


class Tasks:
    """The tasks of a process that its shutdown waits for."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._shutdown = asyncio.Event()
        self.unfinished: list[str] = []  # what is lost if it is not done before

    def add(self, task: T) -> T:
        """Wait for a task at the shutdown."""
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    @contextmanager
    def must_finish(self, what: str) -> Iterator[None]:
        """Name what nobody does again if the process ends meanwhile."""
        self.unfinished.append(what)
        try:
            yield
        finally:
            self.unfinished.remove(what)

    @property
    def shutting_down(self) -> bool:
        """Whether the shutdown has begun."""
        return self._shutdown.is_set()

    def begin_shutdown(self) -> None:
        """Begin the shutdown: nothing new is taken."""
        self._shutdown.set()

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds, or until the shutdown begins."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._shutdown.wait(), seconds)

    async def wait(self, seconds: float) -> None:
        """Wait until nothing runs any more, for so many seconds at most."""
        until = time.monotonic() + seconds
        while self._running and (left := until - time.monotonic()) > 0:
            await asyncio.wait(self._running, timeout=left)

    async def cancel(self) -> None:
        """Cancel what still runs."""
        if left := set(self._running):
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=0.1)
