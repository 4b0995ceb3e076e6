"""Bots that are run to be measured: each a process of its own, beside the sandbox's Discord."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import psutil

from devtools.postgres import postgres_server
from devtools.sandbox import Channel, Guild, Member, Sandbox

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot to run: its program, its database, the folder of its code."""

    argv: tuple[str, ...]
    url: str = ""
    root: Path = ROOT


def this_bot(url: str, root: Path = ROOT) -> Bot:
    """Return the bot of a folder, on a database."""
    return Bot((sys.executable, str(root / "main.py")), url, root)


def other_bot(script: str, url: str = "") -> Bot:
    """Return a bot of this folder that ours is compared with."""
    return Bot((sys.executable, str(Path(__file__).with_name(script))), url)


@dataclass(slots=True)
class Running:
    """A bot that is connected to a sandbox, and a server there with one channel and members."""

    discord: Sandbox
    process: psutil.Process
    start: float  # seconds until READY
    guild: Guild
    channel: Channel
    members: list[Member] = field(default_factory=list[Member])

    @property
    def cpu(self) -> float:
        """The seconds of processor time that the bot has taken."""
        return sum(self.process.cpu_times()[:2])

    def add_members(self, number: int) -> list[Member]:
        """Add so many members to the server."""
        self.members += [
            self.guild.add_member(f"member {len(self.members) + n}") for n in range(number)
        ]
        return self.members[-number:]


@asynccontextmanager
async def running(bot: Bot, members: int = 0) -> AsyncIterator[Running]:
    """Run a bot beside a sandbox of its own until the block ends."""
    async with Sandbox() as discord:
        discord.rate_limits = False
        guild = discord.add_guild("bench")
        channel = guild.add_channel("bench")
        async with process_of(bot, discord) as (process, start):
            found = Running(discord, process, start, guild, channel)
            found.add_members(members)
            yield found


@asynccontextmanager
async def process_of(
    bot: Bot, discord: Sandbox, **settings: str
) -> AsyncIterator[tuple[psutil.Process, float]]:
    """Run a bot in a sandbox; yield its process and its seconds until READY.

    Every setting is set, so that no .env is read. Python keeps what it has compiled, as it does
    wherever a bot is run: all but the first start.
    """
    blank = ("PORT", "DEFAULT_TIMEZONE", "DEFAULT_LANGUAGE", "HOME_GUILD", "TEST_GUILDS", "MIGRATE")
    sessions, began = len(discord.gateways) + 1, time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        given = {
            **dict.fromkeys(blank, ""),
            "DISCORD_TOKEN": "bench.token.bench",
            "DISCORD_API_URL": discord.api_url,
            "DATABASE_URL": bot.url,
            "LOG_LEVEL": "WARNING",
            "SHARD_COUNT": "1",
            "SHARD_IDS": "",
            "STATE_DIRECTORY": folder,
            "PYTHONDONTWRITEBYTECODE": "",
        }
        process = await asyncio.create_subprocess_exec(
            *bot.argv,
            cwd=bot.root,
            env=os.environ | given | settings,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await discord.ready(sessions=sessions, commands=False)
            start = time.perf_counter() - began
            await discord.ready(sessions=sessions)
            yield psutil.Process(process.pid), start
        finally:
            process.terminate()
            await process.wait()


async def one_command(member: Member, name: str) -> float:
    """Send a command; return the seconds to its first answer."""
    reply = await member.slash(name)
    assert reply.first_answer_seconds is not None
    return reply.first_answer_seconds


async def commands_of_each(members: list[Member], script: tuple[str, ...], number: int) -> None:
    """Send so many commands for each member, one after another, all members at once."""

    async def busy(member: Member) -> None:
        for n in range(number):
            await one_command(member, script[n % len(script)])

    await asyncio.gather(*map(busy, members))


@contextmanager
def databases() -> Iterator[dict[str, Callable[[], str]]]:
    """Yield what creates an empty database of each kind and returns its URL."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT))
        server = stack.enter_context(postgres_server())
        files = (f"sqlite:///{folder}/{number}.db" for number in count())
        yield {"SQLite": partial(next, files), "Postgres": server.create_database}


@contextmanager
def worktree(commit: str) -> Iterator[Path]:
    """Check a commit out into a temporary folder, for as long as the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        git = ("git", "-C", str(ROOT), "worktree")
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)  # noqa: S603
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)  # noqa: S603
