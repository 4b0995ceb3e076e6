"""The one handler for whatever goes wrong in commands, buttons, modals, completion and events."""

import logging
from typing import TYPE_CHECKING, cast

import disnake
from disnake.ext import commands

import database
from domain.errors import UserError
from domain.logbook import Words
from i18n import language_of
from interactions.actions import READS
from interactions.pipeline import BROKEN, Inter, NotDone, Responder
from views.errors import not_done, refusal, trouble
from views.reply import Reply

if TYPE_CHECKING:
    from bot import Bot

log = logging.getLogger(__name__)

COMPLETION = disnake.InteractionType.application_command_autocomplete


async def report(bot: "Bot", error: BaseException, where: str, inter: object = None) -> None:
    """Tell the person one sentence in their language, and the log whatever is not theirs."""
    error = getattr(error, "original", error)  # disnake wraps what a command raises
    if not isinstance(inter, disnake.Interaction):
        if isinstance(
            error, database.ConnectionLost
        ):  # whoever asks next is told, or finds it back
            log.warning("%s: %s", where, error)
            tell_of_quota(bot, error)
        else:
            log.error("%s failed", where, exc_info=error)
        return
    interaction = cast("Inter", inter)
    responder = bot.responders.get(interaction.id) or Responder(interaction)
    try:
        reply = reply_to(bot, error, where, interaction)
        if reply is not None and interaction.type is not COMPLETION:
            await responder.say_privately(reply)
    except (disnake.HTTPException, disnake.InteractionTimedOut, *BROKEN) as failure:
        level = logging.INFO if too_late(failure) else logging.WARNING
        log.log(level, "%s of %d: cannot answer: %s", where, interaction.id, failure)
    finally:
        bot.responders.pop(interaction.id, None)


def too_late(error: BaseException) -> bool:
    """Tell whether another process of ours was faster, or Discord gave up on an interaction."""
    if isinstance(error, disnake.HTTPException):
        return error.code in (10062, 40060)
    return isinstance(error, disnake.InteractionTimedOut)


def tell_of_quota(bot: "Bot", error: BaseException | None) -> None:
    """Tell the application's owner, if it is the database's plan that is used up."""
    if isinstance(error, database.QuotaExceeded):
        bot.in_background(bot.tell_owner("error.owner.quota"), "telling the owner")


def reply_to(bot: "Bot", error: BaseException, where: str, inter: Inter) -> Reply | None:
    """Choose what to tell; None if there is nobody to tell it to."""
    language = language_of(str(inter.locale))
    match error:
        case UserError():
            return refusal(error, language)
        case NotDone():
            log.warning("%s of %d: %s", where, inter.id, error.__cause__)
            tell_of_quota(bot, error.__cause__)
            return failed_action(error, language)
        case _ if too_late(error):
            log.info("%s of %d: %s", where, inter.id, error)
            return None
        case commands.CheckFailure():
            return refusal(UserError("servers_only"), language)
        case _:
            log.error("%s of %d failed", where, inter.id, exc_info=error)
            return trouble("error.bug", language, id=inter.id)


def failed_action(error: NotDone, language: str) -> Reply:
    """Say what became of an action that the database did not take."""
    cause = error.__cause__
    if isinstance(cause, database.QuotaExceeded):
        return trouble("error.quota", language)
    if error.action.name in READS:
        return trouble("error.unread", language)
    key = "error.unsure" if isinstance(cause, database.OutcomeUnknown) else "error.unsaved"
    action, first_id = error.action, error.command.id
    target = "" if action.target is None else f":{action.target}"
    again = f"{action.name}:{first_id}{target}"
    words = Words(action.text, action.start_text, action.end_text, action.task)
    return not_done(again, words, language, key)
