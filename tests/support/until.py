"""Waiting for what a test expects, as long as a busy machine may need."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from devtools.sandbox import Interaction

T = TypeVar("T")


async def until(found: Callable[[], T], seconds: float = 60.0) -> T:
    """Wait until something is found, and return it.

    It is looked for less and less often: to ask Postgres takes 6 ms of a processor each time.
    """
    end, pause = time.monotonic() + seconds, 0.02
    while not (there := found()):
        assert time.monotonic() < end, f"not within {seconds} s: {there}"
        await asyncio.sleep(pause)
        pause = min(1.5 * pause, 0.1)
    return there


async def responded(*sent: Interaction) -> None:
    """Wait until each has its first response, a wait too."""
    await until(lambda: all(one.callback for one in sent))


def stopwatch(*pids: int) -> Callable[[], float]:
    """Return a function that tells the seconds since now, without those in which others ran.

    Those in which this process waited for a processor do not count, nor those in which the one of
    `pids` did that waited longest. So Discord's three seconds measure the bot, not how busy a
    machine is with other work.
    """
    began, every = time.monotonic(), (os.getpid(), *pids)
    before = [waited(pid) for pid in every]

    def seconds() -> float:
        own, *others = (waited(pid) - start for pid, start in zip(every, before, strict=True))
        return time.monotonic() - began - own - max([0.0, *others])

    return seconds


def waited(pid: int) -> float:
    """Return the seconds for which a process's first thread has waited for a processor.

    Only Linux tells; it is nothing where it does not, and for a process that has ended.
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0
