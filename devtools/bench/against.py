"""What each query costs the bot by the code of another commit and by today's, asked in turn.

Each commit has a process of its own, and databases that it has filled itself. It is the processor
time of that process, so that other work on the machine counts for little; Postgres's own is not
in it.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from itertools import zip_longest
from typing import TypeAlias

from devtools.bench import report
from devtools.bench.bots import ROOT, worktree

Seconds: TypeAlias = dict[str, dict[str, list[float]]]  # of each question in each case
# A line makes it go through the cases of the bench that its commit has.
ASKING = """
import asyncio, gc, json, sys, time, types
try:
    from devtools.bench import queries as bench
except ImportError:
    from bench import queries as bench  # as it was called at first
bench.time = types.SimpleNamespace(perf_counter=time.process_time)
sessions, wanted, *urls = sys.argv[1:]
cases = bench.cases(iter(urls).__next__, bench.Sizes(many=int(sessions)), history=False)
cases = [case for case in cases if wanted in case.name]
gc.collect()
gc.freeze()

async def ask():
    for number, _ in enumerate(sys.stdin):
        for case in cases:
            await case.round(number)
        print(flush=True)

asyncio.run(ask())
print(json.dumps({case.name: case.seconds for case in cases}))
"""


def compared(
    commit: str, new_url: Callable[[], str], sessions: int, rounds: int, case: str = ""
) -> str:
    """Ask both in turn, in databases of one kind; return a table of all cases, or of some."""
    with ExitStack() as stack:
        bots: list[subprocess.Popen[str]] = []
        for tree in (stack.enter_context(worktree(commit)), ROOT):
            argv = [sys.executable, "-c", ASKING, str(sessions), case, new_url(), new_url()]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            bot = subprocess.Popen(argv, cwd=tree, text=True, **pipes)  # noqa: S603
            bots.append(stack.enter_context(bot))
        for _ in range(rounds):
            for bot in bots:
                print(file=bot.stdin, flush=True)
                assert bot.stdout
                if not bot.stdout.readline():
                    raise SystemExit(f"{bot.args[-1]}: it failed, and has said why")
        before, after = (json.loads(bot.communicate()[0]) for bot in bots)
    return table(before, after)


def table(before: Seconds, after: Seconds) -> str:
    """Write down p50 / p95 in milliseconds before and after, and the ratio of the p95s."""
    # they may be called otherwise by now, but are asked in the same order
    questions = zip_longest(*(next(iter(found.values())) for found in (before, after)))
    rows = [
        [name or was, *(cell(before[case].get(was), after[case].get(name)) for case in after)]
        for was, name in questions
    ]
    return report.table(["p50 / p95, ms", *after], rows)


def cell(before: list[float] | None, after: list[float] | None) -> str:
    """Write down what one question took in one case."""
    if not before or not after:
        return ""
    (was, slow_was), (now, slow_now) = (
        [report.percentile(share, found) * 1000 for share in (0.5, 0.95)]
        for found in (before, after)
    )
    return f"{was:.1f} / {slow_was:.1f} → {now:.1f} / {slow_now:.1f} ({slow_now / slow_was:.2f})"
