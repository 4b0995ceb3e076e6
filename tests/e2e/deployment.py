"""The real `main.py` in processes of its own, between the sandbox and a real database."""

import asyncio
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2

from devtools.sandbox import Channel, Guild, Interaction, Member, Message, Sandbox
from devtools.sandbox.rest import Request
from settings import database_address
from tests.e2e.process import ROOT, Process
from tests.support.until import stopwatch

TOKEN = "MTIzNDU2.sandbox.the-secret-token"
# Every setting is set, so that an operator's own .env is never read; blank counts as missing.
SETTINGS = (
    "CLOCK_FILE",
    "DATABASE_URL",
    "DEFAULT_LANGUAGE",
    "DEFAULT_TIMEZONE",
    "DISCORD_API_URL",
    "DISCORD_BOT_TOKEN",
    "DISCORD_CHANNEL_ID",
    "DISCORD_GUILD_ID",
    "DISCORD_TOKEN",
    "HOME_GUILD",
    "LOG_LEVEL",
    "MIGRATE",
    "PORT",
    "SHARD_COUNT",
    "SHARD_IDS",
    "TEST_GUILDS",
)
# Statements for `first`: identify again at once, where disnake waits for 5 s as Discord wants it.
IDENTIFY_AT_ONCE = """
import bot
async def at_once(*_, **__): pass
bot.Bot.before_identify_hook = at_once
"""
# Know who keeps to themselves before the first command. Else the wait for it is private, if a busy
# machine takes a second, and its post stands beside the answer.
KNOWN = """
import bot, database, interactions.follow_up
from contextlib import suppress
connect = bot.Bot.connect
async def known(self, **more):
    with suppress(database.ConnectionLost):
        await interactions.follow_up.read_private(self)
    await connect(self, **more)
bot.Bot.connect = known
"""
# Do nothing by the process's own clock, where it cannot be set: to that, what members do on the
# days of a scene is long ago, so that a heartbeat would remind them of it and end it.
NOTHING_DUE = """
import interactions.schedule
async def nothing(*_): pass
interactions.schedule.Schedule.run_due = nothing
"""


