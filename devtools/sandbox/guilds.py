"""A guild, which people call a server, and what may happen to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from devtools.sandbox.members import Member
from devtools.sandbox.places import BaseGuild, Channel
from devtools.sandbox.state import Role, User
from devtools.sandbox.world import World


@dataclass(eq=False, repr=False)
class Guild(BaseGuild):
    """A server to which channels, roles and members are added, and which loses them."""

    discord: World
    members: dict[int, Member] = field(default_factory=dict[int, Member])

    def add_channel(self, name: str) -> Channel:
        channel = Channel(self.discord, self.discord.new_id(), name, self)
        self.channels.append(channel)
        self.discord.channels[channel.id] = channel
        self.tell("CHANNEL_CREATE", channel.payload)
        return channel

    def add_role(self, name: str, granted: int) -> Role:
        role = Role(self.discord.new_id(), name, granted)
        self.roles[role.id] = role
        event = {"guild_id": str(self.id), "role": role.payload}
        self.tell("GUILD_ROLE_CREATE", event)
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
        event = member.payload | {"guild_id": str(self.id)}
        self.tell("GUILD_MEMBER_ADD", event)
        return member

    async def remove_bot(self) -> None:
        """Throw the bot out: GUILD_DELETE without `unavailable`."""
        self.lose_bot()

    async def add_bot(self) -> None:
        """Add the bot again: a GUILD_CREATE as for a new guild."""
        self.removed = False
        self.tell("GUILD_CREATE", self.payload)

    def set_unavailable(self, unavailable: bool = True) -> None:
        """Begin or end an outage of this guild."""
        if unavailable:
            stub = {"id": str(self.id), "unavailable": True}
            self.tell("GUILD_DELETE", stub)
            self.available = False
        else:
            self.available = True
            event = self.payload | {"unavailable": False}
            self.tell("GUILD_CREATE", event)
