"""Messages and modals: what may be sent, and what may be changed."""

from __future__ import annotations

from typing import Any

from devtools.sandbox import limits
from devtools.sandbox.errors import Refusal
from devtools.sandbox.messages import COMPONENTS_V2, Message, Upload
from devtools.sandbox.rules.components import check_message_components, check_modal_components
from devtools.sandbox.rules.shape import (
    Location,
    boolean,
    each,
    moment,
    number,
    one_of,
    passes,
    shape,
    snowflake,
    text,
    url,
)

CALLBACK_FLAGS = limits.FOLLOWUP_FLAGS
CHANNEL_FLAGS = limits.MESSAGE_FLAGS
EDITABLE_FLAGS = limits.EDIT_FLAGS

_link = url(limits.URL, "http", "https")
_media = url(limits.URL, "http", "https", "attachment")
_field = shape(
    {"name": text(limits.EMBED_FIELD_NAME, 1), "value": text(limits.EMBED_FIELD_VALUE, 1)},
    {"inline": boolean},
)
_embed = shape(
    {},
    {
        "title": text(limits.EMBED_TITLE),
        "description": text(limits.EMBED_DESCRIPTION),
        "url": _link,
        "timestamp": moment,
        "color": number(0, 0xFFFFFF),
        "fields": each(_field, limits.EMBED_FIELDS),
        "footer": shape({"text": text(limits.EMBED_FOOTER, 1)}, {"icon_url": _media}),
        "author": shape({"name": text(limits.EMBED_AUTHOR, 1)}, {"icon_url": _media, "url": _link}),
        "image": shape({"url": _media}),
        "thumbnail": shape({"url": _media}),
    },
)
_allowed_mentions = shape(
    {},
    {
        "parse": each(one_of("users", "roles", "everyone"), 3),
        "users": each(snowflake, limits.MENTION_IDS),
        "roles": each(snowflake, limits.MENTION_IDS),
        "replied_user": boolean,
    },
)
_attachment = shape({"id": snowflake}, {"description": text(limits.ATTACHMENT_DESCRIPTION)})
_message = shape(
    {},
    {
        "content": text(limits.CONTENT),
        "embeds": each(_embed, limits.EMBEDS),
        "allowed_mentions": _allowed_mentions,
        "attachments": each(_attachment, limits.ATTACHMENTS),
        "tts": boolean,
        "flags": number(0, 2**31 - 1),
    },
)
_CONTENTS = ("content", "embeds", "components", "sticker_ids", "poll")
_LEGACY = ("content", "embeds", "sticker_ids", "poll")


def check_new_message(
    sent: Any, uploads: list[Upload], allowed_flags: int, root: str | None = None
) -> int:
    """Refuse a message that Discord would refuse; return its flags."""
    _check_body(sent, uploads, 0, _at(root))
    flags = check_flags(sent, allowed_flags, root)
    if not uploads and not any(_present(sent.get(key)) for key in _CONTENTS):
        raise Refusal(400, 50006, "Cannot send an empty message")
    return flags


def check_edit(message: Message, sent: Any, uploads: list[Upload], root: str | None = None) -> None:
    """Refuse an edit that Discord would refuse, also for what it would leave of the message."""
    _check_body(sent, uploads, message.flags, _at(root))
    left = {key: sent[key] if key in sent else getattr(message, key) for key in _CONTENTS[:3]}
    files = uploads or (message.attachments if sent.get("attachments") != [] else [])
    if not files and not any(_present(value) for value in left.values()):
        raise Refusal(400, 50006, "Cannot send an empty message")


def check_flags(sent: dict[str, Any], allowed: int, root: str | None = None) -> int:
    """Refuse flags that may not be set here. Discord's documentation lists those that may."""
    flags, at = sent.get("flags") or 0, _at(root) / "flags"
    if passes(number(0, 2**31 - 1), flags, at) and flags & ~allowed:
        at.add("MESSAGE_FLAGS_INVALID", flags=flags & ~allowed)
    at.raise_any()
    return flags


def check_modal(sent: Any) -> None:
    at = Location("data")
    shape({"title": text(limits.MODAL_TITLE, 1), "custom_id": text(limits.CUSTOM_ID, 1)})(sent, at)
    check_modal_components(sent.get("components"), at / "components")
    at.raise_any()


def _at(root: str | None) -> Location:
    return Location(root) if root else Location()


def _present(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def _check_body(sent: Any, uploads: list[Upload], flags: int, at: Location) -> None:
    _message(sent, at)
    at.raise_any()
    flags |= sent.get("flags") or 0
    if sent.get("components"):
        check_message_components(sent["components"], flags, at / "components")
    _check_embed_size(sent.get("embeds") or [], at / "embeds")
    _check_mentions(sent.get("allowed_mentions") or {}, at)
    if flags & COMPONENTS_V2:
        for key in _LEGACY:
            if _present(sent.get(key)):
                (at / key).add("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
    _check_uploads(sent, uploads, at)
    at.raise_any()


def _check_embed_size(embeds: list[dict[str, Any]], at: Location) -> None:
    total = 0
    for embed in embeds:
        total += len(embed.get("title") or "") + len(embed.get("description") or "")
        total += len((embed.get("footer") or {}).get("text") or "")
        total += len((embed.get("author") or {}).get("name") or "")
        total += sum(len(one["name"]) + len(one["value"]) for one in embed.get("fields") or [])
    if total > limits.EMBED_TOTAL:
        at.add("MAX_EMBED_SIZE_EXCEEDED", most=limits.EMBED_TOTAL)


def _check_mentions(allowed: dict[str, Any], at: Location) -> None:
    for kind in ("users", "roles"):
        if kind in (allowed.get("parse") or []) and allowed.get(kind):
            where = at / "allowed_mentions"
            where.add("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", kind=kind)


def _check_uploads(sent: dict[str, Any], uploads: list[Upload], at: Location) -> None:
    sizes = [len(upload.data) for upload in uploads]
    if any(size > limits.FILE_BYTES for size in sizes) or sum(sizes) > limits.REQUEST_BYTES:
        raise Refusal(413, 40005, "Request entity too large")
    if len(uploads) > limits.ATTACHMENTS:
        (at / "attachments").add("BASE_TYPE_MAX_LENGTH", high=limits.ATTACHMENTS)
    indexes = {str(upload.index) for upload in uploads}
    for position, file in enumerate(sent.get("attachments") or []):
        number_ = str(file["id"])
        # ids below any snowflake name a file of this request
        if len(number_) < 15 and number_ not in indexes:
            where = at / "attachments" / position / "id"
            where.add("ATTACHMENT_NOT_FOUND")
