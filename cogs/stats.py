"""One's own numbers, shared if one likes, and why they are what they are."""

from disnake.ext import commands

from bot import Bot
from i18n import language_of
from interactions.actions import TIME, Action
from interactions.pipeline import Slash, answer, command_of
from views.command import described, option
from views.completion import Choices, periods


class Stats(commands.Cog):
    """What a member did, added up."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @commands.slash_command(**described("STATS"))
    async def stats(
        self,
        inter: Slash,
        period: str | None = option("STATS_PERIOD", max_length=TIME),
        share: bool = option("STATS_SHARE", default=False),
    ) -> None:
        await answer(inter, Action("share" if share else "stats", start_text=period), public=share)

    @stats.autocomplete("period")  # pyright: ignore[reportUnknownMemberType]
    async def complete_period(self, inter: Slash, typed: str) -> Choices:
        """Offer periods, and say which days the typed ones are, from memory alone."""
        command = command_of(inter)
        known = self.bot.cache.of(command)
        zone = known.zone if known else command.defaults.zone
        return periods(typed, command.at, zone, language_of(str(inter.locale)))


def setup(bot: Bot) -> None:
    """Add the cog."""
    bot.add_cog(Stats(bot))
