"""What a process does at the moment, and how that comes to its end."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

T = TypeVar("T", bound="asyncio.Task[Any]")


class Tasks:
    """The tasks of a process that its end waits for."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._end = asyncio.Event()
        self.unfinished: list[str] = []  # what is lost if it is not done before the end

    def add(self, task: T) -> T:
        """Wait for a task at the end."""
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
    def ending(self) -> bool:
        """Whether the end has begun."""
        return self._end.is_set()

    def end(self) -> None:
        """Begin the end."""
        self._end.set()

    async def rest(self, seconds: float) -> None:
        """Wait for so many seconds, or until the end begins."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._end.wait(), seconds)

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
