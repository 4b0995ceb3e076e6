"""What organisers set for a server."""

import asyncio

import disnake
from disnake.ext import commands

from domain.config import settings_text
from i18n import LANGUAGES, language_of
from interactions.actions import TIME, Action
from interactions.client import Client
from interactions.pipeline import answer, command_of
from interactions.responder import SlashInteraction
from views.command import choice_of, described, option
from views.completion import Choices, setting_of, settings, zones

WEEKDAYS = {f"WEEKDAY_{number}": str(number) for number in range(7)}
LANGUAGE_CHOICES = {language: language for language in LANGUAGES} | {"LANGUAGE_AUTO": "auto"}
YES_NO = {"CONFIG_POSTS_YES": "yes", "CONFIG_POSTS_NO": "no"}
OFF = "off"
SUMMARY_DAYS = WEEKDAYS | {"CONFIG_SUMMARY_OFF": OFF}
CHOICES = {
    "language": LANGUAGE_CHOICES,
    "week_starts": WEEKDAYS,
    "posts": YES_NO,
    "summary_day": SUMMARY_DAYS,
}
COMPLETED = ("day_starts", "remind_hours", "close_hours", "ask_hours", "goal", "summary_hour")
CHANNEL = option("CONFIG_SUMMARY_CHANNEL")


class Config(commands.Cog):
    """A server's zone, language, days and weeks, posts, hours, goal and weekly summary."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @commands.slash_command(
        **described("CONFIG"), default_member_permissions=disnake.Permissions(manage_guild=True)
    )
    async def config(
        self,
        inter: SlashInteraction,
        *,
        zone: str | None = option("CONFIG_ZONE", max_length=TIME),
        language: str | None = option("CONFIG_LANGUAGE", choices=LANGUAGE_CHOICES),
        day_starts: str | None = option("CONFIG_DAY_STARTS", max_length=TIME),
        week_starts: str | None = option("CONFIG_WEEK_STARTS", choices=WEEKDAYS),
        posts: str | None = option("CONFIG_POSTS", choices=YES_NO),
        remind_hours: str | None = option("CONFIG_REMIND_HOURS", max_length=TIME),
        close_hours: str | None = option("CONFIG_CLOSE_HOURS", max_length=TIME),
        ask_hours: str | None = option("CONFIG_ASK_HOURS", max_length=TIME),
        goal: str | None = option("CONFIG_GOAL", max_length=TIME),
        summary_channel: disnake.TextChannel | None = CHANNEL,
        summary_day: str | None = option("CONFIG_SUMMARY_DAY", choices=SUMMARY_DAYS),
        summary_hour: str | None = option("CONFIG_SUMMARY_HOUR", max_length=TIME),
    ) -> None:
        channel = None if summary_channel is None else str(summary_channel.id)
        if summary_day and choice_of(summary_day, SUMMARY_DAYS) == OFF:
            summary_day, channel = None, "none"
        typed = {  # by value or by name: a client may send either
            "language": language,
            "day_starts": day_starts,
            "week_starts": week_starts,
            "posts": posts,
            "remind_hours": remind_hours,
            "close_hours": close_hours,
            "ask_hours": ask_hours,
            "summary_channel": channel,
            "summary_day": summary_day,
            "summary_hour": summary_hour,
            "goal": goal,
            "zone": zone,
        }
        values = {name: value_of(name, value) for name, value in typed.items() if value is not None}
        await answer(inter, action_of(values))

    @config.autocomplete("zone")  # pyright: ignore[reportUnknownMemberType]
    async def complete_zone(self, inter: SlashInteraction, typed: str) -> Choices:
        """Offer zones with the time it is there now."""
        at, language = command_of(inter).at, language_of(str(inter.locale))
        return await asyncio.to_thread(zones, typed, at, language)

    @config.autocomplete("day_starts")  # pyright: ignore[reportUnknownMemberType]
    @config.autocomplete("summary_hour")  # pyright: ignore[reportUnknownMemberType]
    @config.autocomplete("remind_hours")  # pyright: ignore[reportUnknownMemberType]
    @config.autocomplete("close_hours")  # pyright: ignore[reportUnknownMemberType]
    @config.autocomplete("ask_hours")  # pyright: ignore[reportUnknownMemberType]
    @config.autocomplete("goal")  # pyright: ignore[reportUnknownMemberType]
    async def complete_hours(self, inter: SlashInteraction, typed: str) -> Choices:
        """Offer clocks and lengths, each with what it means."""
        focused = inter.data.focused_option.name
        return settings(focused, typed, language_of(str(inter.locale)))


def action_of(values: dict[str, str]) -> Action:
    """Return what sets some settings; what is typed in a form can be opened again if refused."""
    match list(values.items()):
        case []:
            return Action("config")
        case [("zone", zone)]:
            return Action("server_zone", text=zone)
        case [("goal", goal)]:
            return Action("server_goal", start_text=goal)
        case _:
            return Action("configure", text=settings_text(values))


def value_of(name: str, typed: str) -> str:
    """Return the value of what was chosen for a setting, however it was sent."""
    if name in COMPLETED:
        return setting_of(name, typed)
    return choice_of(typed, CHOICES.get(name, {}))


def setup(client: Client) -> None:
    """Add the cog."""
    client.add_cog(Config(client))
