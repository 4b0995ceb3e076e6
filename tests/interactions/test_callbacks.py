"""Requests that Discord has wait for hours."""

import asyncio
import json
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from disnake.http import HTTPClient, Route

from interactions import callbacks


def limited(http: HTTPClient, seconds: float) -> None:
    """Have Discord limit the rate of all requests."""
    body = json.dumps({"retry_after": seconds, "global": True})

    async def text(**_: object) -> str:
        return body

    headers = {"Via": "1.1 google", "content-type": "application/json"}
    response = SimpleNamespace(status=429, headers=headers, text=text)

    @asynccontextmanager
    async def request(*_: object, **__: object):
        yield response

    http._HTTPClient__session = SimpleNamespace(request=request)


@pytest.mark.parametrize("given_up", [False, True])
async def test_a_wait_of_hours_is_given_up_and_keeps_nobody_waiting(monkeypatch, given_up):
    monkeypatch.setattr(callbacks, "LONGEST", 0.05 if not given_up else 60.0)
    http = HTTPClient(loop=asyncio.get_running_loop())
    callbacks.bound_requests(http)
    limited(http, 86400.0)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(http.request(Route("GET", "/users/1")), 0.1 if given_up else 5)
        assert http._global_over.is_set()
