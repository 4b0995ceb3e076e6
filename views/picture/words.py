"""Days, weekdays and lengths as the pictures and their alt texts say them."""

from datetime import date, timedelta

from i18n import length, say


def weekday(language: str, number: int) -> str:
    """Return the short name of a weekday; 0 is Monday."""
    return say(language, "picture.weekdays").split()[number]


def month(language: str, number: int) -> str:
    """Return the short name of a month; 1 is January."""
    return say(language, "picture.months").split()[number - 1]


def on(language: str, day: date) -> str:
    """Return a day of a year that is known."""
    return say(language, "picture.on", month=month(language, day.month), day=day.day)


def weekday_on(language: str, day: date) -> str:
    """Return a day with its weekday and year."""
    return say(
        language,
        "picture.weekday_on",
        year=day.year,
        on=on(language, day),
        weekday=weekday(language, day.weekday()),
    )


def days(language: str, first: date, last: date) -> str:
    """Return from which day to which."""
    if first == last:
        return weekday_on(language, first)
    same = "picture.range" if first.year == last.year else "picture.range.years"
    return say(
        language,
        same,
        first_year=first.year,
        last_year=last.year,
        first=on(language, first),
        last=on(language, last),
    )


def amount(language: str, worked: timedelta) -> str:
    """Return a length; nothing is 0 minutes, not under a minute."""
    if not worked:
        return say(language, "length.minutes", minutes=0)
    return length(language, worked)


def hours_minutes(worked: timedelta) -> str:
    """Return a length where there is little space, as 2:05."""
    hours, minutes = divmod(int(worked.total_seconds()) // 60, 60)
    return f"{hours}:{minutes:02}"


def longest(language: str, day: date, worked: timedelta) -> str:
    """Return which day was the longest of a year."""
    return say(language, "picture.longest", on=on(language, day), length=amount(language, worked))


def day_length(language: str, elapsed: timedelta) -> str:
    """Return that a day is longer or shorter than others."""
    return say(language, "picture.day_length", length=amount(language, elapsed))
