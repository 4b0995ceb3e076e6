"""The one way in: a transaction a unit, nothing done twice, and nobody left without an answer."""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import peewee
import pytest

import database
import models
from database import (
    ConnectionLost,
    DatabaseExecutor,
    Job,
    OutcomeUnknown,
    QuotaExceeded,
    connection_for,
    executor,
)
from database.round_trips import Statement, fetch
from devtools.bench.distance import DistantPostgres
from domain.errors import UserError
from tests.database.marks import QUOTA, Failing, Mark, kept, recorded, texts, write, write_and_fail
from tests.support.until import until

# One unit, one transaction.


async def test_what_a_job_returns_comes_back_and_is_kept(executor_url):
    assert await database.run(write, "a") == "a"
    assert await database.run(texts) == {"a"}
    assert kept() == {"a"}


@pytest.mark.parametrize("error", [UserError("already_done"), ZeroDivisionError("a bug")])
async def test_a_job_that_fails_leaves_nothing_and_its_error_comes_back(executor_url, error):
    with pytest.raises(type(error)) as raised:
        await database.run(write_and_fail, "a", error)
    assert raised.value is error
    assert kept() == set()
    assert await database.run(write, "b") == "b"


async def test_a_broken_rule_of_the_table_is_the_jobs_own_error(executor_url):
    await database.run(write, "a")
    with pytest.raises(peewee.IntegrityError):
        await database.run(write, "a")
    assert kept() == {"a"}


async def test_a_query_on_the_loops_own_thread_raises_at_once(executor_url):
    with pytest.raises(peewee.InterfaceError):
        Mark.create(text="a")
    await database.run(write, "b")
    with pytest.raises(peewee.InterfaceError):
        Mark.select().count()
    assert kept() == {"b"}


async def test_jobs_run_in_other_threads_and_never_block_the_loop(executor_url):
    ticked = threading.Event()

    def wait() -> threading.Thread:
        assert ticked.wait(60), "the loop goes on meanwhile"
        return threading.current_thread()

    unit = database.run(wait)
    for _ in range(10):
        await asyncio.sleep(0.01)
    ticked.set()
    thread = await unit
    assert thread is not threading.current_thread()
    assert thread.daemon  # one that waits for a dead host does not delay the end


async def test_a_waiter_that_gives_up_does_not_stop_its_job(executor_url):
    begun, complaints = threading.Event(), []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))

    def slow() -> None:
        begun.set()
        time.sleep(0.2)
        write("a")

    waiting = asyncio.ensure_future(database.run(slow))
    await asyncio.to_thread(begun.wait, 60)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await database.run(write, "b")
    database.close(5)
    await asyncio.sleep(0)
    assert kept() == {"a", "b"}
    assert complaints == []


async def test_many_at_once_are_all_answered_each_with_its_own(executor_url):
    answers = await asyncio.gather(*(database.run(write, str(n)) for n in range(100)))
    assert answers == [str(n) for n in range(100)]
    assert kept() == set(answers)


# SQLite takes what waits into one commit, and each of it stands for itself.


