"""Requests to Discord in time: a first response is waited for three seconds, nothing for hours."""

import asyncio
from functools import partial
from types import SimpleNamespace
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import disnake
from disnake.http import HTTPClient
from disnake.webhook.async_ import AsyncWebhookAdapter

PAUSES = (0.2, 0.4, 0.6, 0.8)  # seconds between tries; disnake's own, 1 and then 3, come too late
# Seconds for which a request may wait, when Discord limits their rate or a network bans it.
LONGEST_FIRST, LONGEST = 2.0, 60.0


class CallbackAdapter(AsyncWebhookAdapter):
    """disnake's adapter for interactions; a first response that Discord failed is sent again soon.

    What would have to wait for longer than that has failed.
    disnake 2.12 keeps a lock for every interaction it ever answered; these live while held.
    """

    def __init__(self) -> None:
        super().__init__()
        self._locks = WeakValueDictionary()  # pyright: ignore

    async def request(self, route: Any, session: Any, **more: Any) -> Any:
        """Send a request; raise what disnake raises."""
        first = route.path.endswith("/callback")
        check = refuse_first if first else refuse_long_wait
        # disnake asks nothing else of a session
        bounded: Any = SimpleNamespace(request=partial(session.request, raise_for_status=check))
        if not first:
            return await super().request(route, bounded, **more)
        for pause in PAUSES:
            try:
                return await super().request(route, bounded, **more)
            except disnake.DiscordServerError:
                await asyncio.sleep(pause)
                for file in more.get("files") or ():
                    file.reset()
        return await super().request(route, bounded, **more)


async def refuse_first(response: aiohttp.ClientResponse) -> None:
    """Raise for a first response what disnake would wait for too long: a 5xx as well."""
    if response.status >= 500:
        raise disnake.DiscordServerError(response, await response.text())
    await refuse_long_wait(response, LONGEST_FIRST)


async def refuse_long_wait(response: aiohttp.ClientResponse, longest: float = LONGEST) -> None:
    """Raise disnake.HTTPException where Discord wants a request to wait for longer than that."""
    if response.status == 429 and seconds_to_wait(response) > longest:
        raise disnake.HTTPException(response, await response.text())


def seconds_to_wait(response: aiohttp.ClientResponse) -> float:
    """Return how long Discord wants a request to wait."""
    try:
        return float(response.headers.get("Retry-After", 0))
    except ValueError:
        return 0.0


def bound_requests(http: HTTPClient) -> None:
    """Bound every request of disnake's client; TimeoutError after LONGEST seconds.

    Discord may limit a rate for hours, and what is due would wait behind one message meanwhile.
    disnake lets all requests wait while all are limited, for ever if that wait is cancelled.
    """
    request = http.request

    async def bounded(*args: Any, **more: Any) -> Any:
        try:
            async with asyncio.timeout(LONGEST):
                return await request(*args, **more)
        except (TimeoutError, asyncio.CancelledError):
            http._global_over.set()  # pyright: ignore[reportPrivateUsage]
            raise

    http.request = bounded
