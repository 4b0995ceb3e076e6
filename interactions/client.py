"""What answering needs of the client, so that nothing here knows the client itself."""

from asyncio import Task
from collections.abc import Coroutine
from typing import Any, Protocol

import disnake
from disnake.ext import commands
from disnake.http import HTTPClient

from domain.command import Defaults
from interactions.cache import Cache
from interactions.responder import Responders
from interactions.schedule import Schedule
from settings import Settings
from tasks import Tasks


class GatewayStatus(Protocol):
    """What is known of the gateways."""

    @property
    def any_down(self) -> bool:
        """Whether any of them is gone now."""
        ...


class Client(Protocol):
    """One process of the bot, seen from an interaction."""

    settings: Settings
    defaults: Defaults
    cache: Cache
    schedule: Schedule
    tasks: Tasks
    http: HTTPClient
    responders: Responders  # those whose answer is not there yet

    @property
    def gateways(self) -> GatewayStatus:
        """Since when which gateway is gone."""
        ...

    def in_background(self, work: Coroutine[Any, Any, None], name: str) -> Task[None]:
        """Run something beside everything else; its errors are reported like all others."""
        ...

    async def notify_owner(self, key: str, **values: object) -> None:
        """Write to the application's owner, once a day at most about one thing."""
        ...

    def add_cog(self, cog: commands.Cog, /) -> None:
        """Add a group of commands."""
        ...

    def get_guild(self, id: int, /) -> disnake.Guild | None:  # noqa: A002  disnake's name
        """Find a server by its id, in memory."""
        ...
