"""A message, a form or a list of suggestions as lines of text, as a person in Discord sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from devtools.sandbox.forms import Modal
from devtools.sandbox.members import Member
from devtools.sandbox.messages import (
    ACTION_ROW,
    BUTTON,
    CHANNEL_SELECT,
    FILE_UPLOAD,
    SELECTS,
    SUPPRESS_EMBEDS,
    TEXT_DISPLAY,
    Attachment,
    Message,
)
from devtools.sandbox.stamps import clock, with_times
from devtools.sandbox.words import Language, say

BAR = "▎"
_SECTION, _THUMBNAIL, _GALLERY, _FILE, _SEPARATOR, _CONTAINER = 9, 11, 12, 13, 14, 17
_MENTION = re.compile(r"<(@!?|@&|#)(\d+)>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_COMMAND = re.compile(r"<(/[^:>]+):\d+>")


@dataclass(frozen=True)
class Reader:
    """Who reads: the member's language is that of times, `language` that of the sandbox's words."""

    member: Member
    language: Language
    zone: ZoneInfo
    folder: Path  # where files are saved

    def say(self, key: str, /, **values: Any) -> str:
        return say(key, self.language, **values)

    def text(self, text: str) -> str:
        """Write mentions, emoji, commands and times as the client shows them."""
        text = _MENTION.sub(self._mention, text)
        text = _COMMAND.sub(r"\1", _EMOJI.sub(r"\1", text))
        return with_times(text, self.member.locale, self.zone, self.member.discord.now())

    def _mention(self, match: re.Match[str]) -> str:
        guild, number = self.member.guild, int(match[2])
        if match[1] == "@&":
            role = guild.roles.get(number)
            return f"@{role.name}" if role else match[0]
        if match[1] == "#":
            channel = self.member.discord.channels.get(number)
            return f"#{channel.name}" if channel else match[0]
        found = self.member.discord.users_among([match[2]])
        return f"@{found[0].name}" if found else match[0]

    # messages

    def message(self, message: Message) -> list[str]:
        body = list(self._body(message))
        return [self._heading(message), *(f"  {line}" for line in body)]

    def _heading(self, message: Message) -> str:
        parts = [message.author.name, clock(message.sent_at.astimezone(self.zone), self._locale)]
        marks = {
            "direct": message.channel.direct,
            "only_you": message.ephemeral,
            "silent": message.silent,
            "edited": message.edited_at is not None,
        }
        parts += [self.say(key) for key, marked in marks.items() if marked]
        return " · ".join(parts)

    @property
    def _locale(self) -> str:
        return self.member.locale

    def _body(self, message: Message) -> Iterator[str]:
        if message.content:
            yield from self.text(message.content).split("\n")
        if not message.flags & SUPPRESS_EMBEDS:
            for embed in message.embeds:
                yield from (f"{BAR} {line}".rstrip() for line in self._embed(embed))
        for file in message.attachments:
            yield f"{self.say('file')}: {self._saved(file)}"
        yield from self._components(message.components)

    def _embed(self, embed: dict[str, Any]) -> Iterator[str]:
        if author := (embed.get("author") or {}).get("name"):
            yield author
        if title := embed.get("title"):
            yield f"**{self.text(title)}**"
        if description := embed.get("description"):
            yield from self.text(description).split("\n")
        yield from self._fields(embed.get("fields") or [])
        if foot := " · ".join(self._foot(embed)):
            yield foot

    def _fields(self, fields: list[dict[str, Any]]) -> Iterator[str]:
        """Write fields; short ones that stand side by side share a line."""
        for one in fields:
            name, value = self.text(one["name"]), self.text(one["value"])
            if one.get("inline") and "\n" not in value:
                yield f"{name}: {value}"
            else:
                yield name
                yield from (f"  {line}" for line in value.split("\n"))

    def _foot(self, embed: dict[str, Any]) -> Iterator[str]:
        if footer := (embed.get("footer") or {}).get("text"):
            yield footer
        if stamp := embed.get("timestamp"):
            seconds = int(datetime.fromisoformat(stamp).timestamp())
            yield self.text(f"<t:{seconds}:s>")

    def _saved(self, file: Attachment) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{file.id}-{Path(file.filename).name}"
        if not path.exists():
            path.write_bytes(file.data)
        return path

    # components

    def _components(self, components: list[dict[str, Any]]) -> Iterator[str]:
        for part in components:
            if part["type"] == ACTION_ROW:
                yield " ".join(self._control(inner) for inner in part["components"])
            elif part["type"] == TEXT_DISPLAY:
                yield from self.text(part["content"]).split("\n")
            elif part["type"] == _CONTAINER:
                yield from (f"{BAR} {line}" for line in self._components(part["components"]))
            else:
                yield from self._layout(part)

    def _layout(self, part: dict[str, Any]) -> Iterator[str]:
        kind = part["type"]
        if kind == _SECTION:
            yield from self._components(part["components"])
            beside = part["accessory"]
            yield self._control(beside) if beside["type"] == BUTTON else beside["media"]["url"]
        elif kind == _SEPARATOR:
            yield "───"
        elif kind == _GALLERY:
            yield from (item["media"]["url"] for item in part["items"])
        elif kind in (_FILE, _THUMBNAIL):
            yield (part.get("file") or part.get("media") or {}).get("url", "")

    def _control(self, part: dict[str, Any]) -> str:
        if part["type"] in SELECTS:
            labels = [option["label"] for option in part.get("options") or []]
            if part["type"] == CHANNEL_SELECT:
                labels = [f"#{channel.name}" for channel in self.member.guild.channels]
            return f"[{part.get('placeholder') or '…'} ▾ {' | '.join(labels)}]"
        emoji = (part.get("emoji") or {}).get("name") or ""
        label = f"{emoji} {part.get('label') or ''}".strip()
        if part.get("url"):
            return f"[{label} ↗ {part['url']}]"
        return f"({label})" if part.get("disabled") else f"[{label}]"

    # forms

    def form(self, modal: Modal) -> list[str]:
        lines = [f"{self.say('form')}: {modal.title}"]
        for field in modal.fields:
            notes = [self.say("required")] if field.required else []
            if field.type == FILE_UPLOAD:
                notes.append(self.say("a_file"))
            if field.options:
                notes = [" | ".join(option.label for option in field.options)]
            if field.shown:
                notes.append(f"{self.say('now')}: {field.shown}")
            if field.max_length < 4000:
                notes.append(self.say("at_most", count=field.max_length))
            hints = [text for text in (field.placeholder, field.description) if text]
            shown = " · ".join(notes + hints)
            lines.append(f"{BAR} {field.label}: ({shown})" if shown else f"{BAR} {field.label}:")
        example = " | ".join(f"{field.label}: …" for field in modal.fields)
        return [*lines, self.say("fill_with", example=example)]
