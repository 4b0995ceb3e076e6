"""What completion shows while somebody types."""

from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from disnake import OptionChoice

from domain.when import suggestions
from texts import length, say

Choices: TypeAlias = list[OptionChoice]
MOST = 25  # Discord's limit
LONGEST = 100  # characters, Discord's limit


def tasks(known: list[str], typed: str) -> list[str]:
    """Offer the tasks that contain what is typed, those that begin with it first."""
    sought = typed.casefold().strip()
    found = [task for task in known if sought in task.casefold()]
    found.sort(key=lambda task: not task.casefold().startswith(sought))
    return [task[:LONGEST] for task in found][:MOST]


def moments(
    typed: str, now: datetime, zone: ZoneInfo, language: str, longest: timedelta = timedelta.max
) -> Choices:
    """Offer moments, not `longest` or more ago, each with the clock, the day and how long ago."""
    offered: dict[str, OptionChoice] = {}
    for value, at in suggestions(typed, now=now, zone=zone):
        if now - at <= longest:
            name = moment_name(at, now, zone, language)[:LONGEST]
            # at 4:00:20, 2h and 2:00 look the same, and Discord takes a name only once
            offered.setdefault(name, OptionChoice(name, value[:LONGEST]))
    return list(offered.values())


def moment_name(at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Say a moment before it is sent: `21:40 today (20 min ago)`."""
    local = at.astimezone(zone)
    days = (now.astimezone(zone).date() - local.date()).days
    if days < 2:
        day = say(language, "day.yesterday" if days else "day.today")
    else:
        day = say(language, "day.other", month=local.month, day=local.day)
    key = "completion.now" if now - at < timedelta(minutes=1) else "completion.at"
    return say(language, key, clock=f"{local:%H:%M}", day=day, ago=length(language, now - at))
