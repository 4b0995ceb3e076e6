"""Writing into a message what the bot sent: new or as an edit, with its files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from devtools.sandbox import rules
from devtools.sandbox.messages import (
    LOADING,
    SELECTS,
    TEXT_DISPLAY,
    Attachment,
    Message,
    Upload,
    Version,
    pings,
    walk,
)
from devtools.sandbox.world import World

_EMBED_MEDIA = ("image", "thumbnail", "video")
_EMBED_ICONS = ("author", "footer")


def write(message: Message, sent: dict[str, Any], uploads: list[Upload], discord: World) -> None:
    """Write what the bot sent into a message that shows nothing yet."""
    message.content = sent.get("content") or ""
    message.attachments = _uploaded(sent, uploads, discord)
    message.embeds = _embeds(sent, message.attachments)
    message.components = _numbered(sent.get("components") or [])
    message.flags &= ~LOADING
    if not message.ephemeral:
        # message, Allowed Mentions: without it an interaction's answer pings users alone
        allowed = sent.get("allowed_mentions")
        if allowed is None and message.interaction:
            allowed = {"parse": ["users"]}
        message.notifies = pings(_ping_text(message), allowed)
        message.mentions = discord.users_among(message.notifies)


def rewrite(message: Message, sent: dict[str, Any], uploads: list[Upload], discord: World) -> None:
    """Change of a message what the edit names, and nothing else. An edit pings nobody."""
    message.edits.append(Version(message.content, message.embeds, message.components))
    message.edited_at = discord.now()
    fresh = _uploaded(sent, uploads, discord)
    if sent.get("attachments") is not None:
        kept = {str(file["id"]) for file in sent["attachments"]}
        message.attachments = [
            file for file in message.attachments if file.embedded or str(file.id) in kept
        ]
    message.attachments = [*message.attachments, *fresh]
    if "content" in sent:
        message.content = sent["content"] or ""
    if "embeds" in sent:
        message.embeds = _embeds(sent, message.attachments)
        shown = json.dumps(message.embeds)
        message.attachments = [
            file for file in message.attachments if not file.embedded or file.url in shown
        ]
    if "components" in sent:
        message.components = _numbered(sent["components"] or [])
    message.flags |= (sent.get("flags") or 0) & rules.EDITABLE_FLAGS


def _ping_text(message: Message) -> str:
    """Return the text that pings: content and text components, never embeds."""
    parts = [part["content"] for part in walk(message.components) if part["type"] == TEXT_DISPLAY]
    return "\n".join([message.content, *parts])


def _uploaded(sent: dict[str, Any], uploads: list[Upload], discord: World) -> list[Attachment]:
    described = {
        str(entry.get("id")): entry.get("description") for entry in sent.get("attachments") or []
    }
    return [
        discord.keep(upload.filename, upload.data, described.get(str(upload.index)))
        for upload in uploads
    ]


def _embeds(sent: dict[str, Any], attachments: list[Attachment]) -> list[dict[str, Any]]:
    by_name = {file.filename: file for file in attachments}
    return [_embed(embed, by_name) for embed in sent.get("embeds") or []]


def _embed(embed: dict[str, Any], files: dict[str, Attachment]) -> dict[str, Any]:
    """Write an embed as Discord gives it back: of type rich, its files as addresses."""
    written = {**embed, "type": "rich"}
    if fields := embed.get("fields"):
        written["fields"] = [{"inline": False, **one} for one in fields]
    for part in _EMBED_MEDIA:
        if media := embed.get(part):
            written[part] = {**media, "url": _address(media.get("url"), files)}
    for part in _EMBED_ICONS:
        if (block := embed.get(part)) and block.get("icon_url"):
            written[part] = {**block, "icon_url": _address(block["icon_url"], files)}
    return written


def _address(url: str | None, files: dict[str, Attachment]) -> str | None:
    if not url or not url.startswith("attachment://"):
        return url
    file = files.get(url.removeprefix("attachment://"))
    if file is None:
        return url
    file.embedded = True
    return file.url


def _numbered(
    components: list[dict[str, Any]], numbers: Iterator[int] | None = None
) -> list[dict[str, Any]]:
    """Copy components and give each its id, as Discord does."""
    numbers = numbers or count(1)
    copies: list[dict[str, Any]] = []
    for part in components:
        defaults = {"min_values": 1, "max_values": 1} if part["type"] in SELECTS else {}
        copy = {**defaults, **part, "id": part.get("id") or next(numbers)}
        if part.get("components"):
            copy["components"] = _numbered(part["components"], numbers)
        if part.get("accessory"):
            copy["accessory"] = _numbered([part["accessory"]], numbers)[0]
        copies.append(copy)
    return copies
