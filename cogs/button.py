"""Buttons and modals: they say what they act on, and work after a restart, for ever."""

import re
from datetime import timedelta

import disnake
from disnake.ext import commands

from bot import Bot
from cogs.action import QUERIES, READS, Action
from cogs.answer import Filled, Press, answer, custom_id
from domain.refused import Refused
from texts import language_of
from views.modal import MODALS, modal
from views.reply import carried

# Buttons and modals that act on the session or change whose id stands behind the colon.
NAMED = {
    "end": "end_named",
    "stopped": "end_named",
    "restart": "restart",
    "ended_at": "restart",
    "keep": "keep",
    "note": "note",
    "fix": "fix",
    "undo": "undo",
    "discard": "discard",
}
ALONE = {"start": "start", "panel:start": "start", "panel:end": "end", "panel:now": "now"}
RETRY_FOR = timedelta(hours=24)


class Buttons(commands.Cog):
    """One listener for every button and one for every modal."""

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
            return
        target = number(rest)
        if verb in MODALS:
            refuse_others(inter)
            await inter.response.send_modal(modal(verb, target, language_of(str(inter.locale))))
            return
        text, _ = carried(inter.message) if verb == "restart" else (None, None)
        await answer(inter, Action(action_of(verb), target, text))

    @commands.Cog.listener()
    async def on_modal_submit(self, inter: Filled) -> None:
        """Do what the modal was opened for."""
        verb, _, rest = custom_id(inter).partition(":")
        filled = inter.text_values
        text, said = filled.get("text"), filled.get("time")
        if verb == "ended_at" and inter.message:
            text, _ = carried(inter.message)
        if verb == "fix":
            text, said = filled.get("end"), filled.get("start")
        await answer(inter, Action(action_of(verb), number(rest), text, said))

    async def retry(self, inter: Press, rest: str) -> None:
        """Repeat what could not be saved, at its own time."""
        verb, _, ids = rest.partition(":")
        first, _, target = ids.partition(":")
        first_id = number(first)
        if verb not in QUERIES or verb in READS or not recent(inter, first_id):
            raise Refused("unknown_button")
        text, said = carried(inter.message)
        action = Action(verb, number(target) if target else None, text, said, retried=True)
        await answer(inter, action, first_id=first_id)


def action_of(verb: str) -> str:
    """Say which action a button or modal stands for; Refused for none."""
    if verb not in NAMED:
        raise Refused("unknown_button")
    return NAMED[verb]


def number(text: str) -> int:
    """Read an id; Refused for anything else, as only a forged button has."""
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) >= 2**63:
        raise Refused("unknown_button")
    return int(text)


def recent(inter: Press, first_id: int) -> bool:
    """Tell whether a retry's first try can have been: not in the future, nor a day ago."""
    age = inter.created_at - disnake.utils.snowflake_time(first_id)
    return timedelta(0) <= age <= RETRY_FOR


def refuse_others(inter: Press) -> None:
    """Refuse to open a modal on somebody else's post; the query checks again."""
    origin = inter.message.interaction_metadata
    if origin is not None and origin.user.id != inter.author.id:
        raise Refused("not_yours", name=origin.user.display_name)


def setup(bot: Bot) -> None:
    """Add the cog."""
    bot.add_cog(Buttons())
