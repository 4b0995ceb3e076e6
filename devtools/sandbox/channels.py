"""REST of channels and their messages."""

from __future__ import annotations

from typing import Any

from devtools.sandbox import limits, permissions, posting, rules
from devtools.sandbox.errors import Refusal, unknown
from devtools.sandbox.messages import Message
from devtools.sandbox.places import Channel
from devtools.sandbox.rest import Call, Outcome, Rest
from devtools.sandbox.world import World


def install(discord: World, rest: Rest) -> None:
    """Add the routes of this file."""
    on, channels = rest.on, Channels(discord)
    on("GET", "/channels/{channel}", channels.get)
    on("POST", "/channels/{channel}/typing", channels.typing)
    messages = "/channels/{channel}/messages"
    on("GET", messages, channels.messages)
    on("POST", messages, channels.post, rate=limits.CHANNEL_MESSAGES)
    on("GET", messages + "/{message}", channels.message)
    on("PATCH", messages + "/{message}", channels.edit, rate=limits.CHANNEL_MESSAGES)
    on("DELETE", messages + "/{message}", channels.delete, rate=limits.CHANNEL_MESSAGES)


class Channels:
    def __init__(self, discord: World) -> None:
        self._discord = discord

    def _channel(self, call: Call, needed: int = permissions.VIEW_CHANNEL) -> Channel:
        number = call.path["channel"]
        channel = self._discord.channels.get(int(number)) if number.isdecimal() else None
        if channel is None:
            raise unknown("Channel")
        granted = channel.permissions_of_bot
        removed = channel.guild is not None and channel.guild.removed
        if removed or not permissions.allows(granted, permissions.VIEW_CHANNEL):
            raise Refusal(403, 50001, "Missing Access")
        if not permissions.allows(granted, needed):
            raise Refusal(403, 50013, "Missing Permissions")
        return channel

    def _message(self, call: Call) -> Message:
        channel, number = self._channel(call), call.path["message"]
        message = channel.messages.get(int(number)) if number.isdecimal() else None
        if message is None or message.deleted or message.ephemeral:
            raise unknown("Message")
        return message

    def get(self, call: Call) -> Outcome:
        return 200, self._channel(call).payload

    def typing(self, call: Call) -> Outcome:
        self._channel(call, permissions.SEND_MESSAGES)
        return 204, None

    def messages(self, call: Call) -> Outcome:
        channel = self._channel(call, permissions.READ_MESSAGE_HISTORY)
        before = int(call.query.get("before", str(1 << 63)))
        after = int(call.query.get("after", "0"))
        found = [
            message.payload
            for message in reversed(channel.messages.values())
            if after < message.id < before and not (message.deleted or message.ephemeral)
        ]
        return 200, found[: int(call.query.get("limit", "50"))]

    def message(self, call: Call) -> Outcome:
        return 200, self._message(call).payload

    def post(self, call: Call) -> Outcome:
        channel = self._channel(call, permissions.SEND_MESSAGES)
        if channel.recipient and not channel.recipient.accepts_dms:
            raise Refusal(403, 50007, "Cannot send messages to this user")
        sent: dict[str, Any] = call.json or {}
        flags = rules.check_new_message(sent, call.files, rules.CHANNEL_FLAGS)
        nonce = sent.get("nonce")
        if sent.get("enforce_nonce") and nonce is not None:
            for message in reversed(channel.messages.values()):
                if message.nonce == nonce:
                    return 200, message.payload
        message = Message(self._discord.new_id(), channel, self._discord.bot_user, flags=flags)
        message.nonce, message.reference = nonce, sent.get("message_reference")
        posting.write(message, sent, call.files, self._discord)
        channel.messages[message.id] = message
        self._discord.announce("MESSAGE_CREATE", message)
        return 200, message.payload

    def edit(self, call: Call) -> Outcome:
        message = self._message(call)
        if message.author is not self._discord.bot_user:
            raise Refusal(403, 50005, "Cannot edit a message authored by another user")
        rules.check_edit(message, call.json, call.files)
        posting.rewrite(message, call.json, call.files, self._discord)
        self._discord.announce("MESSAGE_UPDATE", message)
        return 200, message.payload

    def delete(self, call: Call) -> Outcome:
        message = self._message(call)
        if message.author is not self._discord.bot_user:
            self._channel(call, permissions.MANAGE_MESSAGES)
        self._discord.delete(message)
        return 204, None
