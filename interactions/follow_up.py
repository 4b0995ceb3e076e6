"""What follows an answer: nobody waits for it."""

import database
from domain.command import Answer, Command
from interactions import membership
from interactions.client import Client
from interactions.errors import SEND_ERRORS, log_unsent
from interactions.responder import Responder
from queries.guilds import note_outage
from queries.profile import guilds_without_posts, private_members
from queries.reminders import take_undelivered
from views.answer import render


async def follow_up(client: Client, responder: Responder, command: Command, result: Answer) -> None:
    """Do what an answer need not wait for."""
    if not client.cache.private_known:
        client.in_background(read_private(client), "reading who is private")
    if client.cache.unwritten_outages:
        client.in_background(write_outages(client), "writing down a downtime")
    if membership.names_others(result):
        client.in_background(membership.note_who_left(client, command, result), "asking who left")
    if result.preferences.undelivered and responder.inter.guild_id is not None:
        client.in_background(
            show_undelivered(client, responder, command), "sending undelivered notices"
        )
    try:
        await responder.finish_pictures()
    except SEND_ERRORS as error:  # the words are there
        log_unsent("the picture", responder.inter, error)


async def read_private(client: Client) -> None:
    """Read whose wait must not be shown in public.

    It follows a command that the database has answered, and needs no connection of its own.
    """
    members, servers = await database.run(private_members), await database.run(guilds_without_posts)
    client.cache.set_private_members(members, servers)


async def show_undelivered(client: Client, responder: Responder, command: Command) -> None:
    """Show a member what they could not be told by DM, beside an answer and as privately."""
    with client.tasks.must_finish(f"the undelivered notices of {command.id}"):
        for notice in await database.run(take_undelivered, command):
            language = notice.preferences.language or responder.language
            await responder.answer_privately(render(notice, language))


async def write_outages(client: Client) -> None:
    """Write down what was missed since the last command; kept for the next one if that fails."""
    outages, client.cache.unwritten_outages = client.cache.unwritten_outages, []
    try:
        with client.tasks.must_finish("writing down a downtime"):
            for outage in outages:
                await database.run(note_outage, outage)
    except database.ConnectionLost:
        client.cache.unwritten_outages += outages
        raise
