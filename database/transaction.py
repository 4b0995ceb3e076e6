"""A job that waits for its turn, and the transaction that it gets."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import Any

import peewee

from database.connection import Postgres
from database.errors import as_peewee, is_failure


@dataclass(slots=True, eq=False)
class Job:
    """One transaction that waits for its turn."""

    work: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    since: float = field(default_factory=time.monotonic)
    began: float = 0.0  # when its first try did
    tries: int = 0
    outcome_unknown: bool = False  # a try was lost while committing
    delivered: bool = False  # what came of it, so it must not be done again

    def begin_try(self, at: float) -> None:
        """Count a try that began at a moment of the monotonic clock."""
        self.tries += 1
        self.began = self.began or max(at, self.since)

    def deliver(self) -> None:
        """Hand the outcome to the one who waits; the first outcome counts."""
        if self.delivered:
            return
        self.delivered = True
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(self._settle, self.result, self.error)

    def _settle(self, result: Any, error: BaseException | None) -> None:
        if self.future.done():
            return
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Transaction:
    """One BEGIN … COMMIT over one or several jobs; `committing` once only COMMIT is left."""

    def __init__(self, handle: peewee.Database) -> None:
        self.handle = handle
        self.committing = False

    def run(self, jobs: list[Job]) -> None:
        """Run the jobs; what one of them raises is its own, a failing database is everybody's."""
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
                self._work(job)
                self.committing = scope == self._begun
        except Exception as raised:
            error = as_peewee(raised)
            if is_failure(error):
                raise error from raised
            job.error = error  # handed to the one who waits for this job

    def _work(self, job: Job) -> None:
        """Do a job, and deliver its outcome early if nothing is to be saved.

        The end of its transaction is another round trip, for which nobody has to wait.
        """
        try:
            job.result = job.work()
        except Exception as raised:
            job.error = as_peewee(raised)
            if not is_failure(job.error):
                self._deliver_early(job)
            raise
        self._deliver_early(job)

    def _deliver_early(self, job: Job) -> None:
        if isinstance(self.handle, Postgres) and self.handle.has_only_read:
            job.deliver()
