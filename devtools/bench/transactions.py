"""Processor time of one start and one end, in the database's thread and in Postgres itself.

    python -m devtools.bench.transactions COMMIT [--rounds N]

Compares the code of another commit with today's: a process for each, asked in turn. Reads the
seconds of Postgres's own process from Linux's /proc.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

from devtools.bench import report
from devtools.bench.bots import ROOT, databases, worktree

MEMBERS = 50  # each starts and ends once a round
ASKING = """
import gc, json, sys, time, types
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo
import database, models
from database.transaction import Transaction
from devtools.load import tables
from devtools.rows import NOW
from domain.command import Command, Defaults
from queries import sessions

url, members = sys.argv[1], int(sys.argv[2])
handle = database.connection_for(url)
models.database.initialize(handle)
handle.connect()
handle.create_tables(tables())
defaults = Defaults(ZoneInfo("Asia/Tokyo"), "ja")
server = getattr(getattr(handle.connection(), "info", None), "backend_pid", None)

def of_server():
    return int(Path(f"/proc/{server}/schedstat").read_text().split()[0]) / 1e9 if server else 0.0

found = {"start": [], "end": []}
commands = 0

def do(name, what, member):
    global commands
    commands += 1
    at = NOW + timedelta(seconds=commands)
    asked = Command(commands, 3, member, f"member {member}", 7, at, defaults)
    job = types.SimpleNamespace(work=lambda: what(asked, None, None), deliver=lambda: None)
    thread, other = time.thread_time(), of_server()
    Transaction(handle).run([job])
    found[name].append((time.thread_time() - thread, of_server() - other))
    if job.error:
        raise job.error

gc.collect()
gc.freeze()
for _ in sys.stdin:
    for name, what in (("start", sessions.begin), ("end", sessions.end)):
        for member in range(1, members + 1):
            do(name, what, member)
    print(flush=True)
print(json.dumps(found))
"""
# Of each transaction: the thread's, and the server's.
Seconds: TypeAlias = dict[str, list[list[float]]]


def measured(url: str, tree: Path, stack: ExitStack) -> "subprocess.Popen[str]":
    """Start the process that does what it is asked by the code in a folder."""
    argv = [sys.executable, "-c", ASKING, url, str(MEMBERS)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return stack.enter_context(subprocess.Popen(argv, cwd=tree, text=True, **pipes))  # noqa: S603


def compared(urls: tuple[str, str], commit: str, rounds: int) -> tuple[Seconds, Seconds]:
    """Have both do a round in turn, again and again; the first is left out, as nothing is warm."""
    with ExitStack() as stack:
        trees = stack.enter_context(worktree(commit)), ROOT
        both = [measured(url, tree, stack) for url, tree in zip(urls, trees, strict=True)]
        for number in range(rounds + 1):
            for process in both if number % 2 else reversed(both):
                print(file=process.stdin, flush=True)
                assert process.stdout
                if not process.stdout.readline():
                    raise SystemExit(f"{process.args[-2]}: it failed, and has said why")
        before, after = (json.loads(process.communicate()[0]) for process in both)
    return before, after


def rows(kind: str, before: Seconds, after: Seconds) -> Iterator[list[str]]:
    """Write down the medians in milliseconds, and their ratio."""
    for name in before:
        for part, whose in enumerate(("the thread", "Postgres")):
            was, now = (
                report.percentile(0.5, (both[part] for both in found[name][MEMBERS:])) * 1000
                for found in (before, after)
            )
            if was:
                yield [f"{kind}, {name}: {whose}", f"{was:.2f}", f"{now:.2f}", f"{now / was:.2f}"]


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(prog="devtools.bench.transactions", description=__doc__)
    parser.add_argument("commit")
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    lines: list[list[str]] = []
    with databases() as kinds:
        for kind, new_url in kinds.items():
            urls = new_url(), new_url()
            lines += rows(kind, *compared(urls, options.commit, options.rounds))
    print(f"{report.machine()}; {options.rounds} rounds of {MEMBERS}\n")
    heads = [f"p50, ms, {options.commit} and today's", "before", "after", "ratio"]
    print(report.table(heads, lines))


if __name__ == "__main__":
    main()
