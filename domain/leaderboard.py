"""A server's leaderboard: who of those who chose to be on it worked how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from domain.command import Answer
from domain.goals import Progress
from domain.periods import Period

RankBy = Literal["time", "days"]


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


def rank(worths: Mapping[int, int], part: slice = slice(None)) -> list[tuple[int, int]]:
    """Return places and members of a part of all, the most first.

    Ties share a place and the next is left out (1, 1, 3).
    """
    ordered = sorted(sorted(worths), key=worths.__getitem__, reverse=True)
    return [(place_of(user_id, worths), user_id) for user_id in ordered[part]]


def place_of(user_id: int, worths: Mapping[int, int]) -> int:
    """Return the place of a member: one more than those who did more."""
    own = worths[user_id]
    return 1 + sum(worth > own for worth in worths.values())


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
