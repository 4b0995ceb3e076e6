"""Buttons, menus and modals: they say what they act on, and work after a restart, for ever."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import disnake
from disnake.ext import commands

from domain.errors import UserError
from domain.logbook import Words
from i18n import language_of
from interactions.actions import Action
from interactions.client import Client
from interactions.pipeline import answer, command_of, refuse_elsewhere
from interactions.responder import Filled, Press, custom_id
from interactions.routes import Pressed, find, find_retry
from views.logbook import words_of
from views.modal import modal
from views.reply import carried
from views.stats import dates_in

RETRY_FOR = timedelta(hours=24)


class Buttons(commands.Cog):
    """One listener for every button, one for every menu and one for every modal."""

    @commands.Cog.listener()
    async def on_button_click(self, inter: Press) -> None:
        """Do what the button names, or ask for what it needs."""
        if retry := find_retry(custom_id(inter), carried(inter.message)):
            action, first_id = retry
            refuse_old(inter, first_id)
            await answer(inter, action, first_id=first_id)
            return
        pressed = find(custom_id(inter))
        if pressed.route.form:
            await open_form(inter, pressed)
        else:
            action = with_words(pressed, inter.message)
            await answer(inter, action, beside=pressed.route.beside)

    @commands.Cog.listener()
    async def on_dropdown(self, inter: Press) -> None:
        """Do what was chosen in a menu."""
        (chosen,) = inter.values or [""]
        pressed = find(f"{custom_id(inter)}:{chosen}")
        if pressed.route.form:
            raise UserError("unknown_button")
        await answer(inter, with_words(pressed, inter.message))

    @commands.Cog.listener()
    async def on_modal_submit(self, inter: Filled) -> None:
        """Do what the modal was opened for."""
        pressed = find(custom_id(inter))
        if not pressed.route.form:
            raise UserError("unknown_button")
        await answer(inter, filled_in(inter, with_words(pressed, inter.message)))


def with_words(pressed: Pressed, message: disnake.Message | None) -> Action:
    """Add what stands in the message under a button."""
    match pressed.route.reads:
        case "carried":
            return replace(pressed.action, text=carried(message).text)
        case "dates":
            return replace(pressed.action, start_text=dates_in(message))
        case "file":
            files = message.attachments if message else []
            return replace(pressed.action, file=files[0].url if files else None)
        case "":
            return pressed.action


def filled_in(inter: Filled, action: Action) -> Action:
    """Add what was typed and chosen in a form; what its message carries holds where it asks not."""
    typed = inter.text_values
    (chosen,) = inter.values.get("per") or [None]
    if action.name == "add_for":
        return added(action, typed)
    return replace(
        action,
        text=chosen or typed.get("text") or action.text,
        start_text=typed.get("time") or typed.get("start"),
        end_text=typed.get("end"),
        task=typed.get("task"),
    )


def added(action: Action, typed: Mapping[str, str]) -> Action:
    """Return what a form to add a session asks for: by its end, or by how long it took."""
    end, length = typed.get("end") or None, typed.get("length") or None
    if (end is None) == (length is None):
        raise UserError("add.incomplete")
    return replace(
        action,
        name="add" if end else "add_for",
        text=typed.get("text"),
        start_text=typed.get("start"),
        end_text=end or length,
        task=typed.get("task"),
    )


async def open_form(inter: Press, pressed: Pressed) -> None:
    """Open the form that a button asks for, with what is known already."""
    refuse_others(inter)
    refuse_elsewhere(inter, pressed.action)
    form = pressed.route.form
    words = known_words(inter, form, pressed.action)
    if words is None:  # they must be read first, and a form cannot wait
        await answer(inter, replace(pressed.action, name="entry"))
        return
    language = language_of(str(inter.locale))
    await inter.response.send_modal(modal(form, custom_id(inter), language, words))


def known_words(inter: Press, form: str, action: Action) -> Words | None:
    """Say with what a form begins; None if it needs more than memory or the message know."""
    if form not in ("edit", "task"):
        return Words()
    command = command_of(inter, guild_id=action.guild_id)
    session, zone = inter.bot.cache.session(command, action.target)
    if form == "task":
        return Words(session.task if session else None)
    words = carried(inter.message)
    if words.said:
        return words
    return words_of(session, zone) if session else None


def refuse_old(inter: Press, first_id: int) -> None:
    """Refuse a retry whose first try cannot have been: in the future, or a day ago."""
    age = inter.created_at - disnake.utils.snowflake_time(first_id)
    if not timedelta(0) <= age <= RETRY_FOR:
        raise UserError("unknown_button")


def refuse_others(inter: Press) -> None:
    """Refuse to open a modal on somebody else's post; the query checks again."""
    origin = inter.message.interaction_metadata
    if origin is not None and origin.user.id != inter.author.id:
        raise UserError("not_yours", name=origin.user.display_name)


def setup(client: Client) -> None:
    """Add the cog."""
    client.add_cog(Buttons())
