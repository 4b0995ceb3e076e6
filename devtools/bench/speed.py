"""This bot beside a bare one, through the sandbox, in one run: speed, answers, memory, start."""

import asyncio
import itertools
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from devtools.postgres import postgres_server
from devtools.sandbox import Channel, Member, Sandbox

ROOT = Path(__file__).resolve().parents[2]
IN_FLIGHT = 50
COMMANDS = 3000  # for commands/s and CPU
PACE = 20.0  # commands/s at which first answers are timed
PACED = 400
STARTS = 5


@dataclass(frozen=True, slots=True)
class Contestant:
    """A bot to run, and what one member does with it again and again."""

    name: str
    argv: tuple[str, ...]
    url: str
    script: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured: seconds, megabytes, commands a second."""

    rate: float
    p50: float
    p95: float
    p99: float
    memory: float
    start: float
    cpu: float  # seconds for 1,000 commands


def environment(discord: Sandbox, url: str, folder: str, **more: str) -> dict[str, str]:
    """Set every setting, so that no .env is read."""
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
        cwd=ROOT,
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


async def one_command(member: Member, channel: Channel, name: str) -> float:
    """Send a command; return the seconds to its first answer."""
    reply = await member.slash(name, channel=channel)
    assert reply.first_answer_seconds is not None
    return reply.first_answer_seconds


async def flood(
    members: list[Member], channel: Channel, script: tuple[str, ...], each: int
) -> None:
    """Send one command after another for each member, all members at once."""

    async def busy(member: Member) -> None:
        for name in itertools.islice(itertools.cycle(script), each):
            await one_command(member, channel, name)

    await asyncio.gather(*(busy(member) for member in members))


async def paced(members: list[Member], channel: Channel, script: tuple[str, ...]) -> list[float]:
    """Send commands at a steady pace, whether or not earlier ones are answered."""
    began = time.perf_counter()
    waiting: list[asyncio.Task[float]] = []
    for number in range(PACED):
        await asyncio.sleep(max(0.0, began + number / PACE - time.perf_counter()))
        member = members[number % len(members)]
        name = script[number // len(members) % len(script)]
        waiting.append(asyncio.create_task(one_command(member, channel, name)))
    return sorted(await asyncio.gather(*waiting))


async def measure(one: Contestant) -> Result:
    """Start the bot some times, then run one through all the work."""
    starts: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(STARTS - 1):
            async with Sandbox() as discord, running(discord, one, folder) as (_, start):
                starts.append(start)
        async with Sandbox() as discord:
            discord.rate_limits = False
            guild = discord.add_guild("bench")
            channel = guild.add_channel("bench")
            members = [guild.add_member(f"member {n}") for n in range(IN_FLIGHT)]
            async with running(discord, one, folder) as (process, start):
                starts.append(start)
                await asyncio.sleep(1)
                memory = process.memory_info().rss / 1e6
                await flood(members, channel, one.script, 4)
                answers = await paced(members, channel, one.script)
                before, began = sum(process.cpu_times()[:2]), time.perf_counter()
                await flood(members, channel, one.script, COMMANDS // IN_FLIGHT)
                seconds = time.perf_counter() - began
                cpu = sum(process.cpu_times()[:2]) - before
    at: Callable[[float], float] = lambda share: answers[int(share * (len(answers) - 1))]  # noqa: E731
    return Result(
        rate=COMMANDS / seconds,
        p50=at(0.5),
        p95=at(0.95),
        p99=at(0.99),
        memory=memory,
        start=statistics.median(starts),
        cpu=cpu / COMMANDS * 1000,
    )


ROWS: tuple[tuple[str, Callable[[Result], float], str], ...] = (
    (f"commands/s, {IN_FLIGHT} in flight", lambda r: r.rate, "{:.0f}"),
    (f"first answer p50 at {PACE:.0f}/s, ms", lambda r: r.p50 * 1000, "{:.1f}"),
    (f"first answer p95 at {PACE:.0f}/s, ms", lambda r: r.p95 * 1000, "{:.1f}"),
    (f"first answer p99 at {PACE:.0f}/s, ms", lambda r: r.p99 * 1000, "{:.1f}"),
    ("memory after READY, MB", lambda r: r.memory, "{:.1f}"),
    (f"start to READY, s (median of {STARTS})", lambda r: r.start, "{:.2f}"),
    ("CPU for 1,000 commands, s", lambda r: r.cpu, "{:.2f}"),
)


def table(results: dict[str, Result]) -> str:
    """Write the figures side by side, with the ratio to the bare bot."""
    bare, *others = results
    lines = ["| | " + " | ".join([bare, *(f"{name} | ratio" for name in others)]) + " |"]
    lines.append("|---|" + "---:|" * (1 + 2 * len(others)))
    for label, pick, form in ROWS:
        base = pick(results[bare])
        cells = [form.format(base)]
        for name in others:
            value = pick(results[name])
            cells += [form.format(value), f"{value / base:.2f}"]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine() -> str:
    """Return on what the figures were taken."""
    cores = psutil.cpu_count()
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{cores} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    )


async def run() -> None:
    """Measure the bare bot, ours on SQLite and ours on Postgres."""
    main = (sys.executable, str(ROOT / "main.py"))
    conversation = ("start", "end")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT))
        server = stack.enter_context(postgres_server())
        contestants = (
            Contestant(
                "bare", (sys.executable, str(ROOT / "devtools/bench/bare.py")), "", ("ping",)
            ),
            Contestant("SQLite", main, f"sqlite:///{folder}/bench.db", conversation),
            Contestant("Postgres", main, server.create_database(), conversation),
        )
        results = {one.name: await measure(one) for one in contestants}
    print(f"{machine()}\n\n{table(results)}")
