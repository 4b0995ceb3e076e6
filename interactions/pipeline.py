"""From an interaction to its answer: within a second if it can be, and never in silence."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import aiohttp
import disnake

import database
from domain.command import Answer, Command, Discarded, Ended, Running
from domain.errors import UserError
from domain.leaderboard import Leaderboard
from i18n import language_of
from interactions.actions import ORGANISERS, Action
from interactions.membership import without_gone
from views.answer import is_public, render
from views.picture import pictures_available
from views.reply import Picture, Reply

if TYPE_CHECKING:
    from bot import Bot

    Slash: TypeAlias = disnake.ApplicationCommandInteraction[Bot]
    Press: TypeAlias = disnake.MessageInteraction[Bot]
    Filled: TypeAlias = disnake.ModalInteraction[Bot]
else:  # disnake reads the annotations of commands when the bot is not there yet
    Slash = disnake.ApplicationCommandInteraction
    Press = disnake.MessageInteraction
    Filled = disnake.ModalInteraction
Inter: TypeAlias = Slash | Press | Filled

log = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds before a wait is shown; Discord gives up after three
# How an answer fails that Discord may or may not have received.
BROKEN = (aiohttp.ClientError, OSError, disnake.DiscordServerError)
QUIET = disnake.MessageFlags(suppress_notifications=True)


class NotDone(Exception):
    """An action failed for the database's sake; the cause says how."""

    def __init__(self, action: Action, command: Command) -> None:
        super().__init__(action.name)
        self.action, self.command = action, command


@dataclass(slots=True)
class Responder:
    """An interaction and how far its answer is: what kind of wait is shown already."""

    inter: Inter
    wait: Literal["none", "public", "private", "message"] = "none"

    @property
    def language(self) -> str:
        """What Discord says of the reader."""
        return language_of(str(self.inter.locale))

    async def show_wait(self, *, public: bool) -> None:
        """Show that the answer takes a moment, as publicly as a success would be."""
        if isinstance(self.inter, disnake.ApplicationCommandInteraction):
            await self.inter.response.defer(ephemeral=not public)
            self.wait = "public" if public else "private"
        elif on_panel(self.inter) or self.inter.message is None:
            await self.inter.response.defer(with_message=True, ephemeral=True)
            self.wait = "private"
        else:
            await self.inter.response.defer(with_message=False)
            self.wait = "message"

    async def say_publicly(self, reply: Reply) -> None:
        """Answer for everybody to see, without a sound."""
        said = await self.said(reply)
        if self.wait == "public":
            await self.inter.edit_original_response(**said)
        else:
            await self.inter.response.send_message(**said, flags=QUIET)

    async def say_privately(self, reply: Reply) -> None:
        """Answer for the reader alone; a public wait is taken away first."""
        said = await self.said(reply)
        if self.wait == "private":
            await self.inter.edit_original_response(**said)
        elif self.inter.response.is_done():
            if self.wait == "public":
                with suppress(disnake.NotFound):  # a moderator was faster
                    await self.inter.delete_original_response()
            await self.inter.followup.send(**said, ephemeral=True)
        else:
            await self.inter.response.send_message(**said, ephemeral=True)

    async def replace(self, reply: Reply) -> None:
        """Let the message under the button become the answer."""
        said = await self.said(reply)
        said["attachments"] = []  # a picture that was there goes
        if self.wait == "message":
            await self.inter.edit_original_response(**said)
        else:
            await self.inter.response.edit_message(**said)

    async def withdraw(self, reply: Reply) -> None:
        """Take the public message under the button away, and answer for the reader alone."""
        if self.wait == "none":
            await self.inter.response.defer(with_message=False)
        with suppress(disnake.NotFound):  # a moderator was faster
            await self.inter.delete_original_response()
        await self.inter.followup.send(**await self.said(reply), ephemeral=True)

    async def post(self, reply: Reply) -> None:
        """Post for everybody, beside a private answer."""
        await self.inter.followup.send(**await self.said(reply), flags=QUIET, ephemeral=False)

    async def said(self, reply: Reply) -> dict[str, Any]:
        """Draw the picture, if there is one, and put everything as disnake sends it."""
        said: dict[str, Any] = {"embed": reply.embed, "components": list(reply.buttons)}
        picture = await drawn(reply.picture, self.inter.bot.settings.font_path)
        if picture is not None:
            said["embed"] = reply.embed.copy().set_image(file=picture)
        return said


async def drawn(picture: Picture | None, font: Path | None) -> disnake.File | None:
    """Draw a picture in a thread; None without Pillow, for the words alone do."""
    if picture is None or not pictures_available():
        return None
    try:
        data = await asyncio.to_thread(picture.draw, font)
    except Exception:  # the words say it all the same
        log.exception("cannot draw a picture")
        return None
    return disnake.File(BytesIO(data), "time.png", description=picture.alt)


