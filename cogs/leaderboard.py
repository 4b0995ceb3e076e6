"""A server's leaderboard."""

from disnake.ext import commands

from i18n import language_of
from interactions.actions import TIME, Action
from interactions.client import Client
from interactions.pipeline import answer, command_of
from interactions.responder import SlashInteraction
from views.command import choice_of, described, option
from views.completion import Choices, periods

BY = {"RANK_BY_TIME": "time", "RANK_BY_DAYS": "days"}


class Rank(commands.Cog):
    """Who worked how much, of those who chose to be seen."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @commands.slash_command(**described("RANK"))
    async def rank(
        self,
        inter: SlashInteraction,
        period: str | None = option("RANK_PERIOD", max_length=TIME),
        by: str = option("RANK_BY", default="time", choices=BY),
    ) -> None:
        await answer(inter, Action("rank", text=choice_of(by, BY), start_text=period))

    @rank.autocomplete("period")  # pyright: ignore[reportUnknownMemberType]
    async def complete_period(self, inter: SlashInteraction, typed: str) -> Choices:
        """Offer periods, and say which days the typed ones are."""
        command = command_of(inter)
        language = language_of(str(inter.locale))
        return periods(typed, command.at, command.defaults.zone, language)


def setup(client: Client) -> None:
    """Add the cog."""
    client.add_cog(Rank(client))
