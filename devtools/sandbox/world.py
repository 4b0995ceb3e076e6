"""All there is in the sandbox's Discord: guilds, channels, commands, files, open interactions."""

from __future__ import annotations

import mimetypes
from urllib.parse import quote

from devtools.sandbox.commands import Command, Commands
from devtools.sandbox.interactions import Interactions
from devtools.sandbox.messages import Attachment, Message
from devtools.sandbox.places import BaseGuild, Channel
from devtools.sandbox.state import State, User

ATTACHMENTS = "/attachments/"  # on Discord: the address of a CDN


class World(State):
    """What the routes read and write, and what a person sees."""

    guilds: dict[int, BaseGuild]

    def __init__(self, token: str, bot_name: str) -> None:
        super().__init__(token, bot_name)
        self.guilds = {}
        self.channels: dict[int, Channel] = {}
        self.interactions = Interactions()
        self.commands_registry = Commands(self, self.guilds)
        self.attachments: dict[int, Attachment] = {}

    def commands(self, guild: BaseGuild | None = None) -> list[Command]:
        return self.commands_registry.of(guild.id if guild else None)

    def commands_in(self, guild_id: int | None) -> list[Command]:
        return self.commands_registry.seen_in(guild_id)

    def dm(self, user: User) -> Channel:
        """Open the direct conversation between the bot and a user."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self, self.new_id(), user.name, recipient=user)
        self.channels[channel.id] = channel
        return channel

    @property
    def dms(self) -> list[Message]:
        """Everything that the bot wrote into direct conversations."""
        return [
            message
            for channel in self.channels.values()
            if channel.recipient
            for message in channel.messages.values()
        ]

    def messages(self, channel: Channel) -> list[Message]:
        """List what everybody sees in a channel."""
        return [
            message
            for message in channel.messages.values()
            if not (message.deleted or message.ephemeral or message.loading)
        ]

    def keep(self, filename: str, data: bytes, description: str | None = None) -> Attachment:
        """Keep a file that was sent, at an address that gives it back."""
        file_id = self.new_id()
        url = f"{self.url}{ATTACHMENTS}{file_id}/{quote(filename)}"
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        file = self.attachments[file_id] = Attachment(
            file_id, filename, data, url, description, kind
        )
        return file

    def delete(self, message: Message) -> None:
        message.deleted = True
        if not message.ephemeral:
            ids = {"id": str(message.id), "channel_id": str(message.channel.id)}
            message.channel.dispatch("MESSAGE_DELETE", ids)

    def announce(self, event: str, message: Message) -> None:
        if not message.ephemeral:
            message.channel.dispatch(event, message.payload)
