"""A server's week that is over, as it is posted for everybody."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from domain.calendar import Calendar
from domain.goals import Progress
from domain.ranking import Place
from domain.streaks import counted_days


@dataclass(frozen=True, slots=True)
class Week:
    """What a server did in a week. Names and hours are of those alone who chose to be listed."""

    first: date
    last: date
    calendar: Calendar
    by_day: dict[date, timedelta]  # of everybody together
    total: timedelta
    together: timedelta  # in which at least two worked at once
    members: int  # who worked
    progress: Progress | None
    places: tuple[Place, ...]

    @property
    def worked_days(self) -> set[date]:
        """The days on which anybody worked."""
        return counted_days(self.by_day)


class Posting(NamedTuple):
    """When and where a server's week is posted; `language`: that of its posts."""

    guild_id: int
    calendar: Calendar
    language: str
    channel_id: int
    day: int  # 0 is Monday
    hour: int
    since: datetime
    set_by: int | None
    failed: bool
