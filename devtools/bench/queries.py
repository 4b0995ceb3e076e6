"""How long the queries take, in a small database and for the same server in a large one.

    python -m devtools.bench.queries [--sessions N] [--rounds N] [--history] [--database NAME]
                                     [--against COMMIT [--case TEXT]]

Every query is a transaction of its own through `database.run`, as a command makes it. A round asks
everything once, in all the cases in turn: whatever else the machine does meets them all.
"""

import argparse
import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import peewee

import database
import models
from devtools.bench import report
from devtools.bench.against import compared
from devtools.bench.bots import databases
from devtools.bench.conversation import PERIODS, conversation
from devtools.load import load
from devtools.rows import (
    DISCORD_EPOCH,
    MILLISECOND,
    NOW,
    Member,
    Server,
    server,
    servers,
    shares,
)
from domain.command import Command, Defaults
from domain.reminders import AskEndTime
from queries import sessions

MINUTE = timedelta(minutes=1)
DEFAULTS = Defaults(ZoneInfo("Asia/Tokyo"), "ja")
UNTIMED = 3  # rounds, until everything is warm


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much there is in the small database and in the large one."""

    few: int = 10_000  # sessions of the server asked about, the same in both; and of a busy member
    many: int = 1_000_000  # sessions in the large one
    servers: int = 500
    members: int = 50  # of a server
    crowd: int = 5_000  # of the large server
    crowd_sessions: int = 50_000

    @property
    def rest(self) -> int:
        """Return how many sessions are left to the other servers."""
        return self.many - 2 * self.few - self.few // 5 - self.crowd_sessions


@dataclass(slots=True)
class Case:
    """A database, and who asks there: one member after another, each a whole round."""

    name: str
    url: str
    asked: Server
    askers: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    handle: peewee.Database = field(init=False)
    commands: int = 0

    def __post_init__(self) -> None:
        self.handle = database.connection_for(self.url)

    async def round(self, number: int) -> None:
        """Ask everything as a member; nothing of theirs runs before it, or after it."""
        models.database.initialize(self.handle)
        member = self.asked.members[number % self.askers]
        left = await database.run(sessions.end, self.command(member), None, None)
        if isinstance(left, AskEndTime):  # nobody has heard of it for long
            await database.run(sessions.end_named, self.command(member), left.session.id, sure=True)
        await conversation(partial(self.ask, member))
        if number < UNTIMED:
            self.seconds.clear()

    async def ask(self, member: Member, what: Callable[..., Any], *values: Any) -> Any:
        """Ask one thing and note how long it took."""
        command = self.command(member)
        began = time.perf_counter()
        answer = await database.run(what, command, *values)
        taken = time.perf_counter() - began
        said = [value for value in values if value in PERIODS]
        name = f"{what.__module__}.{what.__name__}".removeprefix("queries.")
        self.seconds.setdefault(" ".join((name, *said)), []).append(taken)
        return answer

    def command(self, member: Member) -> Command:
        """Return the next command, a minute after the one before."""
        self.commands += 1
        at = NOW + self.commands * MINUTE
        return Command(
            id=(at - DISCORD_EPOCH) // MILLISECOND << 22 | self.asked.guild_id % 2**22,
            guild_id=self.asked.guild_id,
            user_id=member.user_id,
            user_name=member.name,
            channel_id=None,
            at=at,
            defaults=DEFAULTS,
        )

    def at(self, share: float, name: str) -> float:
        """Return the milliseconds within which such a share of the answers came."""
        return report.percentile(share, self.seconds[name]) * 1000


def cases(new_url: Callable[[], str], sizes: Sizes, *, history: bool) -> list[Case]:
    """Fill a small and a large database; the server asked about has the same rows in both."""
    asked = server(0, shares(sizes.few, sizes.members))
    busy = server(1, [sizes.few, *shares(sizes.few // 5, sizes.members - 1)])
    crowd = server(3, shares(sizes.crowd_sessions, sizes.crowd))
    number = sizes.servers - 3
    others = servers(number, sizes.members, sizes.rest // number, first=4)
    small, large = new_url(), new_url()
    load(database.connection_for(small), [asked], history=history)
    load(database.connection_for(large), chain((asked, busy, crowd), others), history=history)
    return [
        Case(f"{sizes.few:,} sessions", small, asked, sizes.members),
        Case(f"{sizes.many:,} in {sizes.servers} servers", large, asked, sizes.members),
        Case(f"a member with {sizes.few:,}", large, busy, 1),
        Case(f"a server with {sizes.crowd:,} members", large, crowd, sizes.members),
    ]


async def measure(found: list[Case], rounds: int) -> None:
    """Go through all the cases in turn, again and again."""
    gc.collect()
    gc.freeze()  # the bot does not hold the rows of whole servers, for each collection to look at
    for number in range(rounds + UNTIMED):
        for case in found:
            await case.round(number)
    database.close()


def table(found: list[Case]) -> str:
    """Write down p50 / p95 in milliseconds; the ratio is that of the p50s."""
    small, large, *extremes = found
    rows: list[list[str]] = []
    for name in small.seconds:
        cells = [f"{case.at(0.5, name):.1f} / {case.at(0.95, name):.1f}" for case in found]
        ratio = f"{large.at(0.5, name) / small.at(0.5, name):.2f}"
        rows.append([name, *cells[:2], ratio, *cells[2:]])
    heads = ["p50 / p95, ms", small.name, large.name, "ratio", *(case.name for case in extremes)]
    return report.table(heads, rows)


def beyond(found: list[Case]) -> list[str]:
    """Name what takes longer than it may."""
    small, large, *extremes = found
    told: list[str] = []
    for name in small.seconds:
        if large.at(0.95, name) > 50:
            told.append(f"{name}: over 50 ms")
        if large.at(0.5, name) > 2 * small.at(0.5, name):
            told.append(f"{name}: over twice the time")
        told += [f"{name}: over 200 ms, {e.name}" for e in extremes if e.at(0.95, name) > 200]
    return told


def run(options: argparse.Namespace, sizes: Sizes) -> Iterator[str]:
    """Measure both databases; yield what to print."""
    with databases() as kinds:
        for name, new_url in kinds.items():
            if options.database not in (None, name):
                continue
            yield f"\n### {name}\n"
            if options.against:
                rounds = options.rounds + UNTIMED
                yield compared(options.against, new_url, sizes.many, rounds, options.case)
                continue
            found = cases(new_url, sizes, history=options.history)
            asyncio.run(measure(found, options.rounds))
            yield f"{table(found)}\n"
            yield "\n".join(beyond(found)) or "All within the limits."


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(prog="devtools.bench.queries", description=__doc__)
    parser.add_argument("--sessions", type=int, default=Sizes().many, help="in the large database")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--history", action="store_true", help="write down every start and end too")
    parser.add_argument("--database", choices=("SQLite", "Postgres"), help="this one alone")
    parser.add_argument("--against", metavar="COMMIT", help="compare with the code of this commit")
    parser.add_argument(
        "--case", default="", help="compare the cases with this in their name alone"
    )
    options = parser.parse_args(arguments)
    if options.case and not options.against:
        parser.error("--case is for --against")
    sizes = Sizes(many=options.sessions)
    if sizes.rest < 0:
        parser.error(f"--sessions must be at least {sizes.many - sizes.rest:,}")
    print(f"{report.machine()}; {options.rounds} times each")
    for text in run(options, sizes):
        print(text, flush=True)


if __name__ == "__main__":
    main()
