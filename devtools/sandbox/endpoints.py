"""REST of the application, its commands, users and guilds."""

from __future__ import annotations

from devtools.sandbox import limits
from devtools.sandbox.commands import Command, Commands
from devtools.sandbox.errors import unknown
from devtools.sandbox.places import BaseGuild
from devtools.sandbox.rest import Call, Outcome, Rest
from devtools.sandbox.state import EMPTY
from devtools.sandbox.world import World


def install(discord: World, rest: Rest) -> None:
    """Add the routes of this file."""
    on, commands = rest.on, CommandRoutes(discord.commands_registry)
    about, guilds = About(discord), Guilds(discord)
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


class About:
    """The application, its user, its owner, and other users."""

    def __init__(self, discord: World) -> None:
        self._discord = discord

    def gateway(self, call: Call) -> Outcome:
        return 200, {"url": self._discord.gateway_url}

    def gateway_bot(self, call: Call) -> Outcome:
        # asked once by each process that starts, before it looks at its commands
        self._discord.commands_registry.forget_access()
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
        return 200, EMPTY["application"] | {
            "id": str(bot.id),
            "name": bot.name,
            "owner": self._discord.owner.payload,
            "bot": bot.payload,
            "approximate_guild_count": len(self._discord.guilds),
        }

    def me(self, call: Call) -> Outcome:
        more = {"verified": True, "mfa_enabled": True, "email": None, "locale": "en-US"}
        return 200, self._discord.bot_user.payload | more

    def user(self, call: Call) -> Outcome:
        return 200, self._discord.user(call.path["user"]).payload

    def open_dm(self, call: Call) -> Outcome:
        user = self._discord.user(str((call.json or {}).get("recipient_id")))
        return 200, self._discord.dm(user).payload


class CommandRoutes:
    """The registry of commands, for all guilds or for one."""

    def __init__(self, registry: Commands) -> None:
        self._registry = registry

    def _find(self, call: Call) -> Command:
        return self._registry.find(_scope(call), call.path["command"])

    def listed(self, call: Call) -> Outcome:
        whole = call.query.get("with_localizations", "").lower() in ("true", "1")
        return 200, self._registry.listed(_scope(call), whole=whole)

    def get(self, call: Call) -> Outcome:
        return 200, self._find(call).payload

    def overwrite(self, call: Call) -> Outcome:
        return 200, [one.payload for one in self._registry.overwrite(_scope(call), call.json)]

    def create(self, call: Call) -> Outcome:
        command, new = self._registry.create(_scope(call), call.json)
        return (201 if new else 200), command.payload

    def edit(self, call: Call) -> Outcome:
        return 200, self._registry.edit(self._find(call), call.json).payload

    def delete(self, call: Call) -> Outcome:
        self._registry.delete(self._find(call))
        return 204, None


def _scope(call: Call) -> int | None:
    guild = call.path.get("guild")
    return int(guild) if guild else None


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
        self._guild(call).drop_bot()
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
