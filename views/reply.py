"""The shape of every answer, and the words and marks that all of them share."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

import disnake
from disnake.ui import Button

from texts import say

GREEN, BLUE, GREY, YELLOW = 0x3BA55D, 0x5865F2, 0x99AAB5, 0xFAA61A
# Whatever a retry or a restart needs again stands in its message: the footer shows no markdown.
CARRIES = "▶ "
Style = disnake.ButtonStyle
# What Discord reads as markdown, a mention or a timestamp, but for links, which stay as they are;
# and what it reads as a heading, a list or a quotation where a line begins.
_LINK = r"https?://[^\s<]+[^\s<.,:;\"')\]][.,:;\"')\]]*"
_MARKS = re.compile(rf"(?P<link>{_LINK})(?P<after><?)|(?P<mark>[\\*_~|`<\[])")
_LINE_START = re.compile(
    r"^([ \t]*(?:[0-9]+(?=\.\s))?)(\.|#{1,3}|-#|[-+]|>{1,3})(?=\s)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An embed and its buttons."""

    embed: disnake.Embed
    buttons: tuple[Button[None], ...] = ()

    def also(self, text: str) -> "Reply":
        """Say something more below."""
        embed = self.embed.copy()
        embed.description = f"{embed.description}\n{text}"
        return replace(self, embed=embed)

    def with_button(self, *more: Button[None]) -> "Reply":
        """Put buttons beside those that are there."""
        return replace(self, buttons=(*self.buttons, *more)[:5])


def line(text: str, color: int = GREY, *buttons: Button[None]) -> Reply:
    """Answer with a sentence."""
    return Reply(disnake.Embed(description=text, color=color), buttons)


def button(language: str, key: str, custom_id: str, style: Style = Style.secondary) -> Button[None]:
    """Make a button whose `custom_id` names what it acts on."""
    return Button(label=say(language, f"button.{key}"), custom_id=custom_id, style=style)


def plain(text: str) -> str:
    """Show what people typed as they typed it: no markdown, no mention, no timestamp."""
    return _LINE_START.sub(r"\1\\\2", _MARKS.sub(_escaped, text))


def _escaped(found: re.Match[str]) -> str:
    if found["mark"]:
        return f"\\{found['mark']}"
    # Discord takes a backslash after a link for a part of it: a mention is broken in itself there
    return found["link"] + ("<\u200b" if found["after"] else "")


def clock(at: datetime) -> str:
    """Show an instant so that each reader sees their own clock."""
    return f"<t:{int(at.timestamp())}:t>"


def day_and_clock(at: datetime) -> str:
    """Show an instant with its date, on each reader's own clock."""
    return f"<t:{int(at.timestamp())}:f>"


def ago(at: datetime) -> str:
    """Show how long ago an instant is; the reader's Discord keeps it true."""
    return f"<t:{int(at.timestamp())}:R>"


def task_of(language: str, key: str, task: str | None) -> str:
    """Name the task within a sentence, if there is one."""
    return say(language, key, task=plain(task)) if task else ""


def carrying(reply: Reply, text: str | None, said: str | None = None) -> Reply:
    """Let a message carry what its buttons need: a task or note, and a time as it was said."""
    embed = reply.embed.copy()
    if text:
        embed.set_footer(text=CARRIES + text)
    if said:
        embed.set_author(name=CARRIES + said)
    return replace(reply, embed=embed)


def carried(message: disnake.Message) -> tuple[str | None, str | None]:
    """Read what a message of ours carries: the text, and the time as it was said."""
    if not message.embeds:
        return None, None
    embed = message.embeds[0]
    text, said = embed.footer.text or "", embed.author.name or ""
    return (
        text.removeprefix(CARRIES) if text.startswith(CARRIES) else None,
        said.removeprefix(CARRIES) if said.startswith(CARRIES) else None,
    )
