"""Who is here, what a server's coming and going does, and downtimes; both databases."""

from datetime import timedelta

import peewee
import pytest

from cogs.startup import note_outage_before
from domain.intervals import Interval
from models import Guild, History, Member, Membership, Session
from queries.guilds import (
    TASKS,
    adopt,
    completion_data,
    end_open_sessions,
    known_guilds,
    last_command,
    note_outage,
    note_removed,
    note_seen,
    outages,
    panel,
    working,
)
from queries.sessions import begin, end
from tests.support.commands import HANA, HERE, NANAO, THERE, at, begun, command, do, worked
from tests.support.rows import intervals

MOMENT = timedelta(milliseconds=1)


def homeless(start: str, over: str | None, who: int = NANAO, **values: object) -> int:
    """Have a session that came from the article's rows: in no server yet."""
    number = Session.select().count() + 1
    Session.create(
        id=number,
        guild_id=0,
        user_id=who,
        user_name="n",
        started_at=at(start),
        ended_at=over and at(over),
        **values,
    )
    return number


def home_of(id_: int) -> int:
    return Session.get_by_id(id_).guild_id


def test_those_who_work_are_listed_the_longest_first():
    begun("20:30", 33)
    begun("20:10", HANA, task="math")
    begun("20:20")
    worked("19:00", "20:00", 44)
    begun("19:00", 55, THERE)
    gone = begun("18:00", 66)
    Session.update(removed_at=at("18:30")).where(Session.id == gone).execute()
    answer = do(working, command("21:00"))
    assert [one.user_id for one in answer.sessions] == [HANA, NANAO, 33]
    assert answer.sessions[0].task == "math"
    assert answer.own.user_id == NANAO


def test_who_left_is_neither_listed_nor_counted_until_they_are_back():
    begun("20:00")
    begun("20:10", HANA)
    begun("20:20", 33)
    for who in (NANAO, HANA):
        Membership.create(guild_id=HERE, user_id=who, left_at=at("20:30"))
    answer = do(working, command("21:00"))
    assert [one.user_id for one in answer.sessions] == [NANAO, 33], "who asks is there"
    assert do(begin, command("21:00", 44), None, None).others == 1
    do(end, command("21:10", HANA), None, None)
    do(begin, command("21:20", HANA), None, None)
    assert len(do(working, command("21:30", 33)).sessions) == 3


def test_there_may_be_nobody():
    begun("20:00", HANA, THERE)
    answer = do(working, command("21:00"))
    assert (answer.sessions, answer.own) == ((), None)


def test_a_panel_is_in_the_words_of_its_server():
    Guild.create(guild_id=HERE, language="en-US")
    assert do(panel, command("21:00")).preferences.server_language == "en-US"


def test_the_latest_different_tasks_come_first():
    for minute, task in enumerate(["math", "reading", None, "math", "Math"]):
        do(begin, command(f"20:{minute * 2:02}"), task, None)
        do(end, command(f"20:{minute * 2 + 1:02}"), None, None)
    assert do(completion_data, command("23:00")).tasks == [
        "Math",
        "reading",
    ]  # as it was typed last
    assert do(completion_data, command("23:00", HANA)).tasks == []
    assert do(completion_data, command("23:00", NANAO, THERE)).tasks == []


def test_tasks_are_as_many_as_a_completion_shows_and_none_that_was_discarded():
    for number in range(TASKS + 5):
        worked_at = at("20:00") + number * timedelta(minutes=1)
        do(begin, command(worked_at), f"task {number}", None)
        do(end, command(worked_at + timedelta(seconds=30)), None, None)
    newest = Session.get(Session.task == f"task {TASKS + 4}")
    Session.update(removed_at=at("23:00")).where(Session.id == newest.id).execute()
    found = do(completion_data, command("23:00")).tasks
    assert found == [f"task {number}" for number in range(TASKS + 3, 3, -1)]


def test_what_completion_needs_is_read_at_once():
    Member.create(user_id=NANAO, zone="Europe/London")
    begun("20:00", task="math")
    found = do(completion_data, command("21:00"))
    assert (found.zone.key, found.tasks) == ("Europe/London", ["math"])


def test_sessions_without_a_server_find_a_home():
    first, second = homeless("18:00", "19:00"), homeless("19:00", None)
    hanas = homeless("18:00", "19:30", HANA)
    assert do(adopt, HERE) == 3
    assert {home_of(id_) for id_ in (first, second, hanas)} == {HERE}
    assert do(adopt, THERE) == 0


@pytest.mark.parametrize(
    ("start", "over", "place"),
    [
        ("18:00", "19:00", True),  # touching its start
        ("20:00", "20:30", True),  # touching its end
        ("18:00", "19:01", False),
        ("19:59", "20:30", False),
        ("19:10", "19:50", False),
        ("18:00", "21:00", False),
        ("19:59", None, False),
        ("20:00", None, True),
    ],
)
def test_one_that_would_overlap_stays_where_it_is(start, over, place):
    worked("19:00", "20:00")
    id_ = homeless(start, over)
    other = homeless("19:10", "19:50", HANA)
    assert do(adopt, HERE) == 1 + place
    assert home_of(id_) == (HERE if place else 0)
    assert home_of(other) == HERE


