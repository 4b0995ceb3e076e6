"""Answers to look at: plain ones, and the worst that people can make of them."""

import dataclasses
import types
import typing
from datetime import UTC, datetime, timedelta
from typing import Any, Union
from zoneinfo import ZoneInfo

import disnake
from disnake.ui import ActionRow
from hypothesis import strategies as st

import domain.command
from domain.command import Answer, Ended, Preferences
from domain.session import Break, Session
from sandbox.rules import EDITABLE_FLAGS, check_new_message
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


def session(start: int = 60, over: int | None = None, **values: Any) -> Session:
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
IDS = st.sampled_from([1, 2**63 - 1])
ZONES = st.sampled_from([TOKYO, ZoneInfo("America/Argentina/ComodRivadavia")])


@st.composite
def sessions(draw: st.DrawFn, *, over: bool | None = None) -> Session:
    start = draw(MOMENTS)
    ends = draw(st.booleans()) if over is None else over
    end = start + timedelta(minutes=draw(st.integers(0, 10**6))) if ends else None
    pause = (Break(start, end),) if draw(st.booleans()) else ()
    return Session(
        id=draw(IDS),
        guild_id=draw(IDS),
        user_id=draw(IDS),
        user_name=draw(texts(200)),  # Discord has 32; the article's rows have what they have
        channel_id=draw(st.none() | IDS),
        task=draw(st.none() | texts(100)),
        note=draw(st.none() | texts(500)),
        started_at=start,
        ended_at=end,
        closed_by=draw(st.sampled_from([None, "removal"])),
        breaks=pause,
    )


def of(hint: Any, within: type) -> st.SearchStrategy[Any]:
    """Make values for an annotation of an answer."""
    known: dict[Any, st.SearchStrategy[Any]] = {
        str: texts(100),
        int: IDS,
        bool: st.booleans(),
        timedelta: st.integers(0, 10**6).map(lambda minutes: timedelta(minutes=minutes)),
        datetime: MOMENTS,
        ZoneInfo: ZONES,
        Session: sessions(over=True if within is Ended else None),
        type(None): st.none(),
    }
    if hint in known:
        return known[hint]
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) in (Union, types.UnionType):
        return st.one_of(*(of(one, within) for one in arguments))
    if typing.get_origin(hint) in (tuple, list):
        return st.lists(of(arguments[0], within), max_size=3).map(typing.get_origin(hint))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        fields = typing.get_type_hints(hint)
        return st.builds(hint, **{name: of(one, hint) for name, one in fields.items()})
    return st.from_type(hint)


def kinds() -> list[type[Answer]]:
    """Give every kind of answer there is."""
    # a class with slots is made twice: Answer.__subclasses__() would still know the first one
    known = vars(domain.command).values()
    return [one for one in known if isinstance(one, type) and Answer in one.__mro__[1:]]


def payload(reply: Reply) -> dict[str, Any]:
    """Give what is sent to Discord for a reply."""
    return {
        "embeds": [reply.embed.to_dict()],
        "components": [ActionRow(*reply.buttons).to_component_dict()] if reply.buttons else [],
        "allowed_mentions": disnake.AllowedMentions.none().to_dict(),
    }


def check(reply: Reply) -> None:
    """Refuse what Discord would refuse, as the sandbox knows it."""
    check_new_message(payload(reply), [], EDITABLE_FLAGS)


def labels(reply: Reply) -> list[str | None]:
    return [button.label for button in reply.buttons]


def ids(reply: Reply) -> list[str | None]:
    return [button.custom_id for button in reply.buttons]
