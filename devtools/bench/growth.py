"""How one Postgres scales: five times the sessions, and one, two and four processes on it.

    python -m devtools.bench.growth [--sessions N] [--servers N] [--rounds N] [--commands N]

Takes a quarter of an hour and some gigabytes of memory and disk. The queries are those of
`devtools.bench.queries`, asked in the same server in both databases; the processes share four
shards, and every server is on one of them.
"""

import argparse
import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from itertools import chain

import database
from devtools.bench import report
from devtools.bench.bots import ROOT, commands_of_each, process_of, this_bot
from devtools.bench.queries import Case, measure
from devtools.load import load
from devtools.postgres import postgres_server
from devtools.rows import server, servers, shares
from devtools.sandbox import Sandbox
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


def slow_ends(small: Case, large: Case) -> list[tuple[str, float, float]]:
    """Return the p95 in milliseconds of each query in the smaller and in the larger database."""
    return [(name, small.at(0.95, name), large.at(0.95, name)) for name in small.seconds]


def table(small: Case, large: Case) -> str:
    """Write down the p95 in milliseconds, and how many times as long the larger one takes."""
    rows = [
        (name, f"{before:.1f}", f"{after:.1f}", f"{after / before:.2f}")
        for name, before, after in slow_ends(small, large)
    ]
    return report.table(("p95, ms", small.name, large.name, "ratio"), rows)


def beyond(small: Case, large: Case) -> list[str]:
    """Name what takes more than LIMIT times as long in the larger database."""
    return [
        f"{name}: {after / before:.1f} times"
        for name, before, after in slow_ends(small, large)
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
        for number in range(processes):
            mine = ",".join(str(shard) for shard in range(number, SHARDS, processes))
            shards = {"SHARD_COUNT": str(SHARDS), "SHARD_IDS": mine}
            await stack.enter_async_context(process_of(this_bot(url), discord, **shards))
        await discord.ready(shards=SHARDS)
        await commands_of_each(members, ("start", "end"), 4)
        began = time.perf_counter()
        await commands_of_each(members, ("start", "end"), commands // IN_FLIGHT)
        return commands / (time.perf_counter() - began)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, measure, and print."""
    parser = argparse.ArgumentParser(prog="devtools.bench.growth", description=__doc__)
    parser.add_argument("--sessions", type=int, default=1_000_000, help="in the smaller database")
    parser.add_argument("--servers", type=int, default=500, help="in the smaller database")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--commands", type=int, default=6_400)
    options = parser.parse_args(arguments)
    print(f"{report.machine()}; {options.rounds} rounds", flush=True)
    sizes = [(times * options.sessions, times * options.servers) for times in (1, 5)]
    with postgres_server() as near:
        small, large = grown(near.create_database, sizes)
        asyncio.run(measure([small, large], options.rounds))
        print(f"\n{table(small, large)}\n")
        print("\n".join(beyond(small, large)) or "All within the limit.", flush=True)
        print(f"\n{report.table((f'processes, {SHARDS} shards', 'commands/s', 'sessions a day'))}")
        for processes in PROCESSES:
            found = asyncio.run(rate(processes, large.url, options.commands))
            print(report.row(processes, f"{found:.0f}", f"{found / 2 * DAY:,.0f}"), flush=True)


if __name__ == "__main__":
    main()
