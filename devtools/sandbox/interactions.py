"""One interaction from the press to the answers, and the rules that Discord holds it to."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime
from enum import IntEnum
from typing import Any

from devtools.sandbox import limits
from devtools.sandbox.errors import NotAnswered, Refusal, unknown
from devtools.sandbox.forms import Modal
from devtools.sandbox.messages import EPHEMERAL, LOADING, Message
from devtools.sandbox.places import BaseMember, Channel
from devtools.sandbox.state import State


class Kind(IntEnum):
    """Interaction types (interactions/receiving-and-responding, Interaction Type)."""

    COMMAND = 2
    COMPONENT = 3
    COMPLETION = 4
    MODAL = 5


class Callback(IntEnum):
    """Ways to answer first (the same page, Interaction Callback Type)."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


class Interaction:
    """What a person did, and everything that the bot answered to it.

    `message` is the first message it answered with (None while it is only deferred), `modal` and
    `choices` its other kinds of answer, `followups` every further message, and `updated` the
    message under the button if the bot changed it.
    """

    def __init__(
        self,
        member: BaseMember,
        kind: Kind,
        channel: Channel,
        data: dict[str, Any],
        *,
        source: Message | None = None,
        at: datetime | None = None,
    ) -> None:
        self.member = member
        self.kind = kind
        self.channel = channel
        self.data = data
        self.source = source
        self.id = member.discord.new_id(at)
        self.token = f"interaction-{self.id}-{secrets.token_hex(12)}"
        self._seconds = member.discord.stopwatch()
        self.callback: Callback | None = None
        self.original: Message | None = None
        self.modal: Modal | None = None
        self.choices: list[dict[str, Any]] | None = None
        self.updated: Message | None = None
        self.followups: list[Message] = []
        self.first_answer_seconds: float | None = None  # to the first response, a deferral too
        self.visible_seconds: float | None = None  # to what a person could read
        self._responded = asyncio.Event()
        self._visible = asyncio.Event()

    @property
    def discord(self) -> State:
        return self.member.discord

    @property
    def message(self) -> Message | None:
        first = self.original
        if first and first.loading and not first.deleted:
            return None
        untouched = first is self.source and not self.updated
        if first is None or first.deleted or untouched:
            return self.followups[0] if self.followups else self.updated
        return first

    @property
    def deferred(self) -> bool:
        return self.callback in (Callback.DEFERRED_MESSAGE, Callback.DEFERRED_UPDATE)

    @property
    def deferred_ephemeral(self) -> bool:
        return bool(self.original and self.deferred and self.original.ephemeral)

    @property
    def age(self) -> float:
        """Seconds since it was sent, as Discord counts them."""
        return self._seconds()

    async def answer(self, patience: float | None = None) -> Interaction:
        """Wait for the first visible answer; a deferral alone is none. Raises NotAnswered.

        `patience` is how many seconds a deferral may last.
        """
        first = self.discord.answer_seconds
        while not await _within(self._responded, max(first - self.age, 0.01)):
            if self.age >= first:
                raise NotAnswered("not_responded", self, first)
        limit = self.discord.deferred_seconds if patience is None else patience
        if not await _within(self._visible, limit):
            raise NotAnswered("not_followed", self, limit)
        return self

    def responded(self, callback: Callback) -> None:
        self.callback = callback
        self.first_answer_seconds = self.age
        self._responded.set()

    def shown(self) -> None:
        """Note that a person sees an answer now."""
        if not self._visible.is_set():
            self.visible_seconds = self.age
            self._visible.set()

    def check_first_response(self) -> None:
        if self.callback is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        if self.age > self.discord.answer_seconds:
            raise unknown("interaction")

    def check_token(self) -> None:
        """Refuse what comes before the first response or after the token's life."""
        if self.callback is None:
            raise unknown("Webhook")
        if self.age > self.discord.token_seconds:
            raise Refusal(401, 50027, "Invalid Webhook Token")

    def own(self, message_id: str) -> Message:
        """Find the message that a webhook path means: `@original` or an id of this interaction."""
        if message_id == "@original":
            found = self.original
        else:
            mine = [self.original, self.source, *self.followups]
            found = next((one for one in mine if one and str(one.id) == message_id), None)
        if found is None or found.deleted:
            raise unknown("Message")
        return found

    def new_message(self, flags: int) -> Message:
        return Message(
            self.discord.new_id(),
            self.channel,
            self.discord.bot_user,
            flags=flags,
            viewer=self.member.user if flags & EPHEMERAL else None,
            interaction=self._metadata,
        )

    @property
    def _metadata(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "type": int(self.kind),
            "user": self.member.user.payload,
            "authorizing_integration_owners": {"0": str(self.member.guild.id)},
        }

    @property
    def payload(self) -> dict[str, Any]:
        """The interaction as INTERACTION_CREATE brings it."""
        guild = self.channel.guild
        member = self.member.payload | {"permissions": str(self.member.permissions)}
        place = (
            {
                "guild_id": str(guild.id),
                "guild": guild.partial,
                "guild_locale": guild.locale,
                "member": member,
                "context": 0,
                "authorizing_integration_owners": {"0": str(guild.id)},
            }
            if guild
            else {
                "user": self.member.user.payload,
                "context": 1,
                "authorizing_integration_owners": {"0": "0"},
            }
        )
        under = {"message": self.source.payload} if self.source else {}
        channel = self.channel.payload | {"permissions": str(self.member.permissions)}
        return {
            "id": str(self.id),
            "application_id": str(self.discord.bot_user.id),
            "type": int(self.kind),
            "token": self.token,
            "version": 1,
            "data": self.data,
            "channel_id": str(self.channel.id),
            "channel": channel,
            "locale": self.member.locale,
            "app_permissions": str(self.channel.permissions_of_bot),
            "entitlements": [],
            "attachment_size_limit": limits.FILE_BYTES,
            **place,
            **under,
        }

    def __repr__(self) -> str:
        return f"<Interaction {self.kind.name.lower()} {self} of {self.member.name}>"

    def __str__(self) -> str:
        name = self.data.get("name")
        return f"/{name}" if name else str(self.data.get("custom_id"))


class Interactions:
    """Those that are open, by token; the oldest are forgotten, as Discord forgets them."""

    def __init__(self) -> None:
        self._by_token: dict[str, Interaction] = {}

    def open(self, interaction: Interaction) -> None:
        self._by_token[interaction.token] = interaction
        if len(self._by_token) > limits.REMEMBERED_INTERACTIONS:
            self._by_token.pop(next(iter(self._by_token)))
        guild = interaction.channel.guild
        if guild is None or not guild.removed:
            number = guild.id if guild else None
            interaction.discord.dispatch(number, "INTERACTION_CREATE", interaction.payload, 0)

    def of(self, token: str) -> Interaction | None:
        return self._by_token.get(token)


def loading_message(interaction: Interaction, flags: int) -> Message:
    return interaction.new_message(flags & EPHEMERAL | LOADING)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    if event.is_set():
        return True
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
