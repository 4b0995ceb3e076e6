"""One's own sessions: list, add, edit and delete them."""

from disnake.ext import commands

import database
from domain.command import Command
from domain.errors import UserError
from domain.logbook import Inputs
from interactions.actions import NOTE, TASK, TIME, Action
from interactions.client import Client
from interactions.completion import cached_or_read
from interactions.pipeline import answer, command_of
from interactions.responder import SlashInteraction
from interactions.routes import parse_id
from queries.logbook import logbook
from views.command import described, option
from views.completion import Choices, sessions


class Log(commands.Cog):
    """The member's log; every answer is private."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @commands.slash_command(**described("LOG"))
    async def log(self, inter: SlashInteraction) -> None:
        """Hold the commands below."""

    @log.sub_command(**described("LOG_LIST"))
    async def list(self, inter: SlashInteraction) -> None:
        await answer(inter, Action("log"))

    @log.sub_command(**described("LOG_ADD"))
    async def add(
        self,
        inter: SlashInteraction,
        *,
        start: str = option("LOG_ADD_START", max_length=TIME, required=True),
        end: str | None = option("LOG_ADD_END", max_length=TIME),
        length: str | None = option("LOG_ADD_LENGTH", max_length=TIME),
        task: str | None = option("LOG_ADD_TASK", max_length=TASK),
        note: str | None = option("LOG_ADD_NOTE", max_length=NOTE),
    ) -> None:
        inputs = Inputs(note, start, end, task, length)
        await answer(inter, Action("add").with_inputs(inputs))

    @log.sub_command(**described("LOG_EDIT"))
    async def edit(
        self,
        inter: SlashInteraction,
        session: str = option("LOG_EDIT_SESSION", max_length=100, required=True),
    ) -> None:
        its = await self.chosen(inter, session)
        await answer(inter, Action("form", its, "edit"), opens=f"edit:{its}")

    @log.sub_command(**described("LOG_DELETE"))
    async def delete(
        self,
        inter: SlashInteraction,
        session: str = option("LOG_DELETE_SESSION", max_length=100, required=True),
    ) -> None:
        await answer(inter, Action("delete", await self.chosen(inter, session)))

    @edit.autocomplete("session")  # pyright: ignore[reportUnknownMemberType]
    @delete.autocomplete("session")  # pyright: ignore[reportUnknownMemberType]
    async def complete_session(self, inter: SlashInteraction, typed: str) -> Choices:
        """Offer the member's latest sessions."""
        return await self.offered(inter, typed)

    async def offered(self, inter: SlashInteraction, typed: str) -> Choices:
        """Return those of the member's latest sessions whose names contain what is typed."""
        command = command_of(inter)
        look = self.client.cache.logbook
        book = await cached_or_read(self.client, command, look, self.read)
        return sessions(typed, book.sessions, book.zone, command.at) if book else []

    async def chosen(self, inter: SlashInteraction, session: str) -> int:
        """Return which session was chosen, by its id or by the name that completion shows.

        Raise UserError for words that are none of the choices.
        """
        if session.isdecimal():
            return parse_id(session)
        for choice in await self.offered(inter, session):
            if choice.name == session.strip():
                return parse_id(str(choice.value))
        raise UserError("log.choose")

    async def read(self, command: Command) -> None:
        """Read what completion needs of a member."""
        self.client.cache.keep_logbook(command, await database.run(logbook, command))


def setup(client: Client) -> None:
    """Add the cog."""
    client.add_cog(Log(client))
