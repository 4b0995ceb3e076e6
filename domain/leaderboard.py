"""A server's leaderboard: who of those who chose to be on it worked how much."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Literal

from domain.command import Answer
from domain.goals import Progress
from domain.periods import Period

RankBy = Literal["time", "days"]
MINUTE = timedelta(minutes=1)
_ORDER = itemgetter(0, 1, 2)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a member did in the period; `active` while they still work."""

    user_id: int
    user_name: str
    time: timedelta
    days: int
    active: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """An entry and its place, from 1; equal entries share one."""

    place: int
    entry: Entry


def rank(entries: Iterable[Entry], by: RankBy = "time") -> list[Place]:
    """Return the places, the most first; ties share one and the next is left out (1, 1, 3).

    Time counts in whole minutes, as it is shown.
    """
    worths = [(-_worth(entry, by), entry.user_name, entry.user_id, entry) for entry in entries]
    places: list[Place] = []
    place, before = 0, None
    for number, (worth, _, _, entry) in enumerate(sorted(worths, key=_ORDER), 1):
        if worth != before:
            place, before = number, worth
        places.append(Place(place, entry))
    return places


def _worth(entry: Entry, by: RankBy) -> int:
    return entry.days if by == "days" else entry.time // MINUTE


@dataclass(frozen=True, slots=True)
class Leaderboard(Answer):
    """A page of the places; pages count from 1. The totals are over everybody, listed or not.

    `asked_id` is the interaction at whose time the numbers hold.
    """

    asked_id: int
    at: datetime
    period: Period
    by: RankBy
    places: tuple[Place, ...]
    page: int
    pages: int
    own: Entry | None  # the reader's, if they did anything
    own_place: int | None  # if they are listed
    total: timedelta
    together: timedelta  # in which at least two worked at once
    progress: Progress | None  # of the server's own goal for its week
