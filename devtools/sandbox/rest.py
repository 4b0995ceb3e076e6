"""REST: tokens, rate limits, faults on request, and the log of what came of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from devtools.sandbox import limits
from devtools.sandbox.errors import Refusal, not_found, unauthorized
from devtools.sandbox.faults import Faults, Rates
from devtools.sandbox.messages import Upload
from devtools.sandbox.state import API, State

Outcome = tuple[int, Any]  # status and body


@dataclass
class Call:
    """One request of the bot."""

    method: str
    url: str
    path: dict[str, str]
    query: dict[str, str]
    json: Any = None
    files: list[Upload] = field(default_factory=list)


Handler = Callable[[Call], Outcome]
_CALL = web.RequestKey("call", Call)
_HEADERS = web.RequestKey("headers", dict[str, str])
_MAJOR = {"channel", "guild", "webhook", "token"}  # parameters, topics/rate-limits


@dataclass(frozen=True)
class Request:
    """A line of the log of requests. `error` is Discord's code when it was refused."""

    method: str
    path: str
    status: int
    json: Any
    files: tuple[str, ...]
    answer: Any
    seconds: float

    @property
    def error(self) -> int | None:
        return self.answer.get("code") if self.status >= 400 else None


class Rest:
    """Discord's REST API: an application of aiohttp to be mounted under /api/v10."""

    def __init__(self, discord: State, faults: Faults) -> None:
        self._discord = discord
        self._faults = faults
        self.app = web.Application(middlewares=[self._answer])
        self.rates = Rates()
        self.log: deque[Request] = deque(maxlen=limits.REMEMBERED_REQUESTS)
        self.in_flight = 0
        self.last_at = 0.0  # monotonic

    def on(
        self,
        method: str,
        path: str,
        handler: Handler,
        *,
        rate: tuple[int, float] | None = limits.OTHER_REQUESTS,
        open: bool = False,  # noqa: A002 - such paths carry their token themselves
    ) -> None:
        """Add a route with its handler; `{name}` stands for one segment."""

        async def guarded(request: web.Request) -> Any:
            call: Call = request[_CALL]
            call.path = dict(request.match_info)
            if not open:
                self._check_token(request)
            if rate and self._discord.rate_limits:
                request[_HEADERS] |= self.rates.take(_bucket(request), rate, whole=not open)
            await _read(request, call)
            return handler(call)  # an Outcome, which the middleware writes

        self.app.router.add_route(method, path, guarded)

    @web.middleware
    async def _answer(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Answer one request, and write it into the log."""
        begun = time.monotonic()
        self.in_flight += 1
        path = request.path.removeprefix(API)
        call = request[_CALL] = Call(request.method, path, {}, dict(request.query))
        headers = request[_HEADERS] = dict[str, str]()
        try:
            try:
                status, body = await self._outcome(request, handler)
            except Refusal as refusal:
                status, body = refusal.status, refusal.body
                headers |= refusal.headers
            self.last_at = time.monotonic()
            names = tuple(upload.filename for upload in call.files)
            seconds = self.last_at - begun
            self.log.append(Request(call.method, path, status, call.json, names, body, seconds))
        finally:
            self.in_flight -= 1
        if status == 0:
            return _cut(request)
        if body is None:
            return web.Response(status=status, headers=headers)
        written = json.dumps(body, ensure_ascii=False).encode()  # bytes: no charset in the type
        return web.Response(
            status=status, headers=headers, body=written, content_type="application/json"
        )

    async def _outcome(self, request: web.Request, handler: Any) -> Outcome:
        call: Call = request[_CALL]
        what = f"{call.method} {call.url}"
        if seconds := self._faults.delay(what):
            await asyncio.sleep(seconds)
        fault = self._faults.take(what)
        if fault is None or fault.applied:
            try:
                outcome = await handler(request)
            except web.HTTPNotFound:
                raise not_found() from None
            except web.HTTPMethodNotAllowed:
                raise Refusal(405, 0, "405: Method Not Allowed") from None
            if fault is None:
                return outcome
        request[_HEADERS] |= fault.headers
        return fault.status, fault.body

    def quiet_in(self, seconds: float) -> float:
        """Return how long it still lacks to so many seconds without a request; 0 if quiet."""
        if self.in_flight:
            return seconds
        return max(self.last_at + seconds - time.monotonic(), 0.0)

    def _check_token(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bot" or not self._discord.accepts(token):
            raise unauthorized()


def _bucket(request: web.Request) -> str:
    """Name the rate limit's bucket: the route, and of its parameters the major ones."""
    resource = request.match_info.route.resource
    assert resource
    parts = {name: value if name in _MAJOR else name for name, value in request.match_info.items()}
    return f"{request.method} {resource.canonical.format_map(parts)}"


def _cut(request: web.Request) -> web.StreamResponse:
    """Break the connection off without an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


async def _read(request: web.Request, call: Call) -> None:
    if not request.can_read_body:
        return
    try:
        if request.content_type.startswith("multipart/"):
            await _read_parts(request, call)
        elif body := await request.read():
            call.json = json.loads(body)
    except ValueError:
        raise Refusal(400, 50109, "The request body contains invalid JSON.") from None


async def _read_parts(request: web.Request, call: Call) -> None:
    for name, part in (await request.post()).items():
        if name == "payload_json":
            assert isinstance(part, str)
            call.json = json.loads(part)
        elif isinstance(part, web.FileField):
            index = int(name.removeprefix("files[").removesuffix("]"))
            call.files.append(Upload(index, part.filename, part.file.read()))
