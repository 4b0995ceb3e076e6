"""The words for times and periods; a language is added here.

The grammar (domain.time_grammar, domain.periods) reads English and Japanese. Other expressions, and
other languages, are first translated into what it reads.
"""

from domain.calendar import PeriodName

# For each language: a pattern for what is typed, in lower case, and what the grammar reads instead.
# Applied in order, so an expression stands before those that are part of it.
TRANSLATED: dict[str, tuple[tuple[str, str], ...]] = {
    "ja": (
        ("正午", "12:00"),
        ("今朝|けさ", "今日 朝"),
        ("今夜|今晩", "今日 夜"),
        ("昨晩|ゆうべ", "昨夜"),
    ),
    "en-US": (
        ("midnight", "0:00"),
        ("noon", "12:00"),
        (" and a half", "半"),
        ("half an hour", "30 minutes"),
        (r"\ban? (?=hour|minute|day)", "1 "),
    ),
}

NOW = ("now", "今", "いま")
NONE = ("0", "none", "off", "なし")  # of a goal
# What completion offers to whoever has begun to type it.
BEGINNINGS = (
    "now",
    "yesterday",
    "today",
    *("今日", "昨日", "一昨日", "きょう", "きのう", "おととい"),
)

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DAYS_BACK = {
    **dict.fromkeys(("今日", "きょう", "本日", "today"), 0),
    **dict.fromkeys(("昨日", "きのう", "昨夜", "yesterday", "last night"), 1),
    **dict.fromkeys(("一昨日", "おととい"), 2),
    **dict.fromkeys(("day before yesterday", "the day before yesterday"), 2),
}

WEEKDAYS = {name: n % 7 for n, name in enumerate("月火水木金土日")} | {
    name: n for n, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
}
NIGHT = ("昨夜", "last night")  # which goes on after midnight

# Which hours each part of the day may name, and what it adds to them. 午後12時 is noon and
# 午前12時 is midnight, as on every digital clock here, not as in the decree of 1872.
_MORNING = ((0, 11, 0), (12, 12, -12))
_AFTERNOON = ((0, 11, 12), (12, 12, 0))
_DEEP_NIGHT = ((0, 5, 0), (10, 12, 12), (22, 29, 0))
_DAWN = ((3, 8, 0),)
PARTS_OF_DAY: dict[str, tuple[tuple[int, int, int], ...]] = {
    "": ((0, 29, 0),),
    "午前": _MORNING,
    "am": _MORNING,
    "午後": _AFTERNOON,
    "pm": _AFTERNOON,
    "早朝": _DAWN,
    "明け方": _DAWN,
    "朝": ((3, 11, 0),),
    "昼": ((10, 12, 0), (1, 4, 12), (13, 16, 0)),
    "夕方": ((3, 7, 12), (15, 19, 0)),
    "夜": ((0, 3, 0), (6, 12, 12), (17, 29, 0)),
    "昨夜": ((0, 5, 0), (6, 12, 12), (17, 29, 0)),
    "夜中": _DEEP_NIGHT,
    "深夜": _DEEP_NIGHT,
}

PERIODS: dict[str, PeriodName] = {
    **dict.fromkeys(("today", "今日", "きょう", "本日"), "today"),
    **dict.fromkeys(("yesterday", "昨日", "きのう"), "yesterday"),
    **dict.fromkeys(("week", "this week", "今週"), "week"),
    **dict.fromkeys(("month", "this month", "今月"), "month"),
    **dict.fromkeys(("year", "this year", "今年", "ことし"), "year"),
    **dict.fromkeys(("all", "all time", "全部", "すべて", "これまでのすべて", "全期間"), "all"),
}
PERIODS_BEFORE: dict[str, tuple[PeriodName, int]] = {  # and how many of them ago
    **dict.fromkeys(("last week", "先週"), ("week", 1)),
    **dict.fromkeys(("week before last", "the week before last", "先々週", "先先週"), ("week", 2)),
    **dict.fromkeys(("last month", "先月"), ("month", 1)),
    **dict.fromkeys(("month before last", "the month before last", "先々月"), ("month", 2)),
    **dict.fromkeys(("last year", "去年", "昨年"), ("year", 1)),
    **dict.fromkeys(("year before last", "一昨年", "おととし"), ("year", 2)),
}
SCHOOL_YEARS = {"今年度": 0, "this fiscal year": 0, "昨年度": 1, "last fiscal year": 1}
