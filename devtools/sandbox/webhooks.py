"""Answering interactions: the callback, the original answer, follow-ups, edits and deletions."""

from __future__ import annotations

from typing import Any

from devtools.sandbox import limits, posting, rules
from devtools.sandbox.errors import Refusal, unknown
from devtools.sandbox.forms import Modal
from devtools.sandbox.interactions import Callback, Interaction, Kind, loading_message
from devtools.sandbox.messages import EPHEMERAL, Message
from devtools.sandbox.rest import Call, Outcome, Rest
from devtools.sandbox.world import World

_MESSAGES = {Callback.MESSAGE, Callback.DEFERRED_MESSAGE}
_UPDATES = {Callback.DEFERRED_UPDATE, Callback.UPDATE}
# responding: Interaction Callback Type, with its footnotes
_ALLOWED = {
    Kind.COMMAND: _MESSAGES | {Callback.MODAL},
    Kind.COMPONENT: _MESSAGES | _UPDATES | {Callback.MODAL},
    Kind.COMPLETION: {Callback.CHOICES},
    Kind.MODAL: _MESSAGES | _UPDATES,
}


def install(discord: World, rest: Rest) -> None:
    """Add the routes of this file."""
    on, hooks, rate = rest.on, Webhooks(discord), limits.WEBHOOK_MESSAGES
    message = "/webhooks/{webhook}/{token}/messages/{message}"
    on("POST", "/interactions/{id}/{token}/callback", hooks.callback, open=True, rate=None)
    on("POST", "/webhooks/{webhook}/{token}", hooks.follow_up, open=True, rate=rate)
    on("GET", message, hooks.get, open=True, rate=rate)
    on("PATCH", message, hooks.edit, open=True, rate=rate)
    on("DELETE", message, hooks.delete, open=True, rate=rate)


