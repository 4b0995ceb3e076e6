"""Every word a person reads, in their language."""

import json
from datetime import timedelta
from functools import cache, lru_cache
from pathlib import Path

LOCALE = Path(__file__).resolve().parent / "locale"
LANGUAGES = ("ja", "en-US")  # each has a file in locale/; the only place that lists them


@cache
def words(language: str) -> dict[str, str]:
    """Read all words of a language once."""
    return json.loads((LOCALE / f"{language}.json").read_text(encoding="utf-8"))


def say(language: str, key: str, **values: object) -> str:
    """Return a sentence; with a `count` of one, its own form if it has one."""
    known = words(language)
    if values.get("count") == 1:
        key = f"{key}.one" if f"{key}.one" in known else key
    return known[key].format_map(values)


@lru_cache
def language_of(locale: str) -> str:
    """Return the language for what Discord says of a reader, English if it is none of ours."""
    return next((ours for ours in LANGUAGES if short(ours) == short(locale)), "en-US")


def short(language: str) -> str:
    """Return a language without its country, in small letters."""
    return language.lower().replace("_", "-").partition("-")[0]


def length(language: str, worked: timedelta) -> str:
    """Return a length in hours and whole minutes, rounded down as a clock does."""
    hours, minutes = divmod(int(worked.total_seconds()) // 60, 60)
    if hours and minutes:
        return say(language, "length.hours_minutes", hours=hours, minutes=minutes)
    if hours:
        return say(language, "length.hours", hours=hours)
    if minutes:
        return say(language, "length.minutes", minutes=minutes)
    return say(language, "length.under_a_minute")
