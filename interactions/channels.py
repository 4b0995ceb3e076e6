"""Where the bot may post, as the gateway has told it."""

from dataclasses import replace

import disnake

from domain.config import Blocked, Config
from interactions.client import Client


def blocked(client: Client, guild_id: int, channel_id: int) -> Blocked:
    """Return what is in the way of a post in a channel."""
    guild = client.get_guild(guild_id)
    if guild is None:  # only the commands were ever installed there
        return "closed"
    channel = guild.get_channel(channel_id)
    if not isinstance(channel, disnake.abc.Messageable):
        return "gone"
    may = channel.permissions_for(guild.me)
    return "" if may.view_channel and may.send_messages and may.embed_links else "closed"


def may_attach(client: Client, guild_id: int, channel_id: int) -> bool:
    """Return whether a picture may be posted in a channel."""
    guild = client.get_guild(guild_id)
    channel = guild and guild.get_channel(channel_id)
    return bool(guild and channel and channel.permissions_for(guild.me).attach_files)


def with_blocked(client: Client, guild_id: int, answer: Config) -> Config:
    """Return settings with what is in the way of their weekly summary."""
    if answer.summary is None:
        return answer
    found = blocked(client, guild_id, answer.summary.channel_id)
    return replace(answer, summary=replace(answer.summary, blocked=found))
