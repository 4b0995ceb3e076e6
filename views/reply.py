"""The parts of every reply, and how names, times and typed text are written in them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import singledispatch
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

import disnake
from disnake import SelectOption
from disnake.ui import Button, ChannelSelect, StringSelect

from domain.command import Answer
from domain.goals import Progress
from domain.logbook import Inputs
from domain.text import one_line
from i18n import length, say

CELLS = 10
HALF_A_DAY = timedelta(hours=12)
GREEN, BLUE, GREY, YELLOW = 0x3BA55D, 0x5865F2, 0x99AAB5, 0xFAA61A
# What earlier releases put into footers for their buttons to use again; between, thin spaces.
LEGACY, TIMED, THEN = "▶ ", "▷ ", "\u2009▸\u2009"
Style = disnake.ButtonStyle
Part: TypeAlias = Button[None] | StringSelect[None] | ChannelSelect[None]
# What Discord reads as markdown, a mention or a timestamp, but for links, which stay as they are;
# and what it reads as a heading, a list or a quotation where a line begins.
_MARKS = re.compile(r"(?P<link>https?://[^\s<]*)(?P<after><?)|(?P<mark>[\\*_~|`<\[])")
_LINE_START = re.compile(
    r"^([ \t]*(?:[0-9]+(?=\.\s))?)(\.|#{1,3}|-#|[-+]|>{1,3})(?=\s)", re.MULTILINE
)
_SHOWN = re.compile(r"(?P<link>https?://[^\s<]*)(?:(?P<after><)\u200b)?|\\(?P<mark>.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture still to be drawn, with a font of the operator's or without; and what it shows."""

    draw: Callable[[Path | None], bytes]
    alt: str


@dataclass(frozen=True, slots=True)
class File:
    """A file to be handed out."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An embed, the buttons and menus under it, and maybe a picture or a file."""

    embed: disnake.Embed
    buttons: tuple[Part, ...] = ()
    picture: Picture | None = None
    file: File | None = None

    def with_line(self, text: str) -> "Reply":
        """Return it with one more line."""
        embed = self.embed.copy()
        embed.description = f"{embed.description}\n{text}"
        return replace(self, embed=embed)

    def with_button(self, *more: Button[None]) -> "Reply":
        """Return it with more buttons; the sixth begins a new row."""
        return replace(self, buttons=(*self.buttons, *more))

    def has_button_for(self, *actions: str) -> bool:
        """Return whether it has a button for one of these."""
        ids = (button.custom_id or "" for button in self.buttons)
        return any(custom_id.partition(":")[0] in actions for custom_id in ids)


@singledispatch
def render(answer: Answer, language: str) -> Reply:
    """Show an answer in a language."""
    raise TypeError(f"no view for {type(answer).__name__}")


def text_reply(text: str, color: int = GREY, *buttons: Part) -> Reply:
    """Create a reply of one sentence."""
    return Reply(disnake.Embed(description=text, color=color), buttons)


def button(language: str, key: str, custom_id: str, style: Style = Style.secondary) -> Button[None]:
    """Create a button whose `custom_id` names what it acts on."""
    return Button(label=say(language, f"button.{key}"), custom_id=custom_id, style=style)


def escape_markdown(text: str) -> str:
    """Show what people typed as they typed it: no markdown, no mention, no timestamp."""
    return _LINE_START.sub(r"\1\\\2", _MARKS.sub(_escaped, text))


def unescape_markdown(shown: str) -> str:
    """Return what people typed, of which `escape_markdown` has made this."""
    return _SHOWN.sub(lambda found: found["mark"] or found["link"] + (found["after"] or ""), shown)


def member_name(name: str, *, marked: bool = True) -> str:
    """Return a member's name to show: no control characters, and no links.

    `marked`: where Discord reads markdown. Discord allows 32 characters, adopted rows have more.
    """
    shown = (one_line(name, 80) or "…").replace("://", ":\u200b//")
    return escape_markdown(shown) if marked else shown


