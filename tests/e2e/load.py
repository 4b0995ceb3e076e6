"""Members who start and end without a pause, and what must be true of the rows afterwards."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

from devtools.sandbox import Interaction, Member, NotAnswered
from tests.e2e.deployment import Deployment, Place
from tests.e2e.people import acknowledged, ids
from tests.support.until import until

# Rows that the log says are there, if each command did what it says, and nothing else did.
REPLAYED = """
    SELECT s.id FROM session s
    LEFT JOIN history b ON b.session_id = s.id AND b.cmd = 'start'
    LEFT JOIN (
        SELECT session_id, max(created_at) AS at,
            sum(CASE cmd WHEN 'end' THEN 1 WHEN 'undo' THEN -1 ELSE 0 END) AS ends
        FROM history GROUP BY session_id
    ) h ON h.session_id = s.id
    WHERE b.session_id IS NULL OR (s.ended_at IS NULL) <> (h.ends = 0) OR h.ends NOT IN (0, 1)
"""
OVERLAPS = """
    SELECT a.id, b.id FROM session a JOIN session b
    ON a.guild_id = b.guild_id AND a.user_id = b.user_id AND a.id < b.id
    WHERE a.removed_at IS NULL AND b.removed_at IS NULL
    AND (a.ended_at IS NULL OR a.ended_at > b.started_at)
    AND (b.ended_at IS NULL OR b.ended_at > a.started_at)
"""


def crowd(place: Place, count: int) -> list[Member]:
    return [place.guild.add_member(f"m{n}", locale="ja") for n in range(count)]


async def work(member: Member, go_on: Callable[[], bool], pause: float = 0.0) -> None:
    """Start and end, by command and by button, until told to stop or left without an answer.

    Whatever is open is ended first, so that a member goes on after any interruption.
    """
    while go_on():
        start = await member.slash("start", task="数学")
        button = next((one for one in ids(_shown(start)) if one.startswith("end:")), None)
        if button and random.random() < 0.5:
            end = await member.press(_shown(start), custom_id=button)
        else:
            end = await member.slash("end")
        if acknowledged(end) and random.random() < 0.2:
            await member.press_id(None, f"undo:{end.id}", end.updated or end.message)
            await member.slash("end")
        await asyncio.sleep(pause)


def _shown(answer: Interaction):
    assert answer.message, answer
    return answer.message


async def until_killed(deployment: Deployment, members: list[Member], seconds: float) -> None:
    """Let the members work, kill after a while, and let go of who waits in vain.

    So many seconds after some work was done, as a busy machine begins late.
    """
    before = done(deployment)
    tasks = [asyncio.create_task(work(member, lambda: True)) for member in members]
    await until(lambda: done(deployment) > before + 5)
    await asyncio.sleep(seconds)
    deployment.processes[-1].kill()
    await asyncio.sleep(0.06)  # answers that were under way arrive
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(ended, asyncio.CancelledError | NotAnswered):
            raise AssertionError("nobody may stop working before the kill") from ended


def done(deployment: Deployment) -> int:
    """Return how many commands were acknowledged."""
    return sum(map(acknowledged, deployment.interactions))


def check_rows(deployment: Deployment) -> int:
    """Check that what was acknowledged is there once, and nothing else than commands did anything.

    Returns how many commands were acknowledged.
    """
    known = [one for (one,) in deployment.rows("SELECT interaction_id FROM history")]
    assert len(known) == len(set(known))
    said = {one.id for one in deployment.interactions if acknowledged(one)}
    assert said <= set(known), f"acknowledged and lost: {said - set(known)}"
    assert set(known) <= {one.id for one in deployment.interactions}
    assert deployment.rows(REPLAYED) == []
    assert deployment.rows(OVERLAPS) == []
    return len(said)


async def all_answered(deployment: Deployment, patience: float = 30.0) -> None:
    """Check that everybody got something to read."""
    for one in deployment.interactions:
        with suppress(NotAnswered):
            await one.answer(patience)
    silent = [one for one in deployment.interactions if not one.visible_seconds]
    assert silent == []
