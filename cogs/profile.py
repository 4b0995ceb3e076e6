"""What members choose for themselves."""

import asyncio

import disnake
from disnake.ext import commands

from i18n import language_of
from interactions.actions import Action
from interactions.client import Client
from interactions.pipeline import answer, command_of
from interactions.responder import SlashInteraction
from views.command import described, option
from views.completion import Choices, zones

ZONE = 60  # characters; the longest name has 32


class Me(commands.Cog):
    """A member's zone, language, goal, and who may see them."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @commands.slash_command(**described("ME"))
    async def me(
        self,
        inter: SlashInteraction,
        zone: str | None = option("ME_ZONE", max_length=ZONE),
        file: disnake.Attachment | None = option("ME_IMPORT"),  # noqa: B008  as all options are
    ) -> None:
        if file:
            await answer(inter, Action("preview", file=file.url))
        else:
            await answer(inter, Action("zone", text=zone) if zone else Action("me"))

    @me.autocomplete("zone")  # pyright: ignore[reportUnknownMemberType]
    async def complete_zone(self, inter: SlashInteraction, typed: str) -> Choices:
        """Offer zones with the time it is there now."""
        at, language = command_of(inter).at, language_of(str(inter.locale))
        # the list of zones is read from files the first time
        return await asyncio.to_thread(zones, typed, at, language)


def setup(client: Client) -> None:
    """Add the cog."""
    client.add_cog(Me(client))
