"""What goes wrong while members work without a pause: nothing is lost, and nobody is told a lie."""

import asyncio
import logging
import random
import shutil
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from types import SimpleNamespace

import psycopg2
import pytest

from database import Postgres, connection_for
from devtools.sandbox import Member, NotAnswered
from i18n import say
from migrator import Router
from queries.unit_of_work import lock_key
from tests.e2e.deployment import IDENTIFY_AT_ONCE, Deployment, Place
from tests.e2e.load import check_rows, crowd, work
from tests.e2e.people import ids
from tests.e2e.process import ROOT
from tests.support.stand_ins import Proxy

MEMBERS = 8
log = logging.getLogger(__name__)  # shown with --log-cli-level=INFO
JOB_SECONDS = 40.0  # after which whoever waits is told, and what the threads need beyond it
REFUSED = (0, 10008, 10062, 40060)
LOGGED = (
    "WARNING database.executor: ",
    "could not receive|refused",
    "WARNING interactions.errors: .*: (cannot answer|the database|canceling|terminating|server)",
    "WARNING interactions.responder: no wait for",
    "Attempting a reconnect|Failed to connect for shard",
)


@dataclass
class World:
    """A deployment whose members work, and the way to its database."""

    deployment: Deployment
    place: Place
    members: list[Member]
    proxy: Proxy | None

    @property
    def url(self) -> str:
        return self.deployment.behind or self.deployment.url


async def swallowed(world: World) -> None:
    """Nothing that is sent to the database arrives for three seconds, twice."""
    assert world.proxy
    for _ in range(2):
        world.proxy.swallows = True
        await asyncio.sleep(3)
        world.proxy.swallows = False
        await asyncio.sleep(4)


async def few_connections(world: World) -> None:
    """A pooler that gives two connections to the four threads cuts them, again and again."""
    assert world.proxy
    for _ in range(5):
        await asyncio.sleep(1)
        world.proxy.cut()


async def terminated(world: World) -> None:
    """The server ends every connection of two processes, again and again, as in a failover."""
    terminate = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(10):
        world.deployment.rows(terminate)
        await asyncio.sleep(0.4)


async def vanished(world: World) -> None:
    """Clients vanish that have locked members, as their process' machine does."""
    async with Proxy(world.url) as hole:
        for member in world.members[:4]:
            other = await asyncio.to_thread(psycopg2.connect, hole.url)
            other.autocommit = True
            lock = lock_key(SimpleNamespace(guild_id=world.place.guild.id, user_id=member.id))
            begin = f"{Postgres.BEGIN}SELECT pg_advisory_xact_lock({lock})"
            await asyncio.to_thread(other.cursor().execute, begin)
        hole.swallows = True
        await asyncio.sleep(6)


async def frozen(world: World) -> None:
    """One of two processes stands still wherever it is, twice."""
    for process in world.deployment.processes:
        process.popen.send_signal(signal.SIGSTOP)
        await asyncio.sleep(4)
        process.popen.send_signal(signal.SIGCONT)
        await asyncio.sleep(1)


async def deleted(world: World) -> None:
    """Moderators delete every wait, and what stands under a pressed button, while nothing moves."""
    for _ in range(4):
        with world.deployment.locked("session"):
            for _ in range(20):
                await asyncio.sleep(0.1)
                for one in world.deployment.interactions:
                    if one.deferred and one.visible_seconds is None and not one.original.deleted:
                        world.deployment.discord.delete(one.original)
        await asyncio.sleep(0.5)


async def refused(world: World) -> None:
    """Discord refuses first answers, and some of those in their place."""
    for _ in range(20):
        world.deployment.discord.fail_next(random.choice((400, 403, 404)), match="callback")
        await asyncio.sleep(0.2)


async def no_gateway(world: World) -> None:
    """The gateway closes before HELLO for a while."""
    discord = world.deployment.discord
    discord.fail_next(random.choice((1001, 4000)), times=10_000, match="CONNECT")
    await discord.drop_gateway()
    await asyncio.sleep(8)
    discord.faults.clear()
    await discord.ready(commands=False)


MIGRATION = """
from migrator import Column
def migrate(migrator, database, *, fake=False):
    migrator.add_column("session", Column("shoe", "INTEGER", null=True))
    migrator.sql("SELECT pg_sleep(0.3)")
    migrator.add_column("history", Column("shoe", "INTEGER", null=True))
def rollback(migrator, database, *, fake=False):
    migrator.drop_column("history", "shoe")
    migrator.drop_column("session", "shoe")
"""


