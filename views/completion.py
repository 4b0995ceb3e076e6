"""What completion shows while somebody types."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from disnake import OptionChoice

from domain.calendar import Calendar
from domain.config import LONGEST_HOURS
from domain.errors import UserError
from domain.goals import parse_aim
from domain.periods import CHOICES, choices, parse_period
from domain.sessions import Session
from domain.text import task_key
from domain.times import parse_plan, suggestions
from domain.zones import matching
from i18n import LANGUAGES, length, say
from views.config import HOURS
from views.config import named as setting_named
from views.logbook import session_names
from views.picture.words import days as days_named
from views.stats import period_named

Choices: TypeAlias = list[OptionChoice]
MOST = 25  # Discord's limit
PLANS = ("30m", "45m", "1h", "1h30m", "2h", "3h", "4h")
LONGEST = 100  # characters, Discord's limit
GOALS = ("5h", "10h", "20h", "50h", "100h")  # of a server's week


def tasks(known: list[str], typed: str) -> list[str]:
    """Return the tasks that contain what is typed, those that begin with it first."""
    sought = task_key(typed).strip()
    found = [task for task in known if sought in task_key(task)]
    found.sort(key=lambda task: not task_key(task).startswith(sought))
    return [task[:LONGEST] for task in found][:MOST]


def sessions(typed: str, known: Sequence[Session], zone: ZoneInfo, now: datetime) -> Choices:
    """Return sessions by day, time, task and year: those whose name contains what is typed."""
    sought = typed.casefold().strip()
    found = [
        OptionChoice(name, str(session.id))
        for name, session in session_names(known, zone, now)
        if sought in name.casefold() or sought == str(session.started_at.astimezone(zone).year)
    ]
    return found[:MOST]


def periods(typed: str, now: datetime, zone: ZoneInfo, language: str) -> Choices:
    """Return the days that are typed, since them, and periods whose name contains what is typed."""
    calendar, sought = Calendar(zone), typed.casefold().strip()
    offered: dict[str, OptionChoice] = {}
    month = [f"{typed}月"] if typed.isdecimal() else []
    for value in (typed, *month, f"since {typed}"):
        with suppress(UserError):
            name = period_choice(value, now, calendar, language)
            offered.setdefault(name, OptionChoice(name, value))
    for value in choices(calendar.day_of(now)):
        name = period_choice(value, now, calendar, language)
        if sought in name.casefold() or sought in value:
            offered.setdefault(name, OptionChoice(name, value))
    return list(offered.values())[:MOST]


def period_choice(typed: str, now: datetime, calendar: Calendar, language: str) -> str:
    """Return a period's name, as `parse_period` reads it too; raise UserError if it cannot."""
    read = parse_period(typed, now=now, calendar=calendar)
    if read.name != "between" or typed in CHOICES:
        return period_named(language, typed if typed in CHOICES else read.name)
    if typed.startswith("since "):
        return say(language, "period.since", day=days_named(language, read.first, read.first))
    return days_named(language, read.first, read.last)


def zones(typed: str, now: datetime, language: str) -> Choices:
    """Return choices of zones, each with the time it is there now."""
    found = [(name, now.astimezone(ZoneInfo(name))) for name in matching(typed)[:MOST]]
    return [
        OptionChoice(say(language, "completion.zone", zone=name, clock=f"{local:%H:%M}"), name)
        for name, local in found
    ]


def settings(of: str, typed: str, language: str) -> Choices:
    """Return choices of a server's setting, each with what it means: those that begin as typed."""
    sought = typed.strip()
    if of == "goal":
        hours = [f"{sought}h"] if sought.isdecimal() else []
        named = {value: goal_name(value, language) for value in (sought, *hours, *GOALS)}
    elif of.removesuffix("_hours") in HOURS:
        several = [sought] if sought.isdecimal() and int(sought) <= LONGEST_HOURS else []
        values = dict.fromkeys((*several, *map(str, HOURS[of.removesuffix("_hours")])))
        named = {value: setting_named(language, of, value) for value in values}
    else:
        named = {str(hour): f"{hour}:00" for hour in range(7 if of == "day_starts" else 24)}
    found = ((value, name) for value, name in named.items() if name and value.startswith(sought))
    return [OptionChoice(name, value) for value, name in found][:MOST]


def setting_of(of: str, typed: str) -> str:
    """Return the value of a setting sent by the name that completion shows; else `typed`."""
    numbers = ("", *re.findall(r"[0-9]+", typed))
    for choice in (
        one for n in numbers for language in LANGUAGES for one in settings(of, n, language)
    ):
        if choice.name == typed.strip():
            return str(choice.value)
    return typed


def goal_name(typed: str, language: str) -> str | None:
    """Return what a goal for a server's week means; None for what is none."""
    with suppress(UserError):
        aim = parse_aim(typed)
        return say(language, "config.goal", length=length(language, aim)) if aim else None
    return None


def moments(
    typed: str, now: datetime, zone: ZoneInfo, language: str, longest: timedelta = timedelta.max
) -> Choices:
    """Return choices of moments, at most `longest` ago: the clock, the day and how long ago."""
    offered: dict[str, OptionChoice] = {}
    for value, at in suggestions(typed, now=now, zone=zone):
        if now - at <= longest:
            name = moment_name(at, now, zone, language)[:LONGEST]
            # at 4:00:20, 2h and 2:00 look the same, and Discord takes a name only once
            offered.setdefault(name, OptionChoice(name, value[:LONGEST]))
    return list(offered.values())


def plans(typed: str, now: datetime, zone: ZoneInfo, language: str) -> Choices:
    """Return choices of ends to plan, each with the clock and how long it is until then."""
    offered: dict[str, OptionChoice] = {}
    for value in [typed, f"{typed}h", f"{typed}m", f"{typed}:00"] if typed.strip() else PLANS:
        with suppress(UserError):
            at = parse_plan(value, start=now, now=now, zone=zone)
            local = at.astimezone(zone)
            left = length(language, at - now)
            name = say(language, "completion.until", clock=f"{local:%H:%M}", left=left)
            offered.setdefault(name, OptionChoice(name, value[:LONGEST]))
    return list(offered.values())


def moment_name(at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Return a moment's name before it is sent: `21:40 today (20 min ago)`."""
    local = at.astimezone(zone)
    days = (now.astimezone(zone).date() - local.date()).days
    if days < 2:
        day = say(language, "day.yesterday" if days else "day.today")
    else:
        same = local.year == now.astimezone(zone).year
        dated = "day.other" if same else "day.other_year"
        day = say(language, dated, year=local.year, month=local.month, day=local.day)
    key = "completion.now" if now - at < timedelta(minutes=1) else "completion.at"
    return say(language, key, clock=f"{local:%H:%M}", day=day, ago=length(language, now - at))
