"""What is on a person's screen, and what of it was shown already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from devtools.sandbox.errors import NotPossible
from devtools.sandbox.members import Member
from devtools.sandbox.messages import CHANNEL_SELECT, Message
from devtools.sandbox.places import Channel
from devtools.sandbox.render import Reader
from devtools.sandbox.server import Sandbox
from devtools.sandbox.words import Language


@dataclass(frozen=True)
class Screen:
    """Where words go, in which language and zone, and where files are kept."""

    show: Callable[[str], None]
    language: Language
    zone: ZoneInfo
    folder: Path


def visible(member: Member, channel: Channel) -> list[Message]:
    """List what a member sees in a channel, and the bot's direct messages to them."""
    direct = member.discord.dm(member.user)
    messages = [*member.sees(channel), *member.sees(direct)]
    return sorted(messages, key=lambda message: message.sent_at)


def find_button(member: Member, channel: Channel, label: str) -> tuple[Message, str]:
    """Find the latest button of that name, or with a number that one of the latest message."""
    there: list[str] = []
    latest: list[tuple[Message, str]] = []
    for message in reversed(visible(member, channel)):
        pressable = [one for one in message.buttons if one.custom_id and not one.disabled]
        latest = latest or [(message, one.custom_id or "") for one in pressable]
        for button in pressable:
            if label in (button.label, button.words):
                assert button.custom_id
                return message, button.custom_id
            there.append(button.label)
    if label.isdecimal() and 0 < int(label) <= len(latest):
        return latest[int(label) - 1]
    raise NotPossible("no_button", label=label, there=", ".join(dict.fromkeys(there)) or "-")


def find_choices(
    member: Member, channel: Channel, text: str
) -> tuple[Message, dict[str, Any], list[Any]]:
    """Find the latest menu that has all of `A, B`: its message, itself, the values."""
    names = [value.strip() for value in text.split(",")]
    for message in reversed(visible(member, channel)):
        for menu in message.selects:
            if values := _chosen(member, menu, names):
                return message, menu, values
        if message.selects:
            raise NotPossible("menu_no_choice", value=text)
    raise NotPossible("no_menu", name="")


def _chosen(member: Member, menu: dict[str, Any], names: list[str]) -> list[Any]:
    """Find in a menu what is called so; nothing if it has not all of it."""
    if menu["type"] == CHANNEL_SELECT:
        there = {channel.name: channel for channel in member.guild.channels}
        found = [there.get(name.lstrip("#")) for name in names]
        return [] if None in found else found
    labels = {one[key] for one in menu.get("options") or [] for key in ("label", "value")}
    return names if labels.issuperset(names) else []


@dataclass(frozen=True)
class Version:
    """A version of a message that was shown: its first line, and all that an edit can change."""

    words: str
    whole: str

    @classmethod
    def of(cls, message: Message) -> Version:
        files = [file.id for file in message.attachments]
        whole = repr((message.content, message.embeds, message.components, files))
        return cls(message.text.partition("\n")[0], whole)


class News:
    """What a person has not been shown yet."""

    def __init__(self, discord: Sandbox, screen: Screen) -> None:
        self._discord = discord
        self._screen = screen
        self._shown: dict[int, Version] = {}
        self._refused = len(discord.refused)

    def forget(self) -> None:
        """Take everything as new again."""
        self._shown = {}

    def remember(self, member: Member, channel: Channel) -> None:
        """Take what is on a screen that one comes to as already shown."""
        self._shown = {one.id: Version.of(one) for one in visible(member, channel)}

    def show(self, reader: Reader, channel: Channel) -> None:
        """Show what is new, changed or gone, and what Discord refused of the bot."""
        now = {message.id: message for message in visible(reader.member, channel)}
        for number in [number for number in self._shown if number not in now]:
            gone = self._shown.pop(number)
            self._screen.show(reader.say("deleted", text=gone.words))
        for number, message in now.items():
            version = Version.of(message)
            if self._shown.get(number) != version:
                self._shown[number] = version
                for line in reader.message(message):
                    self._screen.show(line)
        self._show_refused(reader)

    def _show_refused(self, reader: Reader) -> None:
        refused = self._discord.refused
        for one in refused[self._refused :]:
            sentence = reader.say(
                "refused",
                method=one.method,
                path=one.path.split("/")[1],
                code=one.error,
                message=one.answer["message"],
                where=str(one.answer.get("errors") or ""),
            )
            self._screen.show(sentence)
        self._refused = len(refused)
