"""The weekly summary of a server: when it is posted, and what it contains."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, starmap
from typing import NamedTuple

from domain.calendar import ONE_DAY, Calendar, bounds_before, by_day, counted_days, start_of
from domain.decisions.leaderboard import MINUTE, PAGE, latest_sessions, worths_of
from domain.goals import Goal, Progress, goal_on
from domain.intervals import Interval, total
from domain.leaderboard import Entry, Place, rank
from domain.work_intervals import (
    Row,
    Work,
    by_member,
    cut,
    intervals_of,
    joined,
    lengths_by,
    lengths_of,
)

LATE = timedelta(hours=12)  # after an outage it is still posted, but no later
LOOK_AHEAD = 15  # days: a week, and one more where a zone skips the day


@dataclass(frozen=True, slots=True)
class Week:
    """A server's work in a week; `places` has only those who chose to be listed."""

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


def next_moment(posting: Posting, after: datetime) -> datetime:
    """Return the first moment after an instant at which the week is posted.

    In the hour that a clock change skips it is the change itself, in one that comes twice the
    first.
    """
    zone, hour = posting.calendar.zone, posting.hour
    on = after.astimezone(zone).date() - ONE_DAY
    for _ in range(LOOK_AHEAD):
        if on.weekday() == posting.day and (at := start_of(zone, hour, on)) > after:
            return at
        on += ONE_DAY
    raise ValueError(f"no day {posting.day} after {after} in {zone}")


def due_moment(posting: Posting, now: datetime) -> datetime:
    """Return the moment that is due, or the next one: none of before it was set, none too late."""
    return next_moment(posting, max(posting.since, now - LATE))


def week_before(posting: Posting, at: datetime) -> Interval:
    """Return the latest week that was over at a moment."""
    calendar = posting.calendar
    return calendar.between(*bounds_before("week", calendar.day_of(at), calendar.week_starts))


def week(
    posting: Posting,
    window: Interval,
    work: Work | Iterable[Row],
    goals: Sequence[Goal],
    listed: AbstractSet[int],
) -> tuple[Week, dict[int, int]] | None:
    """Return a week's work without names, and the session to take each name from.

    None if there was no work.
    """
    calendar = posting.calendar
    work = cut(work, window)
    time = lengths_by(work.members, lengths_of(work))
    whole = sum(time.values(), timedelta())
    if whole < MINUTE:
        return None
    first, last = calendar.day_of(window.start), calendar.day_of(window.end - timedelta.resolution)
    goal = goal_on(goals, last)
    places = rank(worths_of(work, time, listed, "time", calendar), slice(PAGE))
    each = by_member(work).values()
    answer = Week(
        first,
        last,
        calendar,
        by_day(calendar.cut(sorted(chain.from_iterable(starmap(joined, each))))),
        whole,
        total(intervals_of(work, at_once=2)),
        sum(map(bool, time.values())),
        goal and Progress(goal, first, last, whole),
        tuple(Place(place, Entry(user_id, "", time[user_id], 0)) for place, user_id in places),
    )
    return answer, latest_sessions(work, {user_id for _, user_id in places})
