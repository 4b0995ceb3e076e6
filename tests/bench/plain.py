"""A plain, slow count over the sessions that were drawn, for what the database says to equal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import models
from bench.rows import NOW, Member, Server, servers
from domain.command import Command
from domain.session import Session
from tests.queries.scene import command, do

FOUND = list(servers(5, 10, 150))
LATER = [timedelta(0), timedelta(hours=13)]  # when in every zone another day has begun
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Pair = tuple[datetime, datetime]


@dataclass(frozen=True)
class Plain:
    """One who asks, and what a patient reader of all the sessions would tell them."""

    server: Server
    member: Member
    now: datetime

    @property
    def board(self) -> ZoneInfo:
        """The zone of what a server sees."""
        return ZoneInfo(self.server.zone or "Asia/Tokyo")

    @property
    def own(self) -> ZoneInfo:
        return ZoneInfo(self.member.zone) if self.member.zone else self.board

    @property
    def hidden(self) -> set[int]:
        """Say who keeps to themselves, where one can."""
        can_hide = hasattr(models, "Membership")
        return {member.user_id for member in self.server.members if member.private and can_hide}

    @property
    def mine(self) -> list[Session]:
        return self.of(self.member.user_id)

    @property
    def seen(self) -> list[Session]:
        """The running sessions of those who do not keep to themselves."""
        running = (one for one in self.server.sessions if one.running)
        return [one for one in running if one.user_id not in self.hidden]

    @property
    def running(self) -> bool:
        return any(one.running for one in self.mine)

    def of(self, user_id: int) -> list[Session]:
        kept = (one for one in self.server.sessions if one.removed_at is None)
        return [one for one in kept if one.user_id == user_id]

    def period(self, name: str, zone: ZoneInfo) -> list[date]:
        """List the days of a period that contains now."""
        now = self.now.astimezone(zone) - timedelta(hours=self.server.day_starts)
        year = [now.date().replace(month=1, day=1) + n * DAY for n in range(366)]
        same = {"today": "%F", "week": "%G %V", "month": "%Y %m", "year": "%Y"}[name]
        return [on for on in year if f"{on:{same}}" == f"{now:{same}}"]

    def ends(self, days: list[date], zone: ZoneInfo) -> Pair:
        begins = time(self.server.day_starts)
        start, end = (datetime.combine(on, begins, zone) for on in (days[0], days[-1] + DAY))
        return start.astimezone(UTC), end.astimezone(UTC)

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

    def total(self, name: str) -> timedelta:
        return length(self.pieces(self.mine, self.ends(self.period(name, self.own), self.own)))

    def by_day(self, name: str) -> dict[date, timedelta]:
        found = {
            on: length(self.pieces(self.mine, self.ends([on], self.own)))
            for on in self.period(name, self.own)
        }
        return {on: worked for on, worked in found.items() if worked}

    def everywhere(self, name: str) -> timedelta | None:
        """Count what this member did in all the servers, once."""
        ends = self.ends(self.period(name, self.own), self.own)
        others = [replace(self, server=one) for one in FOUND if one != self.server]
        elsewhere = [piece for one in others for piece in self.pieces(one.mine, ends)]
        here = self.pieces(self.mine, ends)
        return measured([here + elsewhere], 1) if elsewhere else None

    def together(self, name: str) -> timedelta:
        """Count when this member worked, and somebody who may be seen too."""
        ends = self.ends(self.period(name, self.own), self.own)
        others = {m.user_id for m in self.server.members} - self.hidden - {self.member.user_id}
        theirs = [piece for id_ in others for piece in self.pieces(self.of(id_), ends)]
        return measured([self.pieces(self.mine, ends), theirs], 2)

    def places(self, name: str) -> list[tuple[int, int, timedelta]]:
        """Rank who is listed by whole minutes: place, member, time."""
        ends = self.ends(self.period(name, self.board), self.board)
        listed = [m for m in self.server.members if m.listed and not m.private]
        did = [(length(self.pieces(self.of(m.user_id), ends)), m.name, m.user_id) for m in listed]
        minutes = [worked // MINUTE for worked, _, _ in did]
        order = sorted((-m, *one[1:], one[0]) for m, one in zip(minutes, did, strict=True) if m)
        return [(1 + sum(m > -one[0] for m in minutes), one[2], one[3]) for one in order]

    def group(self, name: str) -> tuple[timedelta, timedelta]:
        """Count what all did, and when at least two worked at once."""
        ends = self.ends(self.period(name, self.board), self.board)
        pieces = [self.pieces(self.of(m.user_id), ends) for m in self.server.members]
        return length(chain.from_iterable(pieces)), measured(pieces, 2)


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


def peek(query: Callable[..., Any], *values: Any) -> Any:
    """Ask, and leave everything as it was."""

    def asked() -> Any:
        with models.database.atomic() as savepoint:
            answer = query(*values)
            savepoint.rollback()
        return answer

    return do(asked)


def compare(said: Callable[[Command, Plain], Any], counted: Callable[[Plain], Any]) -> None:
    """Let everybody ask, and count for each of them."""
    results = []
    for one in FOUND:
        for member in one.members:
            for later in LATER:
                plain = Plain(one, member, NOW + later)
                asked = command(plain.now, member.user_id, one.guild_id)
                results.append(counted(plain))
                assert said(asked, plain) == results[-1], plain.member
    assert len(set(map(str, results))) > 2  # there was something to count
