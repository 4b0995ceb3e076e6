"""When one more command is told at once that it takes a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from unittest.mock import Mock

import disnake
import pytest

from interactions import responder
from interactions.responder import BUSY, WAIT_AFTER, Responder, Responders
from views.reply import Reply


@pytest.mark.parametrize(
    ("waiting", "answered", "each", "too_many"),
    [
        (BUSY - 1, 0, 0.0, False),
        (BUSY, 0, 0.0, True),
        (BUSY, BUSY - 1, 0.0, True),
        (BUSY, BUSY, 0.9 * WAIT_AFTER / BUSY, False),
        (BUSY, BUSY, 1.1 * WAIT_AFTER / BUSY, True),
        (10 * BUSY, 3 * BUSY, 0.09 * WAIT_AFTER / BUSY, False),
        (10 * BUSY, 3 * BUSY, 0.11 * WAIT_AFTER / BUSY, True),
    ],
)
async def test_many_are_too_many_unless_the_latest_were_answered_quickly(
    monkeypatch, waiting, answered, each, too_many
):
    moments = iter([*(number * each for number in range(answered)), answered * each])
    monkeypatch.setattr(responder, "monotonic", lambda: next(moments))
    responders = Responders()
    responders.update(dict.fromkeys(range(waiting + answered), object()))
    for number in range(answered):
        responders.end(number)
        responders.end(number)  # a second time it is no news
    assert responders.too_many is too_many


@pytest.mark.parametrize("wait_first", [True, False])
async def test_a_wait_and_the_word_of_a_shutdown_are_not_both_first(wait_first):
    sent: list[str] = []
    inter = Mock(spec=disnake.ApplicationCommandInteraction)
    inter.response.is_done = lambda: bool(sent)  # as disnake knows it: once Discord has answered

    def takes(name: str) -> Callable[..., Awaitable[None]]:
        async def request(*_args: object, **_values: object) -> None:
            await asyncio.sleep(0)
            sent.append(name)

        return request

    inter.response.defer, inter.response.send_message = takes("wait"), takes("first")
    inter.edit_original_response = takes("edit")
    one = Responder(inter)
    both = [one.show_wait(public=False), one.answer_privately(Reply(disnake.Embed()))]
    await asyncio.gather(*(both if wait_first else reversed(both)))
    assert sent == (["wait", "edit"] if wait_first else ["first"])