class Held:
    """Keeps SQLite's one thread busy, so that units pile up behind it."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()
        self.job = asyncio.ensure_future(database.run(self.hold))

    def hold(self) -> None:
        self.begun.set()
        assert self.let_go.wait(60)

    async def with_behind(self, *works: Callable[[], Any]) -> list[Any]:
        await asyncio.to_thread(self.begun.wait, 60)
        waiting = [asyncio.ensure_future(database.run(work)) for work in works]
        await asyncio.sleep(0)  # all are handed in
        self.let_go.set()
        await self.job
        return await asyncio.gather(*waiting, return_exceptions=True)


async def test_many_jobs_take_few_commits(lite):
    sent = recorded()
    held = Held()
    answers = await held.with_behind(*(lambda n=n: write(str(n)) for n in range(200)))
    assert answers == [str(n) for n in range(200)]
    assert sent.count("COMMIT") == 1 + -(-200 // database.BATCH)
    assert kept() == set(answers)


@pytest.mark.parametrize(
    "failure",
    [
        UserError("already_done"),
        ZeroDivisionError(),
        peewee.IntegrityError("UNIQUE constraint failed"),
        peewee.OperationalError("no such table: nowhere"),
    ],
)
async def test_a_job_that_fails_does_not_take_the_others_of_its_commit(lite, failure):
    def fail() -> None:
        write_and_fail("bad", failure)

    works = [lambda: write("first"), fail, fail, lambda: write("last")]
    first, bad, worse, last = await Held().with_behind(*works)
    assert (first, last) == ("first", "last")
    operational = isinstance(failure, peewee.OperationalError)
    assert {type(bad), type(worse)} == {ConnectionLost if operational else type(failure)}
    assert kept() == {"first", "last"}
    assert await database.run(write, "next") == "next"


async def test_what_a_failing_job_wrote_is_not_seen_by_the_next(lite):
    works = [lambda: write_and_fail("bad", ZeroDivisionError()), texts]
    _, seen = await Held().with_behind(*works)
    assert seen == set()


async def test_a_job_sees_what_those_before_it_in_the_same_commit_wrote(lite):
    _, seen = await Held().with_behind(lambda: write("a"), texts)
    assert seen == {"a"}


@pytest.mark.usefixtures("_no_pause")
async def test_a_batch_whose_database_was_away_is_done_whole_the_next_time(lite):
    failing = Failing(peewee.OperationalError("database is locked"))
    answers = await Held().with_behind(lambda: write("a"), failing, lambda: write("b"))
    assert answers == ["a", "done", "b"]
    assert kept() == {"a", "try 2", "b"}


@pytest.mark.usefixtures("_no_pause")
async def test_what_failed_in_a_batch_that_was_lost_may_succeed_the_next_time(lite):
    refusals = iter((True, False))
    locked = Failing(peewee.OperationalError("database is locked"))

    def once_refused() -> str:
        if next(refusals):
            raise UserError("changed_meanwhile")
        return write("done")

    assert await Held().with_behind(once_refused, locked) == ["done", "done"]
    assert kept() == {"done", "try 2"}


async def test_sqlites_transactions_take_the_lock_at_once(lite):
    sent = recorded()
    await database.run(texts)
    assert "BEGIN IMMEDIATE" in sent


async def test_two_doors_on_one_file_never_find_it_locked(lite):
    await database.run(write, "shared")
    loop = asyncio.get_running_loop()
    executors = [DatabaseExecutor(connection_for(lite)) for _ in range(2)]

    def up(handle: peewee.Database) -> None:  # reads before it writes
        (count,) = handle.execute_sql("SELECT count FROM mark").fetchone()
        handle.execute_sql("UPDATE mark SET count = ?", (count + 1,))

    jobs = []
    for _ in range(150):
        for each in executors:
            jobs.append(Job(partial(up, each.handle), loop, loop.create_future()))
            each.submit(jobs[-1])
    await asyncio.gather(*(job.future for job in jobs))
    for each in executors:
        each.close(5)
    assert await database.run(lambda: Mark.get().count) == 300


COUNTING = """
import asyncio, sys
import database, models

def up():
    (count,) = models.database.execute_sql("SELECT count FROM mark").fetchone()
    models.database.execute_sql("UPDATE mark SET count = ?", (count + 1,))

async def main():
    database.bind_models(sys.argv[1])
    for _ in range(20):
        await asyncio.gather(*(database.run(up) for _ in range(10)))

