"""All there is in the sandbox's Discord: guilds, channels, commands, files, open interactions."""

from __future__ import annotations

from devtools.sandbox.commands import Command, Commands
from devtools.sandbox.files import Files
from devtools.sandbox.interactions import Interactions
from devtools.sandbox.messages import Message
from devtools.sandbox.places import BaseGuild, Channel
from devtools.sandbox.state import State, User


class World(State):
    """What the routes read and write, and what a person sees."""

    guilds: dict[int, BaseGuild]

    def __init__(self, token: str, bot_name: str) -> None:
        super().__init__(token, bot_name)
        self.guilds = {}
        self.channels: dict[int, Channel] = {}
        self.interactions = Interactions()
        self.commands_registry = Commands(self, self.guilds)
        self.files = Files(self)

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

    def delete(self, message: Message) -> None:
        message.deleted = True
        if not message.ephemeral:
            ids = {"id": str(message.id), "channel_id": str(message.channel.id)}
            message.channel.tell("MESSAGE_DELETE", ids)

    def announce(self, event: str, message: Message) -> None:
        if not message.ephemeral:
            message.channel.tell(event, message.payload)
