"""Answers to look at: plain ones, and the worst that people can make of them."""

import dataclasses
import operator
import types
import typing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Literal, Union
from zoneinfo import ZoneInfo

import disnake
from disnake.ui import Button
from disnake.ui.action_row import normalize_components
from hypothesis import strategies as st

import domain.command
import domain.config
import domain.decisions.own_data
import domain.decisions.stats
import domain.forms
import domain.imports
import domain.leaderboard
import domain.logbook
import domain.profile
import domain.reminders
from devtools.sandbox.rules import EDITABLE_FLAGS, check_new_message
from domain.calendar import Calendar
from domain.command import Answer, Ended, Hours, Preferences
from domain.forms import Digests
from domain.goals import Goal
from domain.intervals import Interval
from domain.logbook import Inputs
from domain.periods import Period
from domain.reminders import Unanswered
from domain.sessions import Break, Session
from domain.summary import Part, Summary, parts_of, summary
from tests.support.lives import rows_of
from views.reply import Reply

LANGUAGES = ("ja", "en-US")
NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
ASKED = Preferences(TOKYO, TOKYO, None, "ja")
NASTY = (
    "*_~|`[<>\\",
    "> # - ",
    "数学の宿題",
    "<@123456789012345678> ",
    "@everyone ",
    "<t:1782907200:R> ",
    "[a](https://a.b) ",
    "https://a.b/_c_ ",
    "||x|| ```y``` ",
    "👩‍👩‍👧‍👦",
    "שלום ",
    "{task}{0}%s\n",
)


def session(start: float = 60, over: float | None = None, **values: Any) -> Session:
    """Make a session from so many minutes ago to so many minutes ago."""
    known = {"id": 5, "guild_id": 1, "user_id": 7, "user_name": "ナナオ", "channel_id": 3}
    return Session(
        **{**known, "task": None, "note": None, **values},
        started_at=NOW - timedelta(minutes=start),
        ended_at=None if over is None else NOW - timedelta(minutes=over),
    )


def texts(longest: int) -> st.SearchStrategy[str]:
    """Make texts as long as they may be, of what is hardest to show."""
    return st.sampled_from(["x", *[(one * longest)[:longest].strip() or "x" for one in NASTY]])


MOMENTS = st.integers(0, 10**6).map(lambda minutes: NOW - timedelta(minutes=minutes))
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
IDS = st.sampled_from([1, 2**63 - 1])
ZONES = st.sampled_from([TOKYO, ZoneInfo("America/Argentina/ComodRivadavia")])


@st.composite
def sessions(draw: st.DrawFn, *, over: bool | None = None) -> Session:
    start = draw(MOMENTS)
    ends = draw(st.booleans()) if over is None else over
    end = start + timedelta(minutes=draw(st.integers(0, 10**6))) if ends else None
    pause = (Break(start, end),) if draw(st.booleans()) else ()
    return Session(
        id=draw(st.integers(1, 2**63 - 1)),
        guild_id=draw(IDS),
        user_id=draw(IDS),
        user_name=draw(texts(200)),  # Discord has 32; the article's rows have what they have
        channel_id=draw(st.none() | IDS),
        task=draw(st.none() | texts(100)),
        note=draw(st.none() | texts(500)),
        started_at=start,
        ended_at=end,
        closed_by=draw(st.sampled_from([None, "removal", "timeout"])),
        planned_end_at=start + timedelta(hours=1) if draw(st.booleans()) else None,
        breaks=pause,
    )


def intervals() -> st.SearchStrategy[Interval]:
    return st.tuples(MOMENTS, MOMENTS).map(lambda ends: Interval(min(ends), max(ends)))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    name = draw(st.sampled_from(["today", "yesterday", "week", "month", "year", "all", "between"]))
    days = sorted(draw(st.tuples(DAYS, DAYS)))
    window = Calendar(TOKYO).between(*days)
    return Period(name, *days, window, window)


