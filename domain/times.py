"""Which instant a typed time means: `20分前`, `19:00`, `昨日 23:10`, `2026-07-03 19:00`."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.errors import UserError
from domain.intervals import in_utc
from domain.time_grammar import (
    SHOWN,
    Clock,
    normalize,
    parse_length,
    read_day_and_clock,
    read_span_back,
    read_stamp,
)
from domain.time_words import BEGINNINGS, NOW

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_PLAN = timedelta(hours=24)
_UNTIL = re.compile(r"^(?:until|till?|for) | ?まで(?: ?\(.*\))?$| \(.*\)$")  # added by completion
_CHOICES = 25  # Discord shows no more
_HOW_LONG_AGO = re.compile(r" ?\((?:now|いま|[^()]* ago|[^()]*前)\)")  # added by completion
_DOTTED = re.compile(r"\d{1,2}\.\d{2}", re.ASCII)
_TO_BEGIN_WITH = "now 5m 10m 15m 20m 30m 45m 1h 1h30m 2h 3h 4h"
# what may follow what has been typed so far, the likelier first
_HOURS = tuple(f" {hour}:00" for hour in (9, 12, 15, 18, 19, 20, 21, 22, 23))
_AFTER_A_NUMBER = ("m", ":00", "h", ":30", "pm", "am")
_LATIN = ("", "m", ":00", "h", ":30", "00", "30m", "30", " ago", "m ago", *_HOURS)
_JAPANESE = (
    *("", "分前", "時", "時間前", "時半", "時間半前", "前", "半", "半前", "間前", "間半前"),
    *("日前", "分", ":00", ":30", "00", "30"),
    *_HOURS,
)


def parse_time(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC and not after `now`, that `text` means at `now` in `zone`.

    Raise UserError with `time.bare_number`, `time.future` or
    `time.unreadable`.
    """
    phrase, now = _HOW_LONG_AGO.sub("", normalize(text)), in_utc(now)
    if phrase in NOW:
        return now
    if len(phrase) <= 2 and phrase.isdecimal():
        raise UserError("time.bare_number", text=text[:SHOWN])
    meant = _meant(phrase, now, zone)
    for at in meant:
        if at < _EPOCH:
            break
        if at <= now:
            return at
    else:
        if meant:
            raise UserError("time.future", text=text[:SHOWN])
    raise UserError("time.unreadable", text=text[:SHOWN])


def parse_end(text: str, *, start: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant that `text` means as the end of what began at `start`.

    A clock time without a day is the first after the start, if that is not after `now`. Raise
    UserError as `parse_time` does.
    """
    after = [at for at in _clock_times(text, in_utc(start), zone) if start < at <= now]
    return min(after) if after else parse_time(text, now=now, zone=zone)


def parse_plan(text: str, *, start: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant that `text` means as the end that is planned for what began at `start`.

    A length is counted from the start; a clock time is the next one after now. Raise UserError with
    `plan.past`, `plan.too_long` or `plan.unreadable`.
    """
    phrase, now = _UNTIL.sub("", normalize(text)), in_utc(now)
    read = read_day_and_clock(phrase)
    if read and read[0] is None:
        today = now.astimezone(zone).date()
        days = (today + timedelta(days=n) for n in (-1, 0, 1))  # 25:30 is of the day before
        at = min(at for on in days for at in _instants(on, read[1], zone) if at > now)
    else:
        try:
            at = in_utc(start) + parse_length(phrase)
        except UserError:
            raise UserError("plan.unreadable", text=text[:SHOWN]) from None
    if at <= now:
        raise UserError("plan.past", text=text[:SHOWN])
    if at - now > LONGEST_PLAN:
        raise UserError("plan.too_long", text=text[:SHOWN])
    return at


def parse_correction(text: str, *, was: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant that `text` means as a correction of `was`.

    A clock time without a day is the one nearest to `was`, not after `now`. Raise UserError as
    `parse_time` does.
    """
    near = [at for at in _clock_times(text, in_utc(was), zone) if at <= now]
    if near:
        return min(near, key=lambda at: abs(at - was))
    return parse_time(text, now=now, zone=zone)


def format_time(at: datetime, zone: ZoneInfo) -> str:
    """Write an instant as `parse_time` reads it, to the minute."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _clock_times(text: str, around: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return when the wall clock shows a time on the days around; none if the text has a day."""
    read = read_day_and_clock(normalize(text))
    if not read or read[0]:
        return []
    on = around.astimezone(zone).date()
    days = (on + timedelta(days=n) for n in (-2, -1, 0, 1))  # 25:30 is of the day before
    return [at for day in days for at in _instants(day, read[1], zone)]


def suggestions(text: str, *, now: datetime, zone: ZoneInfo) -> list[tuple[str, datetime]]:
    """Return completions of `text`, at most 25, each with the instant that it means.

    The text itself comes first if it can be read.
    """
    typed = text.strip()
    begun = [word for word in BEGINNINGS if word.startswith(normalize(typed) or " ")]
    dotted = [typed.replace(".", ":")] if _DOTTED.fullmatch(typed) else []  # 6.30 may be a clock's
    offered = (
        [start + end for start in (*dotted, typed, *begun) for end in _endings(start)]
        if typed
        else _TO_BEGIN_WITH.split()
    )
    found: dict[datetime, str] = {}
    for value in offered:
        try:
            at = parse_time(value, now=now, zone=zone)
        except UserError:
            continue
        found.setdefault(at, value)
    return [(value, at) for at, value in found.items()][:_CHOICES]


def _endings(typed: str) -> tuple[str, ...]:
    if typed[-2:-1] in (":", "：") and typed[-1].isdecimal():  # 19:3
        return ("0",)
    if not typed.isascii():
        return _JAPANESE
    if typed.isdecimal():  # 930 is a clock time, and whole
        return ("",) if len(typed) > 2 else _AFTER_A_NUMBER
    return _LATIN


def _meant(phrase: str, now: datetime, zone: ZoneInfo) -> list[datetime]:
    if (seconds := read_stamp(phrase)) is not None:
        return [_EPOCH + timedelta(seconds=seconds)]
    if (back := read_span_back(phrase)) is not None:
        return [_before(now, back)]
    return _spoken(phrase, now, zone)


def _before(now: datetime, back: timedelta) -> datetime:
    try:
        return now - back
    except OverflowError:
        return _EPOCH - timedelta.resolution


def _spoken(phrase: str, now: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the instants that a clock time may mean, latest first."""
    read = read_day_and_clock(phrase)
    if not read:
        return []
    day, clock = read
    today = now.astimezone(zone).date()
    # without a day the latest that has passed: of the last days one has, whatever the clocks did
    dates = day.dates(today) if day else [today - timedelta(days=back) for back in range(5)]
    return [at for on in dates for at in _instants(on, clock, zone)]


def _instants(on: date, clock: Clock, zone: ZoneInfo) -> Iterator[datetime]:
    """Return the instants at which the wall clock shows this, latest first."""
    midnight = datetime.combine(on, time(), zone)
    wall = midnight + timedelta(hours=clock.hour, minutes=clock.minute)
    again = wall.replace(fold=1)
    # an hour that comes twice has its second instant later; one that is skipped, earlier:
    # its first reading is the one that moves forward by the gap
    if again.astimezone(UTC) > wall.astimezone(UTC):
        yield again.astimezone(UTC)
    yield wall.astimezone(UTC)
