"""Work as plain rows, from which the totals of whole servers and years are added up.

A row begins with a session's id, its member's, its start and its end; instants are text, which both
databases return quickest and which sorts by time. A break is a row of member 0.

`cut` limits rows to a window. A break then has its session's member, and start and end swapped: its
length is negative, so sums are less by it, and its ends join those of the sessions when times are
compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from domain.intervals import Ends, Interval, covered, intersection, total, union

Row: TypeAlias = Any  # begins with an int, an int, a str and a str
# Where in a row stands which session it is of, whose, and its start; in one's own, its breaks, its
# task, what ended it, and when its member agreed to that.
SESSION, USER, START, BREAKS, TASK, CLOSED_BY, CONFIRMED = 0, 1, 2, 4, 5, 6, 7
NOBODY = 0
ZONE = "+00:00"


def as_text(at: datetime) -> str:
    """Return an instant as the rows have it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def as_instant(text: str) -> datetime:
    """Return the instant of a row's text."""
    return datetime.fromisoformat(text + ZONE)


def cut(rows: Iterable[Row], window: Interval) -> list[Row]:
    """Return what lies in a window: sessions, and their breaks with start and end swapped."""
    rows = list(rows)
    first, last = as_text(window.start), as_text(window.end)
    rests = [row for row in rows if row[1] == NOBODY]
    with_breaks = {row[0] for row in rests}
    if rests:
        rows = [row for row in rows if row[1] != NOBODY]
    sessions = {row[0]: row for row in rows if row[0] in with_breaks} if rests else {}
    found = [row for row in rows if first <= row[2] < row[3] <= last]
    if len(found) < len(rows):  # most are whole
        found += [
            (row[0], row[1], max(row[2], first), min(row[3], last))
            for row in rows
            if row[2] < first < row[3] or row[2] < last < row[3]
        ]
    for id_, _, begun, over in rests:
        if session := sessions.get(id_):
            start = begun if session[2] <= begun and first <= begun else max(session[2], first)
            end = over if over <= session[3] and over <= last else min(session[3], last)
            if start < end:
                found.append((id_, session[1], end, start))
    return found


def lengths(rows: Iterable[Row], by: int) -> dict[int, timedelta]:
    """Add up the work of rows that were cut, by session or by member."""
    instant = datetime.fromisoformat
    found = defaultdict[int, timedelta](timedelta)
    for row in rows:
        found[row[by]] += instant(row[3]) - instant(row[2])
    return found


def total_of(rows: Iterable[Row]) -> timedelta:
    """Add up the work of rows that were cut."""
    return sum(lengths(rows, USER).values(), timedelta())


def intervals_of(rows: Sequence[Row], at_once: int = 1) -> list[Ends[datetime]]:
    """Return when at least so many worked at once, in rows that were cut; sorted and disjoint.

    One member's own sessions must not overlap.
    """
    found = covered([row[2] for row in rows], [row[3] for row in rows], at_once)
    instant = datetime.fromisoformat
    return [(instant(start + ZONE), instant(end + ZONE)) for start, end in found]


def by_member(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Return the rows of each member."""
    found = defaultdict[int, list[Row]](list)
    for row in rows:
        found[row[USER]].append(row)
    return found


def together(mine: Iterable[Ends[datetime]], rows: Iterable[Row], *, now: datetime) -> timedelta:
    """Add up how much of one's own work, until now, others worked too."""
    own = union(mine)
    if not own:
        return timedelta()
    window = Interval(own[0][0], own[-1][1]).until(now)
    return total(intersection(own, intervals_of(cut(rows, window))))
