"""A guild, which people call a server: its channels, members and roles, and the bot in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from devtools.sandbox import permissions
from devtools.sandbox.members import Member
from devtools.sandbox.snowflakes import moment_of
from devtools.sandbox.world import Channel, Role, User

if TYPE_CHECKING:
    from devtools.sandbox.server import Sandbox


@dataclass(eq=False, repr=False)
class Guild:
    """A server. `locale` is its preferred language; `removed` says that the bot was thrown out."""

    discord: Sandbox
    id: int
    name: str
    locale: str = "en-US"
    available: bool = True
    removed: bool = False
    bot_permissions: int = permissions.MEMBER
    # commands that an administrator opened to everybody, whatever their default permissions say
    opened_commands: set[str] = field(default_factory=set)
    channels: list[Channel] = field(default_factory=list)
    members: dict[int, Member] = field(default_factory=dict)
    roles: dict[int, Role] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.roles[self.id] = Role(self.id, "@everyone", permissions.MEMBER)
        role = Role(self.discord.new_id(), "bot", self.bot_permissions, managed=True)
        self.roles[role.id] = role
        self.bot_member = Member(self.discord, self.discord.bot_user, self, [role])

    def add_channel(self, name: str) -> Channel:
        channel = Channel(self.discord.new_id(), name, self)
        self.channels.append(channel)
        self.discord.channels[channel.id] = channel
        self.discord.gateway.tell_guild(self, "CHANNEL_CREATE", channel.payload)
        return channel

    def add_role(self, name: str, granted: int) -> Role:
        role = Role(self.discord.new_id(), name, granted)
        self.roles[role.id] = role
        event = {"guild_id": str(self.id), "role": role.payload}
        self.discord.gateway.tell_guild(self, "GUILD_ROLE_CREATE", event)
        return role

    def add_member(
        self,
        name: str | None = None,
        *,
        user: User | None = None,
        locale: str | None = None,
        permissions: int | None = None,
    ) -> Member:
        """Let a new account, or an account known from another guild, join.

        `permissions` are what the member may do on top of everybody else.
        """
        user = user or self.discord.add_user(name or "somebody")
        if locale:
            user.locale = locale
        roles = [self.add_role(f"role of {user.name}", permissions)] if permissions else []
        member = self.members[user.id] = Member(self.discord, user, self, roles)
        event = member.payload | {"guild_id": str(self.id)}
        self.discord.gateway.tell_guild(self, "GUILD_MEMBER_ADD", event)
        return member

    def remove_member(self, member: Member) -> None:
        del self.members[member.user.id]
        event = {"guild_id": str(self.id), "user": member.user.payload}
        self.discord.gateway.tell_guild(self, "GUILD_MEMBER_REMOVE", event)

    async def remove_bot(self) -> None:
        """Throw the bot out: GUILD_DELETE without `unavailable`."""
        self.lose_bot()

    def lose_bot(self) -> None:
        """Let the bot be gone, thrown out or by its own wish."""
        self.discord.gateway.tell_guild(self, "GUILD_DELETE", {"id": str(self.id)})
        self.removed = True

    async def add_bot(self) -> None:
        """Let the bot in again: a GUILD_CREATE as for a new guild."""
        self.removed = False
        self.discord.gateway.tell_guild(self, "GUILD_CREATE", self.payload)

    def set_unavailable(self, unavailable: bool = True) -> None:
        """Begin or end an outage of this guild."""
        if unavailable:
            stub = {"id": str(self.id), "unavailable": True}
            self.discord.gateway.tell_guild(self, "GUILD_DELETE", stub)
            self.available = False
        else:
            self.available = True
            event = self.payload | {"unavailable": False}
            self.discord.gateway.tell_guild(self, "GUILD_CREATE", event)

    @property
    def partial(self) -> dict[str, Any]:
        return {"id": str(self.id), "locale": self.locale, "features": []}

    @property
    def summary(self) -> dict[str, Any]:
        """The guild as REST writes it."""
        return {
            "id": str(self.id),
            "features": [],
            "name": self.name,
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "description": None,
            "banner": None,
            "owner_id": str(self.discord.owner.id),
            "preferred_locale": self.locale,
            "afk_channel_id": None,
            "afk_timeout": 300,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": False,
            "vanity_url_code": None,
            "application_id": None,
            "max_members": 500_000,
            "max_presences": None,
            "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50,
            "safety_alerts_channel_id": None,
            "widget_enabled": False,
            "widget_channel_id": None,
            "home_header": None,
            "incidents_data": None,
            "nsfw": False,
            "region": "deprecated",
            "emojis": [],
            "stickers": [],
            "roles": [role.payload for role in self.roles.values()],
        }

    @property
    def payload(self) -> dict[str, Any]:
        """The guild as GUILD_CREATE brings it; of the members only the bot, as without intents."""
        return self.summary | {
            "joined_at": moment_of(self.id).isoformat(),
            "large": False,
            "member_count": len(self.members) + 1,
            "members": [self.bot_member.payload],
            "channels": [channel.payload for channel in self.channels],
            "threads": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
