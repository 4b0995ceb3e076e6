"""The one handler for whatever goes wrong in commands, buttons, modals, completion and events."""

import logging
from typing import cast

import disnake
from disnake.ext import commands

import database
from domain.command import Command
from domain.errors import UserError
from domain.forms import digest
from i18n import language_of
from interactions.actions import Action
from interactions.client import Client
from interactions.responder import CONNECTION_ERRORS, AnyInteraction, Responder, too_late
from interactions.routes import in_guild, retry_argument
from views.errors import failure_reply, refusal_reply, unsaved_reply
from views.modal import again_button, visible_fields, with_inputs
from views.reply import Reply

log = logging.getLogger(__name__)

# Refusals that no other words would change.
FINAL = frozenset({"unknown_button", "not_yours", "discarded_since", "already_done", "retry.newer"})
COMPLETION = disnake.InteractionType.application_command_autocomplete
# How a request to Discord fails.
SEND_ERRORS = (disnake.HTTPException, disnake.InteractionTimedOut, *CONNECTION_ERRORS)


class ActionFailed(Exception):
    """An action was refused, or failed for the database's sake; the cause says how."""

    def __init__(self, action: Action, command: Command) -> None:
        super().__init__(action.name)
        self.action, self.command = action, command


async def report(client: Client, error: BaseException, where: str, inter: object = None) -> None:
    """Show the person one sentence in their language, and log whatever is not theirs."""
    error = getattr(error, "original", error)  # disnake wraps what a command raises
    if not isinstance(inter, disnake.Interaction):
        if isinstance(
            error, database.ConnectionLost
        ):  # whoever asks next is told, or finds it back
            log.warning("%s: %s", where, error)
            notify_of_quota(client, error)
        else:
            log.error("%s failed", where, exc_info=without_detail(error))
        return
    interaction = cast("AnyInteraction", inter)
    responder = client.responders.get(interaction.id) or Responder(interaction)
    try:
        reply = error_reply(client, error, where, interaction)
        if reply is not None and interaction.type is not COMPLETION:
            await responder.answer_privately(reply)
    except SEND_ERRORS as failure:
        log_unsent(where, interaction, failure)
    finally:
        client.responders.end(interaction.id)


async def report_unfinished(responder: Responder) -> None:
    """Answer what cannot be finished: the process ends first, and it may be saved or not."""
    try:
        await responder.answer_privately(failure_reply("error.stopping", responder.language))
    except SEND_ERRORS as failure:  # such as an answer that was faster
        log_unsent("stopping", responder.inter, failure)


def without_detail(error: BaseException) -> BaseException:
    """Return an error without the values of a row that a database names: people typed them."""
    at: BaseException | None = error
    while at is not None:
        at.args = tuple(
            argument.partition("\nDETAIL:")[0] if isinstance(argument, str) else argument
            for argument in at.args
        )
        at = at.__cause__ or at.__context__
    return error


def log_unsent(where: str, inter: AnyInteraction, failure: BaseException) -> None:
    """Log that somebody could not be told something."""
    level = logging.INFO if too_late(failure) else logging.WARNING
    log.log(level, "%s of %d: cannot answer: %s", where, inter.id, failure)


def notify_of_quota(client: Client, error: BaseException | None) -> None:
    """Write to the application's owner, if it is the database's plan that is used up."""
    if isinstance(error, database.QuotaExceeded):
        client.in_background(client.notify_owner("error.owner.quota"), "telling the owner")


def error_reply(
    client: Client, error: BaseException, where: str, inter: AnyInteraction
) -> Reply | None:
    """Choose what to tell; None if there is nobody to tell it to."""
    language = language_of(str(inter.locale))
    match error:
        case UserError():
            return refusal_reply(error, language)
        case ActionFailed(__cause__=UserError() as cause):
            return refused_action(error.action, cause, language)
        case ActionFailed():
            log.warning("%s of %d: %s", where, inter.id, error.__cause__)
            notify_of_quota(client, error.__cause__)
            reply = failed_action(error, language)
            return in_guild(reply, error.command.guild_id) if inter.guild_id is None else reply
        case _ if too_late(error):
            log.info("%s of %d: %s", where, inter.id, error)
            return None
        case commands.CheckFailure():
            return refusal_reply(UserError("servers_only"), language)
        case _:
            log.error("%s of %d failed", where, inter.id, exc_info=without_detail(error))
            return failure_reply("error.bug", language, id=inter.id)


def refused_action(action: Action, refused: UserError, language: str) -> Reply:
    """Return why not; whoever typed something can open it again, unless no other words help."""
    reply = refusal_reply(refused, language)
    form = action.definition.form
    if not form or not visible_fields(form) or not any(action.inputs) or refused.key in FINAL:
        return reply
    digests = action.shown.digests
    if refused.key == "form.changed":  # they have been told what it is now
        word, now = refused.values["word"], refused.values["now"]
        digests = digests._replace(**{str(word): digest(str(now) if now else None)})
    again = again_button(language, "again", action.name, action.target, digests)
    return with_inputs(reply.with_button(again), form, language, action.inputs, action.shown)


def failed_action(error: ActionFailed, language: str) -> Reply:
    """Return what became of an action that the database did not take."""
    cause, action = error.__cause__, error.action
    if isinstance(cause, database.QuotaExceeded):
        return failure_reply("error.quota", language)
    if action.definition.read_only:
        return failure_reply("error.unread", language)
    if action.definition.file:
        return failure_reply("error.unsaved.file", language)
    key = "error.unsure" if isinstance(cause, database.OutcomeUnknown) else "error.unsaved"
    reply = unsaved_reply(retry_argument(action, error.command.id), language, key)
    form = action.definition.form
    return with_inputs(reply, form, language, action.inputs, action.shown) if form else reply
