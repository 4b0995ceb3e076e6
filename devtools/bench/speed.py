"""This bot beside a bare one, through the sandbox, in one run: speed, answers, memory, start."""

import argparse
import asyncio
import statistics
import time
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field

from devtools.bench import report
from devtools.bench.bots import (
    ROOT,
    Bot,
    Running,
    commands_of_each,
    databases,
    one_command,
    other_bot,
    running,
    this_bot,
    worktree,
)

IN_FLIGHT = 50
ROUNDS, EACH = 6, 10  # of commands of each member, for commands/s and CPU
PACE = 20.0  # commands/s at which first answers are timed
PACED = 400
STARTS = 5


@dataclass(slots=True)
class Trial:
    """A bot, and what was measured of it: seconds and megabytes."""

    bot: Bot
    script: tuple[str, ...] = ("start", "end")  # what each member does again and again
    starts: list[float] = field(default_factory=list[float])
    answers: list[float] = field(default_factory=list[float])
    memory: float = 0.0
    cpu: float = 0.0
    seconds: float = 0.0

    async def pace(self, here: Running) -> None:
        """Send commands at a steady pace, whether or not earlier ones are answered."""
        await commands_of_each(here.members, self.script, 4)  # until it is warm
        began = time.perf_counter()
        waiting: list[asyncio.Task[float]] = []
        for number in range(PACED):
            await asyncio.sleep(max(0.0, began + number / PACE - time.perf_counter()))
            turn, member = divmod(number, len(here.members))
            name = self.script[turn % len(self.script)]
            waiting.append(asyncio.create_task(one_command(here.members[member], name)))
        self.answers = await asyncio.gather(*waiting)

    async def flood(self, here: Running) -> None:
        """Do a part of the work as quickly as it goes."""
        before, began = here.cpu, time.perf_counter()
        await commands_of_each(here.members, self.script, EACH)
        self.seconds += time.perf_counter() - began
        self.cpu += here.cpu - before

    def answered_in(self, share: float) -> float:
        """Return within how many milliseconds such a share of the first answers came."""
        return report.percentile(share, self.answers) * 1000

    def figures(self) -> dict[str, tuple[float, str]]:
        """Return what was measured and how many digits to show, by what it is."""
        commands = ROUNDS * EACH * IN_FLIGHT
        return {
            f"commands/s, {IN_FLIGHT} in flight": (commands / self.seconds, ".0f"),
            f"first answer p50 at {PACE:.0f}/s, ms": (self.answered_in(0.5), ".1f"),
            f"first answer p95 at {PACE:.0f}/s, ms": (self.answered_in(0.95), ".1f"),
            f"first answer p99 at {PACE:.0f}/s, ms": (self.answered_in(0.99), ".1f"),
            "memory after READY, MB": (self.memory, ".1f"),
            f"start to READY, s (median of {STARTS})": (statistics.median(self.starts), ".2f"),
            "CPU for 1,000 commands, s": (self.cpu / commands * 1000, ".2f"),
        }


async def measure(trials: list[Trial]) -> None:
    """Measure all of them in turn: whatever else the machine does meets them all."""
    for _ in range(STARTS - 1):
        for one in trials:
            async with running(one.bot) as here:
                one.starts.append(here.start)
    async with AsyncExitStack() as stack:
        found: list[tuple[Trial, Running]] = []
        for one in trials:
            here = await stack.enter_async_context(running(one.bot, members=IN_FLIGHT))
            await asyncio.sleep(1)
            one.starts.append(here.start)
            one.memory = here.process.memory_info().rss / 1e6
            found.append((one, here))
        for one, here in found:
            await one.pace(here)
        for _ in range(ROUNDS):
            for one, here in found:
                await one.flood(here)


def table(trials: dict[str, Trial]) -> str:
    """Write the figures side by side, with the ratio to the bare bot."""
    (bare, first), *others = ((name, one.figures()) for name, one in trials.items())
    rows: list[list[str]] = []
    for label, (base, form) in first.items():
        values = [found[label][0] for _, found in others]
        cells = [(f"{value:{form}}", f"{value / base:.2f}") for value in values]
        rows.append([label, f"{base:{form}}", *(text for pair in cells for text in pair)])
    return report.table(["", bare, *(head for name, _ in others for head in (name, "ratio"))], rows)


async def run(against: str | None = None) -> None:
    """Measure the bare bot and ours on both databases, and that of another commit beside it."""
    trials = {"bare": Trial(other_bot("bare.py"), ("ping",))}
    with ExitStack() as stack:
        kinds = stack.enter_context(databases())
        roots = {"": ROOT}
        if against:
            roots[f" at {against}"] = stack.enter_context(worktree(against))
        for label, root in roots.items():
            for name, new_url in kinds.items():
                trials[name + label] = Trial(this_bot(new_url(), root))
        await measure(list(trials.values()))
    print(f"{report.machine()}\n\n{table(trials)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="devtools.bench.speed", description=__doc__)
    parser.add_argument("--against", metavar="COMMIT", help="compare with the code of this commit")
    asyncio.run(run(parser.parse_args().against))
