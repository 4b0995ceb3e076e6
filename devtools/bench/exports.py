"""How long a member's export takes, and how long others wait for an answer meanwhile.

    python -m devtools.bench.exports [--sessions N]

The bot's own process, through the sandbox: one member has all the sessions, each with its start
and its end in the history, and presses Export; another one says `/now` every quarter of a second.
"""

import argparse
import asyncio
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from typing import NamedTuple

import database
from devtools.bench.speed import ROOT, Contestant, machine, one_command, running
from devtools.load import load
from devtools.postgres import postgres_server
from devtools.rows import Server, server
from devtools.sandbox import Member, Sandbox

PAUSE = 0.25  # seconds between two commands
PATIENCE = 600.0  # seconds for the file


class Result(NamedTuple):
    """What was measured: seconds of the processor, megabytes, seconds to first answers."""

    cpu: float
    size: float
    waits: list[float]


def life_of(member: Member, sessions: int) -> Server:
    """Draw all that a member has done, in another server: an export has them all."""
    drawn = server(0, [sessions])
    theirs = tuple(replace(one, user_id=member.id) for one in drawn.sessions)
    members = tuple(replace(one, user_id=member.id) for one in drawn.members)
    return replace(drawn, sessions=theirs, members=members)


async def export(url: str, sessions: int) -> Result:
    """Have one member export their data while another one asks who is there."""
    bot = Contestant("this bot", (sys.executable, str(ROOT / "main.py")), url, ())
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        async with Sandbox() as discord:
            discord.rate_limits = False
            guild = discord.add_guild("bench")
            channel = guild.add_channel("bench")
            nanao, hana = (guild.add_member(name) for name in ("nanao", "hana"))
            async with running(discord, bot, folder) as (process, _):
                life = life_of(nanao, sessions)  # once its tables are there
                handle = database.connection_for(url)
                await asyncio.to_thread(load, handle, [life], history=True)
                panel = (await nanao.slash("me")).message
                assert panel
                await one_command(hana, channel, "now")
                before, waits = sum(process.cpu_times()[:2]), list[float]()
                pressed = nanao.press(panel, custom_id="export", patience=PATIENCE)
                asked = asyncio.create_task(pressed)
                while not asked.done():
                    waits.append(await one_command(hana, channel, "now"))
                    await asyncio.sleep(PAUSE)
                cpu, answer = sum(process.cpu_times()[:2]) - before, (await asked).message
                assert answer
                return Result(cpu, len(answer.attachments[0].data) / 2**20, sorted(waits))


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, measure, and print."""
    parser = argparse.ArgumentParser(prog="devtools.bench.exports", description=__doc__)
    parser.add_argument("--sessions", type=int, default=100_000)
    options = parser.parse_args(arguments)
    print(f"{machine()}; {options.sessions:,} sessions\n")
    print("| | CPU, s | MB | others' first answers: p50, ms | the slowest |")
    print("|---|---:|---:|---:|---:|")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT))
        urls = {
            "SQLite": f"sqlite:///{folder}/bench.db",
            "Postgres": stack.enter_context(postgres_server()).create_database(),
        }
        for name, url in urls.items():
            cpu, size, waits = asyncio.run(export(url, options.sessions))
            middle, slowest = (f"{1000 * waits[at]:.0f}" for at in (len(waits) // 2, -1))
            print(f"| {name} | {cpu:.2f} | {size:.1f} | {middle} | {slowest} |", flush=True)


if __name__ == "__main__":
    main()
