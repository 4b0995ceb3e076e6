"""How long each command takes at a distant database, and how many round trips it makes there.

    python -m devtools.bench.latency [--rounds N] [--distance MS]

The real bot, the sandbox's Discord, and a Postgres behind a proxy that delays every byte. The
milliseconds go from the command to the answer that a person can read.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median, median_high
from typing import TypeVar
from zoneinfo import ZoneInfo

from devtools.bench.bots import Contestant, running
from devtools.bench.distance import DistantPostgres
from devtools.bench.speed import ROOT, machine
from devtools.postgres import PostgresServer, postgres_server
from devtools.sandbox import Guild, Interaction, Member, Sandbox

T = TypeVar("T")
DAYS = 200  # in a row, on which the member has worked
CROWD = 8  # members who ask at once, so that every connection of the bot is open
PYTHON = sys.executable


@dataclass(slots=True)
class Measured:
    """Round trips and seconds of each command, by its name and the distance in seconds."""

    trips: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    seconds: dict[tuple[str, float], list[float]] = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True)
class Visit:
    """A server of the sandbox whose bot has its database far away."""

    discord: Sandbox
    far: DistantPostgres
    near: PostgresServer
    guild: Guild
    member: Member
    measured: Measured
    newcomers: int = 0

    async def timed(self, name: str, doing: Awaitable[T]) -> T:
        """Do something, and note what it took; what follows behind the answer is counted too."""
        before, began = self.far.round_trips, time.perf_counter()
        answer = await doing
        taken = time.perf_counter() - began
        await self.quiet()
        self.measured.trips[name].append(self.far.round_trips - before)
        self.measured.seconds[name, 2 * self.far.delay].append(taken)
        return answer

    async def quiet(self) -> None:
        """Wait until neither Discord nor the database is asked anything."""
        await self.discord.settle()
        await self.far.quiet()

    def newcomer(self) -> Member:
        """Add a member of whom the bot has read nothing yet."""
        self.newcomers += 1
        return self.guild.add_member(f"new {self.newcomers}")

    async def warm_up(self) -> None:
        """Ask as many members at once, until every connection is open."""
        crowd = [self.newcomer() for _ in range(CROWD)]
        for _ in range(2):
            await asyncio.gather(*(one.slash("now") for one in crowd))
        await self.quiet()

    async def press(self, name: str, answer: Interaction, action: str) -> Interaction:
        """Press the button under an answer that is for something."""
        shown = [answer.message, answer.updated, *answer.followups]
        for message in filter(None, shown):
            for button in message.buttons:
                if (button.custom_id or "").startswith(f"{action}:"):
                    return await self.timed(
                        name, self.member.press(message, custom_id=button.custom_id)
                    )
        raise LookupError(f"no button for {action} under {answer}")

    async def round(self) -> None:
        """Do everything once."""
        slash, timed = self.member.slash, self.timed
        someone = self.newcomer()
        await timed("completion, first letter", someone.complete("start", option="task"))
        await timed("completion, next letter", someone.complete("start", option="task", value="m"))
        await timed("/start", slash("start", task="math"))
        open_break = await timed("/break", slash("break"))
        await self.press("button Resume", open_break, "resume")
        await timed("/now", slash("now"))
        await timed("/cancel", slash("cancel"))
        ended = await timed("/end", slash("end"))
        await self.press("button Undo", ended, "undo")
        await slash("end")
        await timed("/log list", slash("log list"))
        earlier = datetime.now(ZoneInfo("Asia/Tokyo")) - timedelta(hours=2)
        times = {"start": f"{earlier:%H:%M}", "length": "1m"}
        added = await timed("/log add", slash("log add", options=times))
        await self.press("button Delete", added, "delete")
        await timed("/stats", slash("stats"))
        await timed("/rank", slash("rank"))
        await timed("/me", slash("me"))
        self.near.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
        )
        await asyncio.sleep(self.far.delay + 0.1)  # the word of it is on its way
        await timed("/now, connection closed meanwhile", slash("now"))
        await self.warm_up()


def worked_daily(url: str, member: Member) -> None:
    """Write an hour of work for a member on each of many days in a row, up to yesterday."""
    ended = datetime.now(UTC) - timedelta(days=1)
    PostgresServer(url).execute(
        "INSERT INTO session (id, guild_id, user_id, user_name, task, started_at, ended_at) "  # noqa: S608
        f"SELECT n, {member.guild.id}, {member.id}, '{member.name}', 'math', "
        f"timestamp '{ended:%Y-%m-%d %H:%M}' - n * interval '1 day' - interval '1 hour', "
        f"timestamp '{ended:%Y-%m-%d %H:%M}' - n * interval '1 day' "
        f"FROM generate_series(0, {DAYS - 1}) AS n"
    )


def contestant(url: str) -> Contestant:
    """Name this bot with its database."""
    return Contestant("this bot", (PYTHON, str(ROOT / "main.py")), url, ())


async def visit_bot(
    near: PostgresServer, distances: tuple[float, ...], rounds: int, measured: Measured
) -> None:
    """Measure this bot."""
    url = near.create_database()
    async with DistantPostgres(url) as far, Sandbox() as discord:
        discord.rate_limits = False
        guild = discord.add_guild("bench")
        guild.add_channel("bench")
        member = guild.add_member("nanao")
        with tempfile.TemporaryDirectory(dir=ROOT) as folder:
            async with running(discord, contestant(far.url), folder):
                worked_daily(url, member)
                here = Visit(discord, far, near, guild, member, measured)
                for distance in distances:
                    far.delay = distance / 2
                    await here.warm_up()
                    for _ in range(rounds):
                        await here.round()


async def visit_article(
    near: PostgresServer, distances: tuple[float, ...], rounds: int, measured: Measured
) -> None:
    """Measure a bare INSERT of the article's stack."""
    script = str(ROOT / "devtools/bench/article.py")
    async with DistantPostgres(near.create_database()) as far, Sandbox() as discord:
        discord.rate_limits = False
        guild = discord.add_guild("bench")
        guild.add_channel("bench")
        member = guild.add_member("nanao")
        async with running(discord, Contestant("article", (PYTHON, script), far.url, ()), ""):
            here = Visit(discord, far, near, guild, member, measured)
            await member.slash("start")
            await here.quiet()
            for distance in distances:
                far.delay = distance / 2
                for _ in range(rounds):
                    await here.timed(
                        "bare INSERT of the article's stack (SQLAlchemy)", member.slash("start")
                    )


def table(measured: Measured, distances: tuple[float, ...]) -> str:
    """Write the medians: round trips, and milliseconds at each distance."""
    heads = [f"ms at {distance * 1000:.0f} ms" for distance in distances]
    lines = [f"| | round trips | {' | '.join(heads)} |", "|---|" + "---:|" * (1 + len(heads))]
    for name, trips in measured.trips.items():
        times = [median(measured.seconds[name, distance]) * 1000 for distance in distances]
        cells = [str(median_high(trips)), *(f"{one:.0f}" for one in times)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


async def run(rounds: int, distance: float) -> None:
    """Measure both, at no distance and at the one given in seconds, and print the table."""
    measured, distances = Measured(), (0.0, distance)
    with postgres_server() as near:
        await visit_bot(near, distances, rounds, measured)
        await visit_article(near, distances, rounds, measured)
    print(f"{machine()}; median of {rounds}\n\n{table(measured, distances)}")


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="devtools.bench.latency", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--distance", type=float, default=160, help="ms there and back")
    options = parser.parse_args(arguments)
    asyncio.run(run(options.rounds, options.distance / 1000))


if __name__ == "__main__":
    main()
