"""Who is still in the server: one question to the gateway for many members, not one each.

Members' coming and going is a privileged intent, which this bot does without; but anybody may ask
whether certain members are there, a hundred at a time (Gateway, Request Guild Members, `user_ids`).
"""

import asyncio
import logging
from collections.abc import Collection

import disnake

import database
from domain.command import Answer, Command, Restarted, Started, Working
from domain.leaderboard import Leaderboard
from interactions.actions import Action
from interactions.client import Client
from queries.leaderboard import note_left, open_now

log = logging.getLogger(__name__)

TIMEOUT = 0.7  # seconds; whoever cannot be asked about is taken to be there until the next time
TRIES = 3  # as those who are gone make room for others
AT_ONCE = 100  # members in one question


async def without_former_members(
    client: Client, action: Action, command: Command, leaderboard: Leaderboard
) -> Answer:
    """Return the leaderboard without those of its page who left, and write down that they did."""
    try:
        for _ in range(TRIES):
            on_page = [place.entry.user_id for place in leaderboard.places]
            gone = await former_members(client, command.guild_id, on_page)
            if not gone:
                break
            await database.run(note_left, command.guild_id, gone, command.at)
            again = await database.run(action.do, command)
            assert isinstance(again, Leaderboard)
            leaderboard = again
    except database.ConnectionLost as error:  # what the leaderboard says has been read, and saved
        log.warning("who left server %d is not written down: %s", command.guild_id, error)
    return leaderboard


def names_others(result: Answer) -> bool:
    """Return whether an answer shows or counts who works, so that they might have left."""
    started = result.started if isinstance(result, Restarted) else result
    return isinstance(started, Working) or (isinstance(started, Started) and started.others > 0)


async def note_who_left(client: Client, command: Command, result: Answer) -> None:
    """Write down who of those that an answer shows or counts as working has left.

    It follows the answer: nobody's start waits for the gateway.
    """
    guild_id = command.guild_id
    working: Collection[int]
    started = result.started if isinstance(result, Restarted) else result
    if isinstance(result, Working):
        working = [session.user_id for session in result.sessions]
    elif (
        isinstance(started, Started)
        and started.others
        and client.cache.should_check_members(guild_id)
    ):
        working = await database.run(open_now, guild_id)
    else:
        return
    if gone := await former_members(client, guild_id, working):
        await database.run(note_left, guild_id, gone, command.at)


async def former_members(client: Client, guild_id: int, members: Collection[int]) -> list[int]:
    """Ask which members are gone, unless they were seen not long ago."""
    unseen = client.cache.not_recently_seen((guild_id, user_id) for user_id in members)
    asked = [user_id for _, user_id in unseen][:AT_ONCE]
    guild = client.get_guild(guild_id)
    if not asked or guild is None:
        return []
    try:
        found = await asyncio.wait_for(guild.get_or_fetch_members(asked, cache=False), TIMEOUT)
    except (TimeoutError, disnake.HTTPException):
        log.info("cannot ask who of %d members is still in server %d", len(asked), guild_id)
        return []
    there = {member.id for member in found}
    client.cache.note_present((guild_id, user_id) for user_id in there)
    return [user_id for user_id in asked if user_id not in there]
