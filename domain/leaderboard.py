"""What a server's board answers: who of those who chose to be on it worked how much."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.command import Answer
from domain.goals import Progress
from domain.periods import Period
from domain.ranking import Entry, Place, RankBy


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
    own_place: int | None  # if they are on the board
    total: timedelta
    together: timedelta  # in which at least two worked at once
    progress: Progress | None  # of the server's own goal for its week