@pytest.mark.parametrize(
    ("start", "over", "place"),
    [("18:00", "19:00", True), ("18:00", "19:01", False), ("20:00", None, False)],
)
def test_one_that_would_overlap_with_what_runs_stays_too(start, over, place):
    begun("19:00")
    id_ = homeless(start, over)
    assert do(adopt, HERE) == place
    assert home_of(id_) == (HERE if place else 0)


def test_what_was_discarded_and_what_is_elsewhere_is_no_hindrance():
    worked("19:01", "20:01", NANAO, THERE)
    gone = worked("19:00", "20:00")
    Session.update(removed_at=at("20:30")).where(Session.id == gone).execute()
    id_ = homeless("19:00", "20:00")
    assert do(adopt, HERE) == 1
    assert home_of(id_) == HERE


def test_what_runs_ends_when_the_bot_is_removed_and_says_why():
    begun("20:00")
    begun("20:30", HANA)
    over = worked("18:00", "19:00", 33)
    begun("20:01", NANAO, THERE)
    assert do(end_open_sessions, HERE, at("21:00")) == 2
    assert intervals() == [("20:00", "21:00")]
    assert intervals(HANA) == [("20:30", "21:00")]
    assert intervals(NANAO, THERE) == [("20:01", None)]
    closed = {row.id: row.closed_by for row in Session.select()}
    assert sorted(filter(None, closed.values())) == ["removal", "removal"]
    assert closed[over] is None


def test_no_session_ends_before_it_began_however_late_the_hosts_clock_is():
    begun("20:59")
    begun("21:01", HANA)
    assert do(end_open_sessions, HERE, at("21:00")) == 2
    assert intervals() == [("20:59", "21:00")]
    assert intervals(HANA) == [("21:01", "21:01")]


def test_the_time_of_a_removal_is_kept_as_all_times_are(tables):
    begun("20:00")
    if not isinstance(tables, peewee.SqliteDatabase):  # a server that lives elsewhere
        tables.execute_sql("SET TimeZone = 'Asia/Tokyo'")
    do(end_open_sessions, HERE, at("21:00"))
    sql = "SELECT CAST(ended_at AS varchar) FROM session"
    (kept,) = tables.execute_sql(sql).fetchone()
    assert kept.removesuffix(".000000") == "2026-07-01 12:00:00"
    assert isinstance(tables, peewee.PostgresqlDatabase) or kept.endswith(".000000")
    if not isinstance(tables, peewee.SqliteDatabase):
        tables.execute_sql("RESET TimeZone")


def test_a_discarded_session_is_not_ended():
    id_ = begun("20:00")
    Session.update(removed_at=at("20:30")).execute()
    assert do(end_open_sessions, HERE, at("21:00")) == 0
    assert Session.get_by_id(id_).ended_at is None


def test_a_server_is_seen_once_and_forgotten_when_it_is_left():
    Guild.create(guild_id=HERE, language="en-US")
    do(note_seen, [HERE, THERE], at("21:00"))
    do(note_seen, [HERE], at("22:00"))
    assert do(known_guilds) == {HERE, THERE}
    assert Guild.get_by_id(HERE).seen_at == at("21:00")
    assert Guild.get_by_id(HERE).language == "en-US"
    running = begun("21:30")
    assert do(note_removed, HERE, at("22:00")) == 1
    assert Session.get_by_id(running).ended_at == at("22:00")
    assert do(known_guilds) == {THERE}
    do(note_seen, [HERE], at("23:00"))
    assert do(known_guilds) == {HERE, THERE}
    do(note_seen, [], at("23:00"))


def test_outages_are_told_the_latest_first():
    first = Interval(at("18:00"), at("18:30"))
    second = Interval(at("19:00"), at("20:00"))
    for away in (first, second, second):
        do(note_outage, away)  # a second process may note the same
    assert do(outages, at("12:00")) == [second, first]
    assert do(outages, at("18:30") - MOMENT) == [second, first]
    assert do(outages, at("18:30")) == [second]
    assert do(outages, at("20:00")) == []
    do(note_outage, Interval(second.start, at("19:30")))  # a command brought Discord's clock
    do(note_outage, Interval(first.start, first.start))
    assert do(outages, at("12:00")) == [Interval(second.start, at("19:30"))]


def test_the_last_command_tells_when_anybody_was_there():
    assert do(last_command) is None
    begun("20:00")
    do(end, command("20:40", NANAO), None, None)
    begun("20:30", HANA)
    assert do(last_command) == at("20:40")
    assert History.select().count() == 3


@pytest.mark.parametrize(
    ("alive", "heard", "since", "noted"),
    [
        (None, None, None, False),  # a first start: nobody knows
        ("20:00", None, "20:00", True),
        ("20:56", None, "20:56", False),  # under five minutes
        ("20:55", None, "20:55", True),
        ("20:00", "19:00", "20:00", True),
        ("20:00", "20:30", "20:30", True),  # another process was there until then
        ("20:00", "20:57", "20:57", False),
        ("20:00", "21:01", "21:01", False),  # and is
    ],
)
def test_a_downtime_is_written_down_from_when_anybody_was_last_there(alive, heard, since, noted):
    if heard:
        begun(heard)
    assert do(note_outage_before, alive and at(alive), at("21:00")) == (since and at(since))
    assert do(outages, at("12:00")) == ([Interval(at(since), at("21:00"))] if noted else [])
