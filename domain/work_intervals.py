"""Work as rows and as columns, from which the totals of whole servers and years are added up.

A row begins with a session's id, its member's, its start and its end; instants are text, which both
databases return quickest and which sorts by time. A break is a row of member 0.

`cut` limits work to a window. A break then has its session's member, and start and end swapped: its
length is negative, so sums are less by it, and its ends join those of the sessions when times are
compared.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import sub
from typing import Any, NamedTuple, TypeAlias

from domain.intervals import Ends, Interval, covered, intersection, total, union

Row: TypeAlias = Any  # begins with an int, an int, a str and a str
# Where in a row stands which session it is of, whose, and its start; in one's own, its breaks, its
# task, what ended it, and when its member agreed to that. The rows of breaks are of nobody.
SESSION, USER, START, BREAKS, TASK, CLOSED_BY, CONFIRMED = 0, 1, 2, 4, 5, 6, 7
NOBODY = 0
ZONE = "+00:00"


class Work(NamedTuple):
    """Sessions, and their breaks; the n-th of each column is of the n-th."""

    sessions: list[int]
    members: list[int]
    starts: list[str]
    ends: list[str]
    breaks: tuple[list[int], list[str], list[str]]  # of which session, from when to when


def nothing() -> Work:
    """Create the columns of no work, to add some."""
    return Work([], [], [], [], ([], [], []))


def add(columns: Sequence[Any], more: Iterable[Iterable[Any]]) -> None:
    """Add to each column what belongs to it, if there is anything."""
    for column, its in zip(columns, more, strict=False):
        column.extend(its)


def work_in(rows: Iterable[Row]) -> Work:
    """Return the columns of rows, among which are those of breaks."""
    rows, work = list(rows), nothing()
    breaks = [(row[0], row[2], row[3]) for row in rows if row[1] == NOBODY]
    sessions = [row for row in rows if row[1] != NOBODY] if breaks else rows
    add(work[:4], zip(*sessions, strict=False))  # one's own have more columns
    add(work.breaks, zip(*breaks, strict=True))
    return work


def as_text(at: datetime) -> str:
    """Return an instant as the rows have it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def as_instant(text: str) -> datetime:
    """Return the instant of a row's text."""
    return datetime.fromisoformat(text + ZONE)


def cut(work: Work | Iterable[Row], window: Interval) -> Work:
    """Return what lies in a window: sessions, and their breaks with start and end swapped."""
    work = work if isinstance(work, Work) else work_in(work)
    first, last = as_text(window.start), as_text(window.end)
    found, with_breaks = nothing(), {*work.breaks[0]}
    sessions, members, starts, ends, _ = found
    place: dict[int, int] = {}
    for id_, member, begun, over in zip(*work[:4], strict=True):
        start, end = begun if begun > first else first, over if over < last else last
        if start < end:
            if id_ in with_breaks:
                place[id_] = len(sessions)
            sessions.append(id_)
            members.append(member)
            starts.append(start)
            ends.append(end)
    for id_, begun, over in zip(*work.breaks, strict=True):
        n = place.get(id_)
        if n is not None:
            first, last = starts[n], ends[n]
            start, end = begun if begun > first else first, over if over < last else last
            if start < end:
                sessions.append(id_)
                members.append(members[n])
                starts.append(end)
                ends.append(start)
    return found


def lengths_by(keys: Iterable[int], lengths: Iterable[timedelta]) -> dict[int, timedelta]:
    """Add up the lengths of work by the session, or the member, of each."""
    found, zero = dict[int, timedelta](), timedelta()
    for key, length in zip(keys, lengths, strict=True):
        found[key] = found.get(key, zero) + length
    return found


def total_of(work: Work) -> timedelta:
    """Add up the work that was cut."""
    return sum(lengths_of(work), timedelta())


def lengths_of(work: Work) -> list[timedelta]:
    """Return the length of each piece of the work that was cut; breaks are less than nothing."""
    instant = datetime.fromisoformat
    return list(map(sub, map(instant, work.ends), map(instant, work.starts)))


def total_since(at: datetime, work: Work, lengths: Iterable[timedelta]) -> timedelta:
    """Add up what was done from an instant on, of work that was cut and of its lengths."""
    first, found, instant = as_text(at), timedelta(), datetime.fromisoformat
    for start, end, length in zip(work.starts, work.ends, lengths, strict=True):
        if start >= first:
            found += length if end >= first else instant(first) - instant(start)
        elif end > first:
            found += instant(end) - instant(first)
    return found


def intervals_of(work: Work, at_once: int = 1) -> list[Ends[datetime]]:
    """Return when at least so many worked at once, of work that was cut; sorted and disjoint.

    One member's own sessions must not overlap.
    """
    return joined([*work.starts], [*work.ends], at_once)


def joined(starts: list[str], ends: list[str], at_once: int = 1) -> list[Ends[datetime]]:
    """Return the same of all starts and all ends of work that was cut; sort them in place."""
    found = covered(starts, ends, at_once)
    instant = datetime.fromisoformat
    return [(instant(start + ZONE), instant(end + ZONE)) for start, end in found]


def by_member(
    work: Work, members: Collection[int] | None = None
) -> dict[int, tuple[list[str], list[str]]]:
    """Return the starts and the ends of each member's work that was cut, or of some members'."""
    found = defaultdict[int, tuple[list[str], list[str]]](lambda: ([], []))
    for member, start, end in zip(work.members, work.starts, work.ends, strict=True):
        if members is None or member in members:
            starts, ends = found[member]
            starts.append(start)
            ends.append(end)
    return found


def together(
    mine: Iterable[Ends[datetime]], work: Work | Iterable[Row], *, now: datetime
) -> timedelta:
    """Add up how much of one's own work, until now, others worked too."""
    own = union(mine)
    if not own:
        return timedelta()
    window = Interval(own[0][0], own[-1][1]).until(now)
    return total(intersection(own, intervals_of(cut(work, window))))
