"""Messages to one member, outside of any server; each of them once."""

import logging
from typing import Any

import aiohttp
import disnake
from disnake.http import Route
from disnake.ui.action_row import normalize_components_to_dict

from interactions.client import Client
from views.reply import Reply

log = logging.getLogger(__name__)

# What Discord says of somebody who takes no messages: closed to it, or in no server with it.
CLOSED = (50007, 50278)


async def send(client: Client, user_id: int, reply: Reply, nonce: str) -> bool:
    """Write to a member, and tell whether that worked.

    The same `nonce` within a few minutes is the same message to Discord, so that a request that
    is sent again, because nothing came back, is not read twice. At most 25 characters.
    """
    components, _ = normalize_components_to_dict(list(reply.buttons))
    message: dict[str, Any] = {
        "embeds": [reply.embed.to_dict()],
        "components": components,
        "allowed_mentions": {"parse": []},
        "nonce": nonce,
        "enforce_nonce": True,
    }
    try:
        channel = await client.http.start_private_message(user_id)
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel["id"])
        await client.http.request(route, json=message)
    except (disnake.HTTPException, aiohttp.ClientError, OSError) as error:
        closed = isinstance(error, disnake.HTTPException) and error.code in CLOSED
        log.log(logging.INFO if closed else logging.WARNING, "cannot write to a member: %s", error)
        return False
    return True
