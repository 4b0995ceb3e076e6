"""Who worked when, as light rows: what totals of whole servers are made of."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

from domain.calendar import Calendar, by_day
from domain.intervals import Ends, Interval, inside, intersection, subtract, total, union
from domain.sessions import Session, worked

# A stretch of work without a break in it: from when to when, of whom, and of which session.
WorkInterval: TypeAlias = tuple[datetime, datetime, int, int]
# The same as it comes from the database: of which session, of whom, from when to when. Instants
# are text, which both databases hand over quickest, and which is in the order of time.
Row: TypeAlias = Any  # a tuple or a list of int, int, str, str
NOBODY = 0  # whose are the breaks among the rows
ZONE = "+00:00"


def as_text(at: datetime) -> str:
    """Write an instant as the rows have it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def without_breaks(rows: Iterable[Row], window: Interval) -> list[Row]:
    """Take the breaks out of the sessions and cut what is left to the window, still as text.

    Text of that form compares quicker than it is read.
    """
    rows = list(rows)
    first, last = as_text(window.start), as_text(window.end)
    breaks: dict[int, list[Ends[str]]] = {}
    for session_id, _, begun, over in [row for row in rows if row[1] == NOBODY]:
        breaks.setdefault(session_id, []).append((begun, over))
    found: list[Row] = []
    others: list[Row] = []
    for row in rows:  # nearly all are whole
        whole = first <= row[2] < row[3] <= last and row[0] not in breaks
        (found if whole else others).append(row)
    for id_, user_id, start, end in others:
        if user_id == NOBODY:
            continue
        left = subtract((start, end), breaks.get(id_, ()))
        found += [(id_, user_id, *part) for part in inside(left, (first, last))]
    return found


def read(rows: Iterable[Row]) -> list[WorkInterval]:
    """Read the instants of rows."""
    instant = datetime.fromisoformat
    found = [(instant(a + ZONE), instant(b + ZONE), user_id, id_) for id_, user_id, a, b in rows]
    return [one for one in found if one[0] < one[1]]


def days_of(found: Iterable[WorkInterval], calendar: Calendar) -> dict[date, timedelta]:
    """Add one member's work up by day."""
    return by_day(calendar.cut((start, end) for start, end, *_ in found))


def days_of_sessions(
    sessions: Iterable[Session], window: Interval, calendar: Calendar, *, now: datetime
) -> dict[date, timedelta]:
    """Add one member's work within a window up by day."""
    found = [
        part
        for session in sessions
        if session.removed_at is None
        for part in inside(worked(session, now=now), window)
    ]
    return by_day(calendar.cut(found))


def together(mine: Iterable[Ends[datetime]], rows: Iterable[Row], *, now: datetime) -> timedelta:
    """Add up how much of one's own work until now others did too."""
    own = union(mine)
    if not own:
        return timedelta()
    window = Interval(own[0][0], own[-1][1]).until(now)
    joined = union([(start, end) for _, _, start, end in without_breaks(rows, window)])
    theirs = [(start, end) for start, end, *_ in read((0, 0, *ends) for ends in joined)]
    return total(intersection(own, theirs))
