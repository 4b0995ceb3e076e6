"""Zones by the names that people may type."""

from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from domain.errors import UserError

NEAR = 3  # names that a refusal offers
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


def zone(text: str) -> ZoneInfo:
    """Find a zone by its name or its city, however it is written.

    Raises UserError with `zone.near`, which names the ones that may be meant, or `zone.unknown`.
    """
    sought = _plain(text)
    for name in names():
        if sought in (_plain(name), _city(name)):
            return ZoneInfo(name)
    if near := nearest(text):
        raise UserError("zone.near", text=text, near=", ".join(near[:NEAR]))
    raise UserError("zone.unknown", text=text)


def nearest(text: str, count: int = NEAR) -> list[str]:
    """Give the zones whose name or city is almost what is typed."""
    by_spelling: dict[str, str] = {}
    for name in names():
        by_spelling.setdefault(_city(name), name)
        by_spelling[_plain(name)] = name
    close = get_close_matches(_plain(text), by_spelling, n=count * 2, cutoff=0.7)
    return list(dict.fromkeys(by_spelling[spelling] for spelling in close))[:count]


def matching(text: str) -> list[str]:
    """Give the zones that contain what is typed, cities that begin with it first."""
    sought = _plain(text)
    if not sought:
        return list(COMMON)
    found = [name for name in names() if sought in _plain(name)]
    found.sort(key=lambda name: not _city(name).startswith(sought))
    return found or nearest(text)


def _plain(text: str) -> str:
    return text.strip().casefold().replace(" ", "_").replace("-", "_")


def _city(name: str) -> str:
    return _plain(name.rpartition("/")[2])
