"""Waiting for what a test expects, as long as a busy machine may need."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

import psutil

from devtools.sandbox import Interaction

T = TypeVar("T")


async def until(found: Callable[[], T], seconds: float = 60.0) -> T:
    """Wait until something is found, and return it."""
    end = time.monotonic() + seconds
    while not (there := found()):
        assert time.monotonic() < end, f"not within {seconds} s: {there}"
        await asyncio.sleep(0.02)
    return there


async def responded(*sent: Interaction) -> None:
    """Wait until each has its first response, a wait too."""
    await until(lambda: all(one.callback for one in sent))


def stopwatch() -> Callable[[], float]:
    """Return a function that tells the seconds since now in which a processor was free.

    So Discord's three seconds measure the bot, not how busy a machine is with other work. Seconds
    without a free processor count a twentieth: what never answers is told all the same.
    """
    began, idle = time.monotonic(), psutil.cpu_times().idle

    def seconds() -> float:
        passed = time.monotonic() - began
        free = min(passed, psutil.cpu_times().idle - idle)
        return free + (passed - free) / 20

    return seconds
