"""The weekly summary: when it is due, it is posted once in each server that chose it."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

import disnake
from disnake.ext import commands

import clock
import database
from domain.command import Answer
from domain.config import Config, ConfirmSettings
from domain.decisions.weekly import Posting, Week
from interactions import channels, direct_messages
from interactions.client import Client
from interactions.posting import TooLate, post
from interactions.responder import CONNECTION_ERRORS
from queries import weekly
from views.weekly import not_posted, weekly_post

log = logging.getLogger(__name__)

LATER = timedelta(minutes=5)  # until a server is looked at again that Discord cannot reach
PATIENCE = 120.0  # seconds for a post: less than until somebody else may think that it was lost
CLOCKS_APART = timedelta(minutes=10)  # as far as this machine's may be from Discord's

Outcome: TypeAlias = Literal["posted", "failed", "unknown"]


class Weekly(commands.Cog):
    """One kind of what is due: a server's week, by the server's id."""

    name = "a weekly summary"

    def __init__(self, client: Client) -> None:
        self.client = client

    @commands.Cog.listener()
    async def on_guild_join(self, _: disnake.Guild) -> None:
        """Look for what an organiser had set before the bot left."""
        self.client.schedule.invalidate()

    async def read(self) -> Mapping[int, datetime]:
        """Read when the week is due in each server of this process."""
        found = await database.run(weekly.due_times, self.client.defaults, clock.now())
        return {guild_id: at for guild_id, at in found.items() if self.client.get_guild(guild_id)}

    def changes_in(self, answer: Answer) -> Mapping[int, datetime | None] | None:
        """Return nothing; None if an organiser changed a setting."""
        changed = isinstance(answer, Config | ConfirmSettings) and answer.change_id is not None
        return None if changed else {}

    async def act(self, key: int, now: datetime) -> datetime | None:
        """Post a server's week, unless another process has; return when the next one is due."""
        guild = self.client.get_guild(key)
        if guild is None:
            return None
        if guild.unavailable:
            return now + LATER
        with self.client.tasks.must_finish(f"the week of server {key}"):
            until = clock.boot_time() + PATIENCE  # of a machine that slept meanwhile, too
            taken = await database.run(weekly.take, self.client.defaults, key, now)
            doubtful = taken.doubtful_since
            if taken.posting and taken.week:
                try:
                    async with asyncio.timeout(PATIENCE):
                        outcome = await self.post(guild, taken.posting, taken.week, doubtful, until)
                except (TimeoutError, TooLate):
                    log.warning("week of server %d: not posted in time", guild.id)
                    return now + weekly.DOUBT
                log.info("week of server %d: %s", guild.id, outcome)
                await self.settle(guild, taken.posting, taken.week.first, now, outcome)
        return taken.next_at

    async def post(
        self,
        guild: disnake.Guild,
        posting: Posting,
        week: Week,
        doubtful_since: datetime | None,
        until: float,
    ) -> Outcome:
        """Post a week, unless it may be there; return what became of it. Raise TooLate."""
        where = posting.guild_id, posting.channel_id
        if channels.blocked(self.client, *where):
            return "failed"
        if doubtful_since and not await self.is_silent(posting.channel_id, doubtful_since):
            return "unknown"
        sent = await post(
            self.client,
            posting.channel_id,
            weekly_post(week, guild.name, posting.language),
            f"w{nonce_of(guild, week.first)}",
            picture=channels.may_attach(self.client, *where),
            until=until,
        )
        return "posted" if sent else "failed"

    async def is_silent(self, channel_id: int, since: datetime) -> bool:
        """Return whether it is known that nobody wrote in a channel since a moment."""
        try:
            found = await self.client.http.get_channel(channel_id)
        except (disnake.HTTPException, *CONNECTION_ERRORS) as error:
            log.warning("cannot look into channel %d: %s", channel_id, error)
            return False
        last = int(found.get("last_message_id") or 0)
        return disnake.utils.snowflake_time(last) < since - CLOCKS_APART

    async def settle(
        self, guild: disnake.Guild, posting: Posting, first: date, now: datetime, outcome: Outcome
    ) -> None:
        """Write down what became of a week; tell its organiser once, until it is posted again."""
        if outcome == "posted":
            await database.run(weekly.note_success, guild.id, first, now)
            return
        new = await database.run(weekly.note_failure, guild.id, first, now)
        if not new or posting.set_by is None:
            return
        language = await database.run(weekly.language_of, posting.set_by) or posting.language
        reply = not_posted(posting.channel_id, guild.name, language, outcome)
        await direct_messages.send(self.client, posting.set_by, reply, f"f{nonce_of(guild, first)}")


def nonce_of(guild: disnake.Guild, first: date) -> str:
    """Return what tells one message about a week from the others: its server and its first day."""
    return f"{guild.id}-{first:%m%d}"


def setup(client: Client) -> None:
    """Add the cog, and what is due of it."""
    summaries = Weekly(client)
    client.add_cog(summaries)
    client.schedule.add(summaries)
