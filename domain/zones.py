"""Zones by the names that people may type."""

import json
import re
import unicodedata
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from domain.errors import UserError

NEAR = 3  # names that an error message offers
_CLOCK = re.compile(r"\s*[(（](?:now|いま)[^()（）]*[)）]\s*$")  # as completion adds it
COMMON = (
    *("Asia/Tokyo", "Asia/Seoul", "Asia/Taipei", "Asia/Shanghai", "Asia/Singapore"),
    *("Asia/Kolkata", "Europe/London", "Europe/Berlin", "America/New_York"),
    *("America/Los_Angeles", "America/Sao_Paulo", "Australia/Sydney", "UTC"),
)


@cache
def names() -> tuple[str, ...]:
    """List the zones that are called after a place, and UTC."""
    places = {name for name in available_timezones() if "/" in name}
    odd = ("Etc/", "SystemV/", "US/", "posix/", "right/")
    return (*sorted(name for name in places if not name.startswith(odd)), "UTC")


@cache
def places() -> dict[str, str]:
    """Return the zones of countries and cities in both languages (devtools/zone_names.py)."""
    file = Path(__file__).with_name("zone_names.json")
    named: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    known = set(names())
    return {_plain(name): zone for name, zone in named.items() if zone in known}


@cache
def spellings() -> dict[str, str]:
    """Return every way to write a zone: its own name before a place's, that before a city's."""
    cities = {_city(name): name for name in reversed(names())}
    return cities | places() | {_plain(name): name for name in names()}


def parse_zone(text: str) -> ZoneInfo:
    """Find a zone by its name, its city or its country, however it is written.

    Raise UserError with `zone.near`, which names the ones that may be meant, or `zone.unknown`.
    """
    if name := spellings().get(_plain(_CLOCK.sub("", text))):
        return ZoneInfo(name)
    if near := nearest(text):
        raise UserError("zone.near", text=text, near=", ".join(near))
    raise UserError("zone.unknown", text=text)


def nearest(text: str) -> list[str]:
    """Return the zones whose name, city or country is almost what is typed."""
    close = get_close_matches(_plain(text), spellings(), n=2 * NEAR, cutoff=0.75)
    return list(dict.fromkeys(spellings()[spelling] for spelling in close))[:NEAR]


def exact_zone(name: str) -> ZoneInfo | None:
    """Return the zone of exactly this name; None if this machine knows none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def matching(text: str) -> list[str]:
    """Return the zones that contain what is typed, cities that begin with it first."""
    sought = _plain(text)
    if not sought:
        return list(COMMON)
    found = [name for name in names() if sought in _plain(name)]
    found.sort(key=lambda name: not _city(name).startswith(sought))
    begun = [zone for name, zone in places().items() if name.startswith(sought)]
    return list(dict.fromkeys([*begun, *found])) or nearest(text)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    return folded.replace(" ", "_").replace("-", "_")


def _city(name: str) -> str:
    return _plain(name.rpartition("/")[2])
