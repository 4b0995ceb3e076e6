"""What is deleted at its time: a member's data, and what a server left that removed the bot."""

import logging
from collections.abc import Mapping
from datetime import datetime

import database
from domain.command import Answer
from domain.decisions.own_data import Deletion
from interactions.cache import Cache
from queries import guilds, own_data

log = logging.getLogger(__name__)


class Deletions:
    """Members whose data is to be deleted."""

    name = "deleting a member's data"

    def __init__(self, cache: Cache) -> None:
        self.cache = cache

    async def read(self) -> Mapping[int, datetime]:
        """Read whose it is, and when."""
        return await database.run(own_data.deletions)

    def changes_in(self, answer: Answer) -> Mapping[int, datetime | None]:
        """Return the one that an answer is about."""
        return {answer.user_id: answer.at} if isinstance(answer, Deletion) else {}

    async def act(self, key: int, now: datetime) -> datetime | None:
        """Delete it, here and in memory."""
        if await database.run(own_data.delete_member, key, now):
            log.info("a member's data is deleted, as they asked for")
        self.cache.forget(key)
        return None


class Purges:
    """Servers that removed the bot."""

    name = "deleting what a server left"

    async def read(self) -> Mapping[int, datetime]:
        """Read which, and when."""
        return await database.run(guilds.purges)

    def changes_in(self, answer: Answer) -> Mapping[int, datetime | None]:
        """Return nothing: a removal is no answer, and has everything read again."""
        return {}

    async def act(self, key: int, now: datetime) -> datetime | None:
        """Delete its rows."""
        if await database.run(guilds.purge, key, now):
            log.info("what server %d left is deleted", key)
        return None
