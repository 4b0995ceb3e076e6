"""Messages that answer nobody: sent once more if the connection broke, under the same nonce."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import disnake
import pytest

import clock
from interactions import direct_messages, posting
from views.reply import Reply

REPLY = Reply(disnake.Embed(description="x"))
BROKE = aiohttp.ServerDisconnectedError()
CLOSED = disnake.HTTPException(
    SimpleNamespace(status=403, reason="x"), {"code": 50007, "message": "x"}
)


class Http:
    """Discord's side: fails as it is told to."""

    def __init__(self, failures: list[Exception]) -> None:
        self.failures = failures
        self.nonces: list[str] = []

    async def start_private_message(self, user_id: int) -> dict[str, Any]:
        return {"id": user_id}

    async def request(self, _: object, *, json: dict[str, Any]) -> None:
        self.nonces.append(json["nonce"])
        if self.failures:
            raise self.failures.pop(0)


@pytest.mark.parametrize("send", [direct_messages.send, posting.post])
@pytest.mark.parametrize(
    ("failures", "sent", "tries"),
    [([], True, 1), ([BROKE], True, 2), ([BROKE, BROKE], False, 2), ([CLOSED], False, 1)],
    ids=["well", "broken once", "broken twice", "closed"],
)
async def test_a_broken_connection_is_tried_once_more(send, failures, sent, tries):
    http = Http([*failures])
    assert await send(SimpleNamespace(http=http), 1, REPLY, "n") is sent
    assert http.nonces == ["n"] * tries


async def test_nothing_is_posted_by_a_machine_that_slept_meanwhile():
    http = Http([])
    with pytest.raises(posting.TooLate):
        await posting.post(SimpleNamespace(http=http), 1, REPLY, "n", until=clock.boot_time() - 1)
    assert http.nonces == []
