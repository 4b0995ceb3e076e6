"""Run transactions in threads: one way in to the database, whatever thread or loop asks."""

import asyncio
import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import NamedTuple, ParamSpec, TypeVar

import peewee

import models
from database.connection import Sqlite
from database.errors import (
    ConnectionLost,
    FileReplaced,
    OutcomeUnknown,
    classified,
    first_line,
    is_conflict,
    is_lost,
    is_out_of_step,
)
from database.transaction import Job, Transaction
from database.worker import Interrupter, Worker

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

POSTGRES_THREADS = 4  # as many as connections; a small bot never needs more
TRIES = 3  # the job itself and two more, on lost connections and conflicts only
BATCH = 64  # waiting jobs that SQLite may take into one commit, so into one sync
# Neon suspends after 5 minutes and cuts what is open: give connections back before that,
# and those beyond the first soon, for others may wait for them at a pooler.
IDLE_SECONDS = 240.0
SPARE_SECONDS = 10.0
# A pooler or a tunnel can swallow a query, and then nothing comes back for ever.
TRY_SECONDS = 15.0  # for one try, and for opening a connection
JOB_SECONDS = 40.0  # for all tries of one job
OTHERS_SECONDS = 1.0  # before one without a connection tries again beside others that have one
FILE_SECONDS = 20.0  # between two looks whether SQLite's file is still there
MEASURED = 1000  # jobs, the latest, of which it is known how long they took
LOOK_SECONDS = 0.5  # between two looks at the clock while something runs


