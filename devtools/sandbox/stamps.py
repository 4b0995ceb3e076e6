"""Discord's `<t:seconds:style>` as its client shows it: in the reader's zone and language."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_STAMP = re.compile(r"<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>")
_WEEKDAYS_JA = "月火水木金土日"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MONTH, _YEAR = 30.44 * _DAY, 365.25 * _DAY


def terminal_zone() -> ZoneInfo:
    """Return the zone in which this machine shows its times: TZ, else /etc/localtime, else UTC."""
    local = os.path.realpath("/etc/localtime").rpartition("zoneinfo/")[2]
    for name in (os.environ.get("TZ", "").lstrip(":"), local):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue  # no name of a zone, as JST-9 or the path of a copied file
    return ZoneInfo("UTC")


def with_times(text: str, locale: str, zone: ZoneInfo, now: datetime) -> str:
    """Write a text with its stamps as a reader sees them."""

    def written(match: re.Match[str]) -> str:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(match[1]))
        if match[2] == "R":
            return ago((now - moment).total_seconds(), locale)
        return _styles(locale)[match[2] or "f"](moment.astimezone(zone))

    return _STAMP.sub(written, text)


def clock(moment: datetime, locale: str) -> str:
    """Write hours and minutes as a client in that language does."""
    return _styles(locale)["t"](moment)


def _styles(locale: str) -> dict[str, Callable[[datetime], str]]:
    if locale == "ja":
        return _JAPANESE
    return _AMERICAN if locale == "en-US" else _BRITISH


def _hour12(moment: datetime, seconds: str = "") -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M}{seconds} {moment:%p}"


_JAPANESE: dict[str, Callable[[datetime], str]] = {
    "t": lambda at: f"{at:%H:%M}",
    "T": lambda at: f"{at:%H:%M:%S}",
    "d": lambda at: f"{at:%Y/%m/%d}",
    "D": lambda at: f"{at.year}年{at.month}月{at.day}日",
    "f": lambda at: f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}",
    "F": lambda at: (
        f"{at.year}年{at.month}月{at.day}日 {_WEEKDAYS_JA[at.weekday()]}曜日 {at:%H:%M}"
    ),
    "s": lambda at: f"{at:%Y/%m/%d %H:%M}",
    "S": lambda at: f"{at:%Y/%m/%d %H:%M:%S}",
}
_AMERICAN: dict[str, Callable[[datetime], str]] = {
    "t": _hour12,
    "T": lambda at: _hour12(at, f":{at:%S}"),
    "d": lambda at: f"{at.month}/{at.day}/{at.year}",
    "D": lambda at: f"{at:%B} {at.day}, {at.year}",
    "f": lambda at: f"{at:%B} {at.day}, {at.year} at {_hour12(at)}",
    "F": lambda at: f"{at:%A}, {at:%B} {at.day}, {at.year} at {_hour12(at)}",
    "s": lambda at: f"{at.month}/{at.day}/{at.year}, {_hour12(at)}",
    "S": lambda at: f"{at.month}/{at.day}/{at.year}, {_hour12(at, f':{at:%S}')}",
}
_BRITISH: dict[str, Callable[[datetime], str]] = {
    "t": lambda at: f"{at:%H:%M}",
    "T": lambda at: f"{at:%H:%M:%S}",
    "d": lambda at: f"{at:%d/%m/%Y}",
    "D": lambda at: f"{at.day} {at:%B} {at.year}",
    "f": lambda at: f"{at.day} {at:%B} {at.year} at {at:%H:%M}",
    "F": lambda at: f"{at:%A}, {at.day} {at:%B} {at.year} at {at:%H:%M}",
    "s": lambda at: f"{at:%d/%m/%Y, %H:%M}",
    "S": lambda at: f"{at:%d/%m/%Y, %H:%M:%S}",
}

# (up to so many seconds, in units of, English for one, English for more, Japanese), as the
# relative times of Discord's client round
_SPANS: tuple[tuple[float, float, str, str, str], ...] = (
    (45, 1, "a few seconds", "a few seconds", "数秒"),
    (90, _MINUTE, "a minute", "{} minutes", "{}分"),
    (45 * _MINUTE, _MINUTE, "a minute", "{} minutes", "{}分"),
    (90 * _MINUTE, _HOUR, "an hour", "{} hours", "{}時間"),
    (22 * _HOUR, _HOUR, "an hour", "{} hours", "{}時間"),
    (36 * _HOUR, _DAY, "a day", "{} days", "{}日"),
    (26 * _DAY, _DAY, "a day", "{} days", "{}日"),
    (45 * _DAY, _MONTH, "a month", "{} months", "{}ヶ月"),
    (320 * _DAY, _MONTH, "a month", "{} months", "{}ヶ月"),
    (float("inf"), _YEAR, "a year", "{} years", "{}年"),
)


def ago(seconds: float, locale: str) -> str:
    """Return how long ago something was, or with a negative number how far ahead it is."""
    length = abs(seconds)
    _, unit, one, more, japanese = next(row for row in _SPANS if length < row[0])
    count = max(round(length / unit), 1)
    if locale == "ja":
        return japanese.format(count) + ("前" if seconds >= 0 else "後")
    words = one if count == 1 or unit == 1 else more.format(count)
    return f"{words} ago" if seconds >= 0 else f"in {words}"
