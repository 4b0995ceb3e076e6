"""When one more command is told at once that it takes a moment."""

import pytest

from interactions import responder
from interactions.responder import BUSY, WAIT_AFTER, Responders


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
