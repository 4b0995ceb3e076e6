"""Whole servers' spans, joined and overlapped as bare tuples: objects would cost ten times that.

Each begins with a start and an end; whatever stands behind them does not matter here.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

Pair = tuple[Any, Any]  # instants, or texts that are in their order
_START = itemgetter(0)
NEVER = datetime.min.replace(tzinfo=UTC)


def joined(intervals: Iterable[tuple[Any, ...]]) -> list[Pair]:
    """Join what overlaps or touches; sorted and disjoint, without empty pairs."""
    found: list[Pair] = []
    ordered = sorted(intervals, key=_START)
    if not ordered:
        return found
    first, last = ordered[0][0], ordered[0][1]
    for interval in ordered:
        start, end = interval[0], interval[1]
        if start <= last:
            last = max(last, end)
            continue
        if first < last:
            found.append((first, last))
        first, last = start, end
    if first < last:
        found.append((first, last))
    return found


def shared(intervals: Iterable[tuple[Any, ...]]) -> list[Pair]:
    """Give when at least two of the spans overlap; sorted and disjoint.

    No member's own spans may overlap.
    """
    found: list[Pair] = []
    latest = told = NEVER  # the end of all before, and of what is found of them
    for interval in sorted(intervals, key=_START):
        start, end = interval[0], interval[1]
        if start < latest:
            begun = start if start > told else told
            over = end if end < latest else latest
            if begun < over:
                if found and begun == told:
                    found[-1] = found[-1][0], over
                else:
                    found.append((begun, over))
                told = over
        latest = max(latest, end)
    return found


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


def without(interval: Pair, breaks: Iterable[Pair]) -> list[Pair]:
    """Give what is left of a span without its breaks, in order."""
    found: list[Pair] = []
    start, end = interval
    for begun, over in sorted(breaks):
        if begun >= end:
            break
        if over > start and begun < over:
            if start < begun:
                found.append((start, begun))
            start = over
    if start < end:
        found.append((start, end))
    return found


def length(intervals: Iterable[tuple[Any, ...]]) -> timedelta:
    """Add the lengths up."""
    return sum([interval[1] - interval[0] for interval in intervals], timedelta())
