"""What is on a person's screen, and what of it was shown already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from devtools.sandbox.members import Member
from devtools.sandbox.messages import Message
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
