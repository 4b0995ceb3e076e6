"""Guilds and their members, and what a person does in Discord: type, press, choose, fill in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from devtools.sandbox import forms
from devtools.sandbox.errors import NotPossible
from devtools.sandbox.interactions import Interaction, Kind
from devtools.sandbox.messages import BUTTON, LINK_BUTTON, Button, Message
from devtools.sandbox.options import Choice, Focus, command_data, upload
from devtools.sandbox.places import BaseGuild, BaseMember, Channel
from devtools.sandbox.state import Role, User
from devtools.sandbox.world import World


@dataclass(eq=False, repr=False)
class Member(BaseMember):
    """A member at the keyboard."""

    discord: World

    def leave(self) -> None:
        self.guild.remove_member(self)

    def sees(self, channel: Channel | None = None) -> list[Message]:
        """List what this member sees in a channel: public messages and the member's own private."""
        return [
            message
            for message in self._place(channel).messages.values()
            if message.visible_to(self.user) and not message.loading
        ]

    async def slash(
        self,
        command: str,
        *,
        channel: Channel | None = None,
        at: datetime | None = None,
        patience: float | None = None,
        options: dict[str, Any] | None = None,
        **more: Any,
    ) -> Interaction:
        """Send a command such as `roll` or `remind add` and wait for its first visible answer.

        `more` are the options by their names; `options` takes those that clash with the arguments.
        `at` sets the moment of the interaction's id; `patience` is how many seconds a deferral may
        last. Raises NotPossible for what Discord would not let a person send, NotAnswered.
        """
        interaction = self.command(command, channel, at, {**(options or {}), **more})
        return await interaction.answer(patience)

    def command(
        self,
        command: str,
        channel: Channel | None = None,
        at: datetime | None = None,
        values: dict[str, Any] | None = None,
    ) -> Interaction:
        """Send a command and do not wait."""
        place = self._place(channel)
        data = command_data(self.discord, self, place, command, values=values or {})
        return self._act(Kind.COMMAND, place, data, at=at)

    async def complete(
        self,
        command: str,
        *,
        option: str,
        value: str = "",
        channel: Channel | None = None,
        at: datetime | None = None,
        options: dict[str, Any] | None = None,
        **more: Any,
    ) -> list[Choice]:
        """Type `value` into an option that completes, and list what the bot offers."""
        place = self._place(channel)
        values = {**(options or {}), **more}
        focus = Focus(option, value)
        data = command_data(self.discord, self, place, command, values=values, focus=focus)
        interaction = self._act(Kind.COMPLETION, place, data, at=at)
        await interaction.answer()
        return [Choice.read(choice, self.locale) for choice in interaction.choices or []]

    async def press(
        self,
        message: Message,
        label: str | None = None,
        *,
        custom_id: str | None = None,
        at: datetime | None = None,
        patience: float | None = None,
    ) -> Interaction:
        """Press a button, named by what is written on it or by its custom_id."""
        self._must_see(message)
        button = _find_button(message, label, custom_id)
        if button.disabled or button.style == LINK_BUTTON or button.custom_id is None:
            raise NotPossible("dead_button", label=button.label)
        data = {"component_type": BUTTON, "custom_id": button.custom_id}
        place = self.discord.channels[message.channel.id]
        return await self._act(Kind.COMPONENT, place, data, message, at).answer(patience)

    async def press_id(
        self,
        channel: Channel | None,
        custom_id: str,
        message: Message | None = None,
        *,
        at: datetime | None = None,
        patience: float | None = None,
    ) -> Interaction:
        """Send a press with any custom_id, as a forged client can, maybe on a made-up message."""
        place = self._place(channel)
        message = message or Message(self.discord.new_id(), place, self.discord.bot_user)
        data = {"component_type": BUTTON, "custom_id": custom_id}
        return await self._act(Kind.COMPONENT, place, data, message, at).answer(patience)

    async def select(
        self,
        message: Message,
        values: list[Any],
        *,
        custom_id: str | None = None,
        at: datetime | None = None,
        patience: float | None = None,
    ) -> Interaction:
        """Choose in a menu: values or labels, or members, roles and channels."""
        self._must_see(message)
        data = forms.selection(message, values, custom_id)
        place = self.discord.channels[message.channel.id]
        return await self._act(Kind.COMPONENT, place, data, message, at).answer(patience)

    async def submit(
        self,
        modal: forms.Modal,
        texts: dict[str, Any] | None = None,
        *,
        at: datetime | None = None,
        patience: float | None = None,
    ) -> Interaction:
        """Fill in a modal, by labels or custom_ids, and send it; the rest keeps what it holds.

        A file is given as for an option: (filename, bytes) or its path.
        """
        if modal.user_id != self.id:
            raise NotPossible("not_your_modal", title=modal.title)
        filled, resolved = dict(texts or {}), dict[str, Any]()
        for name in modal.uploads & {*filled}:
            filled[name] = upload(self.discord, filled[name], resolved)
        place, data = self.discord.channels[modal.channel_id], modal.submission(filled)
        if resolved:
            data["resolved"] = resolved
        return await self._act(Kind.MODAL, place, data, modal.message, at).answer(patience)

    def _act(
        self,
        kind: Kind,
        channel: Channel,
        data: dict[str, Any],
        message: Message | None = None,
        at: datetime | None = None,
    ) -> Interaction:
        interaction = Interaction(self, kind, channel, data, source=message, at=at)
        self.discord.interactions.open(interaction)
        return interaction

    def _place(self, channel: Channel | None) -> Channel:
        if channel is not None:
            return channel
        if not self.guild.channels:
            raise NotPossible("no_channel", guild=self.guild.name)
        return self.guild.channels[0]

    def _must_see(self, message: Message) -> None:
        if not message.visible_to(self.user):
            raise NotPossible("not_visible", who=self.name)


