"""How many of those who command at the same moment are told in time, and how many are saved.

    python -m devtools.bench.burst [--commands 1600 5000] [--bound 200]

The real bot and the sandbox's Discord, which gives up on whoever is not told within 3 s. Each
member starts a session. With --bound, the bot shows the wait at once past another number of
commands.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from database import connection_for
from devtools.bench.bots import Contestant, running
from devtools.bench.speed import machine
from devtools.postgres import postgres_server
from devtools.sandbox import Interaction, NotAnswered, Sandbox

IN_TIME = 3.0  # seconds, of Discord's
PATIENCE = 30.0
BENT = "import interactions.responder as p, main; p.BUSY = {} or p.BUSY; main.leave(main.main())"


async def burst(kind: str, url: str, commands: int, bound: int) -> str:
    """Have as many members start at once; return a row of what came of it."""
    argv = (sys.executable, "-c", BENT.format(bound))
    async with Sandbox() as discord:
        discord.rate_limits = False
        guild = discord.add_guild("bench")
        channel = guild.add_channel("bench")
        members = [guild.add_member(f"member {n}") for n in range(commands)]
        with tempfile.TemporaryDirectory() as folder:
            async with running(discord, Contestant(kind, argv, url, ()), folder) as (process, _):
                await guild.add_member("first").slash("start", channel=channel)  # warms it up
                await asyncio.sleep(2.5)
                before, began = sum(process.cpu_times()[:2]), time.monotonic()
                sent = [one.command("start", channel=channel) for one in members]
                await asyncio.gather(*map(answered, sent))
                seconds = time.monotonic() - began
                cpu = sum(process.cpu_times()[:2]) - before
    firsts = sorted(one.first_answer_seconds or PATIENCE for one in sent)
    in_time = sum(one <= IN_TIME for one in firsts)
    waits = sum(bool(one.deferred) for one in sent)
    told = sum(one.visible_seconds is not None for one in sent)
    cells = (kind, commands, bound, in_time, waits, told, saved(url) - 1)
    times = (firsts[len(firsts) // 2], firsts[int(0.95 * len(firsts))], seconds, cpu)
    return f"| {' | '.join(map(str, cells))} | {' | '.join(f'{one:.1f}' for one in times)} |"


async def answered(one: Interaction) -> None:
    """Wait until somebody is told, or Discord has given up."""
    with suppress(NotAnswered):
        await one.answer(PATIENCE)


def saved(url: str) -> int:
    """Count the sessions."""
    handle = connection_for(url)
    with handle.connection_context():
        return handle.execute_sql("SELECT count(*) FROM session").fetchone()[0]


async def measure(counts: list[int], bounds: list[int], kinds: list[str]) -> None:
    """Measure each, and print the table."""
    print(f"{machine()}\n")
    heads = ("", "at once", "bound", "first answer ≤ 3 s", "waits", "told", "saved")
    times = ("p50, s", "p95, s", "all told, s", "CPU, s")
    print(f"| {' | '.join((*heads, *times))} |\n|---|{'---:|' * (len(heads) + len(times) - 1)}")
    with postgres_server() as server, tempfile.TemporaryDirectory() as folder:
        files: Iterator[str] = (f"sqlite:///{Path(folder) / str(n)}.db" for n in range(1000))
        for kind in kinds:
            for count in counts:
                for bound in bounds:
                    url = next(files) if kind == "sqlite" else server.create_database()
                    print(await burst(kind, url, count, bound), flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="devtools.bench.burst", description=__doc__)
    parser.add_argument("--commands", type=int, nargs="+", default=[1600, 5000])
    parser.add_argument("--bound", type=int, nargs="+", default=[0], help="0: its own")
    parser.add_argument("--on", nargs="+", default=["sqlite", "postgres"])
    options = parser.parse_args(arguments)
    asyncio.run(measure(options.commands, options.bound, options.on))


if __name__ == "__main__":
    main()
