"""Users, channels and roles, and how Discord writes them down."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from devtools.sandbox import permissions

if TYPE_CHECKING:
    from devtools.sandbox.guilds import Guild
    from devtools.sandbox.messages import Message

TEXT_CHANNEL = 0
DIRECT_MESSAGE = 1


@dataclass(eq=False, repr=False)
class User:
    """An account; `locale` is the language of its Discord client."""

    id: int
    name: str
    locale: str = "en-US"
    bot: bool = False
    accepts_dms: bool = True

    @cached_property
    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "username": self.name if self.bot else f"user{self.id % 100_000:05}",
            "global_name": None if self.bot else self.name,
            "discriminator": "0000" if self.bot else "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
        }


@dataclass(eq=False, repr=False)
class Channel:
    """A text channel of a guild, or a direct conversation with one user."""

    id: int
    name: str
    guild: Guild | None = None
    recipient: User | None = None
    bot_permissions: int | None = None  # None: what the guild gives the bot
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def type(self) -> int:
        return TEXT_CHANNEL if self.guild else DIRECT_MESSAGE

    @property
    def permissions_of_bot(self) -> int:
        if self.bot_permissions is not None:
            return permissions.effective(self.bot_permissions)
        return permissions.effective(self.guild.bot_permissions if self.guild else _IN_A_DM)

    @property
    def resolved(self) -> dict[str, Any]:
        """The parts of an interaction's `resolved` that tell of this channel."""
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
        return common | {
            "guild_id": str(self.guild.id),
            "name": self.name,
            "position": 0,
            "permission_overwrites": [],
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "rate_limit_per_user": 0,
        }


_IN_A_DM = permissions.MEMBER


@dataclass(eq=False, repr=False)
class Role:
    id: int
    name: str
    permissions: int
    managed: bool = False

    @property
    def resolved(self) -> dict[str, Any]:
        return {"roles": self.payload}

    @property
    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions),
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "position": 0 if self.name == "@everyone" else 1,
            "managed": self.managed,
            "mentionable": False,
            "flags": 0,
        }
