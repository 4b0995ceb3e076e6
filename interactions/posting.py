"""Messages that answer nobody: each of them once."""

import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

import disnake
from disnake.http import Route, to_multipart_with_attachments
from disnake.ui.action_row import normalize_components_to_dict

import clock
from interactions.client import Client
from interactions.responder import CONNECTION_ERRORS, SILENT, draw_picture
from views.picture import pictures_available
from views.reply import Reply

log = logging.getLogger(__name__)

T = TypeVar("T")


def idempotent_message(reply: Reply, nonce: str) -> dict[str, Any]:
    """Return a message that Discord takes once.

    The same `nonce` within a few minutes is the same message to it, so that a request that is
    sent again, because nothing came back, is not read twice. At most 25 characters.
    """
    components, _ = normalize_components_to_dict(list(reply.buttons))
    return {
        "embeds": [reply.embed.to_dict()],
        "components": components,
        "allowed_mentions": {"parse": []},
        "nonce": nonce,
        "enforce_nonce": True,
    }


class TooLate(Exception):
    """The moment until which a message may be sent has passed."""


async def post(
    client: Client,
    channel_id: int | str,
    reply: Reply,
    nonce: str,
    *,
    picture: bool = True,
    until: float = math.inf,
) -> bool:
    """Post in a channel without a notification, and return whether that worked.

    `picture`: whether files may be posted there. Raise TooLate where it would be sent after `until`
    on the clock of `boot_time`, which goes on while a machine sleeps.
    """
    embed, files = reply.embed, list[disnake.File]()
    drawing = reply.picture if picture and pictures_available() else None
    if drawing and (file := await draw_picture(drawing, client.settings.font_path)):
        embed, files = embed.copy().set_image(file=file), [file]
    message = idempotent_message(replace(reply, embed=embed), nonce) | {"flags": SILENT.value}
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)

    def send() -> Awaitable[Any]:
        if clock.boot_time() > until:
            raise TooLate(f"nothing is posted in channel {channel_id} any more")
        if not files:
            return client.http.request(route, json=message)
        for file in files:
            file.reset()
        form = to_multipart_with_attachments(message, files)
        return client.http.request(route, form=form, files=files)

    try:
        await with_retry(send)
    except (disnake.HTTPException, *CONNECTION_ERRORS) as error:
        log.warning("cannot post in channel %s: %s", channel_id, error)
        return False
    return True


async def with_retry(send: Callable[[], Awaitable[T]]) -> T:
    """Send what Discord takes once, and once more if the connection broke."""
    try:
        return await send()
    except CONNECTION_ERRORS:
        return await send()
