"""What the first completion waits for, and how long."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

import interactions.completion
from interactions.completion import cached_or_read
from tests.support.commands import command


@pytest.mark.parametrize(
    ("there", "quick", "found"), [(True, True, "old"), (False, True, "new"), (False, False, None)]
)
async def test_the_first_completion_waits_a_moment_for_what_is_read(
    monkeypatch: pytest.MonkeyPatch, there: bool, quick: bool, found: str | None
) -> None:
    monkeypatch.setattr(interactions.completion, "TIMEOUT", 0.01 if not quick else 5.0)
    memory = {"known": "old"} if there else {}
    goes_on, reads = asyncio.Event(), []

    async def read(_: Any) -> None:
        reads.append(1)
        if not quick:
            await goes_on.wait()
        memory["known"] = "new"

    background: list[Any] = []

    def in_background(work: Any, _: str) -> Any:
        background.append(asyncio.ensure_future(work))
        return background[-1]

    client: Any = SimpleNamespace(in_background=in_background)
    asked = command("21:00")
    assert await cached_or_read(client, asked, lambda _: memory.get("known"), read) == found
    assert len(reads) == (not there)
    goes_on.set()
    await asyncio.gather(*background)
    again = await cached_or_read(client, asked, lambda _: memory.get("known"), read)
    assert again == ("old" if there else "new"), "the next letter has it"
