"""Members on days of Discord's own clock, so that a test says when everything happens."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from devtools.sandbox import Interaction, Member, Message
from devtools.sandbox.forms import Modal
from devtools.sandbox.options import Choice
from tests.e2e.deployment import Deployment, Place
from tests.e2e.people import fills

TOKYO = ZoneInfo("Asia/Tokyo")


def at(text: str) -> datetime:
    """Read an instant by Tokyo's clock: `21:00` is that of Wednesday, 1 July 2026."""
    whole = text if "T" in text else f"2026-07-01T{text}"
    return datetime.fromisoformat(whole).replace(tzinfo=TOKYO).astimezone(UTC)


def shown(text: str, style: str = "t") -> str:
    """Write an instant as a message does, for each reader to see on their own clock."""
    return f"<t:{int(at(text).timestamp())}:{style}>"


@dataclass
class Person:
    """A member at a moment; whatever they do takes them a second."""

    member: Member
    now: datetime

    def tick(self) -> datetime:
        """Let a second pass; give the moment at which the next thing is done."""
        self.now += timedelta(seconds=1)
        return self.now

    def waits_until(self, when: str) -> None:
        """Do the next thing at a moment of Tokyo's clock."""
        self.now = at(when) - timedelta(seconds=1)

    async def says(self, command: str, **options: Any) -> Interaction:
        """Send a command."""
        return await self.member.slash(command, at=self.tick(), options=options)

    async def types(self, command: str, option: str, value: str = "") -> list[Choice]:
        """Type into an option that completes."""
        return await self.member.complete(command, option=option, value=value, at=self.tick())

    async def presses(self, message: Message, label: str) -> Interaction:
        """Press a button by what is written on it."""
        return await self.member.press(message, label, at=self.tick())

    async def chooses(self, message: Message, choice: str, menu: str) -> Interaction:
        """Choose in a menu."""
        return await self.member.select(message, [choice], custom_id=menu, at=self.tick())

    async def fills(self, form: Modal | None, **texts: str) -> Interaction:
        """Fill in a form and send it."""
        return await fills(self.member, form, self.tick(), **texts)


def scene(deployment: Deployment, language: str) -> tuple[Place, Person, Person]:
    """Make a server that speaks a language, with Nanao and Hana at noon."""
    place = deployment.place(language)
    deployment.rows(
        "INSERT INTO guild (guild_id, language) VALUES (?, ?)", place.guild.id, language
    )
    noon = at("12:00")
    return place, Person(place.nanao, noon), Person(place.hana, noon)


def embed(message: Message | None) -> str:
    """The one text of a message."""
    assert message
    assert message.content == ""
    (only,) = message.embeds
    return only["description"]


def shown_span(start: str, end: str, language: str) -> str:
    """Write from when to when as a line of the log does; both by Tokyo's clock."""
    dash = {"ja": "〜", "en-US": "–"}[language]
    return f"{shown(start, 'd')} {shown(start)}{dash}{shown(end)}"
