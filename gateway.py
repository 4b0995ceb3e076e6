"""The connection to Discord's gateway: growing pauses between tries, and a limit to them."""

import asyncio
import random
import time
from contextvars import ContextVar
from typing import Any

import disnake.shard
from disnake.gateway import DiscordWebSocket

LONGEST_PAUSE = 15.0  # seconds between tries; other shards of the process wait meanwhile
GONE = 600.0  # seconds without a gateway after which another process may have better luck

_opened: ContextVar["BackoffWebSocket | None"] = ContextVar("opened", default=None)
_failures: dict[int | None, int] = {}  # in a row, of each shard


class BackoffWebSocket(DiscordWebSocket):
    """disnake's connection, which pauses after one that was closed before Discord's HELLO.

    disnake tries again at once and leaves each socket open: some hundred tries later the pool of
    connections, which REST shares, is used up, and the bot never connects again.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _opened.set(self)

    @classmethod
    async def from_client(cls, client: disnake.Client, **more: Any) -> "BackoffWebSocket":
        """Connect; raise what disnake raises."""
        shard_id = more.get("shard_id")
        if failures := _failures.get(shard_id, 0):
            pause = min(2.0 ** (failures - 1), LONGEST_PAUSE)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  jitter
        _opened.set(None)
        try:
            found = await super().from_client(client, **more)
        except BaseException:
            if opened := _opened.get():
                _failures[shard_id] = failures + 1
                await opened.socket.close()
            raise
        _failures.pop(shard_id, None)
        return found


class Gateways:
    """Since when which shards have no gateway."""

    def __init__(self) -> None:
        self._since: dict[int | None, float] = {}

    def down(self, shard_id: int | None) -> None:
        """Note that a gateway is gone; None: that none has been there yet."""
        self._since.setdefault(shard_id, time.monotonic())

    def up(self, shard_id: int) -> None:
        """Note that a gateway is there."""
        self._since.pop(shard_id, None)
        self._since.pop(None, None)

    @property
    def any_down(self) -> bool:
        """Whether any gateway is gone now."""
        return bool(self._since)

    async def wait_until_lost(self) -> None:
        """Wait until a gateway is gone for too long."""
        while True:
            now = time.monotonic()
            if any(now - since >= GONE for since in self._since.values()):
                return
            await asyncio.sleep(GONE / 60)


def use_backoff_websockets() -> None:
    """Make disnake connect with ours."""
    disnake.shard.DiscordWebSocket = BackoffWebSocket  # pyright: ignore[reportPrivateImportUsage]
