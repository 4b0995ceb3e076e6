"""How this process fares, for the application's owner alone."""

import asyncio
import logging
import math
from datetime import datetime
from typing import Protocol

import aiohttp
import disnake

import database
from domain.calendar import Calendar
from domain.operations import Counts, Status
from heartbeat import changed_at, state_file
from interactions.client import Client
from interactions.responder import SlashInteraction
from queries import operations
from settings import VERSION

log = logging.getLogger(__name__)


class Process(Client, Protocol):
    """What is told of a process."""

    since: datetime  # when it began

    @property
    def latency(self) -> float:
        """Seconds to the gateway and back."""
        ...

    async def is_owner(self, user: disnake.User | disnake.Member, /) -> bool:
        """Return whether somebody owns the application, alone or in its team."""
        ...


TIMEOUT = 1.0  # seconds for Discord, and for the database: an answer has three


async def status(client: Process, inter: SlashInteraction) -> Status | None:
    """Return how this process fares, if the application's owner asks, or one of its team."""
    try:
        if not await asyncio.wait_for(client.is_owner(inter.author), TIMEOUT):
            return None
    except (disnake.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.warning("cannot ask who the application's owner is: %s", error)
        return None
    load = database.load()
    return Status(
        version=VERSION,
        since=client.since,
        gateway=not client.gateways.any_down,
        latency=client.latency if math.isfinite(client.latency) else 0.0,
        median=load.median,
        slow=load.slow,
        jobs=load.jobs,
        waiting=load.waiting,
        counts=await counts(Calendar(client.defaults.zone).period("today", inter.created_at).start),
        due=client.schedule.next,
        backup=changed_at(state_file("backup", client.settings.database)),
    )


async def counts(today: datetime) -> Counts | None:
    """Ask the database; None if it does not answer soon."""
    try:
        return await asyncio.wait_for(database.run(operations.counts, today), TIMEOUT)
    except (database.ConnectionLost, TimeoutError):
        return None
