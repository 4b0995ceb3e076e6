"""Files that were sent, and the address (a CDN's, in Discord) that gives them back."""

from __future__ import annotations

import mimetypes
from urllib.parse import quote

from aiohttp import web

from devtools.sandbox.messages import Attachment
from devtools.sandbox.state import State

PREFIX = "/attachments/"


class Files:
    def __init__(self, discord: State) -> None:
        self._discord = discord
        self._kept: dict[int, Attachment] = {}

    def keep(self, filename: str, data: bytes, description: str | None = None) -> Attachment:
        file_id = self._discord.new_id()
        url = f"{self._discord.url}{PREFIX}{file_id}/{quote(filename)}"
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        file = self._kept[file_id] = Attachment(file_id, filename, data, url, description, kind)
        return file

    def answer(self, path: str) -> web.StreamResponse:
        number = path.removeprefix(PREFIX).split("/")[0]
        file = self._kept.get(int(number)) if number.isdecimal() else None
        if file is None:
            return web.Response(status=404)
        return web.Response(body=file.data, content_type=file.content_type)