class DatabaseExecutor:
    """Threads that own a connection each and run the jobs handed in, one transaction a job.

    A job is taken by a thread that has a connection: one that cannot get any holds nobody up.
    SQLite has one thread, which takes waiting jobs into one commit, a savepoint each.
    The threads are daemons: one that waits for a dead host does not delay the end.
    Another thread watches the clock and shuts what does not answer.
    """

    def __init__(self, handle: peewee.Database) -> None:
        self.handle = handle
        self.sqlite = isinstance(handle, peewee.SqliteDatabase)
        self.took: deque[float] = deque(maxlen=MEASURED)  # seconds
        self.timeouts = 0  # how often the database did not answer in time
        self.replaced: Future[str] = Future()  # says what became of SQLite's file
        self.replaced.set_running_or_notify_cancel()  # nobody who waits for it may cancel it
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._idle: list[Worker] = []  # those with a connection last, the last used at the end
        self._opening = 0  # threads that open a connection: no more than jobs that wait for one
        self._closing = False
        self._doubtful = 0.0  # connections opened before this moment may be dead as well
        self._served = 0.0  # when a job last came to its end
        self._busy = threading.Event()
        self._workers = [Worker(self._lock) for _ in range(1 if self.sqlite else POSTGRES_THREADS)]
        self._threads = [
            threading.Thread(target=self._serve, args=(one,), name=f"database-{n}", daemon=True)
            for n, one in enumerate(self._workers)
        ]
        for thread in (
            *self._threads,
            threading.Thread(target=self._watch, name="database-watchdog", daemon=True),
        ):
            thread.start()

    def submit(self, job: Job) -> None:
        """Hand a job in."""
        with self._lock:
            self._waiting.append(job)
            if self._idle:
                self._idle.pop().wake.notify()
        if not self._busy.is_set():
            self._busy.set()

    def close(self, seconds: float) -> None:
        """Wait for what runs to finish, for so many seconds at most."""
        with self._lock:
            self._closing = True
            for worker in self._idle:
                worker.wake.notify()
            self._idle.clear()
        self._busy.set()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    @property
    def waiting(self) -> int:
        """How many jobs wait for their turn."""
        return len(self._waiting)

    def check_file(self) -> None:
        """Look whether SQLite's file is still the one that was opened; `replaced` tells."""
        if isinstance(self.handle, Sqlite):
            try:
                self.handle.check_file()
            except FileReplaced as error:
                self._report_file(error)

    def _report_file(self, error: FileReplaced) -> None:
        with self._lock:
            if not self.replaced.done():
                self.replaced.set_result(str(error))

    def _serve(self, worker: Worker) -> None:
        while self._wait(worker):
            if worker.opened < self._doubtful or worker.server_has_closed():
                self._drop(worker)
            if not worker.opened:
                if self._may_open():
                    self._open(worker)
            elif jobs := self._take(time.monotonic()):
                self._attempt(worker, jobs)
        self._drop(worker)

    def _wait(self, worker: Worker) -> bool:
        """Wait for jobs, giving the connection back meanwhile; False at the end."""
        since = time.monotonic()
        while True:
            with self._lock:
                if self._waiting and (worker.opened or self._opening < len(self._waiting)):
                    return True
                if self._closing:
                    return False
                spare = any(one.opened for one in self._workers if one is not worker)
                rest = min(SPARE_SECONDS, IDLE_SECONDS) if spare else IDLE_SECONDS
                left = since + rest - time.monotonic() if worker.opened else None
                if left is None or left > 0:
                    self._idle.insert(len(self._idle) if worker.opened else 0, worker)
                    worker.wake.wait(left)
                    with suppress(ValueError):  # whoever woke it has taken it out
                        self._idle.remove(worker)
                    continue
            self._drop(worker)

    def _may_open(self) -> bool:
        """Count a thread that opens a connection, unless as many do as there are jobs waiting."""
        with self._lock:
            may = self._opening < len(self._waiting)
            self._opening += may
        return may

    def _take(self, began: float) -> list[Job]:
        """Take what waits, and count a try of each that began at this moment."""
        with self._lock:
            count = min(BATCH if self.sqlite else 1, len(self._waiting))
            jobs = [self._waiting.popleft() for _ in range(count)]
        for job in jobs:
            job.begin_try(began)
        return jobs

    def _open(self, worker: Worker) -> None:
        """Open a connection and, beside others that do, hear it answer.

        If it cannot be opened and no other thread has one, or trying again is of no use, a job
        that waits has failed.
        """
        began = time.monotonic()
        self._begin(worker, began + TRY_SECONDS, [])
        try:
            self._connect(worker)
            # a pooler accepts everybody, and lets their queries wait
            if self._others_serve(worker):
                self.handle.execute_sql("SELECT 1")
        except Exception as error:  # noqa: BLE001  whatever it is, it belongs to those who wait
            worker.over()
            self._drop(worker)
            jobs = [] if self._others_serve(worker) and is_lost(error) else self._take(began)
            self._end_opening()
            if jobs:
                self._fail(worker, jobs, error, committing=False)
            else:
                time.sleep(OTHERS_SECONDS)
        else:
            worker.over()
            self._end_opening()

    def _connect(self, worker: Worker) -> None:
        self.handle.connect()
        worker.connected(Interrupter(self.handle.connection()))

    def _others_serve(self, worker: Worker) -> bool:
        """Return whether other threads have a connection, as far as is known."""
        return any(
            one.opened > self._doubtful and not one.server_has_closed()
            for one in self._workers
            if one is not worker
        )

    def _end_opening(self) -> None:
        with self._lock:
            self._opening -= 1

    def _attempt(self, worker: Worker, jobs: list[Job]) -> None:
        """Run jobs in one transaction."""
        until = min(job.began for job in jobs) + JOB_SECONDS
        self._begin(worker, min(time.monotonic() + TRY_SECONDS, until), jobs)
        transaction = Transaction(self.handle)
        try:
            if not worker.opened:  # one that was tried before these has failed
                self._connect(worker)
            transaction.run(jobs)
            if isinstance(self.handle, Sqlite):
                self.handle.check_file()
        except Exception as error:  # noqa: BLE001  whatever it is, it belongs to those who wait
            worker.over()
            self._fail(worker, jobs, error, committing=transaction.committing)
        else:
            worker.over()
            worker.used = True
            self._deliver(jobs)

    def _fail(self, worker: Worker, jobs: list[Job], error: Exception, *, committing: bool) -> None:
        """End jobs, or let them be tried again: all of them, or one by one to find the culprit."""
        broken = worker.cut or (worker.opened > 0 and is_out_of_step(error))
        conflict, lost = is_conflict(error), broken or is_lost(error)
        if not (lost or conflict) and len(jobs) > 1:
            for job in jobs:
                self._attempt(worker, [job])
            return
        pause = random.uniform(0.1, 0.5) * jobs[0].tries ** 2  # noqa: S311  jitter
        if worker.used and lost and jobs[0].tries == 1:
            pause = 0.0  # the connection was closed while it idled: the next may do
        if not conflict:
            self._drop(worker)
        if lost:
            self._doubtful = time.monotonic()
            for job in jobs:
                job.outcome_unknown |= committing
        self._try_again(jobs, error, pause, may=conflict or lost)

    def _try_again(self, jobs: list[Job], error: Exception, pause: float, *, may: bool) -> None:
        """Put jobs back whose tries and time are not used up; end the others."""
        until = time.monotonic() + pause
        again = [
            job
            for job in jobs
            if may and not job.delivered and job.tries < TRIES and until < job.began + JOB_SECONDS
        ]
        ended = [job for job in jobs if job not in again]
        for job in ended:
            job.error = classified(error, outcome_unknown=job.outcome_unknown)
        self._deliver(ended)
        if isinstance(error, FileReplaced):
            self._report_file(error)
        if again:
            log.warning("%s, trying again: %s", reason(error), first_line(error))
            time.sleep(pause)
            with self._lock:
                self._waiting.extendleft(reversed(again))
                if self._idle:
                    self._idle.pop().wake.notify()

    def _deliver(self, jobs: list[Job]) -> None:
        self._served = time.monotonic()
        self.took.extend(self._served - job.began for job in jobs if job.tries)
        for job in jobs:
            job.deliver()

    def _begin(self, worker: Worker, deadline: float, jobs: list[Job]) -> None:
        worker.begin(deadline, jobs)
        if not self._busy.is_set():
            self._busy.set()

    def _drop(self, worker: Worker) -> None:
        worker.connected(None)
        with suppress(peewee.PeeweeException):  # it is dead already
            self.handle.close()

    def _watch(self) -> None:
        """Look at the clock while anything runs or waits."""
        while not self._closing:
            self._busy.wait()
            self._busy.clear()
            while self._waiting or any(worker.busy for worker in self._workers):
                time.sleep(LOOK_SECONDS)
                self._stop_overdue(time.monotonic())

    def _stop_overdue(self, now: float) -> None:
        """Shut connections that do not answer, and give up jobs that waited too long."""
        for worker in self._workers:
            if worker.stop_if_overdue(now):
                self.timeouts += 1
                log.warning("the database does not answer: a connection is shut")
            for job in worker.stuck(now):
                job.error = OutcomeUnknown("the database does not answer, nor end")
                job.deliver()
        silent = now - self._served > TRY_SECONDS
        with self._lock:
            late = [
                job
                for job in self._waiting
                if now > (job.began or (job.since if silent else now)) + JOB_SECONDS
            ]
            for job in late:
                self._waiting.remove(job)
        for job in late:
            kind = OutcomeUnknown if job.outcome_unknown else ConnectionLost
            job.error = kind(f"the database did not answer for {JOB_SECONDS:.0f} s")
            job.deliver()


