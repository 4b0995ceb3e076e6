"""Run transactions in threads: one way in to the database, whatever thread or loop asks."""

import asyncio
import logging
import queue
import random
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

import peewee

import models
from database.connection import Postgres
from database.errors import classified, first_line, lost

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

POSTGRES_THREADS = 4  # as many as connections; a small bot never needs more
TRIES = 3  # the unit itself and two more, on lost connections only
BATCH = 64  # waiting units that SQLite may take into one commit, so into one sync
# Neon suspends after 5 minutes and cuts what is open: give connections back before that
IDLE_SECONDS = 240.0


@dataclass(slots=True, eq=False)
class Job:
    """One transaction that waits for its turn."""

    work: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def deliver(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        if self.future.cancelled():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class DatabaseExecutor:
    """Threads that own a connection each and run the units handed in, one transaction a unit.

    SQLite has one, which takes waiting units into one commit, a savepoint each.
    The threads are daemons: one that waits for a dead host does not delay the end.
    """

    def __init__(self, handle: peewee.Database) -> None:
        self.handle = handle
        self.sqlite = isinstance(handle, peewee.SqliteDatabase)
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        threads = 1 if self.sqlite else POSTGRES_THREADS
        self._threads = [
            threading.Thread(target=self._serve, name=f"database-{n}", daemon=True)
            for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        """Hand a unit in."""
        self._waiting.put(job)

    def close(self, seconds: float) -> None:
        """Let what is running finish, for so many seconds at most."""
        for _ in self._threads:
            self._waiting.put(None)
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _serve(self) -> None:
        while True:
            try:
                job = self._waiting.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                self.handle.close()
                continue
            if job is None:
                break
            jobs = [job]
            while self.sqlite and len(jobs) < BATCH and not self._waiting.empty():
                if (another := self._waiting.get()) is None:
                    self._waiting.put(None)
                    break
                jobs.append(another)
            self._attempt(jobs)
            for job in jobs:
                job.deliver()
        self.handle.close()

    def _attempt(self, jobs: list[Job]) -> None:
        unsure = False
        for attempt in range(1, TRIES + 1):
            transaction = Transaction(self.handle)
            try:
                transaction.run(jobs)
                return
            except Exception as error:  # noqa: BLE001  whatever it is, it belongs to those who wait
                self._drop_connection()
                unsure = unsure or (transaction.committing and lost(error))
                if not lost(error) and len(jobs) > 1:  # one of them is to blame
                    for job in jobs:
                        self._attempt([job])
                    return
                if not lost(error) or attempt == TRIES:
                    for job in jobs:
                        job.error = classified(error, unsure=unsure)
                    return
                log.warning("the database is away, trying again: %s", first_line(error))
            time.sleep(random.uniform(0.1, 0.5) * attempt**2)  # noqa: S311  jitter

    def _drop_connection(self) -> None:
        with suppress(peewee.PeeweeException):  # it is dead already
            self.handle.close()


class Transaction:
    """One BEGIN … COMMIT over one or several units; `committing` once only COMMIT is left."""

    def __init__(self, handle: peewee.Database) -> None:
        self.handle = handle
        self.committing = False

    def run(self, jobs: list[Job]) -> None:
        """Run the units; what one of them raises is its own, a failing database is everybody's."""
        self.handle.connect(reuse_if_open=True)
        if len(jobs) > 1:
            with self._begun():
                for job in jobs:
                    self._settle(job, self.handle.savepoint)
                self.committing = True
        else:
            self._settle(jobs[0], self._begun)

    def _begun(self) -> AbstractContextManager[Any]:
        if isinstance(self.handle, Postgres):
            return self.handle.transaction(Postgres.LATER)
        # deferred transactions that read before they write end in "database is locked"
        return self.handle.transaction("IMMEDIATE")

    def _settle(self, job: Job, scope: Callable[[], AbstractContextManager[Any]]) -> None:
        job.error = None
        try:
            with scope():
                job.result = job.work()
                self.committing = scope == self._begun
        except (peewee.OperationalError, peewee.InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001  handed to the one who waits for this unit
            job.error = error


_doors: dict[int, DatabaseExecutor] = {}


def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
    """Run `work` in a thread as one transaction; the future gives what it returns.

    Retry lost connections. Awaiting raises ConnectionLost, OutcomeUnknown or what `work` raises.
    """
    loop = asyncio.get_running_loop()
    job = Job(partial(work, *args, **kwargs), loop, loop.create_future())
    door().submit(job)
    return job.future


def door() -> DatabaseExecutor:
    """The door to the database that the models point at; its threads start when first asked."""
    handle = models.database.obj
    assert handle is not None, "point_at() first"
    if id(handle) not in _doors:
        _doors[id(handle)] = DatabaseExecutor(handle)
    return _doors[id(handle)]


def close(seconds: float = 1.0) -> None:
    """Let the threads finish what runs and give their connections back."""
    for opened in _doors.values():
        opened.close(seconds)
    _doors.clear()
