"""/start, /end, /break, /now and /cancel, and the completion of their options."""

from datetime import timedelta

from disnake.ext import commands

import database
from domain.command import Command, CompletionData
from i18n import language_of
from interactions.actions import NOTE, TASK, TIME, Action
from interactions.client import Client
from interactions.completion import cached_or_read
from interactions.pipeline import answer, command_of
from interactions.responder import SlashInteraction
from queries.guilds import completion_data
from queries.sessions import LONGEST_BACK
from views.command import described, option
from views.completion import Choices, moments, plans, tasks


class Sessions(commands.Cog):
    """What members do with their session."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @commands.slash_command(**described("START"))
    async def start(
        self,
        inter: SlashInteraction,
        task: str | None = option("START_TASK", max_length=TASK),
        time: str | None = option("START_TIME", max_length=TIME),
        plan: str | None = option("START_PLAN", max_length=TIME),
    ) -> None:
        await answer(inter, Action("start", text=task, start_text=time, end_text=plan))

    @commands.slash_command(**described("END"))
    async def end(
        self,
        inter: SlashInteraction,
        note: str | None = option("END_NOTE", max_length=NOTE),
        time: str | None = option("END_TIME", max_length=TIME),
    ) -> None:
        await answer(inter, Action("end", text=note, start_text=time))

    @commands.slash_command(**described("BREAK"))
    async def pause(self, inter: SlashInteraction) -> None:
        await answer(inter, Action("break"))

    @commands.slash_command(**described("NOW"))
    async def now(self, inter: SlashInteraction) -> None:
        await answer(inter, Action("now"))

    @commands.slash_command(**described("CANCEL"))
    async def cancel(self, inter: SlashInteraction) -> None:
        await answer(inter, Action("cancel"))

    @start.autocomplete("task")  # pyright: ignore[reportUnknownMemberType]
    async def complete_task(self, inter: SlashInteraction, typed: str) -> list[str]:
        """Offer the member's latest tasks."""
        known = await self.known(command_of(inter))
        return tasks(known.tasks, typed) if known else []

    @start.autocomplete("time")  # pyright: ignore[reportUnknownMemberType]
    async def complete_start(self, inter: SlashInteraction, typed: str) -> Choices:
        """Offer moments at which a session may have begun."""
        return await self.moments(inter, typed, LONGEST_BACK)

    @start.autocomplete("plan")  # pyright: ignore[reportUnknownMemberType]
    async def complete_plan(self, inter: SlashInteraction, typed: str) -> Choices:
        """Offer until when one may plan to work."""
        command = command_of(inter)
        known = await self.known(command)
        language = language_of(str(inter.locale))
        return plans(typed, command.at, known.zone, language) if known else []

    @end.autocomplete("time")  # pyright: ignore[reportUnknownMemberType]
    async def complete_end(self, inter: SlashInteraction, typed: str) -> Choices:
        """Offer moments at which it may have ended."""
        return await self.moments(inter, typed, timedelta.max)

    async def moments(self, inter: SlashInteraction, typed: str, longest: timedelta) -> Choices:
        """Return which moments are meant, in the member's zone and the reader's language."""
        command = command_of(inter)
        known = await self.known(command)
        language = language_of(str(inter.locale))
        return moments(typed, command.at, known.zone, language, longest) if known else []

    async def known(self, command: Command) -> CompletionData | None:
        """Return what is known of the member."""
        return await cached_or_read(
            self.client, command, self.client.cache.completion_data, self.read
        )

    async def read(self, command: Command) -> None:
        """Read what completion needs of a member."""
        self.client.cache.keep_completion_data(
            command, await database.run(completion_data, command)
        )


def setup(client: Client) -> None:
    """Add the cog."""
    client.add_cog(Sessions(client))
