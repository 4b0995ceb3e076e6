"""What completion shows while somebody types."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from disnake import OptionChoice

from domain.calendar import Calendar
from domain.errors import UserError
from domain.periods import period
from domain.sessions import Session
from domain.text import task_key
from domain.times import suggestions
from domain.zones import matching
from i18n import length, say
from views.logbook import session_names
from views.picture.words import days as days_named

Choices: TypeAlias = list[OptionChoice]
MOST = 25  # Discord's limit
LONGEST = 100  # characters, Discord's limit
PERIODS = (
    *("today", "yesterday", "week", "last_week", "month", "last_month"),
    *("year", "last_year", "all"),
)


def tasks(known: list[str], typed: str) -> list[str]:
    """Offer the tasks that contain what is typed, those that begin with it first."""
    sought = task_key(typed).strip()
    found = [task for task in known if sought in task_key(task)]
    found.sort(key=lambda task: not task_key(task).startswith(sought))
    return [task[:LONGEST] for task in found][:MOST]


def sessions(typed: str, known: Sequence[Session], zone: ZoneInfo, now: datetime) -> Choices:
    """Offer sessions by day, time, task and year: those whose name contains what is typed."""
    sought = typed.casefold().strip()
    found = [
        OptionChoice(name, str(session.id))
        for name, session in session_names(known, zone, now)
        if sought in name.casefold() or sought == str(session.started_at.astimezone(zone).year)
    ]
    return found[:MOST]


def periods(typed: str, now: datetime, zone: ZoneInfo, language: str) -> Choices:
    """Offer periods by their names, and first of all the days that are typed."""
    sought = typed.casefold().strip()
    named = [(say(language, f"period.{name}"), name.replace("_", " ")) for name in PERIODS]
    found = [
        OptionChoice(shown, value)
        for shown, value in named
        if sought in shown.casefold() or sought in value
    ]
    try:
        read = period(typed, now=now, calendar=Calendar(zone))
    except UserError:
        return found
    if read.name == "between":
        days = days_named(language, read.first, read.last)
        found.insert(0, OptionChoice(days[:LONGEST], typed[:LONGEST]))
    return found


def zones(typed: str, now: datetime, language: str) -> Choices:
    """Offer zones, each with the time it is there now."""
    found = [(name, now.astimezone(ZoneInfo(name))) for name in matching(typed)[:MOST]]
    return [
        OptionChoice(say(language, "completion.zone", zone=name, clock=f"{local:%H:%M}"), name)
        for name, local in found
    ]


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
