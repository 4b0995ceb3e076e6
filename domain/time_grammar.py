"""The grammar of times as people type them: a phrase's parts, not yet the instant it means."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from domain.errors import UserError
from domain.time_words import DAYS_BACK, MONTHS, NIGHT, PARTS_OF_DAY, TRANSLATED, WEEKDAYS

LONGEST = 60  # characters; nobody says a time in more
SHOWN = 40  # characters of it that an error message repeats
YEARS = range(1970, 9999)  # past both ends, arithmetic with a zone overflows

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ON = r"(?P<on>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>\d{4})(?![\d:]))?"
_NAMED_MONTHS = (  # Nov 20, Nov 20 2026 and 20 Nov 2026
    re.compile(rf"\b{MONTH} {_ON}\b{_YEAR}", re.ASCII),
    re.compile(rf"\b{_ON} {MONTH}\b{_YEAR}", re.ASCII),
)

_TRANSLATED = tuple(
    (re.compile(said), meant) for words in TRANSLATED.values() for said, meant in words
)

_NUMBER = r"\d{1,5}"
_SPAN = re.compile(
    rf"""(?=\d)
    (?:(?P<days>{_NUMBER})\ ?(?:(?P<nichi>日)|days?|d)\ ?)?
    (?:and\ )?
    (?:(?P<hours>{_NUMBER}(?:\.\d{{1,2}})?)\ ?(?:時間|hours?|hrs?|h)\ ?)?
    (?:and\ )?
    (?:(?P<half>(?(hours)半|(?!)))                   # half an hour more, so only after hours
      |(?P<minutes>{_NUMBER})
       \ ?(?:分間|分|minutes?|mins?|m|(?(hours)|(?!))) # 1h30: the unit goes without saying
    )?
    (?P<ago>\ ?(?:くらい|ぐらい|ほど)?\ ?(?:前|まえ|ago))?
    """,
    re.VERBOSE | re.ASCII,
)

_HOURS_AND_MINUTES = re.compile(r"(\d{1,3}):([0-5]\d)", re.ASCII)

_DAY = r"""(?:
    (?P<word>一昨日|おととい|昨日|きのう|昨夜|今日|きょう|本日
      |(?:the\ )?day\ before\ yesterday|yesterday|last\ night|today)
    |(?P<back>\d{1,4})\ ?(?:日前|days?\ ago)
    |(?:last\ )?(?P<weekday>[月火水木金土日]曜日?
      |(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)
    |(?:(?P<first_weekday>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\ )?
     (?:(?P<year>\d{4})\ ?[-/.年]\ ?)?(?P<month>\d{1,2})\ ?[-/.月]\ ?(?P<on>\d{1,2})
     (?:日|(?=[ t,の(]|$))                            # else 7/218:00 would be the 21st
     (?:\ ?\((?P<said_weekday>[月火水木金土日]|mon|tue|wed|thu|fri|sat|sun)\))?
)"""
_NIGHT_LASTS = 5  # o'clock

_CLOCK = r"""
    (?:(?P<part>午前|午後|早朝|明け方|朝|お?昼|夕方|真?夜中|深夜|夜|[ap]\.?m\.?)の?\ ?)?
    (?P<hour>\d{1,2})
    (?: :(?P<minute>\d{2})
      | 時(?:\ ?(?:(?P<half>半)|(?P<fun>\d{1,2})分?))?
      | (?P<tight>\d{2})
      | (?=\ ?[ap]\.?m) )
    (?:\ ?(?P<half_of_day>[ap]\.?m\.?))?
"""
_FLAGS = re.VERBOSE | re.ASCII
_ONLY_DAY = re.compile(_DAY, _FLAGS)
_ABOUT = r"(?:\ ?(?:頃|ごろ|くらい|ぐらい))?(?:から)?"
_DAY_AND_CLOCK = (
    re.compile(rf"(?:{_DAY}(?:の|,|t|\ at)?\ ?)?{_CLOCK}{_ABOUT}", _FLAGS),
    re.compile(rf"{_CLOCK},?\ {_DAY}", _FLAGS),
)
_STAMP = re.compile(r"<t:(?P<seconds>\d{1,11})(?::[tdfrs])?>", re.ASCII)


@dataclass(frozen=True, slots=True)
class Clock:
    """A wall clock's hour, up to 29 as the Japanese night counts on, and minute."""

    hour: int
    minute: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day as typed: so many days back, a weekday, or month and day, maybe with a year."""

    back: int | None = None
    year: int | None = None
    month: int = 0
    on: int = 0
    weekday: int | None = None  # 0 is Monday

    @property
    def fixed(self) -> bool:
        """Return whether it can be but one date."""
        return self.back is not None or self.year is not None

    def dates(self, today: date) -> list[date]:
        """Return the dates that may be meant, latest first; none if there is no such date."""
        if self.back is not None:
            return [today - timedelta(days=self.back)]
        if not self.month:
            week = (today - timedelta(days=back) for back in range(8))
            return [on for on in week if on.weekday() == self.weekday]
        # eight years: the longest from one 29 February to the next
        years = [self.year] if self.year is not None else range(today.year, today.year - 9, -1)
        found = (_date(year, self.month, self.on) for year in years)
        return [on for on in found if on and self.weekday in (None, on.weekday())]


def normalize(text: str) -> str:
    """Return a text as the grammar reads it: NFKC, lower case, single spaces, words translated."""
    if len(text) > LONGEST:
        return ""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    spaced = " ".join(folded.split())
    for pattern, meant in _TRANSLATED:
        spaced = pattern.sub(meant, spaced)
    for pattern in _NAMED_MONTHS:
        spaced = pattern.sub(_in_numbers, spaced)
    return spaced


def _in_numbers(match: re.Match[str]) -> str:
    year = f"{match['year']}/" if match["year"] else ""
    return f"{year}{month_number(match['month'])}/{match['on']}"


def month_number(name: str) -> int:
    """Return the number of an English month; 1 is January."""
    return MONTHS.index(name[:3]) + 1


def read_stamp(phrase: str) -> int | None:
    """Return the seconds since 1970 of a timestamp as Discord writes it: <t:1795010400:R>."""
    match = _STAMP.fullmatch(phrase)
    return int(match["seconds"]) if match else None


def read_span_back(phrase: str) -> timedelta | None:
    """Read how long ago; None for others, such as 2日 without 前, which may be the 2nd."""
    match = _SPAN.fullmatch(phrase)
    if not match or (match["nichi"] and not match["ago"]):
        return None
    return _length(match)


def read_day_and_clock(phrase: str) -> tuple[Day | None, Clock] | None:
    """Read a clock time with or without its day; None for any other phrase."""
    for pattern in _DAY_AND_CLOCK:
        if match := pattern.fullmatch(phrase):
            clock = _clock(match)
            return (_day(match), clock) if clock else None
    return None


def read_day(phrase: str) -> Day | None:
    """Read a day alone; None for any other phrase."""
    match = _ONLY_DAY.fullmatch(phrase)
    return _day(match) if match else None


def parse_length(text: str) -> timedelta:
    """Read how long something took, such as 1h30m, 1:30 or 1時間半.

    Raise UserError with `length.unreadable`, for a number without a unit too.
    """
    phrase = normalize(text)
    if hours_and_minutes := _HOURS_AND_MINUTES.fullmatch(phrase):
        return timedelta(hours=int(hours_and_minutes[1]), minutes=int(hours_and_minutes[2]))
    match = _SPAN.fullmatch(phrase)
    if not match or match["ago"]:
        raise UserError("length.unreadable", text=text[:SHOWN])
    return _length(match)


def _length(match: re.Match[str]) -> timedelta:
    return timedelta(
        days=int(match["days"] or 0),
        hours=float(match["hours"] or 0),
        minutes=30 if match["half"] else int(match["minutes"] or 0),
    )


def _day(match: re.Match[str]) -> Day | None:
    if match["word"]:
        return Day(back=DAYS_BACK[match["word"]])
    if match["back"]:
        return Day(back=int(match["back"]))
    if match["weekday"]:
        return Day(weekday=_weekday(match["weekday"]))
    if match["month"]:
        year = int(match["year"]) if match["year"] else None
        said_weekday = match["first_weekday"] or match["said_weekday"]
        weekday = _weekday(said_weekday) if said_weekday else None
        return Day(year=year, month=int(match["month"]), on=int(match["on"]), weekday=weekday)
    return None


def _weekday(name: str) -> int:
    return WEEKDAYS[name[:3] if name.isascii() else name[0]]


def _clock(match: re.Match[str]) -> Clock | None:
    part, half_of_day = (
        (match[name] or "").replace(".", "").removeprefix("お").removeprefix("真")
        for name in ("part", "half_of_day")
    )
    if part and half_of_day:
        return None
    night = match["word"] in NIGHT
    number = int(match["hour"])
    minute = 30 if match["half"] else int(match["minute"] or match["fun"] or match["tight"] or 0)
    for first, last, added in PARTS_OF_DAY[part or half_of_day or ("昨夜" if night else "")]:
        if first <= number <= last and minute < 60:
            hour = number + added
            return Clock(hour + 24 if night and hour <= _NIGHT_LASTS else hour, minute)
    return None


def _date(year: int, month: int, on: int) -> date | None:
    if year not in YEARS:
        return None
    try:
        return date(year, month, on)
    except ValueError:
        return None
