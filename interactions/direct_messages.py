"""Messages to one member, outside of any server; each of them once."""

import logging

import disnake
from disnake.http import Route

from interactions.client import Client
from interactions.posting import idempotent_message, with_retry
from interactions.responder import CONNECTION_ERRORS
from views.reply import Reply

log = logging.getLogger(__name__)

# What Discord says of somebody who takes no messages: closed to it, or in no server with it.
CLOSED = (50007, 50278)


async def send(client: Client, user_id: int, reply: Reply, nonce: str) -> bool:
    """Write to a member, and tell whether that worked."""
    try:
        channel = await with_retry(lambda: client.http.start_private_message(user_id))
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel["id"])
        message = idempotent_message(reply, nonce)
        await with_retry(lambda: client.http.request(route, json=message))
    except (disnake.HTTPException, *CONNECTION_ERRORS) as error:
        closed = isinstance(error, disnake.HTTPException) and error.code in CLOSED
        log.log(logging.INFO if closed else logging.WARNING, "cannot write to a member: %s", error)
        return False
    return True