def reason(error: BaseException) -> str:
    """Return in a few words why a job is tried again."""
    return "another transaction was in the way" if is_conflict(error) else "the database is away"


_executors: dict[int, DatabaseExecutor] = {}


def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
    """Run `work` in a thread as one transaction; the future gives what it returns.

    Retry lost connections and conflicts. Awaiting raises ConnectionLost, OutcomeUnknown or what
    `work` raises, after about JOB_SECONDS at the latest unless others are being served.
    """
    loop = asyncio.get_running_loop()
    job = Job(partial(work, *args, **kwargs), loop, loop.create_future())
    current_executor().submit(job)
    return job.future


def current_executor() -> DatabaseExecutor:
    """Return the executor of the database that the models point at, made when first asked."""
    handle = models.database.obj
    assert handle is not None, "bind_models() first"
    if id(handle) not in _executors:
        _executors[id(handle)] = DatabaseExecutor(handle)
    return _executors[id(handle)]


async def replaced() -> str:
    """Return what became of SQLite's file, once it is no longer the one that was opened."""
    executor = current_executor()
    outcome = asyncio.wrap_future(executor.replaced)
    while not outcome.done():
        await asyncio.wait({outcome}, timeout=FILE_SECONDS if executor.sqlite else None)
        executor.check_file()
    return outcome.result()


class Load(NamedTuple):
    """How long the latest jobs took, in seconds, and how many wait for their turn."""

    median: float
    slow: float  # of twenty, nineteen were faster
    jobs: int
    waiting: int


def load() -> Load:
    """Return how busy the database is, from memory."""
    executor = current_executor()
    took = sorted(executor.took) or [0.0]
    median, slow = (took[int(part * (len(took) - 1))] for part in (0.5, 0.95))
    return Load(median, slow, len(executor.took), executor.waiting)


def timeouts() -> int:
    """Return how often a database did not answer in time; asks nothing."""
    return sum(executor.timeouts for executor in _executors.values())


def close(seconds: float = 1.0) -> None:
    """Wait for the threads to finish what runs and to close their connections."""
    for executor in _executors.values():
        executor.close(seconds)
    _executors.clear()
