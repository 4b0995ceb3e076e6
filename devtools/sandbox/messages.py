"""A message: what the bot sent, who can see it, whom it would ping."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from devtools.sandbox.snowflakes import moment_of
from devtools.sandbox.state import User

SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
TEXT_DISPLAY = 10
FILE_UPLOAD = 19
SELECTS = {STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT}
LINK_BUTTON = 5

_MENTION = re.compile(r"<@!?(\d+)>|<@&(\d+)>|@(everyone|here)\b")


class Place(Protocol):
    """Where a message is: a channel, or a conversation with nobody else."""

    id: int
    messages: dict[int, Message]

    @property
    def direct(self) -> bool: ...

    def dispatch(self, event: str, data: dict[str, Any]) -> None: ...


@dataclass(frozen=True)
class Upload:
    """A file of a multipart request; `index` is the n of `files[n]`."""

    index: int
    filename: str
    data: bytes


@dataclass(eq=False, repr=False)
class Attachment:
    """A file sent with a message; `embedded` when an embed shows it (Discord then lists it not)."""

    id: int
    filename: str
    data: bytes
    url: str
    description: str | None = None
    content_type: str = "application/octet-stream"
    embedded: bool = False

    def __repr__(self) -> str:
        return f"<Attachment {self.filename} {len(self.data)} bytes>"

    @property
    def payload(self) -> dict[str, Any]:
        described = {"description": self.description} if self.description else {}
        return described | {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.data),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
        }


class Button(NamedTuple):
    """A button as a person sees it; `label` includes the emoji."""

    label: str
    custom_id: str | None
    style: int
    disabled: bool
    url: str | None
    words: str = ""  # the label without the emoji


class Version(NamedTuple):
    """What a message said before an edit."""

    content: str
    embeds: list[dict[str, Any]]
    components: list[dict[str, Any]]


@dataclass(eq=False, repr=False)
class Message:
    """A message in a channel. It is live: an edit changes it, and keeps the old text in `edits`."""

    id: int
    channel: Place
    author: User
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    viewer: User | None = None  # of an ephemeral message: the only one who sees it
    interaction: dict[str, Any] | None = None
    nonce: str | int | None = None
    reference: dict[str, Any] | None = None
    deleted: bool = False
    edits: list[Version] = field(default_factory=list)
    notifies: list[str] = field(default_factory=list)  # ids, "everyone", "here"
    mentions: list[User] = field(default_factory=list)
    edited_at: datetime | None = None

    def __repr__(self) -> str:
        private = " ephemeral" if self.ephemeral else ""
        buttons = [button.label for button in self.buttons]
        return f"<Message{private} {self.text!r} {buttons}>"

    @property
    def sent_at(self) -> datetime:
        return moment_of(self.id)

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def silent(self) -> bool:
        return bool(self.flags & SUPPRESS_NOTIFICATIONS)

    def visible_to(self, user: User) -> bool:
        return not self.deleted and (self.viewer is None or self.viewer is user)

    @property
    def buttons(self) -> list[Button]:
        return [_button(part) for part in walk(self.components) if part["type"] == BUTTON]

    @property
    def selects(self) -> list[dict[str, Any]]:
        return [part for part in walk(self.components) if part["type"] in SELECTS]

    @property
    def text(self) -> str:
        """Everything readable in it, one thing a line: content, embeds, text components."""
        lines = [self.content] if self.content else []
        lines += [line for embed in self.embeds for line in _lines(embed)]
        lines += [part["content"] for part in walk(self.components) if part["type"] == TEXT_DISPLAY]
        return "\n".join(lines)

    @property
    def payload(self) -> dict[str, Any]:
        """The message as Discord's API writes it."""
        payload = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "type": 20 if self.interaction else 0,
            "author": self.author.payload,
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": [file.payload for file in self.attachments if not file.embedded],
            "flags": self.flags,
            "timestamp": self.sent_at.isoformat(),
            "edited_timestamp": self.edited_at.isoformat() if self.edited_at else None,
            "mentions": [user.payload for user in self.mentions],
            "mention_roles": [],
            "mention_everyone": "everyone" in self.notifies,
            "pinned": False,
            "tts": False,
        }
        if self.interaction:
            payload["interaction_metadata"] = self.interaction
            payload["webhook_id"] = str(self.author.id)
            payload["application_id"] = str(self.author.id)
        if self.nonce is not None:
            payload["nonce"] = self.nonce
        if self.reference:
            payload["message_reference"] = self.reference
        return payload


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Go through components and what they contain, in the order of the screen."""
    for part in components:
        yield part
        yield from walk(part.get("components") or [])
        for single in ("accessory", "component"):
            if nested := part.get(single):
                yield from walk([nested])


def pings(text: str, allowed: dict[str, Any] | None) -> list[str]:
    """Find whom a text would notify (message resource, Allowed Mentions Object).

    `allowed` of None means that everything written is allowed.
    """
    found: list[str] = []
    for user, role, group in _MENTION.findall(text):
        mention, kind = (
            (user, "users") if user else (role, "roles") if role else (group, "everyone")
        )
        parsed = allowed is None or kind in (allowed.get("parse") or [])
        named = allowed is not None and mention in map(str, allowed.get(kind) or [])
        if (parsed or named) and mention not in found:
            found.append(mention)
    return found


def _button(part: dict[str, Any]) -> Button:
    emoji = (part.get("emoji") or {}).get("name") or ""
    words = part.get("label") or ""
    return Button(
        f"{emoji} {words}".strip(),
        part.get("custom_id"),
        part["style"],
        bool(part.get("disabled")),
        part.get("url"),
        words,
    )


def _lines(embed: dict[str, Any]) -> Iterator[str]:
    texts = [(embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description")]
    for part in embed.get("fields") or []:
        texts += [part["name"], part["value"]]
    texts.append((embed.get("footer") or {}).get("text"))
    yield from (text for text in texts if text)
