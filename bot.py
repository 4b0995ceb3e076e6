"""The connection to Discord: disnake's client, its registration, its errors and its end."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Coroutine
from functools import cache
from operator import attrgetter
from typing import Any

import aiohttp
import disnake
from disnake import OptionType
from disnake.ext import commands
from disnake.ext.commands import params
from disnake.utils import utcnow
from disnake.webhook.async_ import async_context

import clock
from domain.command import Defaults
from domain.errors import UserError
from gateway import Gateways, use_backoff_websockets
from health import Health
from i18n import say
from interactions.cache import Cache
from interactions.callbacks import CallbackAdapter, bound_requests
from interactions.errors import report, report_unfinished
from interactions.responder import Responders
from interactions.schedule import Schedule
from settings import PROJECT, Settings
from tasks import Tasks

log = logging.getLogger(__name__)

DRAIN_SECONDS = 3.5  # seconds that what runs has when the process is told to stop
TELL_SECONDS = 0.9  # and then those have who are told that it is unfinished: two requests each
A_DAY = 86400.0
PERMISSIONS = disnake.Permissions(
    view_channel=True, send_messages=True, embed_links=True, attach_files=True
)
SCOPES = ("bot", "applications.commands")
# Events that begin something.
BEGINNINGS = (
    *("application_command", "message_interaction", "button_click", "dropdown", "modal_submit"),
    *("ready", "guild_join", "guild_remove"),
)


# there is no voice here, so there is nothing to warn an operator of
disnake.VoiceClient.warn_nacl = disnake.VoiceClient.warn_dave = False


def read_signatures_once() -> None:
    """Have disnake read each callback's signature and annotations once.

    It does so anew at every call, which took 14 % of all the time that commands cost.
    """
    collect = params.collect_params
    collected = cache(collect)

    def collect_once(function: Callable[..., Any], parameters: Any = None) -> Any:
        return collected(function) if parameters is None else collect(function, parameters)

    params.collect_params = collect_once
    read = disnake.utils.get_signature_parameters
    params.get_signature_parameters = cache(read)  # pyright: ignore[reportPrivateImportUsage]


read_signatures_once()
use_backoff_websockets()


class Bot(commands.AutoShardedInteractionBot):
    """One process of the bot; it holds nothing that may not be lost."""

    def __init__(self, settings: Settings, health: Health) -> None:
        super().__init__(
            intents=disnake.Intents(guilds=True),
            allowed_mentions=disnake.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=disnake.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            command_sync_flags=commands.CommandSyncFlags.none(),  # `register` tells refusals apart
            default_contexts=disnake.InteractionContextTypes(guild=True),
            default_install_types=disnake.ApplicationInstallTypes(guild=True),
            shard_count=settings.shard_count,
            shard_ids=list(settings.shard_ids) if settings.shard_ids else None,
            strict_localization=True,
        )
        self.settings = settings
        self.health = health
        self.defaults = Defaults(settings.zone, settings.language)
        self.cache = Cache()
        self.schedule = Schedule()
        self.since = clock.now()
        self.responders = Responders()
        self.tasks = Tasks()
        self.gateways = Gateways()
        self._owner_notified: dict[str, float] = {}
        self._checked_guilds = set[int]()  # for commands that nobody registers any more
        self.i18n.load(PROJECT / "locale")
        async_context.set(CallbackAdapter())
        bound_requests(self.http)

    async def login(self, token: str) -> None:
        """Log in without asking at once who the owner is: only `notify_owner` needs to know."""
        await disnake.Client.login(self, token)

    async def connect(self, **more: Any) -> None:
        """Stay connected; ConnectionError once a gateway is gone for ten minutes."""
        self.gateways.down(None)
        work = asyncio.ensure_future(super().connect(**more))
        lost = asyncio.ensure_future(self.gateways.wait_until_lost())
        try:
            await asyncio.wait({work, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise ConnectionError("it is gone for too long")
            work.result()
        finally:
            work.cancel()
            lost.cancel()

    def dispatch(self, event: str, *args: Any, **kwargs: Any) -> None:
        """Ignore new events once the shutdown has begun; another process may hear them too."""
        if self.tasks.shutting_down and event.startswith(BEGINNINGS):
            return
        super().dispatch(event, *args, **kwargs)

    def _schedule_event(self, *args: Any, **kwargs: Any) -> "asyncio.Task[None]":
        """Handle an event in a task, as disnake does, that the shutdown waits for."""
        return self.tasks.add(super()._schedule_event(*args, **kwargs))

    async def process_application_commands(
        self, interaction: disnake.ApplicationCommandInteraction[Any]
    ) -> None:
        """Run a command; one that is registered for a server that has none is a leftover."""
        guild_id = interaction.data.get("guild_id")
        if guild_id and int(guild_id) not in (self.settings.test_guilds or ()):
            self.in_background(self.remove_leftovers(int(guild_id)), "removing old commands")
        command = self.all_slash_commands.get(interaction.data.name)
        if command is not None and (left := unknown_options(interaction, command)):
            log.warning("/%s came with unknown options: %s", command.name, ", ".join(left))
            unknown = UserError("unknown_option", text=", ".join(f"{left[one]}" for one in left))
            await report(self, unknown, command.name, interaction)
            return
        await super().process_application_commands(interaction)

    async def remove_leftovers(self, guild_id: int) -> None:
        """Remove our commands that an earlier TEST_GUILDS left in a server; name all others."""
        if guild_id in self._checked_guilds:
            return
        self._checked_guilds.add(guild_id)
        ours = {one.name for one in self.application_commands}
        try:
            for old in await self.fetch_guild_commands(guild_id):
                if old.name in ours:
                    await self.delete_guild_command(guild_id, old.id)
                    log.info("removed the old command /%s of server %d", old.name, guild_id)
                else:
                    log.warning(
                        "server %d has a command that is none of ours: /%s", guild_id, old.name
                    )
        except (disnake.HTTPException, aiohttp.ClientError, OSError) as error:
            self._checked_guilds.discard(guild_id)
            log.warning("cannot remove old commands of server %d: %s", guild_id, error)

    def in_background(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Run something beside everything else; its errors are reported like all others."""

        async def reported() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001  the one handler tells the log
                await report(self, error, name)

        return self.tasks.add(asyncio.create_task(reported(), name=name))

    async def on_slash_command_error(self, interaction: Any, exception: Exception) -> None:
        """Hand a failed command to the one handler."""
        await report(self, exception, interaction.data.name, interaction)

    async def on_error(self, event_method: str, *args: Any, **_: Any) -> None:
        """Hand a failed button, modal, completion or event to the one handler."""
        error = sys.exception() if sys.version_info >= (3, 12) else sys.exc_info()[1]
        if error is not None:
            await report(self, error, event_method, args[0] if args else None)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note that a gateway is up."""
        self.gateways.up(shard_id)
        self.health.up(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that a gateway is up again, with nothing missed."""
        self.gateways.up(shard_id)
        self.health.up(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a gateway is gone."""
        self.gateways.down(shard_id)
        self.health.down(shard_id)

    async def register(self) -> None:
        """Bring Discord's list of our commands up to date, with one request if it differs.

        Raises disnake.HTTPException.
        """
        ours = sorted((one.body for one in self.application_commands), key=attrgetter("name"))
        for guild_id in self.settings.test_guilds or (None,):
            if guild_id is None:
                known = await self.fetch_global_commands(with_localizations=True)
            else:
                known = await self.fetch_guild_commands(guild_id, with_localizations=True)
            if {one.name: one for one in known} == {one.name: one for one in ours}:
                continue
            if guild_id is None:
                await self.bulk_overwrite_global_commands(ours)
            else:
                await self.bulk_overwrite_guild_commands(guild_id, ours)
            log.info("registered %d commands", len(ours))

    def invitation(self) -> str:
        """Return the link by which an organiser adds the bot to a server."""
        return disnake.utils.oauth_url(self.application_id, permissions=PERMISSIONS, scopes=SCOPES)

    async def notify_owner(self, key: str, **values: object) -> None:
        """Write to the application's owner, once a day at most about one thing."""
        last = self._owner_notified.get(key)
        if last is not None and time.monotonic() - last < A_DAY:
            return
        self._owner_notified[key] = time.monotonic()
        with self.tasks.must_finish("a message to the owner"):
            await self._send_to_owner(say(self.defaults.language, key, **values))

    async def _send_to_owner(self, text: str) -> None:
        try:
            information = await self.application_info()
            team = information.team
            owner_id = team.owner_id if team and team.owner_id else information.owner.id
            owner = await self.fetch_user(owner_id)
            # a start that fails again and again, or another process, has told it already
            async for old in owner.history(limit=10):
                age = (utcnow() - old.created_at).total_seconds()
                if old.content == text and age < A_DAY:
                    return
            await owner.send(text)
        except (disnake.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("cannot write to the application's owner: %s", error)

    async def shut_down(self) -> None:
        """Take nothing new, wait for what runs, and report what could not finish."""
        self.tasks.begin_shutdown()
        self.schedule.stop()
        self.health.close()
        log.info("stopping: %d commands are running", len(self.responders))
        await self.tasks.wait(DRAIN_SECONDS)
        left = list(self.responders.values())
        if left:
            log.warning("%d commands are unfinished and may not be saved", len(left))
            telling = [asyncio.ensure_future(report_unfinished(one)) for one in left]
            await asyncio.wait(telling, timeout=TELL_SECONDS)
        if names := self.tasks.unfinished:
            log.warning("unfinished, and may not be sent or saved: %s", ", ".join(names))
        await self.tasks.cancel()


def unknown_options(
    inter: disnake.ApplicationCommandInteraction[Any], command: commands.InvokableSlashCommand
) -> dict[str, Any]:
    """Find what was said in options that a command does not have; an old command's text is a note.

    An option of another type than it has now is such a one; so is a sub-command that there is no
    more, with its name, and a command of whose sub-commands none was chosen.
    """
    at: Any = command
    options, given = command.options, inter.data.options
    while given and given[0].type in (OptionType.sub_command_group, OptionType.sub_command):
        (chosen,) = given
        if chosen.name not in at.children:
            return {chosen.name: chosen.name}
        at = at.children[chosen.name]
        options, given = at.option.options, chosen.options
    if getattr(at, "children", None):
        return {at.name: f"/{at.name}"}
    known = {one.name: one.type for one in options}
    said = {one.name: one for one in given if one.value is not None}
    left = {name: one.value for name, one in said.items() if known.get(name) != one.type}
    if "note" in known and "note" not in said and len(left) == 1:
        ((name, value),) = left.items()
        if isinstance(value, str):
            said[name].name = "note"
            return {}
    return left
