"""Whole servers' spans, joined and overlapped as bare pairs: objects would cost ten times that."""

from collections.abc import Iterable
from datetime import datetime, timedelta

Pair = tuple[datetime, datetime]


def joined(pairs: Iterable[Pair]) -> list[Pair]:
    """Join what overlaps or touches; sorted and disjoint, without empty pairs."""
    found: list[Pair] = []
    first = last = None
    for start, end in sorted(pairs):
        if last is not None and start <= last:
            last = max(last, end)
            continue
        if first is not None and last is not None and first < last:
            found.append((first, last))
        first, last = start, end
    if first is not None and last is not None and first < last:
        found.append((first, last))
    return found


def shared(pairs: Iterable[Pair]) -> list[Pair]:
    """Give when at least two of the pairs overlap; no member's own pairs may."""
    found: list[Pair] = []
    latest: datetime | None = None  # end of all before: what starts earlier than that, shares
    for start, end in sorted(pairs):
        if latest is None or end > latest:
            if latest is not None and start < latest:
                found.append((start, latest))
            latest = end
        else:
            found.append((start, end))
    return joined(found)


def common(mine: list[Pair], theirs: list[Pair]) -> list[Pair]:
    """Give what two lists have in common, each of them sorted and disjoint."""
    found: list[Pair] = []
    i = j = 0
    while i < len(mine) and j < len(theirs):
        start, end = max(mine[i][0], theirs[j][0]), min(mine[i][1], theirs[j][1])
        if start < end:
            found.append((start, end))
        if mine[i][1] < theirs[j][1]:
            i += 1
        else:
            j += 1
    return found


def length(pairs: Iterable[Pair]) -> timedelta:
    """Add the lengths up."""
    return sum((end - start for start, end in pairs), timedelta())
