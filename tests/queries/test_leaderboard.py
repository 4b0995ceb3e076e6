"""A server's board, on both databases: who is on it, in which place, and what everybody did."""

from datetime import date, timedelta

from domain.leaderboard import Entry
from models import Break, Guild, Membership, Session
from models import Goal as GoalRow
from queries.active import pause
from queries.leaderboard import leaderboard_page, note_left
from queries.preferences import preferences
from queries.sessions import begin, end
from tests.support.commands import HANA, HERE, NANAO, THERE, at, begun, command, do, worked
from tests.support.rows import refused

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOW = "2026-07-01T23:30"


def listed(*members: int, where: int = HERE, **more: object) -> None:
    for who in members:
        Membership.create(guild_id=where, user_id=who, listed=True, **more)


def shown(said: str | None = None, by: str = "time", page: int = 1, who: int = NANAO):
    return do(leaderboard_page, command(NOW, who), said, by, page)


def places(found) -> list[tuple[int, int, timedelta]]:
    return [(one.place, one.entry.user_id, one.entry.time) for one in found.places]


def test_a_page_that_is_turned_later_tells_of_the_same_moment():
    listed(NANAO)
    worked("20:00", "21:00", HANA)
    begun("20:30")
    do(end, command("22:00"), None, None)
    found = do(leaderboard_page, command("21:00"), "today", "time", 1)
    assert places(found) == [(1, NANAO, 30 * MINUTE)]
    assert (found.total, found.together) == (90 * MINUTE, 30 * MINUTE)


def test_nobody_listed_is_the_total_alone():
    worked("20:00", "21:00")
    worked("20:30", "21:30", HANA)
    found = shown()
    assert found.places == ()
    assert (found.total, found.together) == (2 * HOUR, 30 * MINUTE)
    assert found.own == Entry(NANAO, "Nanao", HOUR, 0)
    assert found.own_place is None
    assert found.period.name == "month"


def test_those_who_are_listed_in_order():
    listed(NANAO, HANA)
    worked("20:00", "21:00")
    worked("19:00", "21:30", HANA)
    worked("20:00", "23:00", 33)
    found = shown()
    assert places(found) == [(1, HANA, 150 * MINUTE), (2, NANAO, HOUR)]
    assert (found.own_place, found.total) == (2, 390 * MINUTE)


def test_ties_share_a_place_and_seconds_make_no_difference():
    listed(NANAO, HANA, 33)
    worked("20:00", "21:00")
    worked("20:00", "21:00:30", HANA)
    worked("20:00", "20:30", 33)
    assert [place for place, _, _ in places(shown())] == [1, 1, 3]


def test_less_than_a_minute_is_no_line():
    listed(HANA)
    worked("20:00", "20:00:59", HANA)
    assert shown().places == ()


def test_running_counts_and_is_marked():
    listed(HANA)
    begun("22:00", HANA)
    (one,) = shown().places
    assert (one.entry.time, one.entry.active) == (90 * MINUTE, True)


def test_by_days():
    listed(NANAO, HANA)
    worked("2026-06-30T23:00", "2026-07-01T01:00")
    worked("18:00", "23:00", HANA)
    found = shown("6/1-7/31", "days")
    assert [(one.place, one.entry.user_id, one.entry.days) for one in found.places] == [
        (1, NANAO, 2),
        (2, HANA, 1),
    ]


def test_the_server_says_when_a_day_begins():
    listed(NANAO)
    worked("2026-06-30T23:00", "2026-07-01T01:00")
    Guild.create(guild_id=HERE, day_starts=4)
    assert shown("6/1-7/31", "days").places[0].entry.days == 1
    assert shown("today").places == ()


def test_the_private_are_on_no_list_but_in_the_total():
    listed(HANA, private=True)
    worked("20:00", "21:00", HANA)
    found = shown()
    assert (found.places, found.total) == ((), HOUR)
    own = shown(who=HANA)
    assert (own.places, own.own_place) == ((), None)
    assert own.own.time == HOUR


def test_who_left_is_not_listed_until_they_say_a_word():
    listed(HANA)
    worked("20:00", "21:00", HANA)
    do(note_left, HERE, [HANA], at("22:00"))
    assert shown().places == ()
    assert do(preferences, command("22:10", HANA)).left
    do(begin, command("22:30", HANA), None, None)
    assert len(shown().places) == 1
    assert not do(preferences, command("22:31", HANA)).left


def test_who_looks_is_there():
    listed(HANA, left_at=at("19:00"))
    worked("20:00", "21:00", HANA)
    Membership.update(left_at=at("21:30")).execute()
    assert len(shown(who=HANA).places) == 1
    assert Membership.get().left_at is None


def test_another_server_is_another_board():
    """ST 8950a7d, 70cc5ce: boards mixed servers, and needed three reworks in a day."""
    listed(HANA)
    listed(33, where=THERE)
    worked("20:00", "21:00", 33)
    worked("20:00", "21:00", HANA, THERE)
    found = shown()
    assert (found.places, found.total) == ((), HOUR)


def test_ten_a_page_and_the_own_place_always():
    for n in range(23):
        listed(100 + n)
        worked("10:00", f"{12 + n // 6}:{n % 6}0", 100 + n)
    listed(NANAO)
    worked("10:00", "10:30")
    first, last = shown(), shown(page=99)
    assert [len(first.places), len(last.places), last.page, last.pages] == [10, 4, 3, 3]
    assert first.own_place == 24
    assert places(last)[-1] == (24, NANAO, 30 * MINUTE)


def test_names_are_the_latest_of_the_rows():
    """LionBot, 2026-03-27: "Unknown" on the board."""
    listed(HANA)
    worked("20:00", "21:00", HANA)
    Session.update(user_name="an older name").execute()
    worked("22:00", "23:00", HANA)
    assert shown().places[0].entry.user_name == "Hana"


def test_breaks_are_no_work_here_either():
    listed(HANA)
    id_ = begun("20:00", HANA)
    do(pause, command("20:30", HANA), id_)
    assert places(shown()) == [(1, HANA, 30 * MINUTE)]


def test_the_servers_goal_is_of_its_week():
    GoalRow.create(guild_id=HERE, user_id=0, from_on=date(2026, 6, 1), minutes=600, per="week")
    worked("2026-06-28T20:00", "2026-06-28T23:00", HANA)  # Sunday
    over_midnight = worked("2026-06-28T23:00", "2026-06-29T01:00", 33)
    Break.create(
        session=over_midnight,
        guild_id=HERE,
        started_at=at("2026-06-28T23:30"),
        ended_at=at("2026-06-29T00:30"),
    )
    worked("2026-06-29T20:00", "2026-06-29T23:00", HANA)
    worked("20:00", "21:00")
    for said in (
        "today",
        "week",
        "year",
        "1/1-6/30",
    ):  # where June is not over yet, it is July here
        progress = shown(said).progress
        assert (progress.done, progress.aim) == (4.5 * HOUR, 10 * HOUR), said


def test_a_period_that_nobody_can_read():
    assert refused(leaderboard_page, command(NOW), "someday", "time", 1).key == "period.unreadable"
