"""Messages and modals: what may be sent, and what may be changed."""

from __future__ import annotations

from typing import Any

from devtools.sandbox import limits
from devtools.sandbox.errors import Refusal
from devtools.sandbox.messages import COMPONENTS_V2, Message, Upload
from devtools.sandbox.rules.components import check_message_components, check_modal_components
from devtools.sandbox.rules.shape import (
    Path,
    Problems,
    boolean,
    each,
    moment,
    number,
    one_of,
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
    """Refuse a message that Discord would refuse; give its flags."""
    problems, path = Problems(), _at(root)
    _check_body(sent, uploads, 0, path, problems)
    flags = check_flags(sent, allowed_flags, root)
    if not uploads and not any(_present(sent.get(key)) for key in _CONTENTS):
        raise Refusal(400, 50006, "Cannot send an empty message")
    return flags


def check_edit(message: Message, sent: Any, uploads: list[Upload], root: str | None = None) -> None:
    """Refuse an edit that Discord would refuse, also for what it would leave of the message."""
    problems, path = Problems(), _at(root)
    _check_body(sent, uploads, message.flags, path, problems)
    left = {key: sent[key] if key in sent else getattr(message, key) for key in _CONTENTS[:3]}
    files = uploads or (message.attachments if sent.get("attachments") != [] else [])
    if not files and not any(_present(value) for value in left.values()):
        raise Refusal(400, 50006, "Cannot send an empty message")


def check_flags(sent: dict[str, Any], allowed: int, root: str | None = None) -> int:
    """Refuse flags that may not be set here. Discord's documentation lists those that may."""
    flags = sent.get("flags") or 0
    problems = Problems()
    number(0, 2**31 - 1)(flags, (*_at(root), "flags"), problems)
    if not problems.count and flags & ~allowed:
        message = f"Flags {flags & ~allowed} cannot be set here."
        problems.add((*_at(root), "flags"), "MESSAGE_FLAGS_INVALID", message)
    problems.raise_any()
    return flags


def check_modal(sent: Any) -> None:
    problems = Problems()
    shape(
        {"title": text(limits.MODAL_TITLE, 1), "custom_id": text(limits.CUSTOM_ID, 1)},
    )(sent, ("data",), problems)
    check_modal_components(sent.get("components"), ("data", "components"), problems)
    problems.raise_any()


def _at(root: str | None) -> Path:
    return (root,) if root else ()


def _present(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def _check_body(
    sent: Any, uploads: list[Upload], flags: int, path: Path, problems: Problems
) -> None:
    _message(sent, path, problems)
    problems.raise_any()
    flags |= sent.get("flags") or 0
    if sent.get("components"):
        check_message_components(sent["components"], flags, (*path, "components"), problems)
    _check_embed_size(sent.get("embeds") or [], (*path, "embeds"), problems)
    _check_mentions(sent.get("allowed_mentions") or {}, path, problems)
    if flags & COMPONENTS_V2:
        for key in _LEGACY:
            if _present(sent.get(key)):
                message = "Cannot be used with MessageFlags.IS_COMPONENTS_V2"
                code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                problems.add((*path, key), code, message)
    _check_uploads(sent, uploads, path, problems)
    problems.raise_any()


def _check_embed_size(embeds: list[dict[str, Any]], path: Path, problems: Problems) -> None:
    total = 0
    for embed in embeds:
        total += len(embed.get("title") or "") + len(embed.get("description") or "")
        total += len((embed.get("footer") or {}).get("text") or "")
        total += len((embed.get("author") or {}).get("name") or "")
        total += sum(len(one["name"]) + len(one["value"]) for one in embed.get("fields") or [])
    if total > limits.EMBED_TOTAL:
        message = f"Embed size exceeds maximum size of {limits.EMBED_TOTAL}"
        problems.add(path, "MAX_EMBED_SIZE_EXCEEDED", message)


def _check_mentions(allowed: dict[str, Any], path: Path, problems: Problems) -> None:
    for kind in ("users", "roles"):
        if kind in (allowed.get("parse") or []) and allowed.get(kind):
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            where = (*path, "allowed_mentions")
            problems.add(where, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)


def _check_uploads(
    sent: dict[str, Any], uploads: list[Upload], path: Path, problems: Problems
) -> None:
    sizes = [len(upload.data) for upload in uploads]
    if any(size > limits.FILE_BYTES for size in sizes) or sum(sizes) > limits.REQUEST_BYTES:
        raise Refusal(413, 40005, "Request entity too large")
    if len(uploads) > limits.ATTACHMENTS:
        message = f"Must be {limits.ATTACHMENTS} or fewer in length."
        problems.add((*path, "attachments"), "BASE_TYPE_MAX_LENGTH", message)
    indexes = {str(upload.index) for upload in uploads}
    for position, file in enumerate(sent.get("attachments") or []):
        number_ = str(file["id"])
        # ids below any snowflake name a file of this request
        if len(number_) < 15 and number_ not in indexes:
            where = (*path, "attachments", position, "id")
            problems.add(where, "ATTACHMENT_NOT_FOUND", "Attachment data not found")
