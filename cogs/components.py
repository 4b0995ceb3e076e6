"""Buttons, menus and modals: their `custom_id` names what they act on, also after a restart."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import disnake
from disnake.ext import commands

from domain.errors import UserError
from domain.forms import Digests, FormName, Shown, digest
from domain.logbook import Inputs
from domain.zones import exact_zone
from i18n import language_of
from interactions.actions import Action
from interactions.client import Client
from interactions.pipeline import answer, is_organiser, refuse_in_dm
from interactions.responder import ComponentInteraction, ModalInteraction, custom_id
from interactions.routes import (
    ParsedCustomId,
    parse_custom_id,
    parse_reopen,
    parse_retry,
    reopened_form_id,
)
from views.modal import FILE, INPUTS, inputs_in, modal
from views.reply import legacy_inputs
from views.stats import dates_in

RETRY_FOR = timedelta(hours=24)


class Buttons(commands.Cog):
    """One listener for every button, one for every menu and one for every modal."""

    @commands.Cog.listener()
    async def on_button_click(self, inter: ComponentInteraction) -> None:
        """Do what the button names, or ask for what it needs."""
        if retry := parse_retry(custom_id(inter)):
            action, first_id = retry
            refuse_old(inter, first_id)
            await answer(inter, as_typed(action, inter.message), first_id=first_id)
            return
        if again := parse_reopen(custom_id(inter)):
            await open_again(inter, as_typed(again, inter.message))
            return
        pressed = parse_custom_id(custom_id(inter))
        if pressed.route.opens:
            await open_form(inter, pressed)
        else:
            action = with_inputs(pressed, inter.message)
            await answer(inter, action, beside=pressed.route.beside)

    @commands.Cog.listener()
    async def on_dropdown(self, inter: ComponentInteraction) -> None:
        """Do what was chosen in a menu."""
        (chosen,) = inter.values or [""]
        pressed = parse_custom_id(f"{custom_id(inter)}:{chosen}")
        if pressed.route.opens:
            raise UserError("unknown_button")
        await answer(inter, with_inputs(pressed, inter.message))

    @commands.Cog.listener()
    async def on_modal_submit(self, inter: ModalInteraction) -> None:
        """Do what the modal was opened for."""
        pressed = parse_custom_id(custom_id(inter))
        if not pressed.route.opens:
            raise UserError("unknown_button")
        action = with_file(inter, filled_in(inter, with_inputs(pressed, inter.message)))
        await answer(inter, action, beside=pressed.route.beside)


def with_inputs(pressed: ParsedCustomId, message: disnake.Message | None) -> Action:
    """Add what stands in the message under a button."""
    match pressed.route.message_data:
        case "inputs":
            inputs = inputs_in(message, pressed.action.definition.form)
            return replace(pressed.action, text=inputs.text, end_text=inputs.end)
        case "dates":
            return replace(
                pressed.action, start_text=pressed.action.start_text or dates_in(message)
            )
        case "file":
            files = message.attachments if message else []
            return replace(pressed.action, file=files[0].url if files else None)
        case "":
            return pressed.action


def as_typed(action: Action, message: disnake.Message | None) -> Action:
    """Add the inputs that stand in a message, and the zone of its times."""
    form = action.definition.form
    if not form:  # what was chosen stood in the message of an earlier release
        inputs = legacy_inputs(message)
        text, dates = action.text or inputs.text, action.start_text or inputs.start
        return replace(action, text=text, start_text=dates)
    footer = message.embeds[0].footer.text if message and message.embeds else None
    zone = zone_of(footer) if footer and any(action.shown.digests) else None
    return action.with_inputs(inputs_in(message, form), replace(action.shown, zone=zone))


def filled_in(inter: ModalInteraction, action: Action) -> Action:
    """Add what was typed and chosen in a form; what its message carries holds where it asks not.

    The id of a field is its name, the digest of what it showed, and the zone of a time. A blank
    says as little as what was left as it was.
    """
    there = {"text": action.text, "end": action.end_text}
    inputs = {word: text for word, text in there.items() if text}
    digests: dict[str, str] = {}
    zone: ZoneInfo | None = None
    for field_id, value in inter.values.items():
        name, shown, where = (*field_id.split(":", 2), "", "")[:3]
        if name == FILE:
            continue
        if name not in INPUTS:
            raise UserError("unknown_button")
        word, text = INPUTS[name], value if isinstance(value, str) else "".join(value or ())
        inputs[word] = text
        zone = zone_of(where) if where else zone
        if shown:
            digests[word] = digest(None) if text.isspace() else shown
    return action.with_inputs(Inputs(**inputs), Shown(Digests(**digests), zone))


def with_file(inter: ModalInteraction, action: Action) -> Action:
    """Add where Discord keeps the file that was sent in a form."""
    files = [file.url for file in inter.data.resolved.attachments.values()]
    return replace(action, file=files[0]) if files else action


async def open_again(inter: ComponentInteraction, action: Action) -> None:
    """Open a form with the inputs that stand in a message, and what it showed at first."""
    refuse_others(inter)
    form, language = action.definition.form, language_of(str(inter.locale))
    opened = modal(form, reopened_form_id(action), language, action.inputs, action.shown)
    await inter.response.send_modal(opened)


async def open_form(inter: ComponentInteraction, pressed: ParsedCustomId) -> None:
    """Open the form that a button asks for, with what is there."""
    refuse_others(inter)
    refuse_in_dm(inter, pressed.action)
    definition, its_id = pressed.action.definition, custom_id(inter)
    if definition.organisers and not is_organiser(inter):
        raise UserError("organisers_only")
    form = definition.form
    if form in get_args(FormName):
        asked = replace(pressed.action, name="form", text=form)
        await answer(inter, asked, beside=True, opens=its_id)
        return
    await inter.response.send_modal(modal(form, its_id, language_of(str(inter.locale))))


def zone_of(name: str) -> ZoneInfo:
    """Read the zone of times that were shown; UserError for what none of ours says."""
    if zone := exact_zone(name):
        return zone
    raise UserError("unknown_button")


def refuse_old(inter: ComponentInteraction, first_id: int) -> None:
    """Refuse a retry whose first try cannot have been: in the future, or a day ago."""
    age = inter.created_at - disnake.utils.snowflake_time(first_id)
    if not timedelta(0) <= age <= RETRY_FOR:
        raise UserError("unknown_button")


def refuse_others(inter: ComponentInteraction) -> None:
    """Refuse to open a modal on somebody else's post; the query checks again."""
    origin = inter.message.interaction_metadata
    if origin is not None and origin.user.id != inter.author.id:
        raise UserError("not_yours", name=origin.user.display_name)


def setup(client: Client) -> None:
    """Add the cog."""
    client.add_cog(Buttons())
