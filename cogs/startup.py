"""What a start does once Discord is reached, the heartbeat, and servers that come and go."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import disnake
from disnake.ext import commands

import clock
import database
from domain.intervals import Interval
from heartbeat import Heartbeat
from interactions.cache import NOTICED, Downtime
from interactions.client import Client
from interactions.deletions import Deletions, Purges
from interactions.schedule import is_ours
from queries import guilds, operations
from views.reply import day_and_clock

log = logging.getLogger(__name__)

REMEMBERED = timedelta(days=7)
LONG = timedelta(hours=1)  # a downtime after which the owner gets a message
BEAT = 30.0  # seconds
QUICK_BEAT = 0.2  # where the clock may be set ahead at any moment
# Seconds between tries while the database is away: at first, then twice as long each, at most.
PAUSE, LONGEST_PAUSE = 10.0, 600.0


class HealthCheck(Protocol):
    """The health check, which must be called while the event loop runs."""

    def beat(self) -> None:
        """Note that the event loop runs."""


class Process(Client, Protocol):
    """What this cog needs of the client beside `Client`."""

    health: HealthCheck

    @property
    def guilds(self) -> Sequence[disnake.Guild]:
        """The servers that the bot is in."""
        ...

    def invitation(self) -> str:
        """Return the link by which an organiser adds the bot to a server."""
        ...


class Startup(commands.Cog):
    """What a start does once, servers that come and go, and the heartbeat."""

    def __init__(self, client: Process) -> None:
        self.client = client
        client.schedule.add(Deletions(client.cache))
        client.schedule.add(Purges())
        self.heartbeat = Heartbeat(client.settings)
        self.last_beat = self.heartbeat.last()
        self.begun = self.complete = False
        self.heard = clock.boot_time()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Do the work of a start once; a later READY is only another gateway session."""
        if self.begun:
            return
        self.begun = True
        log.info("invite the bot: %s", self.client.invitation())
        servers = len(self.client.guilds)
        several = f"{servers} servers" if servers > 1 else "1 server"
        log.info("in %s", several if servers else "no server yet")
        now, self.heard = clock.now(), clock.boot_time()
        here_since = self.heard
        self.client.in_background(self.beat(), "heartbeat")
        setting_up = self.until_done(lambda: self.set_up(now, here_since), "setting up")
        self.client.in_background(setting_up, "setting up")

    @commands.Cog.listener()
    async def on_guild_join(self, guild: disnake.Guild) -> None:
        """Record that the bot is in a server; adopted sessions go to the first one."""
        log.info("joined server %d", guild.id)
        now = clock.now()

        arrive = self.until_done(lambda: self.arrive({guild.id}, now), "noting a server")
        self.client.in_background(arrive, "noting a server")

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: disnake.Guild) -> None:
        """End the sessions of a server that removed the bot; an outage is another event."""
        removed = clock.now()

        async def leave() -> None:
            if self.client.get_guild(guild.id) is not None:
                log.info("back in server %d, so nothing is ended", guild.id)
                return
            closed = await database.run(guilds.note_removed, guild.id, removed)
            log.info("removed from server %d: %d sessions ended", guild.id, closed)
            self.client.schedule.invalidate()

        self.client.in_background(self.until_done(leave, "leaving a server"), "leaving a server")

    async def beat(self) -> None:
        """Touch the heartbeat and the health check, and do what is due, again and again.

        While nothing is due there is no query.
        """
        while not self.client.tasks.shutting_down:
            self.heartbeat.touch()
            self.client.health.beat()
            self.note_downtime()
            self.run_due()
            await self.client.tasks.sleep(QUICK_BEAT if self.client.settings.clock_file else BEAT)

    def run_due(self) -> None:
        """Do what is due, once it is known in which servers the bot still is."""
        if self.complete:
            self.client.in_background(self.client.schedule.run_due(clock.now), "what is due")

    def note_downtime(self) -> None:
        """Record a downtime that is over: asleep, frozen, or without a gateway."""
        if self.client.gateways.any_down:
            return
        since, self.heard = self.heard, clock.boot_time()
        self.client.cache.note_downtime(Downtime(since, self.heard))

    async def until_done(self, work: Callable[[], Awaitable[None]], name: str) -> None:
        """Do something with the database, and try again while it cannot be reached."""
        pause = PAUSE
        while not self.client.tasks.shutting_down:
            try:
                await work()
                return
            except database.QuotaExceeded:
                raise
            except database.ConnectionLost as error:
                log.warning("%s failed; trying again: %s", name, error)
            await self.client.tasks.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def set_up(self, now: datetime, here_since: float) -> None:
        """Record a downtime, leave servers that removed the bot, assign adopted sessions."""
        start = await database.run(note_outage_before, self.last_beat, now)
        cache, left = self.client.cache, now
        cache.add_outages(await database.run(guilds.outages, (start or now) - REMEMBERED))
        if start:
            cache.note_downtime(Downtime(here_since, here_since, start))
            if now - start >= NOTICED:
                left = start
        here = {guild.id for guild in self.client.guilds}
        # where only the commands are installed the bot has never been seen, so it has not left
        for guild_id in await database.run(guilds.known_guilds) - here:
            if is_ours(self.client.settings, guild_id):
                closed = await database.run(guilds.note_removed, guild_id, left)
                log.info("no longer in server %d: %d sessions ended", guild_id, closed)
        await self.arrive(here, now)
        if left < now:
            await self.report_downtime(left, now)
        self.complete = True
        log.info("the start is complete")
        self.run_due()

    async def report_downtime(self, start: datetime, end: datetime) -> None:
        """Log a downtime, and write to the owner after a long one."""
        count, late = await database.run(operations.left_open, end)
        log.warning(
            "downtime from %s to %s: %d sessions open, %d reminders late",
            *(start, end, count, late),
        )
        if end - start > LONG:
            values = {"start": day_and_clock(start), "end": day_and_clock(end)}
            telling = self.client.notify_owner("owner.away", **values, count=count, late=late)
            self.client.in_background(telling, "telling the owner")

    async def arrive(self, guild_ids: set[int], now: datetime) -> None:
        """Record that the bot is in servers; adopted sessions go to HOME_GUILD or the only one."""
        home = self.client.settings.home_guild
        joined = self.client.guilds
        if home is None and len(joined) == 1 and self.client.settings.shard_ids is None:
            home = joined[0].id
        if count := await database.run(guilds.note_joined, guild_ids, home, now):
            self.client.schedule.invalidate()
            log.info("%d adopted sessions now belong to server %d", count, home)


def note_outage_before(last_beat: datetime | None, now: datetime) -> datetime | None:
    """Return since when the bot was down, recorded if it is long enough to matter.

    `now` is this machine's time; the first command brings Discord's, by which it is corrected.
    """
    if last_beat is None:
        return None
    heard = guilds.last_command()  # another process may have run all the time
    start = max(last_beat, heard) if heard else last_beat
    if now - start >= NOTICED:
        guilds.note_outage(Interval(start, now))
    return start


def setup(client: Process) -> None:
    """Add the cog."""
    client.add_cog(Startup(client))