@dataclass(eq=False, repr=False)
class Guild(BaseGuild):
    """A server to which channels, roles and members are added, and which loses them."""

    discord: World
    members: dict[int, Member] = field(default_factory=dict[int, Member])

    def add_channel(self, name: str) -> Channel:
        channel = Channel(self.discord, self.discord.new_id(), name, self)
        self.channels.append(channel)
        self.discord.channels[channel.id] = channel
        self.dispatch("CHANNEL_CREATE", channel.payload)
        return channel

    def remove_channel(self, channel: Channel) -> None:
        self.channels.remove(channel)
        del self.discord.channels[channel.id]
        self.dispatch("CHANNEL_DELETE", channel.payload)

    def add_role(self, name: str, granted: int) -> Role:
        role = Role(self.discord.new_id(), name, granted)
        self.roles[role.id] = role
        self.dispatch("GUILD_ROLE_CREATE", {"guild_id": str(self.id), "role": role.payload})
        return role

    def add_member(
        self,
        name: str | None = None,
        *,
        user: User | None = None,
        locale: str | None = None,
        permissions: int | None = None,
    ) -> Member:
        """Add a new account, or one known from another guild.

        `permissions` are what the member may do on top of everybody else.
        """
        user = user or self.discord.add_user(name or "somebody")
        if locale:
            user.locale = locale
        roles = [self.add_role(f"role of {user.name}", permissions)] if permissions else []
        member = self.members[user.id] = Member(self.discord, user, self, roles)
        self.dispatch("GUILD_MEMBER_ADD", member.payload | {"guild_id": str(self.id)})
        return member

    async def remove_bot(self) -> None:
        """Remove the bot: GUILD_DELETE without `unavailable`."""
        self.drop_bot()

    async def add_bot(self) -> None:
        """Add the bot again: a GUILD_CREATE as for a new guild."""
        self.removed = False
        self.dispatch("GUILD_CREATE", self.payload)

    def set_unavailable(self, unavailable: bool = True) -> None:
        """Begin or end an outage of this guild."""
        if unavailable:
            self.dispatch("GUILD_DELETE", {"id": str(self.id), "unavailable": True})
            self.available = False
        else:
            self.available = True
            self.dispatch("GUILD_CREATE", self.payload | {"unavailable": False})


def _find_button(message: Message, label: str | None, custom_id: str | None) -> Button:
    for button in message.buttons:
        named = custom_id is None and label in (button.label, button.words)
        if named or (custom_id is not None and button.custom_id == custom_id):
            return button
    there = ", ".join(button.label for button in message.buttons) or "-"
    raise NotPossible("no_button", label=custom_id or label, there=there)