class Webhooks:
    """The endpoints whose path carries an interaction's token."""

    def __init__(self, discord: World) -> None:
        self._discord = discord

    # the first response

    def callback(self, call: Call) -> Outcome:
        interaction = self._discord.interactions.of(call.path["token"])
        if interaction is None or str(interaction.id) != call.path["id"]:
            raise unknown("interaction")
        interaction.check_first_response()
        kind = _callback_kind(interaction, call.json)
        self._respond(interaction, kind, call)
        interaction.responded(kind)
        if kind not in (Callback.DEFERRED_MESSAGE, Callback.DEFERRED_UPDATE):
            interaction.shown()
        if call.query.get("with_response") in ("true", "1"):
            return 200, _callback_response(interaction, kind)
        return 204, None

    def _respond(self, interaction: Interaction, kind: Callback, call: Call) -> None:
        data = call.json.get("data") or {}
        if not isinstance(data, dict):
            at = rules.Location("data")
            at.add("MODEL_TYPE_CONVERT")
            at.raise_any()
        match kind:
            case Callback.MESSAGE:
                flags = rules.check_new_message(data, call.files, rules.CALLBACK_FLAGS, "data")
                interaction.original = self._post(interaction, data, call, flags)
            case Callback.DEFERRED_MESSAGE:
                flags = rules.check_flags(data, EPHEMERAL, "data")
                interaction.original = loading_message(interaction, flags)
                _place(interaction.original)
            case Callback.UPDATE:
                assert interaction.source
                rules.check_edit(interaction.source, data, call.files, "data")
                self._update(interaction, interaction.source, call, data)
            case Callback.DEFERRED_UPDATE:
                interaction.original = interaction.source
            case Callback.CHOICES:
                rules.check_choices(data, _focused_type(interaction))
                interaction.choices = data.get("choices") or []
            case Callback.MODAL:
                rules.check_modal(data)
                interaction.modal = Modal(
                    data["title"],
                    data["custom_id"],
                    data["components"],
                    user_id=interaction.member.id,
                    channel_id=interaction.channel.id,
                    message=interaction.source,
                )

    # everything after it

    def follow_up(self, call: Call) -> Outcome:
        interaction = self._opened(call)
        waiting = interaction.original
        if waiting and waiting.loading and not waiting.deleted:
            # responding, Create Followup Message: right after a deferral it edits the deferred
            # message, which stays as public or private as it was deferred
            rules.check_new_message(call.json, call.files, rules.CALLBACK_FLAGS)
            self._fill(interaction, waiting, call)
            return 200, waiting.payload
        flags = rules.check_new_message(call.json, call.files, rules.CALLBACK_FLAGS)
        message = self._post(interaction, call.json, call, flags)
        interaction.followups.append(message)
        interaction.shown()
        return 200, message.payload

    def get(self, call: Call) -> Outcome:
        return 200, self._opened(call).own(call.path["message"]).payload

    def edit(self, call: Call) -> Outcome:
        interaction = self._opened(call)
        message = interaction.own(call.path["message"])
        if message.loading:
            rules.check_new_message(call.json, call.files, rules.CALLBACK_FLAGS)
            self._fill(interaction, message, call)
        else:
            rules.check_edit(message, call.json, call.files)
            self._update(interaction, message, call, call.json)
        return 200, message.payload

    def delete(self, call: Call) -> Outcome:
        interaction = self._opened(call)
        message = interaction.own(call.path["message"])
        thinking = message.loading
        self._discord.delete(message)
        if not thinking:
            interaction.shown()
        return 204, None

    def _opened(self, call: Call) -> Interaction:
        if call.path["webhook"] != str(self._discord.bot_user.id):
            raise unknown("Webhook")
        interaction = self._discord.interactions.of(call.path["token"])
        if interaction is None:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        interaction.check_token()
        return interaction

    def _post(
        self, interaction: Interaction, data: dict[str, Any], call: Call, flags: int
    ) -> Message:
        message = interaction.new_message(flags)
        posting.write(message, data, call.files, self._discord)
        _place(message)
        self._discord.announce("MESSAGE_CREATE", message)
        return message

    def _fill(self, interaction: Interaction, message: Message, call: Call) -> None:
        message.flags |= (call.json.get("flags") or 0) & rules.EDITABLE_FLAGS
        posting.write(message, call.json, call.files, self._discord)
        self._discord.announce("MESSAGE_UPDATE", message)
        interaction.shown()

    def _update(
        self, interaction: Interaction, message: Message, call: Call, data: dict[str, Any]
    ) -> None:
        posting.rewrite(message, data, call.files, self._discord)
        if message is interaction.source:
            interaction.original = interaction.updated = message
        self._discord.announce("MESSAGE_UPDATE", message)
        interaction.shown()


def _place(message: Message) -> None:
    message.channel.messages[message.id] = message


def _callback_kind(interaction: Interaction, sent: Any) -> Callback:
    allowed = _ALLOWED[interaction.kind]
    if interaction.source is None:
        allowed = allowed - _UPDATES
    number = sent.get("type") if isinstance(sent, dict) else None
    if number not in allowed:
        choices, at = ", ".join(str(int(kind)) for kind in sorted(allowed)), rules.Location("type")
        at.add("BASE_TYPE_CHOICES", choices=choices)
        at.raise_any()
    return Callback(number)


def _focused_type(interaction: Interaction) -> int:
    options = interaction.data["options"]
    while options and "options" in options[0]:
        options = options[0]["options"]
    return next(option["type"] for option in options if option.get("focused"))


def _callback_response(interaction: Interaction, kind: Callback) -> dict[str, Any]:
    """Write the Interaction Callback Response object."""
    about: dict[str, Any] = {
        "id": str(interaction.id),
        "type": int(interaction.kind),
        "response_message_loading": kind is Callback.DEFERRED_MESSAGE,
    }
    resource: dict[str, Any] = {"type": int(kind)}
    if interaction.original:
        about["response_message_id"] = str(interaction.original.id)
        about["response_message_ephemeral"] = interaction.original.ephemeral
        resource["message"] = interaction.original.payload
    return {"interaction": about, "resource": resource}
