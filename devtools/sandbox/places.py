"""Channels, members and guilds, and how Discord writes them down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from devtools.sandbox import permissions
from devtools.sandbox.messages import Message
from devtools.sandbox.snowflakes import moment_of
from devtools.sandbox.state import EMPTY, Role, State, User

TEXT_CHANNEL = 0
DIRECT_MESSAGE = 1
GUILDS, GUILD_MEMBERS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 1, 1 << 9, 1 << 12  # intents


@dataclass(eq=False, repr=False)
class Channel:
    """A text channel of a guild, or a direct conversation with one user."""

    discord: State
    id: int
    name: str
    guild: BaseGuild | None = None
    recipient: User | None = None
    bot_permissions: int | None = None  # None: what the guild gives the bot
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def direct(self) -> bool:
        return self.guild is None

    def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Dispatch a message in it."""
        if self.guild is None:
            self.discord.dispatch(None, event, data, DIRECT_MESSAGES)
        else:
            about = data | {"guild_id": str(self.guild.id)}
            self.discord.dispatch(self.guild.id, event, about, GUILD_MESSAGES)

    @property
    def type(self) -> int:
        return TEXT_CHANNEL if self.guild else DIRECT_MESSAGE

    @property
    def permissions_of_bot(self) -> int:
        if self.bot_permissions is not None:
            return permissions.effective(self.bot_permissions)
        return permissions.effective(
            self.guild.bot_permissions if self.guild else permissions.MEMBER
        )

    @property
    def overwrites(self) -> list[dict[str, Any]]:
        """What is denied to the bot in this channel only, as a guild's channels have it."""
        if self.guild is None or self.bot_permissions is None:
            return []
        denied = self.guild.bot_permissions & ~self.bot_permissions
        bot = str(self.discord.bot_user.id)
        return [{"id": bot, "type": 1, "allow": "0", "deny": str(denied)}]

    def allow_bot(self, granted: int | None) -> None:
        """Set what the bot may do here (None: what it may anywhere), and let it know."""
        self.bot_permissions = granted
        if self.guild:
            self.guild.dispatch("CHANNEL_UPDATE", self.payload)

    @property
    def resolved(self) -> dict[str, Any]:
        """The entries of an interaction's `resolved` for this channel."""
        return {"channels": self.payload | {"permissions": str(permissions.MEMBER)}}

    @property
    def payload(self) -> dict[str, Any]:
        last = next(reversed(self.messages), None)
        common = {
            "id": str(self.id),
            "type": self.type,
            "flags": 0,
            "last_message_id": str(last) if last else None,
        }
        if self.guild is None:
            assert self.recipient
            return common | {"recipients": [self.recipient.payload]}
        own = {"name": self.name, "permission_overwrites": self.overwrites}
        return EMPTY["channel"] | common | own | {"guild_id": str(self.guild.id)}


@dataclass(eq=False, repr=False)
class BaseMember:
    """An account in one guild. `permissions` and `locale` may be changed at any time."""

    discord: State
    user: User
    guild: BaseGuild
    roles: list[Role] = field(default_factory=list[Role])

    def __repr__(self) -> str:
        return f"<Member {self.name} of {self.guild.name}>"

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def locale(self) -> str:
        return self.user.locale

    @locale.setter
    def locale(self, locale: str) -> None:
        self.user.locale = locale

    @property
    def permissions(self) -> int:
        """What the member may do: everybody's permissions and those of the member's roles."""
        if self.user is self.discord.owner:
            return permissions.EVERYTHING
        granted = self.guild.roles[self.guild.id].permissions
        for role in self.roles:
            granted |= role.permissions
        return permissions.effective(granted)

    @property
    def payload(self) -> dict[str, Any]:
        return EMPTY["member"] | {
            "user": self.user.payload,
            "roles": [str(role.id) for role in self.roles],
            "joined_at": moment_of(self.user.id).isoformat(),
        }

    @property
    def resolved(self) -> dict[str, Any]:
        """The entries of an interaction's `resolved` for this member."""
        member = self.payload | {"permissions": str(self.permissions)}
        del member["user"]
        return {"users": self.user.payload, "members": member}


@dataclass(eq=False, repr=False)
class BaseGuild:
    """A server. `locale` is its preferred language; `removed` says that the bot was thrown out."""

    discord: State
    id: int
    name: str
    locale: str = "en-US"
    available: bool = True
    removed: bool = False
    bot_permissions: int = permissions.MEMBER
    # commands that an administrator opened to everybody, whatever their default permissions say
    opened_commands: set[str] = field(default_factory=set[str])
    channels: list[Channel] = field(default_factory=list[Channel])
    members: dict[int, BaseMember] = field(default_factory=dict[int, BaseMember])
    roles: dict[int, Role] = field(default_factory=dict[int, Role])

    def __post_init__(self) -> None:
        self.roles[self.id] = Role(self.id, "@everyone", permissions.MEMBER)
        role = Role(self.discord.new_id(), "bot", self.bot_permissions, managed=True)
        self.roles[role.id] = role
        self.bot_member = BaseMember(self.discord, self.discord.bot_user, self, [role])

    def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Dispatch an event of this guild; guild and member events need their intents."""
        if self.available and not self.removed:
            intents = GUILD_MEMBERS if event.startswith("GUILD_MEMBER") else GUILDS
            self.discord.dispatch(self.id, event, data, intents)

    def remove_member(self, member: BaseMember) -> None:
        del self.members[member.user.id]
        event = {"guild_id": str(self.id), "user": member.user.payload}
        self.dispatch("GUILD_MEMBER_REMOVE", event)

    def drop_bot(self) -> None:
        """Remove the bot, thrown out or by its own wish."""
        self.dispatch("GUILD_DELETE", {"id": str(self.id)})
        self.removed = True

    @property
    def partial(self) -> dict[str, Any]:
        return {"id": str(self.id), "locale": self.locale, "features": []}

    @property
    def summary(self) -> dict[str, Any]:
        """The guild as REST writes it."""
        return EMPTY["guild"] | {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.discord.owner.id),
            "preferred_locale": self.locale,
            "roles": [role.payload for role in self.roles.values()],
        }

    @property
    def payload(self) -> dict[str, Any]:
        """The guild as GUILD_CREATE brings it; of the members only the bot, as without intents."""
        return (
            EMPTY["GUILD_CREATE"]
            | self.summary
            | {
                "joined_at": moment_of(self.id).isoformat(),
                "member_count": len(self.members) + 1,
                "members": [self.bot_member.payload],
                "channels": [channel.payload for channel in self.channels],
            }
        )
