"""What members choose, on both databases: kept, in force at once, and undone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from database.round_trips import fetch
from domain.profile import GroupGoal, Profile
from models import Goal, Guild, History, Member, Membership
from queries.guilds import working
from queries.preferences import preferences
from queries.profile import (
    guilds_without_posts,
    private_members,
    profile,
    restore,
    set_day_starts,
    set_goal,
    set_group_goal,
    set_language,
    set_listed,
    set_private,
    set_zone,
)
from queries.sessions import begin
from queries.work_intervals import this_week, week_of_goal
from tests.support.commands import HANA, HERE, NANAO, THERE, begun, command, do, worked
from tests.support.rows import everything, log, refused, unchanged


def test_nothing_chosen():
    found = do(profile, command("21:00"))
    assert (found.zone, found.day_starts, found.goal, found.news) == (None, None, None, "shown")
    assert found.preferences.zone.key == "Asia/Tokyo"
    assert everything() == []


@pytest.mark.parametrize(
    ("query", "said", "name", "value"),
    [
        (set_zone, "new york", "zone", "America/New_York"),
        (set_zone, None, "zone", None),
        (set_language, "ja", "language", "ja"),
        (set_language, None, "language", None),
        (set_day_starts, "4", "day_starts", 4),
        (set_day_starts, "0", "day_starts", 0),
        (set_day_starts, "auto", "day_starts", None),
        (set_listed, "yes", "listed", True),
        (set_private, "yes", "private", True),
        (set_private, "no", "private", False),
    ],
)
def test_a_choice_is_kept_and_written_down(query, said, name, value):
    asked = command("21:00")
    answer = do(query, asked, said)
    assert isinstance(answer, Profile)
    assert answer.change_id == asked.id
    row = History.get(History.interaction_id == asked.id)
    assert (row.cmd, row.session_id, row.after[name]) == ("me", None, value)
    kept = Member.get() if name in ("zone", "language", "day_starts") else Membership.get()
    assert getattr(kept, name) == value
    with unchanged():
        do(query, asked, said)


@pytest.mark.parametrize(
    ("query", "said", "key"),
    [
        (set_zone, "Asia/Tokio", "zone.near"),
        (set_zone, "xyzzy", "zone.unknown"),
        (set_day_starts, "7", "unknown_button"),
        (set_listed, "maybe", "unknown_button"),
        (set_private, None, "unknown_button"),
    ],
)
def test_what_cannot_be_chosen(query, said, key):
    assert refused(query, command("21:00"), said).key == key


def test_a_choice_leaves_all_others_as_they_are():
    do(set_zone, command("21:00"), "london")
    do(set_day_starts, command("21:01"), "3")
    do(set_listed, command("21:02"), "yes")
    do(set_private, command("21:03"), "yes")
    do(set_language, command("21:04"), "ja")
    asked = do(preferences, command("21:05"))
    assert (asked.zone.key, asked.day_starts, asked.language) == ("Europe/London", 3, "ja")
    assert (asked.listed, asked.private) == (True, True)


def test_zone_and_language_go_with_the_member_and_the_rest_stays_here():
    for n, query in enumerate((set_zone, set_listed, set_private)):
        do(query, command(f"21:0{n}"), "london" if query is set_zone else "yes")
    there = do(preferences, command("21:10", where=THERE))
    assert (there.zone.key, there.listed, there.private) == ("Europe/London", False, False)
    other = do(preferences, command("21:10", HANA))
    assert (other.zone.key, other.listed, other.private) == ("Asia/Tokyo", False, False)


def test_private_is_seen_by_nobody_and_counted_by_nobody():
    do(set_private, command("20:00"), "yes")
    begun("20:10")
    assert do(begin, command("20:20", HANA), None, None).others == 0
    found = do(working, command("20:30", HANA))
    assert [one.user_id for one in found.sessions] == [HANA]
    own = do(working, command("20:30"))
    assert [one.user_id for one in own.sessions] == [HANA]
    assert own.own.user_id == NANAO
    assert do(private_members) == {(HERE, NANAO)}
    Guild.create(guild_id=HERE, posts=False)
    Guild.create(guild_id=THERE)
    assert do(guilds_without_posts) == {HERE}


def test_choices_are_undone_and_the_undo_too():
    asked = command("21:00")
    do(set_zone, asked, "london")
    back = command("21:01")
    assert do(restore, back, asked.id).news == "undone"
    assert Member.get().zone is None
    do(restore, command("21:02"), back.id)
    assert Member.get().zone == "Europe/London"
    assert log() == ["me", "undo", "undo"]


def test_what_cannot_be_undone():
    asked = command("21:00")
    do(set_zone, asked, "london")
    assert refused(restore, command("21:01", HANA), asked.id).key == "not_yours"
    assert refused(restore, command("21:01", where=THERE), asked.id).key == "unknown_button"
    assert refused(restore, command("21:01"), 5).key == "unknown_button"
    late = command("2026-07-02T21:01")
    assert refused(restore, late, asked.id).key == "undo.too_late"
    do(set_zone, command("21:02"), "paris")
    assert refused(restore, command("21:03"), asked.id).key == "undo.changed_since"
    start = command("21:04")
    do(begin, start, None, None)
    assert refused(restore, command("21:05"), start.id).key == "unknown_button"


def test_a_goal_holds_from_its_day_on():
    do(set_goal, command("2026-06-30T21:00"), "1h", "day")
    answer = do(set_goal, command("21:00"), "10時間半", "week")
    assert (answer.goal.minutes, answer.goal.per) == (630, "week")
    rows = [(row.from_on, row.minutes, row.per) for row in Goal.select().order_by(Goal.from_on)]
    assert rows == [(date(2026, 6, 30), 60, "day"), (date(2026, 7, 1), 630, "week")]


@pytest.mark.parametrize("none", ["0", "none", "なし"])
def test_no_goal_from_today_on(none):
    do(set_goal, command("2026-06-30T21:00"), "1h", "day")
    assert do(set_goal, command("21:00"), none, "day").goal is None
    assert Goal.select().count() == 2, "yesterday keeps its goal"


def test_the_last_goal_of_a_day_is_that_days():
    do(set_goal, command("21:00"), "1h", "day")
    second = command("21:01")
    assert do(set_goal, second, "2h", "week").goal.minutes == 120
    assert Goal.select().count() == 1
    do(restore, command("21:02"), second.id)
    assert (Goal.get().minutes, Goal.get().per) == (60, "day")


def test_undoing_the_first_goal_leaves_none():
    asked = command("21:00")
    do(set_goal, asked, "1h", "day")
    assert do(restore, command("21:01"), asked.id).goal is None
    assert Goal.select().count() == 0


@pytest.mark.parametrize(
    ("said", "per", "key"),
    [
        ("25h", "day", "goal.too_long"),
        ("8d", "week", "goal.too_long"),
        ("x", "day", "length.unreadable"),
        ("1h", "year", "unknown_button"),
        ("1h", None, "unknown_button"),
    ],
)
def test_goals_that_cannot_be(said, per, key):
    assert refused(set_goal, command("21:00"), said, per).key == key


def test_the_servers_goal():
    worked("20:00", "20:30", HANA)
    asked = command("21:00")
    answer = do(set_group_goal, asked, "100h")
    assert isinstance(answer, GroupGoal)
    assert (answer.progress.aim, answer.progress.done) == (
        timedelta(hours=100),
        timedelta(minutes=30),
    )
    assert do(set_group_goal, command("21:01"), "なし").progress is None
    row = Goal.get()
    assert (row.user_id, row.minutes, row.per) == (0, 0, "week")


def test_the_servers_goal_is_undone_by_whoever_set_it():
    asked = command("21:00")
    do(set_group_goal, asked, "100h")
    assert refused(restore, command("21:01", HANA), asked.id).key == "not_yours"
    former = command("21:02")
    assert refused(restore, former, asked.id).key == "organisers_only"
    assert Goal.get().minutes == 6000
    organiser = replace(command("21:03"), organiser=True)
    assert isinstance(do(restore, organiser, asked.id), GroupGoal)
    assert Goal.select().count() == 0


def test_only_the_undo_of_a_servers_goal_reads_the_servers_week():
    worked("20:00", "20:30", HANA)
    choices = (set_listed, "yes"), (set_goal, "1h", "day"), (set_group_goal, "100h")
    for n, (set_it, *said) in enumerate(choices):
        asked = command(f"21:0{n}")
        do(set_it, asked, *said)
        reads = {"week": week_of_goal(*this_week(asked), asked.id)}
        assert bool(do(fetch, reads)["week"].sessions) == (set_it is set_group_goal)
    organiser = replace(command("21:05"), organiser=True)
    do(set_group_goal, organiser, "none")
    back = do(restore, replace(command("21:06"), organiser=True), organiser.id)
    assert (back.progress.aim, back.progress.done) == (
        timedelta(hours=100),
        timedelta(minutes=30),
    )


def test_a_board_is_joined_by_who_left_and_came_back():
    Membership.create(guild_id=HERE, user_id=NANAO, left_at=command("20:00").at)
    do(set_listed, command("21:00"), "yes")
    assert Membership.get().left_at is None
