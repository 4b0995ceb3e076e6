"""The first response to an interaction, which Discord waits for no longer than three seconds."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import disnake
from disnake.webhook.async_ import AsyncWebhookAdapter

PAUSES = (0.2, 0.4, 0.6, 0.8)  # seconds between tries; disnake's own, 1 and then 3, come too late


class CallbackAdapter(AsyncWebhookAdapter):
    """disnake's adapter for interactions; a first response that Discord failed is sent again soon.

    disnake 2.12 keeps a lock for every interaction it ever answered; these live while held.
    """

    def __init__(self) -> None:
        super().__init__()
        self._locks = WeakValueDictionary()  # pyright: ignore

    async def request(self, route: Any, session: Any, **more: Any) -> Any:
        """Send a request; raise what disnake raises."""
        if not route.path.endswith("/callback"):
            return await super().request(route, session, **more)
        once: Any = _RaisingSession(session)
        for pause in PAUSES:
            try:
                return await super().request(route, once, **more)
            except disnake.DiscordServerError:
                await asyncio.sleep(pause)
                for file in more.get("files") or ():
                    file.reset()
        return await super().request(route, once, **more)


class _RaisingSession:
    """A session that raises for a 5xx, where disnake would wait."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @asynccontextmanager
    async def request(
        self, *args: Any, **more: Any
    ) -> AsyncGenerator[aiohttp.ClientResponse, None]:
        async with self._session.request(*args, **more) as response:
            if response.status >= 500:
                raise disnake.DiscordServerError(response, await response.text())
            yield response
