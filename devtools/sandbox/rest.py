"""The door of REST: tokens, rate limits, faults on request, and the log of what came of it."""

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
from devtools.sandbox.faults import Faults
from devtools.sandbox.messages import Upload
from devtools.sandbox.rates import Rates
from devtools.sandbox.state import State

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


@dataclass(frozen=True)
class Endpoint:
    """A handler and how it is guarded: `open` ones carry their token in the path."""

    handler: Handler
    open: bool
    rate: tuple[int, float] | None


class Rest:
    """Discord's REST API under /api/v10."""

    def __init__(self, discord: State, faults: Faults) -> None:
        self._discord = discord
        self._tree: dict[str, Any] = {}
        self._faults = faults
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
        open: bool = False,  # noqa: A002 - the word of the Endpoint
    ) -> None:
        """Let a handler answer a path; `{name}` stands for one segment."""
        node = self._tree
        for segment in path.strip("/").split("/"):
            node = node.setdefault("*" if segment.startswith("{") else segment, {})
            if segment.startswith("{"):
                node.setdefault("name", segment.strip("{}"))
        node.setdefault("methods", {})[method] = Endpoint(handler, open, rate)

    def _find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str], str]:
        """Look a path up; the third is its rate limit's bucket."""
        node, taken, bucket = self._tree, {}, [method]
        for segment in path.strip("/").split("/"):
            if segment in node and segment not in ("name", "methods", "*"):
                node = node[segment]
                bucket.append(segment)
            elif "*" in node:
                node = node["*"]
                taken[node["name"]] = segment
                if node["name"] in ("channel", "guild", "webhook", "token"):
                    bucket.append(segment)  # the major parameters, topics/rate-limits
            else:
                raise not_found()
        if "methods" not in node:
            raise not_found()
        if method not in node["methods"]:
            raise Refusal(405, 0, "405: Method Not Allowed")
        return node["methods"][method], taken, "/".join(bucket)

    async def answer(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        """Answer one request, and write it into the log."""
        begun = time.monotonic()
        self.in_flight += 1
        call = Call(request.method, path, {}, dict(request.query))
        headers: dict[str, str] = {}
        try:
            try:
                status, body = await self._outcome(request, call, headers)
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
        return web.Response(
            status=status,
            headers=headers,
            body=json.dumps(body, ensure_ascii=False).encode(),
            content_type="application/json",
        )

    async def _outcome(
        self, request: web.BaseRequest, call: Call, headers: dict[str, str]
    ) -> Outcome:
        what = f"{call.method} {call.url}"
        if seconds := self._faults.delay(what):
            await asyncio.sleep(seconds)
        fault = self._faults.take(what)
        if fault and not fault.applied:
            headers |= fault.headers
            return fault.status, fault.body
        endpoint, call.path, bucket = self._find(call.method, call.url)
        if not endpoint.open:
            self._check_token(request)
        if endpoint.rate and self._discord.rate_limits:
            headers |= self.rates.take(bucket, endpoint.rate, whole=not endpoint.open)
        await _read(request, call)
        outcome = endpoint.handler(call)
        if fault:
            headers |= fault.headers
            return fault.status, fault.body
        return outcome

    def quiet_in(self, seconds: float) -> float:
        """Tell how long it still lacks to so many seconds without a request; 0 when it is quiet."""
        if self.in_flight:
            return seconds
        return max(self.last_at + seconds - time.monotonic(), 0.0)

    def _check_token(self, request: web.BaseRequest) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bot" or not self._discord.accepts(token):
            raise unauthorized()


def _cut(request: web.BaseRequest) -> web.StreamResponse:
    """Break the connection off without an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


async def _read(request: web.BaseRequest, call: Call) -> None:
    if not request.can_read_body:
        return
    try:
        if request.content_type.startswith("multipart/"):
            await _read_parts(request, call)
        elif body := await request.read():
            call.json = json.loads(body)
    except ValueError:
        raise Refusal(400, 50109, "The request body contains invalid JSON.") from None


async def _read_parts(request: web.BaseRequest, call: Call) -> None:
    for name, part in (await request.post()).items():
        if name == "payload_json":
            assert isinstance(part, str)
            call.json = json.loads(part)
        elif isinstance(part, web.FileField):
            index = int(name.removeprefix("files[").removesuffix("]"))
            call.files.append(Upload(index, part.filename, part.file.read()))
