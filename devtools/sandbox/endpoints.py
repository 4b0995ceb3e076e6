"""REST apart from interactions: the application, commands, users, guilds, channels, messages."""

from __future__ import annotations

from typing import Any

from devtools.sandbox import limits, permissions, posting, rules
from devtools.sandbox.errors import Refusal, unknown
from devtools.sandbox.messages import Message
from devtools.sandbox.places import BaseGuild, Channel
from devtools.sandbox.rest import Call, Outcome, Rest
from devtools.sandbox.world import World


def install(discord: World, rest: Rest) -> None:
    """Let REST answer everything of this file."""
    on, commands = rest.on, discord.commands_registry
    about, guilds, channels = About(discord), Guilds(discord), Channels(discord)
    on("GET", "/gateway", about.gateway)
    on("GET", "/gateway/bot", about.gateway_bot)
    on("GET", "/oauth2/applications/@me", about.application)
    on("GET", "/applications/@me", about.application)
    on("GET", "/users/@me", about.me)
    on("GET", "/users/@me/guilds", guilds.mine)
    on("DELETE", "/users/@me/guilds/{guild}", guilds.leave)
    on("POST", "/users/@me/channels", about.open_dm)
    on("GET", "/users/{user}", about.user)
    for scope in ("/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands"):
        on("GET", scope, commands.listed)
        on("PUT", scope, commands.overwrite)
        on("POST", scope, commands.create)
        on("GET", scope + "/{command}", commands.get)
        on("PATCH", scope + "/{command}", commands.edit)
        on("DELETE", scope + "/{command}", commands.delete)
    on("GET", "/guilds/{guild}", guilds.get)
    on("GET", "/guilds/{guild}/channels", guilds.channels)
    on("GET", "/guilds/{guild}/roles", guilds.roles)
    on("GET", "/guilds/{guild}/members", guilds.members)
    on("GET", "/guilds/{guild}/members/{user}", guilds.member)
    on("GET", "/channels/{channel}", channels.get)
    on("POST", "/channels/{channel}/typing", channels.typing)
    messages = "/channels/{channel}/messages"
    on("GET", messages, channels.messages)
    on("POST", messages, channels.post, rate=limits.CHANNEL_MESSAGES)
    on("GET", messages + "/{message}", channels.message)
    on("PATCH", messages + "/{message}", channels.edit, rate=limits.CHANNEL_MESSAGES)
    on("DELETE", messages + "/{message}", channels.delete, rate=limits.CHANNEL_MESSAGES)


class About:
    """The application, its user, its owner, and other users."""

    def __init__(self, discord: World) -> None:
        self._discord = discord

    def gateway(self, call: Call) -> Outcome:
        return 200, {"url": self._discord.gateway_url}

    def gateway_bot(self, call: Call) -> Outcome:
        # asked once by each process that starts, before it looks at its commands
        self._discord.commands_registry.forget_looks()
        limit = {
            "total": limits.IDENTIFIES,
            "remaining": self._discord.identifies_left,
            "reset_after": 14_400_000,
            "max_concurrency": self._discord.max_concurrency,
        }
        return 200, {
            "url": self._discord.gateway_url,
            "shards": self._discord.shards,
            "session_start_limit": limit,
        }

    def application(self, call: Call) -> Outcome:
        bot = self._discord.bot_user
        return 200, {
            "id": str(bot.id),
            "name": bot.name,
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "owner": self._discord.owner.payload,
            "team": None,
            "type": None,
            "flags": 0,
            "flags_new": "0",
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": [],
            "role_connections_verification_url": None,
            "bot": bot.payload,
            "approximate_guild_count": len(self._discord.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "integration_types_config": {"0": {}},
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "tags": [],
        }

    def me(self, call: Call) -> Outcome:
        more = {"verified": True, "mfa_enabled": True, "email": None, "locale": "en-US"}
        return 200, self._discord.bot_user.payload | more

    def user(self, call: Call) -> Outcome:
        return 200, self._discord.user(call.path["user"]).payload

    def open_dm(self, call: Call) -> Outcome:
        user = self._discord.user(str((call.json or {}).get("recipient_id")))
        return 200, self._discord.dm(user).payload


class Guilds:
    def __init__(self, discord: World) -> None:
        self._discord = discord

    def _guild(self, call: Call) -> BaseGuild:
        number = call.path["guild"]
        guild = self._discord.guilds.get(int(number)) if number.isdecimal() else None
        if guild is None or guild.removed:
            raise unknown("Guild")
        return guild

    def mine(self, call: Call) -> Outcome:
        mine = [guild for guild in self._discord.guilds.values() if not guild.removed]
        return 200, [
            {
                "id": str(guild.id),
                "name": guild.name,
                "icon": None,
                "banner": None,
                "owner": False,
                "permissions": str(guild.bot_permissions),
                "features": [],
            }
            for guild in mine
        ]

    def leave(self, call: Call) -> Outcome:
        self._guild(call).lose_bot()
        return 204, None

    def get(self, call: Call) -> Outcome:
        return 200, self._guild(call).summary

    def channels(self, call: Call) -> Outcome:
        return 200, [channel.payload for channel in self._guild(call).channels]

    def roles(self, call: Call) -> Outcome:
        return 200, [role.payload for role in self._guild(call).roles.values()]

    def members(self, call: Call) -> Outcome:
        everybody = [*self._guild(call).members.values()]
        return 200, [one.payload for one in everybody[: int(call.query.get("limit", "1"))]]

    def member(self, call: Call) -> Outcome:
        guild, number = self._guild(call), call.path["user"]
        if number in ("@me", str(self._discord.bot_user.id)):
            return 200, guild.bot_member.payload
        member = guild.members.get(int(number)) if number.isdecimal() else None
        if member is None:
            raise unknown("Member")
        return 200, member.payload


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
