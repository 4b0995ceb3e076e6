"""What concerns a whole server: its panel, help, and the bot's coming and going."""

import logging

import disnake
from disnake.ext import commands

from i18n import language_of
from interactions.actions import TIME, Action
from interactions.pipeline import answer, is_organiser
from interactions.responder import Responder, SlashInteraction
from interactions.status import Process, status
from views.command import described, option
from views.help import help_text

log = logging.getLogger(__name__)


class Server(commands.Cog):
    """For organisers, and for the sessions of servers that come and go."""

    def __init__(self, client: Process) -> None:
        self.client = client

    @commands.slash_command(
        **described("PANEL"), default_member_permissions=disnake.Permissions(manage_guild=True)
    )
    async def panel(
        self, inter: SlashInteraction, goal: str | None = option("PANEL_GOAL", max_length=TIME)
    ) -> None:
        if goal is None:
            await answer(inter, Action("panel"))
        else:
            await answer(inter, Action("group_goal", start_text=goal))

    @commands.slash_command(**described("HELP"))
    async def help(self, inter: SlashInteraction) -> None:
        fares = await status(self.client, inter)
        reply = help_text(
            language_of(str(inter.locale)), organiser=is_organiser(inter), status=fares
        )
        await Responder(inter).answer_privately(reply)


def setup(client: Process) -> None:
    """Add the cog."""
    client.add_cog(Server(client))
