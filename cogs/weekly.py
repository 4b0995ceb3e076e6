"""The weekly summary: when it is due, it is posted once in each server that chose it."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

import disnake
from disnake.ext import commands

import clock
import database
from domain.command import Answer
from domain.config import Config, Confirming
from domain.decisions.weekly import Posting, Week
from interactions import channels, direct
from interactions.client import Client
from interactions.posting import post
from queries import weekly
from views.weekly import not_posted, weekly_post

log = logging.getLogger(__name__)

LATER = timedelta(minutes=5)  # until a server is looked at again that Discord cannot reach


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
        found = await database.run(weekly.moments, self.client.defaults, clock.now())
        return {guild_id: at for guild_id, at in found.items() if self.client.get_guild(guild_id)}

    def changes_in(self, answer: Answer) -> Mapping[int, datetime | None] | None:
        """Return nothing; None if an organiser changed a setting."""
        changed = isinstance(answer, Config | Confirming) and answer.change_id is not None
        return None if changed else {}

    async def act(self, key: int, now: datetime) -> datetime | None:
        """Post a server's week, unless another process has; return when the next one is due."""
        guild = self.client.get_guild(key)
        if guild is None:
            return None
        if guild.unavailable:
            return now + LATER
        with self.client.tasks.must_finish(f"the week of server {key}"):
            taken = await database.run(weekly.take, self.client.defaults, key, now)
            if taken.posting and taken.week:
                await self.post(guild, taken.posting, taken.week, now)
        return taken.next_at

    async def post(self, guild: disnake.Guild, posting: Posting, week: Week, now: datetime) -> None:
        """Post a week; if that fails, tell the organiser once until it works again."""
        where, name = (posting.guild_id, posting.channel_id), f"{guild.id}-{week.first:%m%d}"
        in_the_way = channels.blocked(self.client, *where)
        sent = not in_the_way and await post(
            self.client,
            posting.channel_id,
            weekly_post(week, guild.name, posting.language),
            f"w{name}",
            picture=channels.may_attach(self.client, *where),
        )
        log.info("week of server %d: %s", guild.id, "posted" if sent else in_the_way or "not sent")
        if not sent:
            if await database.run(weekly.note_failure, guild.id, now):
                await self.notify(guild, posting, f"f{name}")
        elif posting.failed:
            await database.run(weekly.note_success, guild.id)

    async def notify(self, guild: disnake.Guild, posting: Posting, nonce: str) -> None:
        """Write to the organiser who set it."""
        if posting.set_by is None:
            return
        language = await database.run(weekly.language_of, posting.set_by)
        reply = not_posted(posting.channel_id, guild.name, language or posting.language)
        await direct.send(self.client, posting.set_by, reply, nonce)


def setup(client: Client) -> None:
    """Add the cog, and what is due of it."""
    summaries = Weekly(client)
    client.add_cog(summaries)
    client.schedule.add(summaries)
