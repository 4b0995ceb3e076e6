"""Bots that are run to be measured: their processes, beside a Discord of this machine."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from devtools.bench.worktree import ROOT
from devtools.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Contestant:
    """A bot to run, and what one member does with it again and again."""

    name: str
    argv: tuple[str, ...]
    url: str
    script: tuple[str, ...]
    root: Path = ROOT


def environment(discord: Sandbox, url: str, folder: str, **more: str) -> dict[str, str]:
    """Set every setting, so that no .env is read.

    Python keeps what it has compiled, as it does wherever a bot is run: all but the first start.
    """
    blank = ["PORT", "DEFAULT_TIMEZONE", "DEFAULT_LANGUAGE", "HOME_GUILD", "TEST_GUILDS", "MIGRATE"]
    return (
        os.environ
        | dict.fromkeys(blank, "")
        | {
            "DISCORD_TOKEN": "bench.token.bench",
            "DISCORD_API_URL": discord.api_url,
            "DATABASE_URL": url,
            "LOG_LEVEL": "WARNING",
            "SHARD_COUNT": "1",
            "SHARD_IDS": "",
            "STATE_DIRECTORY": folder,
            "PYTHONDONTWRITEBYTECODE": "",
        }
        | more
    )


@asynccontextmanager
async def running(
    discord: Sandbox, one: Contestant, folder: str, **settings: str
) -> AsyncIterator[tuple[psutil.Process, float]]:
    """Run the bot until the block ends; give its process and its seconds to READY."""
    sessions = len(discord.gateways)
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *one.argv,
        cwd=one.root,
        env=environment(discord, one.url, folder, **settings),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await discord.ready(sessions=sessions + 1, commands=False)
        start = time.perf_counter() - began
        await discord.ready(sessions=sessions + 1)
        yield psutil.Process(process.pid), start
    finally:
        process.terminate()
        await process.wait()
