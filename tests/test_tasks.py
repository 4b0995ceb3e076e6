"""What runs when the end begins: what is waited for, and what is told of the rest."""

import asyncio
import time

from tasks import Tasks


async def test_the_end_waits_for_what_runs_and_for_what_that_begins() -> None:
    tasks, done, go_on = Tasks(), list[str](), asyncio.Event()

    async def first() -> None:
        await go_on.wait()
        done.append("first")
        tasks.add(asyncio.create_task(second()))

    async def second() -> None:
        with tasks.must_finish("second"):
            await asyncio.sleep(0)
        done.append("second")

    tasks.add(asyncio.create_task(first()))
    tasks.begin_shutdown()
    asyncio.get_running_loop().call_later(0.05, go_on.set)
    await tasks.wait(60.0)
    assert done == ["first", "second"]
    assert not tasks.unfinished


async def test_what_rests_goes_on_at_once_when_the_end_begins() -> None:
    tasks = Tasks()
    rounds = 0

    async def beat() -> None:
        nonlocal rounds
        while not tasks.shutting_down:
            rounds += 1
            await tasks.sleep(60.0)

    tasks.add(asyncio.create_task(beat()))
    await asyncio.sleep(0)
    begun = time.monotonic()
    tasks.begin_shutdown()
    await tasks.wait(60.0)
    assert (rounds, time.monotonic() - begun < 30) == (1, True)


async def test_a_rest_ends_by_itself() -> None:
    tasks = Tasks()
    await tasks.sleep(0.001)
    assert not tasks.shutting_down


async def test_what_does_not_end_is_cancelled_and_named() -> None:
    tasks, ended = Tasks(), list[str]()

    async def lasts(name: str) -> None:
        try:
            with tasks.must_finish(name):
                await asyncio.Event().wait()
        finally:
            ended.append(name)

    for name in ("a", "b"):
        tasks.add(asyncio.create_task(lasts(name)))
    await tasks.wait(0.01)
    assert tasks.unfinished == ["a", "b"]
    await tasks.cancel()
    assert sorted(ended) == ["a", "b"]
    assert not tasks.unfinished