def environment(**settings: object) -> dict[str, str]:
    """Make the whole environment of a process: nothing of ours, and every setting explicitly."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    blank = dict.fromkeys(SETTINGS, "")
    return kept | blank | {name: str(value) for name, value in settings.items()}


@dataclass
class Place:
    """A server with a channel and two members who have nothing to do with any other place."""

    discord: Sandbox
    guild: Guild
    channel: Channel
    nanao: Member
    hana: Member

    @property
    def posts(self) -> list[Message]:
        """What everybody sees in the channel."""
        return self.discord.messages(self.channel)


@dataclass
class Deployment:
    """A Discord, a database and the bot's processes; `allowed` are log lines that may be.

    On the way out nothing may be left that nobody expected: warnings and errors in a log,
    requests that Discord refused, processes that do not end within 5 s.
    """

    url: str
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    behind: str = ""  # the database's own URL, where the bot goes through a proxy of this loop
    discord: Sandbox = field(default_factory=Sandbox)
    processes: list[Process] = field(default_factory=list[Process])
    allowed: list[str] = field(default_factory=list[str])
    refusals: set[int] = field(default_factory=set[int])  # Discord's codes that are expected
    interactions: list[Interaction] = field(default_factory=list[Interaction])
    _checked: dict[Path, int] = field(default_factory=dict[Path, int])
    _refused: list[Request] = field(default_factory=list[Request])

    async def __aenter__(self) -> "Deployment":
        await self.discord.__aenter__()
        self.discord.stopwatch = self.stopwatch
        opened = self.discord.interactions.open

        def remember(interaction: Interaction) -> None:
            self.interactions.append(interaction)
            opened(interaction)

        self.discord.interactions.open = remember
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        running = [process for process in self.processes if process.running]
        try:
            if kind is None:
                for seconds in await asyncio.gather(*(process.stop() for process in running)):
                    assert seconds < 5, f"ended only after {seconds:.1f} s"
                self.check()
        finally:
            for process in running:
                with suppress(ProcessLookupError):
                    process.kill()
            await self.discord.__aexit__()

    async def start(
        self,
        first: str = "",
        *,
        ready: bool = True,
        known: bool = True,
        due: bool = False,
        project: Path = ROOT,
        **settings: object,
    ) -> Process:
        """Start a process, and wait until it is connected and its commands are registered.

        What is `due` by its own clock it does where that can be set ahead, or if it is to.
        """
        sessions = len(self.discord.gateways)
        if Process.forks and project == ROOT:
            due = due or "CLOCK_FILE" in self.settings | settings
            first = KNOWN * known + NOTHING_DUE * (not due) + first
        process = self.launch(first, project=project, **settings)
        if ready:
            connected = asyncio.create_task(self.discord.ready(sessions=sessions + 1))
            while not connected.done():
                await asyncio.wait({connected}, timeout=0.1)
                if not process.running:
                    connected.cancel()
                    raise AssertionError(process.log)
            connected.result()
        return process

    def launch(self, first: str = "", *, project: Path = ROOT, **settings: object) -> Process:
        """Start a process and do not wait."""
        values: dict[str, object] = {
            "DISCORD_TOKEN": TOKEN,
            "DATABASE_URL": self.url,
            "DISCORD_API_URL": self.discord.api_url,
            "DEFAULT_TIMEZONE": "Asia/Tokyo",
            "DEFAULT_LANGUAGE": "ja",
            "LOG_LEVEL": "INFO",
            "MIGRATE": "on",
            "STATE_DIRECTORY": self.folder,
            "PYTHONWARNINGS": "default",
        }
        log = self.folder / f"process-{len(self.processes)}.log"
        process = Process(log, environment(**(values | self.settings | settings)), first, project)
        self.processes.append(process)
        return process

    def stopwatch(self) -> Callable[[], float]:
        """Return a function that tells the seconds since now, as long as none had to wait."""
        return stopwatch(*(one.popen.pid for one in self.processes if one.running))

    def later(self, **span: float) -> None:
        """Set the clocks of Discord and of the processes ahead; by nothing before they start."""
        self.discord.clock_file = self.folder / "clock"
        self.settings["CLOCK_FILE"] = self.discord.clock_file
        self.discord.later(timedelta(**span))

    def place(self, locale: str = "ja") -> Place:
        """Make a new server."""
        guild = self.discord.add_guild("もくもく会", locale=locale)
        channel = guild.add_channel("general")
        nanao = guild.add_member("ナナオ", locale=locale)
        return Place(self.discord, guild, channel, nanao, guild.add_member("ハナ", locale=locale))

    def check(self) -> None:
        """Fail for what nobody expected since the last look."""
        for process in self.processes:
            records = list(process.records())
            checked = self._checked.get(process.path, 0)
            self._checked[process.path] = len(records)
            for level, text in records[checked:]:
                odd = level not in ("INFO", "DEBUG") or "Traceback" in text
                expected = any(re.search(one, text) for one in self.allowed)
                assert expected or not odd, f"{process.path.name}: {text}"
        seen = {id(one) for one in self._refused}
        fresh = [one for one in self.discord.refused if id(one) not in seen]
        self._refused += fresh
        odd = [one for one in fresh if one.error not in self.refusals]
        assert not odd, odd

    @contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Let everybody wait who wants to use a table (on SQLite: who wants to write at all)."""
        with closing(self.connect()) as connection, closing(connection.cursor()) as cursor:
            sqlite = isinstance(connection, sqlite3.Connection)
            cursor.execute("BEGIN IMMEDIATE" if sqlite else f"LOCK TABLE {table}")
            yield
            connection.rollback()

    @contextmanager
    def renamed(self, table: str) -> Iterator[None]:
        """Let a table be away, as what lies under a database may be; nothing waits for it."""
        self.rows(f"ALTER TABLE {table} RENAME TO {table}_away")
        yield
        self.rows(f"ALTER TABLE {table}_away RENAME TO {table}")

    def connect(self) -> Any:
        """Connect to the database beside the bot."""
        url = self.behind or self.url
        if url.startswith("sqlite"):
            path = url.removeprefix("sqlite:///")
            return sqlite3.connect(path, timeout=10, isolation_level=None)
        return psycopg2.connect(database_address(url))

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database itself; `?` stands for a value."""
        with closing(self.connect()) as connection, closing(connection.cursor()) as cursor:
            if not isinstance(connection, sqlite3.Connection):
                statement = statement.replace("?", "%s")
            cursor.execute(statement, values)
            found = cursor.fetchall() if cursor.description else []
            connection.commit()
            return found