def _escaped(found: re.Match[str]) -> str:
    if found["mark"]:
        return f"\\{found['mark']}"
    # Discord takes a backslash after a link for a part of it: a mention is broken in itself there
    return found["link"] + ("<\u200b" if found["after"] else "")


def clock(at: datetime) -> str:
    """Write an instant as a clock time, which each reader sees in their own zone."""
    return f"<t:{int(at.timestamp())}:t>"


def day_and_clock(at: datetime) -> str:
    """Write an instant with its date, which each reader sees in their own zone."""
    return f"<t:{int(at.timestamp())}:f>"


def clock_or_day(at: datetime, other: datetime) -> str:
    """Show an instant, with its date if a clock alone would be taken for one nearer to another."""
    return clock(at) if abs(at - other) < HALF_A_DAY else day_and_clock(at)


def date_and_clock(at: datetime) -> str:
    """Write an instant with a short date, which each reader sees in their own zone."""
    second = int(at.timestamp())
    return f"<t:{second}:d> <t:{second}:t>"


def from_to(start: datetime, end: datetime, zone: ZoneInfo, today: date | None = None) -> list[str]:
    """Return when something began and ended, with a date where it was not today or ended later."""
    begun, over = start.astimezone(zone).date(), end.astimezone(zone).date()
    if begun == over == today:
        return [clock(start), clock(end)]
    return [date_and_clock(start), clock(end) if begun == over else date_and_clock(end)]


def ago(at: datetime) -> str:
    """Write how long ago an instant is; Discord's client keeps it up to date."""
    return f"<t:{int(at.timestamp())}:R>"


def task_of(language: str, task: str | None) -> str:
    """Return the task as part of a sentence; nothing without one."""
    return say(language, "started.task", task=escape_markdown(task)) if task else ""


def together_lines(language: str, together: timedelta) -> list[str]:
    """Return the line about time that others worked too; none below a minute."""
    short = together < timedelta(minutes=1)
    return [] if short else [say(language, "together", together=length(language, together))]


def select(custom_id: str, names: Mapping[str, str], chosen: str) -> StringSelect[None]:
    """Create a menu of choices by their values, of which one is chosen."""
    options = [
        SelectOption(label=name, value=value, default=value == chosen)
        for value, name in names.items()
    ]
    return StringSelect(custom_id=custom_id, options=options)


def legacy_inputs(message: disnake.Message | None) -> Inputs:
    """Read the inputs that an earlier release put into a message's footer."""
    if message is None or not message.embeds:
        return Inputs()
    embed = message.embeds[0]
    footer, author = embed.footer.text or "", embed.author.name or ""
    if not footer.startswith(TIMED):
        # the time stood apart in earlier releases
        said = author.removeprefix(LEGACY) if author.startswith(LEGACY) else None
        return Inputs(footer.removeprefix(LEGACY) if footer.startswith(LEGACY) else None, said)
    # the text comes last, as anything may stand in it
    parts = [part or None for part in footer.removeprefix(TIMED).split(THEN, 3)]
    said, until, task, text = *parts, *[None] * (4 - len(parts))
    return Inputs(text, said, until, task)


def goal_bar(language: str, progress: Progress, of: str | None = None) -> str:
    """Show a bar with what was done and what was aimed at; full only when it is reached.

    `of` says whose goal it is, or that it is past, where it is not one's own for now.
    """
    done = length(language, progress.done)
    if not progress.done:  # rather than "under a minute", which somebody would have worked
        done = say(language, "length.minutes", minutes=0)
    full = CELLS if progress.reached else int(CELLS * (progress.done / progress.aim))
    state = "reached" if progress.reached else "going"
    return say(
        language,
        f"goal.{of or progress.goal.per}.{state}",
        bar="▰" * full + "▱" * (CELLS - full),
        done=done,
        aim=length(language, progress.aim),
    )
