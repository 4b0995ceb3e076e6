"""What members choose for themselves."""

import asyncio

from disnake.ext import commands

import database
from bot import Bot
from i18n import language_of
from interactions.actions import Action
from interactions.pipeline import Slash, answer, command_of
from queries.profile import private_members
from views.command import described, option
from views.completion import Choices, zones

ZONE = 60  # characters; the longest name has 32


class Me(commands.Cog):
    """A member's zone, language, goal, and who may see them."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @commands.slash_command(**described("ME"))
    async def me(self, inter: Slash, zone: str | None = option("ME_ZONE", max_length=ZONE)) -> None:
        await answer(inter, Action("zone", text=zone) if zone else Action("me"))

    @me.autocomplete("zone")  # pyright: ignore[reportUnknownMemberType]
    async def complete_zone(self, inter: Slash, typed: str) -> Choices:
        """Offer zones with the time it is there now."""
        at, language = command_of(inter).at, language_of(str(inter.locale))
        # the list of zones is read from files the first time
        return await asyncio.to_thread(zones, typed, at, language)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Know whose answers must not even be waited for in public."""
        self.bot.cache.private |= await database.run(private_members)


def setup(bot: Bot) -> None:
    """Add the cog."""
    bot.add_cog(Me(bot))
