"""One's own numbers, shared if one likes, and why they are what they are."""

from disnake.ext import commands

from i18n import language_of
from interactions.actions import TIME, Action
from interactions.client import Client
from interactions.pipeline import answer, command_of
from interactions.responder import SlashInteraction
from views.command import described, option, yes
from views.completion import Choices, periods


class Stats(commands.Cog):
    """What a member did, added up."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @commands.slash_command(**described("STATS"))
    async def stats(
        self,
        inter: SlashInteraction,
        period: str | None = option("STATS_PERIOD", max_length=TIME),
        share: bool = option("STATS_SHARE", default=False),
    ) -> None:
        await answer(inter, Action("share" if yes(share) else "stats", start_text=period))

    @stats.autocomplete("period")  # pyright: ignore[reportUnknownMemberType]
    async def complete_period(self, inter: SlashInteraction, typed: str) -> Choices:
        """Offer periods, and say which days the typed ones are, from memory alone."""
        command = command_of(inter)
        known = self.client.cache.completion_data(command)
        zone = known.zone if known else command.defaults.zone
        return periods(typed, command.at, zone, language_of(str(inter.locale)))


def setup(client: Client) -> None:
    """Add the cog."""
    client.add_cog(Stats(client))
