"""What completion waits for: where nothing is known yet, Discord would say that none match."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from domain.command import Command
from interactions.client import Client

TIMEOUT = 1.0  # seconds; Discord gives up after three

T = TypeVar("T")


async def cached_or_read(
    client: Client,
    command: Command,
    look: Callable[[Command], T | None],
    read: Callable[[Command], Coroutine[Any, Any, None]],
) -> T | None:
    """Return what memory has; else wait for a moment until it is read, and look once more.

    What is not there in time will be for the next letter.
    """
    found = look(command)
    if found is None:
        reading = client.in_background(read(command), "reading for completion")
        await asyncio.wait({reading}, timeout=TIMEOUT)
        found = look(command)
    return found
