"""From an interaction to its answer: within a second if it can be, and never in silence."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

import disnake

import database
from domain.command import Answer, Command
from domain.config import Config
from domain.decisions.own_data import Exported
from domain.errors import UserError
from domain.forms import Form
from domain.leaderboard import Leaderboard
from i18n import language_of
from interactions import channels, membership
from interactions.actions import Action
from interactions.attachments import fetch_attachment
from interactions.client import Client
from interactions.errors import SEND_ERRORS, ActionFailed, log_unsent
from interactions.exporting import pack_export
from interactions.follow_up import follow_up
from interactions.placement import is_saved, place
from interactions.responder import CONNECTION_ERRORS, AnyInteraction, Responder, guild_of, too_late
from interactions.routes import in_guild
from views.answer import render
from views.errors import failure_reply
from views.modal import modal, shown_in
from views.reply import Reply

log = logging.getLogger(__name__)

FORMS_LATER = 0.5  # seconds that a form has beyond those after which a wait is shown


def command_of(
    inter: AnyInteraction, *, first_id: int | None = None, guild_id: int | None = None
) -> Command:
    """Return who asked, where and when; a retry keeps the id, and so the time, of its first try.

    Outside of a server, `guild_id` is the one that a button names: nobody is an organiser there.
    """
    id_ = first_id or inter.id
    return Command(
        id=id_,
        guild_id=guild_of(inter, guild_id),
        user_id=inter.author.id,
        user_name=inter.author.display_name,
        channel_id=inter.channel_id,
        at=disnake.utils.snowflake_time(id_),
        defaults=inter.bot.defaults,
        organiser=is_organiser(inter),
        language=language_of(str(inter.locale)),
        direct=inter.guild_id is None,
    )


def is_organiser(inter: AnyInteraction) -> bool:
    """Return whether the member may manage the server that they are in."""
    return inter.guild_id is not None and inter.permissions.manage_guild


def refuse_in_dm(inter: AnyInteraction, action: Action) -> None:
    """Refuse outside of a server what makes something new there."""
    if inter.guild_id is None and not action.allowed_in_dm:
        raise UserError("servers_only")


async def answer(
    inter: AnyInteraction,
    action: Action,
    *,
    first_id: int | None = None,
    beside: bool = False,
    opens: str | None = None,
) -> None:
    """Do what was asked and show the answer; `beside`: what was pressed stays as it is.

    `opens` is the id of the form to which the answer is filled in, if it is there in time: a form
    cannot follow a wait. Raise ActionFailed for what was refused, or if the database could not be
    asked; once it is saved, nothing.
    """
    client: Client = inter.bot
    client.cache.note_time(inter.created_at)
    action = action.cleaned()
    command = command_of(inter, first_id=first_id, guild_id=action.guild_id)
    refuse_in_dm(inter, action)
    if action.definition.organisers and not command.organiser:
        raise UserError("organisers_only")  # a server may hand the command to anybody
    busy = client.responders.too_many
    responder = client.responders[inter.id] = Responder(inter, client.settings.font_path)
    try:
        if busy:  # a wait costs less than the work: all waits go before it
            await show_wait(client, responder, command, action)
    finally:  # even if nobody can be told any more
        work = asyncio.ensure_future(run_action(client, action, command))
        work.add_done_callback(ignore_outcome)
    try:
        if not busy:
            await asyncio.wait({work}, timeout=responder.left + (FORMS_LATER if opens else 0.0))
            if not work.done():
                await show_wait(client, responder, command, action)
        result = await work
    except (database.ConnectionLost, UserError) as error:
        if isinstance(error, database.ConnectionLost) and not action.definition.read_only:
            client.schedule.invalidate()  # it may be saved all the same
        raise ActionFailed(action, command) from error
    if opens and isinstance(result, Form) and not inter.response.is_done():
        await inter.response.send_modal(filled_modal(result, opens, responder.language))
        client.responders.end(inter.id)
        return
    await show_answer(client, responder, command, action, result, beside=beside)
    client.responders.end(inter.id)
    await follow_up(client, responder, command, result)


async def show_wait(client: Client, responder: Responder, command: Command, action: Action) -> None:
    """Show that the answer takes a moment, to whoever may see the answer."""
    seen = action.definition.public and client.cache.is_known_public(command)
    await responder.show_wait(public=seen)


def filled_modal(form: Form, custom_id: str, language: str) -> disnake.ui.Modal:
    """Create a form with what was read for it."""
    language = form.preferences.language or language
    shown = shown_in(form.name, form.digests, form.preferences.zone)
    return modal(form.name, custom_id, language, form.inputs, shown)


async def run_action(client: Client, action: Action, command: Command) -> Answer:
    """Do what was asked, unless it takes long and the member waits for such a thing already."""
    if not action.definition.exclusive:
        return await execute(client, action, command)
    if command.user_id in client.cache.busy_members:
        raise UserError("one_at_a_time")
    client.cache.busy_members.add(command.user_id)
    try:
        return await execute(client, action, command)
    finally:
        client.cache.busy_members.discard(command.user_id)


async def execute(client: Client, action: Action, command: Command) -> Answer:
    """Ask the database, and what takes more: who is still there, where one may post, an export."""
    if action.definition.file:
        action = replace(action, content=await fetch_attachment(client, action.file or ""))
    result = await database.run(action.do, command)
    if isinstance(result, Leaderboard):
        return await membership.without_former_members(client, action, command, result)
    if isinstance(result, Config):
        return channels.with_blocked(client, command.guild_id, result)
    if isinstance(result, Exported):
        return await pack_export(client, command, result)
    return result


def ignore_outcome(work: asyncio.Future[Answer]) -> None:
    """Ignore what becomes of work once nobody waits for it: there was no one to tell."""
    if not work.cancelled():
        work.exception()


async def show_answer(
    client: Client,
    responder: Responder,
    command: Command,
    action: Action,
    result: Answer,
    *,
    beside: bool,
) -> None:
    """Show what was done; if that fails, show it privately, and at least say that it is saved.

    Whatever fails here, no failure may claim that nothing was changed.
    """
    inter, origin = responder.inter, responder.origin
    language = result.preferences.language or responder.language
    placement = place(origin, result, action, responder.wait, beside=beside)

    def view(language: str) -> Reply:
        reply = render(result, language)
        reply = client.cache.with_outage(reply, result, language, inter.created_at)
        return where_asked(inter, reply, command.guild_id)

    def private() -> Reply:
        return view(language)

    def public() -> Reply:
        return view(result.preferences.server_language)

    async def sentence() -> None:
        saved = is_saved(result, action)
        await responder.answer_privately(
            failure_reply("error.saved" if saved else "error.unshown", language, id=inter.id)
        )

    try:
        client.cache.update(command, action, result)
        client.schedule.update(result)
    except Exception:  # it is saved, whatever is known of it
        log.exception("%s of %d: cannot be kept in memory", action.name, inter.id)
    ways: tuple[Callable[[], Awaitable[None]], ...] = (
        lambda: responder.show(placement, private, public),
        lambda: responder.answer_privately(private()),
        sentence,
    )
    for way in ways:
        try:
            await retried_once(responder, way)
            return
        except SEND_ERRORS as error:
            log_unsent(action.name, inter, error)
            if too_late(error):
                return
        except Exception:  # it is saved, whatever is wrong with its answer
            log.exception("%s of %d: cannot be shown", action.name, inter.id)
        responder.give_up_place()


def where_asked(inter: AnyInteraction, reply: Reply, guild_id: int) -> Reply:
    """Return an answer as it is shown where it was asked: outside of its server it names that."""
    if inter.guild_id is not None:
        return reply
    message = None if isinstance(inter, disnake.ApplicationCommandInteraction) else inter.message
    known = message.embeds[0].author.name if message and message.embeds else None
    return in_guild(reply, guild_id, known)


async def retried_once(responder: Responder, way: Callable[[], Awaitable[None]]) -> None:
    """Answer, once more if the connection broke: Discord takes one first response."""
    try:
        await way()
    except CONNECTION_ERRORS:
        if responder.inter.response.is_done():
            raise
        await way()
