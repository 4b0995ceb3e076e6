"""What the database is asked for equals a plain, slow count over the sessions that were drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import models
from bench.rows import NOW, Member, Server, servers
from domain.command import Command
from domain.session import Session
from queries import room, session
from queries.correction import set_note
from tests.bench.conftest import Loaded
from tests.queries.scene import command, do

FOUND = list(servers(6, 12, 240))
LATER = [timedelta(0), timedelta(hours=5), timedelta(hours=13)]  # in some zone a day is over
NOTHING = timedelta()


@dataclass(frozen=True)
class Plain:
    """One who asks, and what a patient reader of all the sessions would tell them."""

    server: Server
    member: Member
    now: datetime

    @property
    def mine(self) -> list[Session]:
        return [s for s in self.kept if s.user_id == self.member.user_id]

    @property
    def kept(self) -> list[Session]:
        return [s for s in self.server.sessions if s.removed_at is None]

    @property
    def seen(self) -> list[Session]:
        """The sessions of those who do not keep to themselves, where one can."""
        can_hide = hasattr(models, "Membership")
        hidden = {m.user_id for m in self.server.members if m.private and can_hide}
        return [s for s in self.kept if s.user_id not in hidden]

    @property
    def today(self) -> tuple[datetime, datetime]:
        zone = ZoneInfo(self.member.zone or self.server.zone or "Asia/Tokyo")
        begins = time(self.server.day_starts)
        on = (self.now.astimezone(zone) - timedelta(hours=self.server.day_starts)).date()
        first, last = (datetime.combine(on + timedelta(days=n), begins, zone) for n in (0, 1))
        return first.astimezone(UTC), last.astimezone(UTC)

    @property
    def running(self) -> bool:
        return any(one.running for one in self.mine)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        return sum((self.within(one, start, end) for one in self.mine), NOTHING)

    def within(self, one: Session, start: datetime, end: datetime) -> timedelta:
        over = one.ended_at or self.now
        rests = [shared(r.started_at, r.ended_at or over, start, end) for r in one.breaks]
        return shared(one.started_at, over, start, end) - sum(rests, NOTHING)


def shared(a: datetime, b: datetime, start: datetime, end: datetime) -> timedelta:
    return max(min(b, end) - max(a, start), NOTHING)


def peek(query: Callable[..., Any], *values: Any) -> Any:
    """Ask, and leave everything as it was."""

    def asked() -> Any:
        with models.database.atomic() as savepoint:
            answer = query(*values)
            savepoint.rollback()
        return answer

    return do(asked)


def ended(asked: Command, plain: Plain) -> timedelta | None:
    answer = peek(session.end, asked, None, None)
    return answer.today if plain.running else None


def noted(asked: Command, plain: Plain) -> timedelta:
    over = next(one for one in plain.mine if one.ended_at)
    return peek(set_note, asked, over.id, None).today


def begun(asked: Command, plain: Plain) -> int | None:
    answer = peek(session.begin, asked, None, None)
    return None if plain.running else answer.others


def working(asked: Command, plain: Plain) -> list[int]:
    return [one.id for one in peek(room.working, asked).sessions]


# each: what the database says, and what the plain reader does
NUMBERS = {
    "today": (noted, lambda plain: plain.worked(*plain.today)),
    "today, at the end": (
        ended,
        lambda plain: plain.worked(*plain.today) if plain.running else None,
    ),
    "working": (working, lambda plain: [s.id for s in plain.seen if s.running]),
    "others": (begun, lambda plain: None if plain.running else sum(s.running for s in plain.seen)),
}


@pytest.mark.parametrize("number", NUMBERS)
def test_the_database_says_what_a_plain_count_says(loaded: Loaded, number: str) -> None:
    loaded(FOUND)
    said, counted = NUMBERS[number]
    results = []
    for one in FOUND:
        for member in one.members:
            for later in LATER:
                plain = Plain(one, member, NOW + later)
                asked = command(plain.now, member.user_id, one.guild_id)
                results.append(counted(plain))
                assert said(asked, plain) == results[-1], plain.member
    assert len(set(map(str, results))) > 3  # there was something to count
