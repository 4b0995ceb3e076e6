"""Buttons, menus and modals: they say what they act on, and work after a restart, for ever."""

import re
from datetime import timedelta

import disnake
from disnake.ext import commands

from bot import Bot
from domain.errors import UserError
from domain.logbook import Words
from i18n import language_of
from interactions.actions import QUERIES, READS, Action
from interactions.pipeline import Filled, Press, answer, command_of, custom_id
from views.logbook import words_of
from views.modal import MODALS, modal
from views.reply import carried
from views.stats import dates_in

# Buttons and modals that act on the session or change whose id stands behind the colon.
NAMED = {
    "end": "end_named",
    "stopped": "end_named",
    "restart": "restart",
    "ended_at": "restart",
    "keep": "keep",
    "pause": "pause",
    "resume": "resume",
    "task": "task",
    "note": "note",
    "fix": "fix",
    "undo": "undo",
    "discard": "discard",
    "edit": "edit",
    "delete": "delete",
    "revert": "revert",
    "restore": "restore",
}
# Those that show numbers again: how they were asked for stands in the message.
SHOWN = {"log", "why", "share", "rank", "join"}
# What a member chooses: the choice stands behind the colon, or is chosen in a menu.
CHOSEN = {"listed", "private", "language", "day_starts"}
ALONE = {"start": "start", "panel:start": "start", "panel:end": "end", "panel:now": "now"}
# Forms that act on nothing that was there before.
FILLED_IN = {"add": "add_for", "zone": "zone", "goal": "goal"}
RETRY_FOR = timedelta(hours=24)


class Buttons(commands.Cog):
    """One listener for every button, one for every menu and one for every modal."""

    @commands.Cog.listener()
    async def on_button_click(self, inter: Press) -> None:
        """Do what the button names, or ask for what it needs."""
        pressed = custom_id(inter)
        if pressed in ALONE:
            await answer(inter, Action(ALONE[pressed]))
            return
        verb, _, rest = pressed.partition(":")
        if verb == "retry":
            await self.retry(inter, rest)
        elif verb in SHOWN:
            await self.show(inter, verb, rest.split(":"))
        elif verb in CHOSEN:
            await answer(inter, Action(verb, text=rest))
        elif pressed in FILLED_IN:
            await self.ask(inter, pressed, None)
        elif verb in NAMED and verb in MODALS:
            await self.ask(inter, verb, number(rest))
        else:
            text = carried(inter.message).text if verb == "restart" else None
            await answer(inter, Action(action_of(verb), number(rest), text))

    @commands.Cog.listener()
    async def on_dropdown(self, inter: Press) -> None:
        """Do what was chosen in a menu."""
        menu, (chosen,) = custom_id(inter), inter.values or [""]
        if menu == "entry":
            await answer(inter, Action("entry", number(chosen)))
        elif menu in CHOSEN:
            await answer(inter, Action(menu, text=chosen))
        else:
            raise UserError("unknown_button")

    @commands.Cog.listener()
    async def on_modal_submit(self, inter: Filled) -> None:
        """Do what the modal was opened for."""
        filled_in = custom_id(inter)
        verb, _, rest = filled_in.partition(":")
        filled = inter.text_values
        (chosen,) = inter.values.get("per") or [None]
        words = Words(
            chosen or filled.get("text"),
            filled.get("time") or filled.get("start"),
            filled.get("end"),
            filled.get("task"),
        )
        if verb == "ended_at":
            words = words._replace(text=carried(inter.message).text)
        if filled_in in FILLED_IN:
            await answer(inter, Action(FILLED_IN[filled_in], None, *words))
        else:
            await answer(inter, Action(action_of(verb), number(rest), *words))

    async def show(self, inter: Press, verb: str, parts: list[str]) -> None:
        """Show numbers again: others of them, a page of their parts, or to everybody."""
        if verb == "log":
            await answer(inter, Action("log", page=number(parts[0])))
            return
        by = parts.pop(0) if verb in ("rank", "join") else None
        first, page = number(parts[0]) if parts else None, number(parts[1]) if parts[1:] else 1
        said = dates_in(inter.message)
        await answer(inter, Action(verb, first, by, said, page=page))

    async def ask(self, inter: Press, verb: str, target: int | None) -> None:
        """Open the form that a button asks for, with what is known already."""
        refuse_others(inter)
        words = known_words(inter, verb, target)
        if words is None:  # they must be read first, and a form cannot wait
            await answer(inter, Action("entry", target))
            return
        language = language_of(str(inter.locale))
        await inter.response.send_modal(modal(verb, target, language, words))

    async def retry(self, inter: Press, rest: str) -> None:
        """Repeat what could not be saved, at its own time."""
        verb, _, ids = rest.partition(":")
        first, _, target = ids.partition(":")
        first_id = number(first)
        if verb not in QUERIES or verb in READS or not recent(inter, first_id):
            raise UserError("unknown_button")
        words = carried(inter.message)
        action = Action(verb, number(target) if target else None, *words, retried=True)
        await answer(inter, action, first_id=first_id)


def known_words(inter: Press, verb: str, target: int | None) -> Words | None:
    """Say with what a form begins; None if it needs more than memory or the message know."""
    if verb not in ("edit", "task"):
        return Words()
    session, zone = inter.bot.cache.session(command_of(inter), target)
    if verb == "task":
        return Words(session.task if session else None)
    words = carried(inter.message)
    if words.said:
        return words
    return words_of(session, zone) if session else None


def action_of(verb: str) -> str:
    """Say which action a button or modal stands for; UserError for none."""
    if verb not in NAMED:
        raise UserError("unknown_button")
    return NAMED[verb]


def number(text: str) -> int:
    """Read an id; UserError for anything else, as only a forged button has."""
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) >= 2**63:
        raise UserError("unknown_button")
    return int(text)


def recent(inter: Press, first_id: int) -> bool:
    """Tell whether a retry's first try can have been: not in the future, nor a day ago."""
    age = inter.created_at - disnake.utils.snowflake_time(first_id)
    return timedelta(0) <= age <= RETRY_FOR


def refuse_others(inter: Press) -> None:
    """Refuse to open a modal on somebody else's post; the query checks again."""
    origin = inter.message.interaction_metadata
    if origin is not None and origin.user.id != inter.author.id:
        raise UserError("not_yours", name=origin.user.display_name)


def setup(bot: Bot) -> None:
    """Add the cog."""
    bot.add_cog(Buttons())
