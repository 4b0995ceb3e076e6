"""What the generator draws is possible, lifelike, and reaches both databases as it was drawn."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain, pairwise
from operator import attrgetter
from zoneinfo import ZoneInfo

import pytest

import models
from devtools.rows import DISCORD_EPOCH, LONG, NOW, Server, server, servers, shares
from domain.sessions import Session, interval_of
from queries.corrections import undo
from tests.reference.conftest import Loaded
from tests.support.commands import command, do

TOKYO = ZoneInfo("Asia/Tokyo")
FOUND = list(servers(4, 20, 600))
SESSIONS = [session for one in FOUND for session in one.sessions]


def by_member(one: Server) -> list[list[Session]]:
    return [[s for s in one.sessions if s.user_id == m.user_id] for m in one.members]


def test_a_seed_draws_the_same_again_and_another_one_others() -> None:
    assert list(servers(4, 20, 600)) == FOUND
    assert server(0, shares(600, 20), seed=1).sessions != FOUND[0].sessions


def test_a_server_is_the_same_whatever_else_is_drawn() -> None:
    assert list(servers(1, 20, 600, first=3)) == FOUND[3:]


@pytest.mark.parametrize("counts", [[10_000, 0, 3], shares(500, 100), shares(3, 5), []])
def test_everybody_has_as_many_sessions_as_were_asked_for(counts: list[int]) -> None:
    assert [len(found) for found in by_member(server(1, counts))] == counts


def test_shares_add_up_and_the_first_do_the_most() -> None:
    counts = shares(2000, 40)
    assert sum(counts) == 2000
    assert counts[0] > 5 * counts[-1] > 0


def test_no_two_sessions_of_a_member_in_a_server_share_time() -> None:
    for sessions in chain.from_iterable(map(by_member, FOUND)):
        kept = [interval_of(s, now=NOW) for s in sessions if not s.removed_at]
        assert all(one.end <= other.start for one, other in pairwise(kept))
        assert sum(session.active for session in sessions) <= 1


def test_nothing_lies_in_the_future_or_ends_before_it_began() -> None:
    for session in SESSIONS:
        over = [at for at in (session.ended_at, session.removed_at) if at]
        assert all(session.started_at + timedelta(minutes=1) <= at <= NOW for at in over)
        assert session.started_at < NOW


def test_the_ids_are_different_and_in_the_order_of_time() -> None:
    ordered = sorted(SESSIONS, key=attrgetter("id"))
    assert len({session.id for session in SESSIONS}) == len(SESSIONS)
    assert ordered == sorted(ordered, key=attrgetter("started_at"))


def test_there_is_whatever_there_is_in_life() -> None:
    local = [
        (s.started_at.astimezone(TOKYO), s.ended_at.astimezone(TOKYO))
        for s in SESSIONS
        if s.ended_at
    ]
    lengths = sorted(end - start for start, end in local)
    assert timedelta(minutes=30) < lengths[len(lengths) // 2] < timedelta(hours=2)
    assert lengths[-1] > timedelta(hours=6)
    assert any(start.date() < end.date() for start, end in local)
    assert any(s.active for s in SESSIONS)
    assert any(s.removed_at and s.ended_at for s in SESSIONS)
    assert any(s.removed_at and not s.ended_at for s in SESSIONS)
    assert {None, "数学", "math", LONG} <= {s.task for s in SESSIONS}
    assert any(s.note for s in SESSIONS)
    assert any(s.closed_by for s in SESSIONS)
    assert any(s.breaks for s in SESSIONS)


def test_breaks_lie_within_their_session_one_after_another() -> None:
    for session in SESSIONS:
        whole = interval_of(session, now=session.removed_at or NOW)
        ends = [(rest.started_at, rest.ended_at or whole.end) for rest in session.breaks]
        order = [whole.start, *chain.from_iterable(ends), whole.end]
        assert order == sorted(order)


def test_some_are_members_of_two_servers_with_the_same_settings() -> None:
    first, second = ({(m.user_id, m.name, m.zone) for m in one.members} for one in FOUND[1:3])
    assert len(first & second) == 2
    assert len({m.user_id for one in FOUND for m in one.members}) == 4 * 20 - 2


def test_a_life_longer_than_discord_is_refused() -> None:
    with pytest.raises(ValueError, match="days"):
        server(0, [1000], now=DISCORD_EPOCH + timedelta(days=100))


def test_the_rows_reach_the_database_as_they_were_drawn(loaded: Loaded) -> None:
    odd = replace(FOUND[0].sessions[0], task="a\\b\tc\r\nd", note="\\N", user_name="%s '\"")
    found = [replace(FOUND[0], sessions=(odd, *FOUND[0].sessions[1:])), *FOUND[1:]]
    loaded(found)
    expected = sorted(chain.from_iterable(one.sessions for one in found), key=attrgetter("id"))
    columns = attrgetter(*(field.name for field in models.Session._meta.sorted_fields))
    rows = models.Session.select().order_by(models.Session.id)
    assert list(map(columns, rows)) == list(map(columns, expected))
    settings = attrgetter("guild_id", "zone", "language", "day_starts")
    rows = models.Guild.select().order_by(models.Guild.guild_id)
    assert list(map(settings, rows)) == list(map(settings, found))
    assert models.Member.select().count() == 4 * 20 - 2
    rests = models.Break.select().count()
    assert rests == sum(len(session.breaks) for session in expected)


def test_what_the_log_says_of_an_end_can_be_undone(loaded: Loaded) -> None:
    loaded(FOUND, history=True)
    running = {s.user_id for s in SESSIONS if s.active}
    over = [s for s in SESSIONS if s.ended_at and not s.removed_at and s.user_id not in running]
    latest = max(over, key=attrgetter("ended_at"))
    made = models.History.get(models.History.session_id == latest.id, models.History.cmd == "end")
    asked = replace(command(NOW, latest.user_id, latest.guild_id), id=1)
    assert do(undo, asked, made.interaction_id).session.ended_at is None
    assert models.History.select().where(models.History.cmd == "start").count() == len(SESSIONS)
