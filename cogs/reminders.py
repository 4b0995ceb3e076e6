"""Asking members about sessions that run for long, and ending those of which nobody says more."""

import logging
from collections.abc import Mapping
from datetime import datetime

import disnake
from disnake.ext import commands

import database
from domain.command import Answer
from domain.config import Config, ConfirmSettings
from domain.profile import Profile
from domain.reminders import DueTime, Notice, SessionKey, Unanswered, key_of, next_at
from interactions import direct_messages
from interactions.cache import sessions_in
from interactions.client import Client
from interactions.responder import CONNECTION_ERRORS
from interactions.routes import in_guild
from interactions.schedule import is_ours
from queries import reminders
from views.answer import render

log = logging.getLogger(__name__)

DIRECT = 0  # where messages are, for Discord: on the first shard


class Reminders(commands.Cog):
    """Sessions that run: when their members are reminded, and when they are ended."""

    name = "a reminder"

    def __init__(self, client: Client) -> None:
        self.client = client
        self.heard = set[int]()  # members whose latest hours this process heard of

    async def read(self) -> Mapping[SessionKey, datetime]:
        """Read when something is due about each session that this process looks after."""
        found = await database.run(reminders.due_times)
        return {key: one.at for key, one in found.items() if self.looks_after(key, one)}

    def changes_in(self, answer: Answer) -> Mapping[SessionKey, datetime | None] | None:
        """Return when its sessions are due; None if the hours may have changed."""
        if isinstance(answer, Config | ConfirmSettings | Profile) and answer.change_id is not None:
            if isinstance(answer, Profile):
                self.heard.add(answer.user_id)
            return None
        hours = answer.preferences.hours
        return {key_of(session): next_at(session, hours) for session in sessions_in(answer)}

    async def act(self, key: SessionKey, now: datetime) -> datetime | None:
        """Remind the member, or end the session for want of an answer."""
        with self.client.tasks.must_finish(f"a reminder of session {key.session_id}"):
            taken = await database.run(reminders.take, self.client.defaults, key, now)
            if taken.notice:
                await self.notify(taken.notice)
        return taken.next_at

    async def notify(self, notice: Notice) -> None:
        """Send a notice to the member; one that cannot be sent waits for their next command."""
        session, prefs = notice.session, notice.preferences
        language = prefs.language or prefs.last_language or prefs.server_language
        server = await self.name_of(session.guild_id)
        reply = in_guild(render(notice, language), session.guild_id, server)
        what = "timeout" if isinstance(notice, Unanswered) else "reminder"
        sent = await direct_messages.send(self.client, session.user_id, reply, nonce_of(notice))
        log.info("%s of session %d: %s", what, session.id, "sent" if sent else "waits to be told")
        if not sent:
            await database.run(reminders.note_undelivered, session.id, what)

    async def name_of(self, guild_id: int) -> str | None:
        """Return what a server is called, also one of another shard; None if it is not known."""
        if guild := self.client.get_guild(guild_id):
            return guild.name
        try:
            found = await self.client.http.get_guild(guild_id, with_counts=False)
        except (disnake.HTTPException, *CONNECTION_ERRORS) as error:
            log.info("cannot read the name of server %d: %s", guild_id, error)
            return None
        return found["name"]

    def looks_after(self, key: SessionKey, due: DueTime) -> bool:
        """Return whether this process may know more of a session than any other.

        That of its server does not hear what is answered in a message, nor what its member sets
        elsewhere. Whoever comes second finds it done.
        """
        settings = self.client.settings
        if due.own_hours or key.user_id in self.heard or is_ours(settings, key.guild_id):
            return True
        return due.answered and is_ours(settings, DIRECT)


def nonce_of(notice: Notice) -> str:
    """Return what tells one message about a session from the others: its kind and its minute."""
    at = notice.session.reminded_at or notice.session.last_activity
    return f"{type(notice).__name__[0]}{notice.session.id}{int(at.timestamp()) // 60 % 10000}"


def setup(client: Client) -> None:
    """Add the cog, and what is due of it."""
    reminders = Reminders(client)
    client.add_cog(reminders)
    client.schedule.add(reminders)
