"""Who of a board is still in the server: one question to the gateway for a page, not one a row.

Members' coming and going is a privileged intent, which this bot does without; but anybody may ask
whether certain members are there, a hundred at a time (Gateway, Request Guild Members, `user_ids`).
"""

import asyncio
import logging
from typing import TYPE_CHECKING

import disnake

import database
from domain.command import Answer, Command
from domain.leaderboard import Leaderboard
from interactions.actions import Action
from queries.leaderboard import note_gone

if TYPE_CHECKING:
    from bot import Bot

log = logging.getLogger(__name__)

PATIENCE = 0.7  # seconds; whoever cannot be asked about stays on the board until the next time
TRIES = 3  # as those who are gone make room for others


async def without_gone(bot: "Bot", action: Action, command: Command, board: Leaderboard) -> Answer:
    """Give the board without those of its page who left, and write down that they did."""
    for _ in range(TRIES):
        gone = await gone_from(bot, command.guild_id, board)
        if not gone:
            break
        await database.run(note_gone, command.guild_id, gone, command.at)
        again = await database.run(action.do, command)
        assert isinstance(again, Leaderboard)
        board = again
    return board


async def gone_from(bot: "Bot", guild_id: int, board: Leaderboard) -> list[int]:
    """Ask which members of a page are gone, unless they were seen not long ago."""
    on_page = [(guild_id, one.entry.user_id) for one in board.places]
    asked = [user_id for _, user_id in bot.cache.unseen(on_page)]
    guild = bot.get_guild(guild_id)
    if not asked or guild is None:
        return []
    try:
        found = await asyncio.wait_for(guild.get_or_fetch_members(asked, cache=False), PATIENCE)
    except (TimeoutError, disnake.HTTPException):
        log.info("cannot ask who of %d members is still in server %d", len(asked), guild_id)
        return []
    there = {member.id for member in found}
    bot.cache.see((guild_id, user_id) for user_id in there)
    return [user_id for user_id in asked if user_id not in there]
