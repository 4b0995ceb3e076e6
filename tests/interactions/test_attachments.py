"""Files come from Discord alone, and within bounds."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from domain.errors import UserError
from i18n import LANGUAGES, say
from interactions import attachments
from interactions.attachments import MAX_BYTES, fetch_attachment, is_discords

API = "http://127.0.0.1:8080/api/v10"


@pytest.mark.parametrize(
    ("url", "api", "ours"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/a.csv?ex=1", None, True),
        ("https://media.discordapp.net/a.csv", None, True),
        ("http://127.0.0.1:8080/attachments/1/a.csv", API, True),
        ("http://127.0.0.1:8080/attachments/1/a.csv", None, False),
        ("http://127.0.0.1:8081/attachments/1/a.csv", API, False),
        ("http://cdn.discordapp.com/a.csv", None, False),
        ("https://cdn.discordapp.com.evil.example/a.csv", None, False),
        ("https://cdn.discordapp.com@evil.example/a.csv", None, False),
        ("https://u@cdn.discordapp.com/a.csv", None, False),
        ("https://cdn.discordapp.com:8443/a.csv", None, False),
        ("file:///etc/passwd", None, False),
        ("", API, False),
    ],
)
def test_no_other_host_is_asked(url, api, ours):
    assert is_discords(url, api) == ours


async def answered(request: web.Request) -> web.StreamResponse:
    """Answer as a host of files does, and as it must not."""
    name = request.match_info["name"]
    match name:
        case "most":
            return web.Response(body=b"x" * MAX_BYTES)
        case "more":
            return web.Response(body=b"x" * (MAX_BYTES + 1))
        case "bomb":
            packed = gzip.compress(b"x" * (MAX_BYTES + 1))
            return web.Response(body=packed, headers={"Content-Encoding": "gzip"})
        case "moved":
            raise web.HTTPFound("/attachments/most")
        case "gone":
            raise web.HTTPNotFound
    response = web.StreamResponse(headers={"Content-Length": "9"})
    await response.prepare(request)
    await response.write(b"start")
    if name == "slow":
        await asyncio.Event().wait()
    assert request.transport
    request.transport.abort()
    return response


@pytest_asyncio.fixture
async def host() -> AsyncIterator[tuple[Any, str]]:
    """A client that takes a server here for Discord, and where its files are."""
    app = web.Application()
    app.router.add_get("/attachments/{name}", answered)
    async with TestServer(app, host="127.0.0.1") as server:
        settings = SimpleNamespace(discord_api_url=str(server.make_url("/api/v10")))
        yield SimpleNamespace(settings=settings), str(server.make_url("/attachments/"))


async def test_a_file_is_taken_whole(host):
    client, files = host
    assert await fetch_attachment(client, f"{files}most") == b"x" * MAX_BYTES


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("more", "import.large"),
        ("bomb", "import.large"),
        ("moved", "import.gone"),  # even to a host that we ask
        ("gone", "import.gone"),
        ("slow", "import.gone"),
        ("broken", "import.gone"),
    ],
)
async def test_what_is_out_of_bounds_gets_one_sentence(host, name, key, monkeypatch):
    client, files = host
    if name == "slow":
        monkeypatch.setattr(attachments, "TIMEOUT", 0.2)
    with pytest.raises(UserError) as refused:
        await fetch_attachment(client, files + name)
    assert refused.value.key == key
    for language in LANGUAGES:
        said = say(language, f"refused.{key}", **refused.value.values)
        assert not {"\n", "{"} & {*said}


async def test_nobody_else_is_asked(host):
    """A host that is up and would answer is not asked, unless it stands in Discord's place."""
    _, files = host
    elsewhere: Any = SimpleNamespace(settings=SimpleNamespace(discord_api_url=None))
    with pytest.raises(UserError, match=r"import\.gone"):
        await fetch_attachment(elsewhere, f"{files}most")
