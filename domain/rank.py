"""Who worked how much, in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

RankBy = Literal["time", "days"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a member did in the period; `running` if they are still at it."""

    user_id: int
    user_name: str
    time: timedelta
    days: int
    running: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """An entry and the place it takes, from 1; who did the same shares one."""

    place: int
    entry: Entry


def rank(entries: Iterable[Entry], by: RankBy = "time") -> list[Place]:
    """Put the most first; ties share a place and the next place is left out (1, 1, 3).

    Time counts in whole minutes, as it is shown: nobody is behind for seconds that nobody sees.
    """
    places: list[Place] = []
    ordered = sorted(
        entries, key=lambda entry: (-_worth(entry, by), entry.user_name, entry.user_id)
    )
    for place, entry in enumerate(ordered, 1):
        tied = bool(places) and _worth(places[-1].entry, by) == _worth(entry, by)
        places.append(Place(places[-1].place if tied else place, entry))
    return places


def _worth(entry: Entry, by: RankBy) -> int:
    return entry.days if by == "days" else entry.time // timedelta(minutes=1)
