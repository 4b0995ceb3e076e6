"""Which servers a process answers for, when it is one of several."""

from types import SimpleNamespace
from typing import Any

import pytest

from cogs.startup import Startup


def process(count: int | None, ids: tuple[int, ...] | None) -> Any:
    settings = SimpleNamespace(shard_count=count, shard_ids=ids)
    return SimpleNamespace(client=SimpleNamespace(settings=settings))


@pytest.mark.parametrize(("count", "ids"), [(None, None), (4, None)])
def test_a_process_alone_answers_for_all(count: int | None, ids: tuple[int, ...] | None) -> None:
    assert all(Startup.is_ours(process(count, ids), number << 22) for number in range(8))


def test_every_server_has_one_process_that_answers_for_it() -> None:
    processes = [process(4, (0, 1)), process(4, (2,)), process(4, (3,))]
    for number in range(100):
        guild_id = (number << 22) + 12345
        assert sum(Startup.is_ours(one, guild_id) for one in processes) == 1
    assert Startup.is_ours(processes[1], (6 << 22) + 1)
