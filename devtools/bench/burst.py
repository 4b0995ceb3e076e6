"""How many who command at the same moment are answered in time, and how many are saved.

    python -m devtools.bench.burst [--commands 1600 5000] [--bound 200]

The real bot and the sandbox's Discord, which gives up on whoever is not answered within 3 s. Each
member starts a session. With --bound, the bot shows the wait at once past another number of
commands.
"""

import argparse
import asyncio
import sys
import time
from contextlib import suppress

from database import connection_for
from devtools.bench.bots import Bot, databases, running
from devtools.bench.report import machine, percentile, row, table
from devtools.sandbox import Interaction, NotAnswered

IN_TIME = 3.0  # seconds, of Discord's
PATIENCE = 30.0
BENT = (
    "import interactions.responder as p, main; p.BUSY = {} or p.BUSY; "
    "main.exit_process(main.main())"
)
HEADS = ("", "at once", "bound", "first answer ≤ 3 s", "waits", "answered", "saved")
TIMES = ("p50, s", "p95, s", "all answered, s", "CPU, s")


async def burst(kind: str, url: str, commands: int, bound: int) -> str:
    """Have as many members start at once; return a row of what came of it."""
    async with running(Bot((sys.executable, "-c", BENT.format(bound)), url), commands) as here:
        await here.guild.add_member("first").slash("start")  # warms it up
        await asyncio.sleep(2.5)
        before, began = here.cpu, time.monotonic()
        sent = [one.command("start") for one in here.members]
        await asyncio.gather(*map(answered, sent))
        seconds, cpu = time.monotonic() - began, here.cpu - before
    firsts = [one.first_answer_seconds or PATIENCE for one in sent]
    in_time = sum(one <= IN_TIME for one in firsts)
    waits = sum(bool(one.deferred) for one in sent)
    visible = sum(one.visible_seconds is not None for one in sent)
    times = (percentile(0.5, firsts), percentile(0.95, firsts), seconds, cpu)
    counts = (commands, bound, in_time, waits, visible, saved(url) - 1)
    return row(kind, *counts, *(f"{one:.1f}" for one in times))


async def answered(one: Interaction) -> None:
    """Wait until somebody is answered, or Discord has given up."""
    with suppress(NotAnswered):
        await one.answer(PATIENCE)


def saved(url: str) -> int:
    """Count the sessions."""
    handle = connection_for(url)
    with handle.connection_context():
        return handle.execute_sql("SELECT count(*) FROM session").fetchone()[0]


def main() -> None:
    """Read the command line, measure each, and print the table."""
    parser = argparse.ArgumentParser(prog="devtools.bench.burst", description=__doc__)
    parser.add_argument("--commands", type=int, nargs="+", default=[1600, 5000])
    parser.add_argument("--bound", type=int, nargs="+", default=[0], help="0: its own")
    parser.add_argument("--on", nargs="+", default=["SQLite", "Postgres"])
    options = parser.parse_args()
    print(f"{machine()}\n\n{table((*HEADS, *TIMES))}")
    with databases() as kinds:
        for kind in options.on:
            for count in options.commands:
                for bound in options.bound:
                    print(asyncio.run(burst(kind, kinds[kind](), count, bound)), flush=True)


if __name__ == "__main__":
    main()
