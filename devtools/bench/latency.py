"""How long each command takes at a distant database, and how many round trips it makes there.

    python -m devtools.bench.latency [--rounds N] [--distance MS]

The real bot, the sandbox's Discord, and a Postgres behind a proxy that delays every byte. The
milliseconds go from the command to the answer that a person can read.
"""

import argparse
import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median, median_high
from typing import TypeVar
from zoneinfo import ZoneInfo

from devtools.bench import report
from devtools.bench.bots import Bot, Running, other_bot, running, this_bot
from devtools.bench.distance import DistantPostgres
from devtools.postgres import PostgresServer, postgres_server
from devtools.sandbox import Interaction, Member
from devtools.sandbox.permissions import ADMINISTRATOR

T = TypeVar("T")
DAYS = 200  # in a row, on which the member has worked
CROWD = 8  # members who ask at once, so that every connection of the bot is open
ARTICLE = "bare INSERT of the article's stack (SQLAlchemy)"


@dataclass(slots=True)
class Measured:
    """Round trips and seconds of each command, by its name and the distance in seconds."""

    trips: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    seconds: dict[tuple[str, float], list[float]] = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True)
class Visit:
    """A bot that has its database far away, and the member who commands it."""

    here: Running
    far: DistantPostgres
    near: PostgresServer
    measured: Measured

    @property
    def member(self) -> Member:
        """The one who has worked every day."""
        return self.here.members[0]

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
        await self.here.discord.settle()
        await self.far.quiet()

    async def warm_up(self) -> None:
        """Ask as many members at once, until every connection is open."""
        crowd = self.here.add_members(CROWD)
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
        (someone,) = self.here.add_members(1)  # of whom the bot has read nothing yet
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
        edit = await timed("/log edit", slash("log edit", options={"session": str(added.id)}))
        assert edit.modal
        await timed("its form, a note", self.member.submit(edit.modal, {"Note": "done"}))
        await self.press("button Delete", added, "delete")
        await timed("/stats", slash("stats"))
        await timed("/rank", slash("rank"))
        for name in ("me", "config", "panel", "help"):
            await timed(f"/{name}", slash(name))
        self.near.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
        )
        await asyncio.sleep(self.far.delay + 0.1)  # until the bot has heard of it
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


@asynccontextmanager
async def visit(
    near: PostgresServer, measured: Measured, bot: Callable[[str], Bot]
) -> AsyncIterator[Visit]:
    """Run a bot on an empty database far away."""
    async with (
        DistantPostgres(near.create_database()) as far,
        running(bot(far.url), members=1) as here,
    ):
        yield Visit(here, far, near, measured)


async def run(rounds: int, distances: tuple[float, ...]) -> None:
    """Measure both bots at each distance, in seconds there and back, and print the table."""
    measured = Measured()
    with postgres_server() as near:
        async with visit(near, measured, this_bot) as ours:
            worked_daily(ours.far.near_url, ours.member)
            ours.member.roles = [ours.here.guild.add_role("organisers", ADMINISTRATOR)]
            for distance in distances:
                ours.far.delay = distance / 2
                await ours.warm_up()
                for _ in range(rounds):
                    await ours.round()
        async with visit(near, measured, partial(other_bot, "article.py")) as article:
            await article.member.slash("start")
            await article.quiet()
            for distance in distances:
                article.far.delay = distance / 2
                for _ in range(rounds):
                    await article.timed(ARTICLE, article.member.slash("start"))
    print(f"{report.machine()}; median of {rounds}\n\n{table(measured, distances)}")


def table(measured: Measured, distances: tuple[float, ...]) -> str:
    """Write the medians: round trips, and milliseconds at each distance."""
    rows: list[list[object]] = []
    for name, trips in measured.trips.items():
        times = [median(measured.seconds[name, distance]) * 1000 for distance in distances]
        rows.append([name, median_high(trips), *(f"{one:.0f}" for one in times)])
    heads = [f"ms at {distance * 1000:.0f} ms" for distance in distances]
    return report.table(["", "round trips", *heads], rows)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="devtools.bench.latency", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--distance", type=float, default=160, help="ms there and back")
    options = parser.parse_args(arguments)
    asyncio.run(run(options.rounds, (0.0, options.distance / 1000)))


if __name__ == "__main__":
    main()
