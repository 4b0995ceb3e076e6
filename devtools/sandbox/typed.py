"""Reading a line as a person types it into Discord: `/remind add when:20:00 text:some tea`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from devtools.sandbox.errors import NotPossible
from devtools.sandbox.members import Member
from devtools.sandbox.options import GROUP, SUBCOMMAND, Route, names, route
from devtools.sandbox.places import Channel


@dataclass(frozen=True)
class Typed:
    """A command as typed: its words, its options in order, and where it leads."""

    words: str
    values: dict[str, str]
    route: Route


def read(member: Member, channel: Channel, line: str) -> Typed:
    """Read a command line. Raises NotPossible.

    A value goes on until the next option's name and colon, so it may hold spaces and colons.
    """
    words, rest = _split_words(member, channel, line)
    taken = route(member.discord, member, channel, words)
    if not rest:
        return Typed(words, {}, taken)
    starts = _starts({name for option in taken.options for name in names(option)}, rest)
    if not starts or starts[0].start() > 0:
        loose = rest[: starts[0].start()].strip() if starts else rest
        raise NotPossible("loose_words", words=loose, there=taken.there)
    ends = [start.start() for start in starts[1:]] + [len(rest)]
    values = {
        start[1]: rest[start.end() : end].strip() for start, end in zip(starts, ends, strict=True)
    }
    return Typed(words, values, taken)


def _starts(known: Iterable[str], text: str) -> list[re.Match[str]]:
    """Find where options begin: a known name and a colon, at the start or after a space."""
    longest_first = sorted(known, key=len, reverse=True)
    pattern = "|".join(map(re.escape, longest_first)) or r"(?!)"
    return list(re.finditer(rf"(?:^|(?<=\s))({pattern})[:：]", text))


def next_options(member: Member, channel: Channel, head: str) -> list[dict[str, Any]]:
    """List what may follow the part of a line that is complete: subcommands, or free options."""
    _, level, rest = _descend(member, channel, head)
    if any(option["type"] in (SUBCOMMAND, GROUP) for option in level):
        return level
    known = {name: option["name"] for option in level for name in names(option)}
    taken = {known[found[1]] for found in _starts(known, rest)}
    return [option for option in level if option["name"] not in taken]


def _split_words(member: Member, channel: Channel, line: str) -> tuple[str, str]:
    """Part the command and its subcommands from what follows."""
    path, options, rest = _descend(member, channel, line)
    if any(option["type"] in (SUBCOMMAND, GROUP) for option in options) and rest:
        return " ".join([*path, rest.split()[0]]), ""  # none of that name: `route` says so
    return " ".join(path), rest


def _descend(
    member: Member, channel: Channel, line: str
) -> tuple[list[str], list[dict[str, Any]], str]:
    """Follow a command's name and its subcommands: the words, the options there, the rest."""
    first, _, rest = line.strip().lstrip("/").partition(" ")
    guild_id = channel.guild.id if channel.guild else None
    commands = member.discord.commands_in(guild_id)
    found = next((one for one in commands if first in names(one.payload)), None)
    path, options = [first], found.options if found else []
    while True:
        word, _, further = rest.strip().partition(" ")
        level = next(
            (
                option
                for option in options
                if option["type"] in (SUBCOMMAND, GROUP) and word in names(option)
            ),
            None,
        )
        if level is None:
            return path, options, rest.strip()
        path.append(word)
        options, rest = level.get("options") or [], further


def read_fields(text: str, labels: list[str]) -> dict[str, str]:
    r"""Read `Label: text | Other: text`; for the only field the label may be left out; \n breaks.

    A part that begins with no label belongs to the field before it.
    """
    fields: dict[str, str] = {}
    last: str | None = labels[0] if len(labels) == 1 else None
    for part in text.split("|") if text.strip() else []:
        label = next((one for one in labels if _begins(part, one)), None)
        if label is not None:
            last = label
            fields[last] = part.strip()[len(label) :].lstrip().lstrip(":：").strip()
        elif last is None:
            raise NotPossible("no_field", fields=part.strip(), title=", ".join(labels))
        else:
            fields[last] = f"{fields[last]}|{part}" if last in fields else part.strip()
    return {label: value.replace("\\n", "\n") for label, value in fields.items()}


def _begins(part: str, label: str) -> bool:
    rest = part.strip()
    return rest.startswith(label) and rest[len(label) :].lstrip()[:1] in (":", "：")