@st.composite
def periods_of_work(draw: st.DrawFn) -> tuple[list[Session], Interval]:
    """Sessions with the worst names and many breaks, and a window within which some are."""
    found: list[Session] = []
    for number in range(draw(st.integers(1, 7))):
        start = NOW - timedelta(hours=6 * (number + draw(st.integers(1, 2))))
        minutes = timedelta(minutes=draw(st.integers(1, 300)))
        breaks = tuple(
            Break(start + n * minutes / 9, start + (n + 1) * minutes / 9) for n in (1, 3, 5, 7)
        )
        made = draw(sessions())
        over = start + minutes if made.ended_at else None
        kept = draw(st.integers(0, 4))
        found.append(replace(made, started_at=start, ended_at=over, breaks=breaks[:kept]))
    window = Interval(NOW - timedelta(hours=draw(st.integers(1, 60))), NOW + timedelta(days=1))
    return found, window


def summaries() -> st.SearchStrategy[Summary]:
    """Numbers that belong together."""
    return periods_of_work().map(
        lambda drawn: summary(rows_of(drawn[0], NOW), drawn[1], Calendar(TOKYO))
    )


def parts() -> st.SearchStrategy[Part]:
    some = periods_of_work().map(lambda drawn: list(parts_of(*drawn, NOW)))
    return some.filter(bool).map(lambda parts: parts[0])


@cache
def of(hint: Any, within: type) -> st.SearchStrategy[Any]:
    """Make values for an annotation of an answer."""
    known: dict[Any, st.SearchStrategy[Any]] = {
        str: texts(100),
        int: IDS,
        bool: st.booleans(),
        timedelta: st.integers(0, 10**6).map(lambda minutes: timedelta(minutes=minutes)),
        datetime: MOMENTS,
        ZoneInfo: ZONES,
        Hours: st.sampled_from([Hours(), Hours(0, 0, 0)]),
        Session: sessions(over=True if within in (Ended, Unanswered) else None),
        type(None): st.none(),
        date: st.dates(date(1970, 1, 1), date(2100, 1, 1)),
        Interval: intervals(),
        Period: periods(),
        Summary: summaries(),
        Part: parts(),
        Inputs: st.builds(
            Inputs, texts(500), *(st.none() | texts(length) for length in (60, 60, 100, 60))
        ),
        Digests: st.just(Digests(*["digest"] * 5)),
        Goal: st.builds(
            Goal,
            st.just(NOW.date()),
            st.sampled_from([1, 2**31 - 1]),
            st.sampled_from(["day", "week"]),
        ),
    }
    if hint in known:
        return known[hint]
    if typing.get_origin(hint) is typing.Literal:
        return st.sampled_from(typing.get_args(hint))
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) in (Union, types.UnionType):
        return st.one_of(*(of(one, within) for one in arguments))
    if typing.get_origin(hint) in (tuple, list):
        key = operator.attrgetter("id") if arguments[0] is Session else None
        found = st.lists(of(arguments[0], within), max_size=10, unique_by=key)
        return found.map(typing.get_origin(hint))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        fields = typing.get_type_hints(hint)
        if hint is Preferences:
            hours = ("day_starts", "server_day_starts", "week_starts")
            fields |= dict.fromkeys(hours, Literal[0, 6])
            fields |= dict.fromkeys(("language", "server_language"), Literal["ja", "en-US"])
        return st.builds(hint, **{name: of(one, hint) for name, one in fields.items()})
    return st.from_type(hint)


def kinds() -> list[type[Answer]]:
    """Give every kind of answer there is."""
    # a class with slots is made twice: Answer.__subclasses__() would still know the first one
    subjects = "command logbook leaderboard profile config reminders imports forms"
    decided = (domain.decisions.stats, domain.decisions.own_data)
    places = (*(getattr(domain, one) for one in subjects.split()), *decided)
    known = (one for place in places for one in vars(place).values())
    found = {one for one in known if isinstance(one, type) and Answer in one.__mro__[1:]}
    return sorted(found, key=lambda one: one.__name__)


def payload(reply: Reply) -> dict[str, Any]:
    """Give what is sent to Discord for a reply."""
    return {
        "embeds": [reply.embed.to_dict()],
        "components": [
            row.to_component_dict() for row in normalize_components(list(reply.buttons))
        ],
        "allowed_mentions": disnake.AllowedMentions.none().to_dict(),
    }


def check(reply: Reply) -> None:
    """Refuse what Discord would refuse, as the sandbox knows it."""
    check_new_message(payload(reply), [], EDITABLE_FLAGS)


def labels(reply: Reply) -> list[str | None]:
    return [button.label for button in reply.buttons if isinstance(button, Button)]


def ids(reply: Reply) -> list[str | None]:
    return [button.custom_id for button in reply.buttons]