asyncio.run(main())
"""


async def test_two_processes_on_one_file_never_find_it_locked(lite):
    await database.run(write, "shared")
    root = Path(__file__).parents[2]
    command = (sys.executable, "-c", COUNTING, lite)
    processes = [
        await asyncio.create_subprocess_exec(*command, cwd=root, stderr=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    for process in processes:
        _, trouble = await process.communicate()
        assert process.returncode == 0, trouble.decode()
    assert await database.run(lambda: Mark.get().count) == 400


@pytest.mark.usefixtures("_no_pause")
async def test_a_file_that_is_locked_for_a_while_is_waited_for(lite, monkeypatch, caplog):
    monkeypatch.setattr(executor, "TRIES", 10_000)  # the lock goes after the first
    handle = models.database.obj
    with handle.connection_context():
        handle.pragma("busy_timeout", 20, permanent=True)
    other = connection_for(lite)
    other.connect()
    other.execute_sql("BEGIN IMMEDIATE")
    waiting = asyncio.ensure_future(database.run(write, "a"))
    await until(lambda: "trying again: database is locked" in caplog.text)
    other.execute_sql("COMMIT")
    other.close()
    assert await waiting == "a"
    assert kept() == {"a"}


async def test_no_more_connections_than_threads(pg):
    def backend() -> int:
        return models.database.execute_sql("SELECT pg_backend_pid(), pg_sleep(0.01)").fetchone()[0]

    backends = await asyncio.gather(*(database.run(backend) for _ in range(40)))
    assert 1 < len(set(backends)) <= database.POSTGRES_THREADS


def kill_own_backend() -> None:
    models.database.execute_sql("SELECT pg_terminate_backend(pg_backend_pid())")


class Killed(Failing):
    """A unit whose backend is terminated in the middle of it the first few times."""

    def __call__(self) -> str:
        self.calls += 1
        Mark.create(text=f"try {self.calls}")
        if self.calls <= self.times:
            kill_own_backend()
        return "done"


@pytest.mark.usefixtures("_no_pause")
async def test_a_job_whose_connection_dies_is_done_again_whole(pg):
    job = Killed(ValueError(), times=2)
    assert await database.run(job) == "done"
    assert job.calls == 3
    assert kept() == {"try 3"}


@pytest.mark.usefixtures("_no_pause")
async def test_trying_again_has_an_end_and_then_nothing_was_changed(pg):
    job = Killed(ValueError(), times=9)
    with pytest.raises(ConnectionLost) as raised:
        await database.run(job)
    assert type(raised.value) is ConnectionLost
    assert job.calls == database.TRIES
    assert kept() == set()
    assert await database.run(write, "after") == "after"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (peewee.OperationalError(QUOTA), QuotaExceeded),
        (peewee.OperationalError("canceling statement due to lock timeout"), ConnectionLost),
        (peewee.IntegrityError("UNIQUE"), peewee.IntegrityError),
        (UserError("x"), UserError),
        (ConnectionRefusedError("a bug elsewhere"), ConnectionRefusedError),
    ],
)
async def test_nothing_else_is_done_again(executor_url, error, told):
    job = Failing(error)
    with pytest.raises(told) as raised:
        await database.run(job)
    assert type(raised.value) is told
    assert job.calls == 1
    assert kept() == set()


@pytest.mark.usefixtures("_no_pause")
async def test_connections_that_were_cut_while_idle_are_not_noticed_by_anybody(postgres, pg):
    await asyncio.gather(*(database.run(lambda: time.sleep(0.05)) for _ in range(4)))
    name = models.database.obj.database
    postgres.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )
    answers = await asyncio.gather(*(database.run(write, str(n)) for n in range(8)))
    assert kept() == set(answers)
    assert len(answers) == 8


@pytest.mark.usefixtures("_no_pause")
async def test_a_server_that_is_not_there_is_told_in_time():
    before = models.database.obj
    database.bind_models("postgresql://u:p@127.0.0.1:1/db")
    begun = time.monotonic()
    with pytest.raises(ConnectionLost, match="refused"):
        await database.run(texts)
    assert time.monotonic() - begun < 5
    database.close(1)
    models.database.initialize(before)


async def test_a_connection_that_the_server_closed_meanwhile_costs_what_connecting_does(
    postgres, pg, caplog
):
    await asyncio.gather(*(database.run(time.sleep, 0.05) for _ in range(4)))
    name = models.database.obj.database
    postgres.execute(
        f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
    )
    async with DistantPostgres(pg) as far:
        near = connection_for(far.url).connect_params
        models.database.obj.connect_params |= {key: near[key] for key in near if key != "password"}
        assert await database.run(texts) == set()
        await far.quiet()
        assert far.round_trips == 3, "connecting, the query and COMMIT"
    assert not caplog.records


# Death in COMMIT: the answer may be lost, the change not.

FATAL_COMMIT = """
CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER die AFTER INSERT ON mark DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.text LIKE 'fatal%%') EXECUTE FUNCTION die();
"""


@pytest.mark.usefixtures("_no_pause")
async def test_a_connection_that_dies_in_commit_leaves_us_unsure(pg):
    await database.run(lambda: models.database.execute_sql(FATAL_COMMIT))
    with pytest.raises(OutcomeUnknown):
        await database.run(write, "fatal")
    assert kept() == set()
    assert await database.run(write, "well") == "well"


@pytest.mark.usefixtures("_no_pause")
async def test_a_commit_that_died_once_is_done_by_the_next_try(pg):
    await database.run(lambda: models.database.execute_sql(FATAL_COMMIT))
    tries = iter(("fatal", "fatal too", "well"))
    assert await database.run(lambda: write(next(tries))) == "well"
    assert kept() == {"well"}


@pytest.mark.usefixtures("_no_pause")
async def test_a_commit_whose_answer_was_lost_is_found_done(pg, monkeypatch):
    handle = models.database.obj
    real, lost_answers = handle.commit, iter((True,))

    def commit() -> None:
        real()
        if next(lost_answers, False):
            raise peewee.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(handle, "commit", commit)

    def once() -> str:
        if Mark.get_or_none(Mark.text == "a"):
            return "found"
        return write("a")

    assert await database.run(once) == "found"
    assert kept() == {"a"}


async def test_what_is_told_already_is_not_done_again(pg, monkeypatch):
    calls, committing = 0, threading.Event()

    def lost() -> None:
        assert committing.wait(5), "the answer does not wait for COMMIT"
        raise peewee.OperationalError("server closed the connection unexpectedly")

    def look() -> Any:
        nonlocal calls
        calls += 1
        return fetch({"mark": Statement("SELECT text FROM mark", (), ("text",))}, lock=7)

    monkeypatch.setattr(models.database.obj, "commit", lost)
    monkeypatch.setattr(models, "table_names", lambda: ["mark"])
    assert await database.run(look) == {"mark": []}
    committing.set()
    monkeypatch.undo()
    await database.run(write, "a")
    assert (calls, kept()) == (1, {"a"})


@pytest.mark.usefixtures("_no_pause")
async def test_the_next_try_may_be_refused_and_says_so(pg):
    await database.run(lambda: models.database.execute_sql(FATAL_COMMIT))
    tries = iter(("fatal", "newer"))

    def refused_then() -> None:
        text = write(next(tries))
        if text == "newer":
            raise UserError("newer")

    with pytest.raises(UserError):
        await database.run(refused_then)
    assert kept() == set()


async def test_idle_connections_are_given_back(postgres, pg, monkeypatch):
    monkeypatch.setattr(executor, "IDLE_SECONDS", 0.2)
    await asyncio.gather(*(database.run(lambda: time.sleep(0.05)) for _ in range(4)))
    other = connection_for(postgres.url)
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
    with other.connection_context():
        name = (models.database.obj.database,)
        assert other.execute_sql(asked, name).fetchone() != (0,)
        await until(lambda: other.execute_sql(asked, name).fetchone() == (0,))
    assert await database.run(write, "a") == "a"  # and opened again when asked


async def test_an_idle_file_is_closed_whole(lite, monkeypatch):
    monkeypatch.setattr(executor, "IDLE_SECONDS", 0.1)
    await database.run(write, "a")
    log = f"{lite.removeprefix('sqlite:///')}-wal"  # it goes with the last connection
    await until(lambda: not os.path.exists(log))


async def test_the_end_lets_finish_what_runs(executor_url):
    begun = threading.Event()

    def slow() -> str:
        begun.set()
        time.sleep(0.2)
        return write("a")

    waiting = asyncio.ensure_future(database.run(slow))
    await asyncio.to_thread(begun.wait, 60)
    await asyncio.to_thread(database.close, 5)
    assert await waiting == "a"
    assert kept() == {"a"}


async def test_the_end_does_not_wait_for_ever(executor_url):
    begun, let_go = threading.Event(), threading.Event()

    def stuck() -> None:
        begun.set()
        let_go.wait(60)

    waiting = asyncio.ensure_future(database.run(stuck))
    await asyncio.to_thread(begun.wait, 60)
    since = time.monotonic()
    database.close(0.2)
    assert 0.1 < time.monotonic() - since < 30
    let_go.set()
    await waiting


async def test_a_loop_that_ended_meanwhile_is_nobodys_trouble(executor_url):
    def in_another_loop() -> None:
        async def give_up() -> None:
            asyncio.ensure_future(database.run(time.sleep, 0.2))  # noqa: RUF006
            await asyncio.sleep(0.05)

        asyncio.run(give_up())

    await asyncio.to_thread(in_another_loop)
    assert await database.run(write, "a") == "a"
