"""A plain, slow count over the sessions that were drawn, for what the database says to equal."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import chain, pairwise
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import peewee

import models
from devtools.load import load, tables
from devtools.rows import NOW, Member, Server, server, shares
from domain.command import Command
from domain.sessions import Session
from tests.support.commands import command, do

LATER = [timedelta(0), timedelta(hours=13)]  # when in every zone another day has begun
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Pair = tuple[datetime, datetime]
K = TypeVar("K")

# Each server's zone, and when it is asked: on any day, and on those on which clocks change.
AUTUMN = datetime(2026, 11, 1, 20, 34, 56, tzinfo=UTC)  # 25 hours in New York
NO_MIDNIGHT = datetime(2018, 11, 4, 20, 34, 56, tzinfo=UTC)  # 23 in São Paulo, from 1:00
PLACES = [
    (None, NOW),
    ("Asia/Kathmandu", NOW),
    ("Pacific/Apia", NOW),  # 2, 4 and 6 have a member of the one before
    ("America/New_York", AUTUMN),
    ("Europe/London", AUTUMN),
    ("America/Sao_Paulo", NO_MIDNIGHT),
    ("Australia/Lord_Howe", NO_MIDNIGHT),
]
# What the first member chose in each: those of 1 and 2, 3 and 4, 5 and 6 are the same one.
LISTED = [True, True, True, False, True, True, False]
PRIVATE = [False, True, False, False, False, False, True]


def drawn(number: int, zone: str | None, now: datetime) -> Server:
    """Draw a server, and let its first member choose; in 2, 4 and 6 they are at work now."""
    one = server(number, shares(120, 10), now=now)
    first = replace(one.members[0], listed=LISTED[number], private=PRIVATE[number])
    kept = (s for s in one.sessions if s.user_id == first.user_id and not s.removed_at)
    latest = max(kept, key=lambda s: s.started_at)
    over = None if number in (2, 4, 6) else latest.ended_at or now
    changed = replace(latest, ended_at=over, closed_by=None, breaks=())
    sessions = tuple(changed if s == latest else s for s in one.sessions)
    members = (first, *one.members[1:])
    return replace(one, zone=zone, day_starts=number, members=members, sessions=sessions)


FOUND = [drawn(number, *place) for number, place in enumerate(PLACES)]
GOAL, GROUP = date(2026, 1, 5), date(2018, 1, 1)  # since when members and servers have a goal


def aims(one: Server) -> tuple[timedelta, timedelta]:
    """Say what members mean to work a day and the server a week; in no two servers the same."""
    return timedelta(minutes=90 + one.day_starts), timedelta(hours=100 + one.day_starts)


def left(member: Member) -> bool:
    """Say who was seen to be gone."""
    return member.user_id % 5 == 3


def hour_of(member: Member) -> int | None:
    """Say whose days begin when they like."""
    return member.user_id % 7 if member.user_id % 3 == 0 else None


def bring(handle: peewee.Database) -> None:
    """Load all servers, and what their members and organisers chose."""
    load(handle, FOUND)
    with handle.connection_context(), handle.bind_ctx(tables()):
        choose()


def choose() -> None:
    """Write down what members and organisers chose."""
    for member in {one.user_id: one for found in FOUND for one in found.members}.values():
        mine = models.Member.user_id == member.user_id
        models.Member.update(day_starts=hour_of(member)).where(mine).execute()
        if left(member):
            gone = models.Membership.user_id == member.user_id
            models.Membership.update(left_at=NO_MIDNIGHT).where(gone).execute()
    for found in FOUND:
        day, week = (aim // MINUTE for aim in aims(found))
        here = models.Goal.guild_id == found.guild_id
        models.Goal.update(minutes=day).where(here).execute()
        key = {"guild_id": found.guild_id, "user_id": 0, "from_on": GROUP}
        models.Goal.create(**key, minutes=week, per="week")


class Clock(NamedTuple):
    """By whose wall clock days begin, and at which hour."""

    zone: ZoneInfo
    hour: int

    def day_of(self, at: datetime) -> date:
        wall = at.astimezone(self.zone).replace(tzinfo=None)
        return (wall - timedelta(hours=self.hour)).date()

    def ends(self, first: date, last: date) -> Pair:
        days = (datetime.combine(on, time(self.hour), self.zone) for on in (first, last + DAY))
        start, end = (at.astimezone(UTC) for at in days)
        return start, end

    def by_day(self, pieces: Iterable[Pair]) -> dict[date, timedelta]:
        found: dict[date, timedelta] = {}
        for start, end in pieces:
            on = self.day_of(start)
            while self.ends(on, on)[0] < end:
                day = self.ends(on, on)
                length = min(day[1], end) - max(day[0], start)
                found[on] = found.get(on, timedelta()) + length
                on += DAY
        return dict(sorted((on, length) for on, length in found.items() if length))


@cache
def alike(on: date, how: str) -> list[date]:
    """List the days around one that are called the same: in its week, month or year."""
    around = (on + n * DAY for n in range(-366, 367))
    return [one for one in around if f"{one:{how}}" == f"{on:{how}}"]


def period(said: str, today: date) -> tuple[date, date]:
    """Give the first and the last day of a period, by its name or by two dates."""
    if said == "all":
        return date(1970, 1, 1), today
    if ".." in said:
        first, last = map(date.fromisoformat, said.split(".."))
        return first, last
    how = {"week": "%G %V", "month": "%Y %m", "year": "%Y"}.get(said, "%F")
    days = alike(today - DAY if said == "yesterday" else today, how)
    return days[0], days[-1]


def period_before(said: str, today: date) -> tuple[date, date] | None:
    """Give the days before them to compare with; none before all."""
    first, last = period(said, today)
    if said == "all":
        return None
    if ".." in said:
        return first - (last - first) - DAY, first - DAY
    return period("today" if said == "yesterday" else said, first - DAY)


@dataclass(frozen=True, eq=False)
class Plain:
    """One who asks, and what a patient reader of all the sessions would tell them.

    What takes long is counted once for both databases.
    """

    server: Server
    member: Member
    now: datetime

    @property
    def board(self) -> Clock:
        """The clock of what a server sees."""
        return Clock(ZoneInfo(self.server.zone or "Asia/Tokyo"), self.server.day_starts)

    @property
    def own(self) -> Clock:
        zone, hour = self.member.zone, hour_of(self.member)
        board = self.board
        return Clock(ZoneInfo(zone) if zone else board.zone, board.hour if hour is None else hour)

    @property
    def hidden(self) -> set[int]:
        """Say who keeps to themselves."""
        return {member.user_id for member in self.server.members if member.private}

    @property
    def mine(self) -> list[Session]:
        return self.of(self.member.user_id)

    @property
    def seen(self) -> list[Session]:
        """The running sessions of those who are there and do not keep to themselves."""
        gone = {one.user_id for one in self.server.members if left(one)} - {self.member.user_id}
        running = (one for one in self.server.sessions if one.active)
        return [one for one in running if one.user_id not in self.hidden | gone]

    @property
    def active(self) -> bool:
        return any(one.active for one in self.mine)

    def of(self, user_id: int) -> list[Session]:
        kept = (one for one in self.server.sessions if one.removed_at is None)
        return [one for one in kept if one.user_id == user_id]

    def ends(self, said: str, clock: Clock) -> Pair:
        return clock.ends(*period(said, clock.day_of(self.now)))

    def pieces(self, sessions: list[Session], ends: Pair) -> list[Pair]:
        """Cut the breaks out of the sessions, and the sessions at the ends."""
        found: list[Pair] = []
        for one in sessions:
            over = one.ended_at or self.now
            cuts = [(rest.started_at, rest.ended_at or over) for rest in one.breaks]
            edges = [one.started_at, *chain.from_iterable(cuts), over]
            found += zip(edges[::2], edges[1::2], strict=True)
        inside = ((max(start, ends[0]), min(end, ends[1])) for start, end in found)
        return [(start, end) for start, end in inside if start < end]

    def today(self) -> timedelta:
        return self.total("today")

    def total(self, said: str) -> timedelta:
        return length(self.pieces(self.mine, self.ends(said, self.own)))

    def everywhere(self, ends: Pair) -> timedelta | None:
        """Count what this member did in all the servers, once."""
        others = [replace(self, server=one) for one in FOUND if one != self.server]
        elsewhere = [piece for one in others for piece in self.pieces(one.mine, ends)]
        here = self.pieces(self.mine, ends)
        return measured([here + elsewhere], 1) if elsewhere else None

    def together(self, mine: list[Pair]) -> timedelta:
        """Count when this member worked, and somebody who may be seen too."""
        unseen = self.hidden | {self.member.user_id}
        others = {member.user_id for member in self.server.members} - unseen
        ever = datetime.min.replace(tzinfo=UTC), self.now
        theirs = [piece for id_ in others for piece in self.pieces(self.of(id_), ever)]
        return sum((covered(piece, theirs) for piece in mine), timedelta())

    def streak(self) -> int:
        """Walk back from today, or from yesterday if today has nothing yet."""
        ever = datetime.min.replace(tzinfo=UTC), self.now
        by_day = self.own.by_day(self.pieces(self.mine, ever))
        worked = {on for on, worked in by_day.items() if worked >= MINUTE}
        on = self.own.day_of(self.now)
        on, count = on if on in worked else on - DAY, 0
        while on - count * DAY in worked:
            count += 1
        return count

    def goal(self, said: str) -> Any:
        """Say the aim and what was done: today, or on the one day that is asked for."""
        today = self.own.day_of(self.now)
        first, last = period(said, today)
        on = min(today, last)
        if on < GOAL or (last < today and first < last):
            return None
        return aims(self.server)[0], length(self.pieces(self.mine, self.own.ends(on, on)))

    @cache  # noqa: B019  everybody() keeps them all
    def stats(self, said: str) -> dict[str, Any]:
        """Tell every number of a period."""
        ends, before = self.ends(said, self.own), period_before(said, self.own.day_of(self.now))
        each = {one.id: self.pieces([one], ends) for one in self.mine}
        touched = {
            one.id: one
            for one in self.mine
            if max(one.started_at, ends[0]) < min(one.ended_at or self.now, ends[1])
        }
        mine = list(chain.from_iterable(each.values()))
        by_day = self.own.by_day(mine)
        tasks = added((one.task, length(each[one.id])) for one in touched.values())
        weekdays = added((on.weekday(), worked) for on, worked in by_day.items())
        most = sorted(tasks.items(), key=lambda item: item[1], reverse=True)
        parts = [(id_, length(each[id_])) for id_ in touched]
        return {
            "total": length(mine),
            "before": length(self.pieces(self.mine, self.own.ends(*before))) if before else None,
            "by day": by_day,
            "parts": parts,
            "longest": max((worked for _, worked in parts), default=None),
            "days": sum(worked >= MINUTE for worked in by_day.values()),
            "tasks": [(task, worked) for task, worked in most if task][:5],
            "weekday": max(sorted(weekdays), key=weekdays.__getitem__, default=None),
            "hour": self.hour(mine),
            "streak": self.streak(),
            "together": self.together(mine),
            "everywhere": self.everywhere(ends),
            "goal": self.goal(said),
        }

    def hour(self, pieces: list[Pair]) -> int | None:
        """Ask the wall clock every quarter of an hour, for no zone changes in between."""
        found: list[tuple[int, timedelta]] = []
        for start, end in pieces:
            at = start
            while at < end:
                quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
                over = min(end, quarter + 15 * MINUTE)
                found.append((at.astimezone(self.own.zone).hour, over - at))
                at = over
        hours = added(found)
        return max(sorted(hours), key=hours.__getitem__, default=None)

    @cache  # noqa: B019
    def rank(self, said: str, by: str) -> dict[str, Any]:
        """Tell who is on the board, in which place, and what all of them did."""
        ends = self.ends(said, self.board)
        members = {member.user_id: member for member in self.server.members}
        mine, worth = self.member.user_id, dict[int, int]()
        for id_ in members:
            pieces = self.pieces(self.of(id_), ends)
            days = self.board.by_day(pieces).values()
            worth[id_] = (
                length(pieces) // MINUTE
                if by == "time"
                else sum(worked >= MINUTE for worked in days)
            )
        listed = [
            one.user_id
            for one in members.values()
            if one.listed and not one.private and (not left(one) or one.user_id == mine)
        ]
        order = sorted((-worth[id_], id_) for id_ in listed if worth[id_])
        places = [
            (1 + sum(-other > -less for other, _ in order), id_, -less, members[id_].name)
            for less, id_ in order
        ]
        week = self.board.ends(*period("week", self.board.day_of(self.now)))
        return {
            "places": places,
            "own": worth[mine] or None,
            "own place": next((place for place, id_, *_ in places if id_ == mine), None),
            "group": self.group(ends),
            "goal": (aims(self.server)[1], self.group(week)[0]),
        }

    def group(self, ends: Pair) -> tuple[timedelta, timedelta]:
        return group(self.server.guild_id, self.now, ends)

    def work_intervals(self, ends: Pair) -> Iterator[tuple[datetime, datetime, int, int]]:
        """Give all work of the server, session by session."""
        for one in self.server.sessions:
            if one.removed_at is None:
                for start, end in self.pieces([one], ends):
                    yield start, end, one.user_id, one.id


@cache
def group(guild_id: int, now: datetime, ends: Pair) -> tuple[timedelta, timedelta]:
    """Count what all of a server did, and when at least two worked at once."""
    (found,) = (one for one in FOUND if one.guild_id == guild_id)
    plain = Plain(found, found.members[0], now)
    pieces = [plain.pieces(plain.of(m.user_id), ends) for m in found.members]
    return length(chain.from_iterable(pieces)), measured(pieces, 2)


def added(lengths: Iterable[tuple[K, timedelta]]) -> dict[K, timedelta]:
    """Add lengths up by their keys."""
    found: dict[K, timedelta] = {}
    for key, worked in lengths:
        found[key] = found.get(key, timedelta()) + worked
    return found


def length(pieces: Iterable[Pair]) -> timedelta:
    return sum((end - start for start, end in pieces), timedelta())


def measured(pieces: list[list[Pair]], enough: int) -> timedelta:
    """Count the time in which so many of the lists have a piece, from one edge to the next."""
    edges = sorted(set(chain.from_iterable(chain.from_iterable(pieces))))
    shared = [
        (start, end)
        for start, end in pairwise(edges)
        if sum(any(a <= start and end <= b for a, b in some) for some in pieces) >= enough
    ]
    return length(shared)


def covered(piece: Pair, others: list[Pair]) -> timedelta:
    """Count how much of a piece any of the others covers."""
    near = [(max(a, piece[0]), min(b, piece[1])) for a, b in others]
    return measured([[(start, end) for start, end in near if start < end]], 1)


def peek(query: Callable[..., Any], *values: Any, **named: Any) -> Any:
    """Ask, and leave everything as it was."""

    def asked() -> Any:
        with models.database.atomic() as savepoint:
            answer = query(*values, **named)
            savepoint.rollback()
        return answer

    return do(asked)


@cache
def patient() -> list[Plain]:
    """Put a patient reader beside everybody, at one time and at the other."""
    return [
        Plain(one, member, now + later)
        for one, (_, now) in zip(FOUND, PLACES, strict=True)
        for member in one.members
        for later in LATER
    ]


def everybody() -> Iterator[tuple[Command, Plain]]:
    """Let everybody ask, and a patient reader beside each of them."""
    for plain in patient():
        yield command(plain.now, plain.member.user_id, plain.server.guild_id), plain


def compare(said: Callable[[Command, Plain], Any], counted: Callable[[Plain], Any]) -> None:
    """Let everybody ask, and count for each of them."""
    results = []
    for asked, plain in everybody():
        results.append(counted(plain))
        assert said(asked, plain) == results[-1], plain.member
    assert len(set(map(str, results))) > 2  # there was something to count
