"""This bot beside a bare one, through the sandbox, in one run: speed, answers, memory, start."""

import argparse
import asyncio
import itertools
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from devtools.bench.bots import Contestant, running
from devtools.bench.worktree import ROOT, worktree
from devtools.postgres import postgres_server
from devtools.sandbox import Channel, Member, Sandbox

IN_FLIGHT = 50
ROUNDS, EACH = 6, 10  # of commands of each member, for commands/s and CPU
PACE = 20.0  # commands/s at which first answers are timed
PACED = 400
STARTS = 5


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


@dataclass(slots=True)
class Trial:
    """A bot that runs, and what it took so far."""

    one: Contestant
    process: psutil.Process
    members: list[Member]
    channel: Channel
    starts: list[float]
    memory: float
    answers: list[float] = field(default_factory=list[float])
    cpu: float = 0.0
    seconds: float = 0.0

    async def pace(self) -> None:
        """Get warm, and time first answers."""
        await flood(self.members, self.channel, self.one.script, 4)
        self.answers = await paced(self.members, self.channel, self.one.script)

    async def flood(self) -> None:
        """Do a part of the work as quickly as it goes."""
        before, began = sum(self.process.cpu_times()[:2]), time.perf_counter()
        await flood(self.members, self.channel, self.one.script, EACH)
        self.seconds += time.perf_counter() - began
        self.cpu += sum(self.process.cpu_times()[:2]) - before

    def at(self, share: float) -> float:
        """Return within how many seconds such a share of the first answers came."""
        return self.answers[int(share * (len(self.answers) - 1))]

    def result(self) -> Result:
        """Return what was measured."""
        commands = ROUNDS * EACH * IN_FLIGHT
        return Result(
            rate=commands / self.seconds,
            p50=self.at(0.5),
            p95=self.at(0.95),
            p99=self.at(0.99),
            memory=self.memory,
            start=statistics.median(self.starts),
            cpu=self.cpu / commands * 1000,
        )


@asynccontextmanager
async def trial(one: Contestant, starts: list[float]) -> AsyncIterator[Trial]:
    """Start a bot for all its work, beside a Discord of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with Sandbox() as discord:
            discord.rate_limits = False
            guild = discord.add_guild("bench")
            channel = guild.add_channel("bench")
            members = [guild.add_member(f"member {n}") for n in range(IN_FLIGHT)]
            async with running(discord, one, folder) as (process, start):
                await asyncio.sleep(1)
                memory = process.memory_info().rss / 1e6
                yield Trial(one, process, members, channel, [*starts, start], memory)


async def measure(contestants: Sequence[Contestant]) -> dict[str, Result]:
    """Measure all of them in turn: whatever else the machine does meets them all."""
    starts: dict[str, list[float]] = {one.name: [] for one in contestants}
    for _ in range(STARTS - 1):
        for one in contestants:
            with tempfile.TemporaryDirectory() as folder:
                async with Sandbox() as discord, running(discord, one, folder) as (_, start):
                    starts[one.name].append(start)
    async with AsyncExitStack() as stack:
        trials = [
            await stack.enter_async_context(trial(one, starts[one.name])) for one in contestants
        ]
        for one in trials:
            await one.pace()
        for _ in range(ROUNDS):
            for one in trials:
                await one.flood()
    return {one.one.name: one.result() for one in trials}


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


def contestants(root: Path, label: str, new_url: Callable[[str], str]) -> list[Contestant]:
    """Return the bot of a folder on both databases."""
    main = (sys.executable, str(root / "main.py"))
    return [
        Contestant(f"{name}{label}", main, new_url(name), ("start", "end"), root)
        for name in ("SQLite", "Postgres")
    ]


async def run(against: str | None = None) -> None:
    """Measure the bare bot and ours on both databases, and that of another commit beside it."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT))
        server = stack.enter_context(postgres_server())
        numbers = itertools.count()

        def new_url(name: str) -> str:
            on_sqlite = name == "SQLite"
            return (
                f"sqlite:///{folder}/{next(numbers)}.db" if on_sqlite else server.create_database()
            )

        bare = (sys.executable, str(ROOT / "devtools/bench/bare.py"))
        all_of_them = [Contestant("bare", bare, "", ("ping",)), *contestants(ROOT, "", new_url)]
        if against:
            tree = stack.enter_context(worktree(against))
            all_of_them += contestants(tree, f" at {against}", new_url)
        results = await measure(all_of_them)
    print(f"{machine()}\n\n{table(results)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="devtools.bench.speed", description=__doc__)
    parser.add_argument("--against", metavar="COMMIT", help="compare with the code of this commit")
    asyncio.run(run(parser.parse_args().against))
