"""How long a member's export takes, and how long others wait for an answer meanwhile.

    python -m devtools.bench.exports [--sessions N]

The bot's own process, through the sandbox: one member has all the sessions, each with its start
and its end in the history, and presses Export; another one says `/now` every quarter of a second.
"""

import argparse
import asyncio
import time
from dataclasses import replace

import database
from devtools.bench.bots import databases, one_command, running, this_bot
from devtools.bench.report import machine, percentile, row, table
from devtools.load import load
from devtools.rows import Server, server
from devtools.sandbox import Member

PAUSE = 0.25  # seconds between two commands
PATIENCE = 600.0  # seconds for the file


def life_of(member: Member, sessions: int) -> Server:
    """Draw all that a member has done, in another server: an export has them all."""
    drawn = server(0, [sessions])
    theirs = tuple(replace(one, user_id=member.id) for one in drawn.sessions)
    members = tuple(replace(one, user_id=member.id) for one in drawn.members)
    return replace(drawn, sessions=theirs, members=members)


async def export(kind: str, url: str, sessions: int) -> str:
    """Have one member export their data while another one asks who is there; return a row."""
    async with running(this_bot(url), members=2) as here:
        nanao, hana = here.members
        life = life_of(nanao, sessions)  # once its tables are there
        await asyncio.to_thread(load, database.connection_for(url), [life], history=True)
        panel = (await nanao.slash("me")).message
        assert panel
        await one_command(hana, "now")
        before, waits, began = here.cpu, list[float](), time.perf_counter()
        pressed = nanao.press(panel, custom_id="export", patience=PATIENCE)
        asked = asyncio.create_task(pressed)
        while not asked.done():
            waits.append(await one_command(hana, "now") * 1000)
            await asyncio.sleep(PAUSE)
        took = time.perf_counter() - began
        cpu, answer = here.cpu - before, (await asked).message
        assert answer
        size = len(answer.attachments[0].data) / 2**20
    middle, slowest = percentile(0.5, waits), max(waits)
    seconds = f"{cpu:.2f}", f"{took:.1f}"
    return row(kind, *seconds, f"{size:.1f}", f"{middle:.0f}", f"{slowest:.0f}")


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, measure, and print."""
    parser = argparse.ArgumentParser(prog="devtools.bench.exports", description=__doc__)
    parser.add_argument("--sessions", type=int, default=100_000)
    options = parser.parse_args(arguments)
    print(f"{machine()}; {options.sessions:,} sessions\n")
    others = "others' first answers: p50, ms", "the slowest"
    print(table(("", "CPU, s", "until the file, s", "MB", *others)))
    with databases() as kinds:
        for kind, new_url in kinds.items():
            print(asyncio.run(export(kind, new_url(), options.sessions)), flush=True)


if __name__ == "__main__":
    main()