def command_of(inter: Inter, *, first_id: int | None = None) -> Command:
    """Say who asked, where and when; a retry keeps the id, and so the time, of its first try."""
    if inter.guild_id is None:
        raise UserError("servers_only")
    id_ = first_id or inter.id
    return Command(
        id=id_,
        guild_id=inter.guild_id,
        user_id=inter.author.id,
        user_name=inter.author.display_name,
        channel_id=inter.channel_id,
        at=disnake.utils.snowflake_time(id_),
        defaults=inter.bot.defaults,
    )


async def answer(
    inter: Inter, action: Action, *, public: bool = False, first_id: int | None = None
) -> None:
    """Do what was asked and show the answer; `public` if a success would be.

    Raises NotDone if the database could not be asked or the answer not be sent, or what the
    query raises.
    """
    action = action.cleaned()
    command = command_of(inter, first_id=first_id)
    if action.name in ORGANISERS and not inter.permissions.manage_guild:
        raise UserError("organisers_only")  # a server may hand the command to anybody
    public = public and not inter.bot.cache.is_private(command)
    responder = inter.bot.responders[inter.id] = Responder(inter)
    work = database.run(action.do, command)
    done, _ = await asyncio.wait({work}, timeout=PATIENCE)
    try:
        if not done:
            await responder.show_wait(public=public)
        result = await work
        if isinstance(result, Leaderboard):
            result = await without_gone(inter.bot, action, command, result)
        inter.bot.cache.learn(command, action, result)
        await show_surely(responder, result)
    except database.ConnectionLost as error:
        raise NotDone(action, command) from error
    except BROKEN as error:
        # it may well be saved, and Discord may have shown it: Try again only tells it again
        raise NotDone(action, command) from database.OutcomeUnknown(repr(error))
    finally:
        work.add_done_callback(unwatched)
    del inter.bot.responders[inter.id]


def unwatched(work: asyncio.Future[Answer]) -> None:
    """Let what becomes of work rest once nobody waits for it: there was no one to tell."""
    if not work.cancelled():
        work.exception()


async def show_surely(responder: Responder, result: Answer) -> None:
    """Show an answer, once more if the connection broke: Discord takes one first response."""
    try:
        await show(responder, result)
    except BROKEN:
        if responder.inter.response.is_done():
            raise
        await show(responder, result)


async def show(responder: Responder, result: Answer) -> None:
    """Put an answer where it belongs: public, private, or in place of the message pressed."""
    inter = responder.inter
    private = result.preferences.language or language_of(str(inter.locale))
    public = result.preferences.server_language
    if isinstance(inter, disnake.ApplicationCommandInteraction):
        if is_public(result):
            await responder.say_publicly(view(inter, result, public))
        else:
            await responder.say_privately(view(inter, result, private))
    elif (on_panel(inter) or on_private(inter)) and not opens_another(inter):
        await show_beside(responder, result, private, public)
    elif inter.message is None or not isinstance(result, Ended | Running | Discarded):
        await responder.say_privately(view(inter, result, private))
    elif result.preferences.private:  # what was posted before they chose to keep to themselves
        await responder.withdraw(view(inter, result, private))
    else:
        await responder.replace(view(inter, result, public))


async def show_beside(responder: Responder, result: Answer, private: str, public: str) -> None:
    """Answer privately, and post what everybody may see: that post has the buttons."""
    inter = responder.inter
    assert not isinstance(inter, disnake.ApplicationCommandInteraction)
    reply = view(inter, result, private)
    news = is_public(result) and verb_of(inter) not in {"note", "fix", "undo"}
    if news:
        reply = Reply(reply.embed)
    if on_panel(inter):
        await responder.say_privately(reply)
    else:
        await responder.replace(reply)
    if news:
        await responder.post(view(inter, result, public))


def view(inter: Inter, result: Answer, language: str) -> Reply:
    """Render an answer, with what the bot's own absence has to do with it."""
    return inter.bot.cache.with_outage(render(result, language), result, language)


def custom_id(inter: Press | Filled) -> str:
    """Name what was pressed or filled in."""
    return inter.data.custom_id


def verb_of(inter: Press | Filled) -> str:
    """Say what a button or a modal is for."""
    return custom_id(inter).partition(":")[0]


def on_panel(inter: Press | Filled) -> bool:
    """Tell whether a panel's button was pressed: the panel itself never changes."""
    return verb_of(inter) == "panel"


def opens_another(inter: Press | Filled) -> bool:
    """Tell whether a private message stays as it is, and what it was asked comes beside it."""
    return verb_of(inter) == "why" and custom_id(inter).count(":") == 1


def on_private(inter: Press | Filled) -> bool:
    """Tell whether only the one who pressed sees the message."""
    return inter.message is not None and inter.message.flags.ephemeral