async def migrated(world: World) -> None:
    """The next release migrates, and is taken back, again and again."""
    folder = world.deployment.folder / "migrations"
    shutil.copytree(ROOT / "migrations", folder)
    (folder / "999_shoes.py").write_text(MIGRATION)

    def there_and_back() -> None:
        handle = connection_for(world.url)
        with handle.connection_context():
            router = Router(handle, migrate_dir=folder)
            for _ in range(4):
                assert router.run() == ["999_shoes"]
                time.sleep(0.3)
                router.rollback()

    await asyncio.to_thread(there_and_back)


@dataclass(frozen=True)
class Fault:
    """What goes wrong, on which databases, and within how many seconds it works again."""

    happens: Callable[[World], Awaitable[None]]
    bound: float
    kinds: tuple[str, ...] = ("postgres",)
    slots: int = 0  # connections that what stands between gives; 0 without that
    processes: int = 1
    silent: bool = False  # whether Discord itself cannot reach the bot meanwhile


BOTH = ("sqlite", "postgres")
FAULTS = (
    Fault(swallowed, bound=20.0, slots=100),  # a try's 15 s, and opening another connection
    Fault(few_connections, bound=3.0, slots=2),
    Fault(terminated, bound=3.0, processes=2),
    Fault(vanished, bound=3.0),
    Fault(frozen, bound=3.0, kinds=BOTH, processes=2, silent=True),
    Fault(deleted, bound=3.0, kinds=BOTH),
    Fault(refused, bound=3.0, kinds=BOTH),
    Fault(no_gateway, bound=16.0, kinds=BOTH, silent=True),
    Fault(migrated, bound=3.0),
)
CASES = [(fault, kind) for fault in FAULTS for kind in fault.kinds]


@asynccontextmanager
async def working(world: World, *, silent: bool) -> AsyncIterator[None]:
    """Let members work meanwhile, each going on after what Discord did not deliver."""
    over = asyncio.Event()

    async def works(member: Member) -> None:
        while not over.is_set():
            with suppress(*((NotAnswered,) if silent else ())):
                await work(member, lambda: not over.is_set(), 0.03)

    tasks = [asyncio.create_task(works(one)) for one in world.members]
    await asyncio.sleep(0.5)
    yield
    over.set()
    await asyncio.gather(*tasks)


async def seconds_until_saved(member: Member) -> float:
    """Start until that is acknowledged; return how long it took."""
    began = time.monotonic()
    while True:
        with suppress(NotAnswered):
            message = (await member.slash("start")).message
            if message and any(one.startswith(("end:", "restart:")) for one in ids(message)):
                return time.monotonic() - began


def told_falsely(deployment: Deployment, known: Iterable[int]) -> list[str]:
    """List those who read that nothing was saved when it was, or the other way round."""
    saved, wrong = set(known), []
    for one in deployment.interactions:
        text = one.message.text if one.message else ""
        unsaved = (say("ja", "error.unsaved"), say("ja", "error.bug", id=one.id))
        if one.id in saved and any(sentence in text for sentence in unsaved):
            wrong.append(f"{one}: unsaved, and saved")
        if one.id not in saved and say("ja", "error.saved") in text:
            wrong.append(f"{one}: saved, and unsaved")
    return wrong


@pytest.mark.long
@pytest.mark.parametrize(
    ("fault", "kind"), CASES, ids=[f"{one.happens.__name__}-{kind}" for one, kind in CASES]
)
async def test_under_load_nothing_is_lost_nor_told_falsely(postgres, deploy, tmp_path, fault, kind):
    async with AsyncExitStack() as stack:
        url, proxy = f"sqlite:///{tmp_path / 'test.db'}", None
        if kind == "postgres":
            url = postgres.create_database()
        if fault.slots:
            proxy = await stack.enter_async_context(Proxy(url, fault.slots))
        deployment: Deployment = await deploy(proxy.url if proxy else url)
        deployment.behind = url
        deployment.allowed += LOGGED
        deployment.refusals |= set(REFUSED)
        for _ in range(fault.processes):
            await deployment.start(IDENTIFY_AT_ONCE)
        place = deployment.place()
        members = crowd(place, MEMBERS)
        world = World(deployment, place, members, proxy)
        async with working(world, silent=fault.silent):
            before = check_rows(deployment)
            await fault.happens(world)
            back = await seconds_until_saved(place.nanao)
            await asyncio.sleep(2)
        during = check_rows(deployment)
        known = [one for (one,) in deployment.rows("SELECT interaction_id FROM history")]
        told = [one.visible_seconds for one in deployment.interactions if one.visible_seconds]
        silent = len(deployment.interactions) - len(told)
        log.info(
            "%d acknowledged meanwhile, the next start saved after %.1f s, told after %.1f s at "
            "most, %d not told",
            *(during - before, back, max(told), silent),
        )
        assert told_falsely(deployment, known) == []
        assert fault.silent or not silent
        assert max(told) < JOB_SECONDS
        assert back < fault.bound
        assert during > before + 20, "it went on"
        for process in deployment.processes:
            await process.stop()
