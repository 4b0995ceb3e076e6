"""Discord's `<t:seconds:style>` as its client shows it: in the reader's zone and language."""

from __future__ import annotations

import os
import re
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
        return _written(moment.astimezone(zone), match[2] or "f", locale)

    return _STAMP.sub(written, text)


def clock(moment: datetime, locale: str) -> str:
    """Write hours and minutes as a client in that language does."""
    return _written(moment, "t", locale)


def _written(at: datetime, style: str, locale: str) -> str:
    """Write a local time in one of Discord's styles, as a client in that language does."""
    time, seconds, between = f"{at:%H:%M}", f"{at:%H:%M:%S}", ", "
    if locale == "ja":
        short, long, between = f"{at:%Y/%m/%d}", f"{at.year}年{at.month}月{at.day}日", " "
    elif locale == "en-US":
        hour = at.hour % 12 or 12
        time, seconds = f"{hour}:{at:%M %p}", f"{hour}:{at:%M:%S %p}"
        short, long = f"{at.month}/{at.day}/{at.year}", f"{at:%B} {at.day}, {at.year}"
    else:
        short, long = f"{at:%d/%m/%Y}", f"{at.day} {at:%B} {at.year}"
    full, weekday = f"{long} at {time}", f"{at:%A}, {long} at {time}"
    if locale == "ja":
        full, weekday = f"{long} {time}", f"{long} {_WEEKDAYS_JA[at.weekday()]}曜日 {time}"
    styles = {"t": time, "T": seconds, "d": short, "D": long, "f": full, "F": weekday}
    return {**styles, "s": short + between + time, "S": short + between + seconds}[style]


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
