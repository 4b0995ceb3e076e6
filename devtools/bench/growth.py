"""What one Postgres carries: five times the sessions, and one, two and four processes on it.

    python -m devtools.bench.growth [--sessions N] [--servers N] [--rounds N] [--commands N]

Takes a quarter of an hour and some gigabytes of memory and disk. The queries are those of
`devtools.bench.queries`, asked in the same server in both databases; the processes share four
shards, and every server is on one of them.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from itertools import chain, cycle, islice

import database
from devtools.bench.bots import Contestant, running
from devtools.bench.queries import Case, measure
from devtools.bench.speed import ROOT, machine, one_command
from devtools.load import load
from devtools.postgres import postgres_server
from devtools.rows import server, servers, shares
from devtools.sandbox import Member, Sandbox
from migrator import Router

SHARDS = 4
PROCESSES = (1, 2, 4)
LIMIT = 2.0  # times the p95 of the smaller database
FEW, MEMBERS = 10_000, 50  # sessions and members of the server asked about
IN_FLIGHT = 64  # members who send one command after another
DAY = 86_400  # seconds


def grown(new_url: Callable[[], str], sizes: list[tuple[int, int]], few: int = FEW) -> list[Case]:
    """Fill a database for each number of sessions and servers; one server is the same in all."""
    asked = server(0, shares(few, MEMBERS))
    found: list[Case] = []
    for sessions, number in sizes:
        url, others = new_url(), number - 1
        handle = database.connection_for(url)
        Router(handle, migrate_dir=ROOT / "migrations").run()  # the bot starts on it, too
        rest = servers(others, MEMBERS, (sessions - few) // others, first=1)
        load(handle, chain([asked], rest))
        found.append(Case(f"{sessions:,} in {number:,} servers", url, asked, MEMBERS))
    return found


def table(small: Case, large: Case) -> str:
    """Write down the p95 in milliseconds, and how many times as long the larger one takes."""
    lines = [f"| p95, ms | {small.name} | {large.name} | ratio |", "|---|---:|---:|---:|"]
    for name in small.seconds:
        before, after = small.at(0.95, name), large.at(0.95, name)
        lines.append(f"| {name} | {before:.1f} | {after:.1f} | {after / before:.2f} |")
    return "\n".join(lines)


def beyond(small: Case, large: Case) -> list[str]:
    """Name what takes more than LIMIT times as long in the larger database."""
    p95 = ((name, small.at(0.95, name), large.at(0.95, name)) for name in small.seconds)
    return [
        f"{name}: {after / before:.1f} times"
        for name, before, after in p95
        if after > LIMIT * before
    ]


async def rate(processes: int, url: str, commands: int) -> float:
    """Share the shards among processes; return the commands a second of /start and /end."""
    async with Sandbox() as discord, AsyncExitStack() as stack:
        discord.rate_limits, discord.shards = False, SHARDS
        guilds = [discord.add_guild(f"bench {n}") for n in range(SHARDS)]
        for guild in guilds:
            guild.add_channel("bench")
        members = [guilds[n % SHARDS].add_member(f"member {n}") for n in range(IN_FLIGHT)]
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT))
        bot = Contestant("this bot", (sys.executable, str(ROOT / "main.py")), url, ())
        for number in range(processes):
            mine = ",".join(str(shard) for shard in range(number, SHARDS, processes))
            shards = {"SHARD_COUNT": str(SHARDS), "SHARD_IDS": mine}
            await stack.enter_async_context(running(discord, bot, folder, **shards))
        await discord.ready(shards=SHARDS)
        await _flood(members, 4 * IN_FLIGHT)
        began = time.perf_counter()
        await _flood(members, commands)
        return commands / (time.perf_counter() - began)


async def _flood(members: list[Member], commands: int) -> None:
    async def busy(member: Member) -> None:
        for name in islice(cycle(("start", "end")), commands // len(members)):
            await one_command(member, member.guild.channels[0], name)

    await asyncio.gather(*(busy(member) for member in members))


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, measure, and print."""
    parser = argparse.ArgumentParser(prog="devtools.bench.growth", description=__doc__)
    parser.add_argument("--sessions", type=int, default=1_000_000, help="in the smaller database")
    parser.add_argument("--servers", type=int, default=500, help="in the smaller database")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--commands", type=int, default=6_400)
    options = parser.parse_args(arguments)
    print(f"{machine()}; {options.rounds} rounds", flush=True)
    sizes = [(times * options.sessions, times * options.servers) for times in (1, 5)]
    with postgres_server() as near:
        small, large = grown(near.create_database, sizes)
        asyncio.run(measure([small, large], options.rounds))
        print(f"\n{table(small, large)}\n")
        print("\n".join(beyond(small, large)) or "All within the limit.", flush=True)
        print(f"\n| processes, {SHARDS} shards | commands/s | sessions a day |\n|---:|---:|---:|")
        for processes in PROCESSES:
            found = asyncio.run(rate(processes, large.url, options.commands))
            print(f"| {processes} | {found:.0f} | {found / 2 * DAY:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
