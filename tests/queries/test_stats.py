"""A member's numbers, on both databases."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.calendar import Calendar
from domain.goals import Goal
from domain.logbook import Inputs
from models import Goal as GoalRow
from models import Guild, Member, Membership
from queries.active import pause, resume
from queries.corrections import discard
from queries.leaderboard import leaderboard_page
from queries.logbook import add, delete
from queries.sessions import begin, end, end_named
from queries.stats import breakdown, stats
from tests.support.commands import HANA, HERE, NANAO, THERE, at, begun, command, do, worked
from tests.support.rows import refused

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOW = "2026-07-01T23:30"  # a Wednesday, in Tokyo


def numbers(said: str | None = "today", when: str = NOW, who: int = NANAO, where: int = HERE):
    return do(stats, command(when, who, where), said)


def test_nothing_yet():
    found = numbers("week")
    assert (found.summary.total, found.summary.sessions) == (0 * HOUR, 0)
    assert (found.everywhere, found.progress, found.together) == (None, None, 0 * HOUR)


def test_a_day():
    worked("20:00", "21:00")
    id_ = begun("21:30", task="数学")
    do(pause, command("22:00"), id_)
    do(resume, command("22:10"), id_)
    found = numbers()
    assert found.summary.total == HOUR + 110 * MINUTE
    assert (found.summary.sessions, found.summary.days, found.streak) == (2, 1, 1)
    assert found.summary.top_tasks == [("数学", 110 * MINUTE)]
    assert (found.user_name, found.period.name) == ("Nanao", "today")


def test_this_week_unless_one_says_otherwise():
    worked("2026-06-28T23:00", "2026-06-28T23:30")  # Sunday
    worked("2026-06-29T00:30", "2026-06-29T01:30")  # Monday
    assert numbers(None).summary.total == HOUR
    assert numbers(None).before == 30 * MINUTE
    assert numbers("last week").summary.total == 30 * MINUTE
    assert numbers("6/28-6/29").summary.total == 90 * MINUTE
    assert refused(stats, command(NOW), "someday").key == "period.unreadable"


def test_two_dates_that_are_a_week_are_called_one():
    assert numbers("2026-06-29..2026-07-05").period.name == "week"
    assert numbers("2026-06-29..2026-07-04").period.name == "between"
    assert numbers("1970-01-01..2026-07-01").period.name == "all"


def test_a_night_is_cut_at_midnight_in_the_members_zone():
    worked("2026-06-30T22:00", "2026-07-01T01:00")
    assert numbers().summary.total == HOUR
    Member.create(user_id=NANAO, zone="Europe/London")
    assert numbers("today", "2026-07-01T08:30").summary.total == 0 * HOUR  # 0:30 of the 1st there
    assert numbers("yesterday", "2026-07-01T08:30").summary.total == 3 * HOUR


def test_the_servers_zone_where_the_member_has_none():
    Guild.create(guild_id=HERE, zone="America/New_York", day_starts=5)
    found = numbers()
    assert found.preferences.calendar == Calendar(ZoneInfo("America/New_York"), 5)
    Member.create(user_id=NANAO, day_starts=0)
    assert numbers().preferences.calendar == Calendar(ZoneInfo("America/New_York"), 0)


def test_others_and_what_is_gone_do_not_count():
    worked("20:00", "21:00", HANA)
    id_ = begun("20:00")
    do(discard, command("21:00"), id_)
    assert numbers().summary.sessions == 0


def test_each_server_counts_its_own_and_all_of_them_count_what_overlaps_once():
    """ST had one open session over all servers, E1 no servers at all."""
    worked("20:00", "21:00")
    worked("20:30", "22:00", where=THERE)
    here, there = numbers(), numbers(where=THERE)
    assert (here.summary.total, there.summary.total) == (HOUR, 90 * MINUTE)
    assert here.everywhere == there.everywhere == 2 * HOUR
    assert numbers(who=HANA).everywhere is None


def test_breaks_elsewhere_are_no_work_there():
    worked("20:00", "20:30")
    id_ = begun("21:00", where=THERE)
    do(pause, command("21:10", where=THERE), id_)
    do(resume, command("21:30", where=THERE), id_)
    do(end, command("22:00", where=THERE), None, None)
    assert numbers().everywhere == 30 * MINUTE + 40 * MINUTE


def test_together_is_when_somebody_else_worked_too():
    worked("20:00", "21:00")
    worked("20:30", "22:00", HANA)
    worked("20:40", "20:50", 33)  # a third one changes nothing
    worked("20:00", "20:20", 33, THERE)
    assert numbers().together == 30 * MINUTE
    assert numbers(who=HANA).together == 30 * MINUTE


def test_together_leaves_out_breaks_and_who_keeps_to_themselves():
    id_ = begun("20:00")
    do(pause, command("20:40"), id_)
    do(resume, command("20:50"), id_)
    do(end, command("21:00"), None, None)
    worked("20:30", "21:00", HANA)
    assert numbers().together == 20 * MINUTE
    Membership.create(guild_id=HERE, user_id=HANA, private=True)
    assert numbers().together == 0 * MINUTE
    assert numbers(who=HANA).together == 20 * MINUTE, "they themselves may know"


def test_the_end_tells_of_it_too():
    begun("20:00")
    worked("20:30", "20:50", HANA)
    answer = do(end, command("21:00"), None, None)
    assert answer.together == 20 * MINUTE


@pytest.mark.parametrize("days", [1, 2, 40, 150])
def test_a_streak_however_long(days):
    """LionBot 98ec78f: every streak was shown as 1 on the first of a month."""
    for n in (days + 1, *range(days - 1, -1, -1)):
        on = date(2026, 6, 30) - timedelta(days=n)
        worked(f"{on}T20:00", f"{on}T20:01")
    assert numbers("week").streak == days, "today, unfinished, does not break it"
    begun("22:00")
    assert numbers("today").streak == days + 1


def test_a_minute_is_enough_for_a_day_and_less_is_not():
    worked("2026-06-29T20:00", "2026-06-29T20:30")
    worked("2026-06-30T20:00", "2026-06-30T20:00:59")
    assert numbers("week").streak == 0


def goal(from_on: str, minutes: int, per: str = "day", who: int = NANAO) -> None:
    on = date.fromisoformat(from_on)
    GoalRow.create(guild_id=HERE, user_id=who, from_on=on, minutes=minutes, per=per)


def test_the_goal_of_today():
    goal("2026-06-01", 120)
    worked("20:00", "21:00")
    progress = numbers("week").progress
    assert (progress.done, progress.aim, progress.reached) == (HOUR, 2 * HOUR, False)
    assert do(end, command("21:30"), None, None).preferences
    answer = do(begin, command("22:00"), None, None)
    over = do(end, command("23:00"), None, None)
    assert answer.session.id == over.session.id
    assert (over.progress.done, over.progress.reached) == (2 * HOUR, True)


def test_the_goal_of_the_week_counts_its_other_days():
    goal("2026-06-01", 600, "week")
    worked("2026-06-29T20:00", "2026-06-29T23:00")
    begun("20:00")
    over = do(end, command("21:00"), None, None)
    assert (over.today, over.progress.done) == (HOUR, 4 * HOUR)
    assert numbers("today").progress.done == 4 * HOUR


def test_a_changed_goal_does_not_change_the_past():
    goal("2026-06-01", 60, "week")
    goal("2026-07-01", 600, "week")
    worked("2026-06-23T20:00", "2026-06-23T21:00")
    past, now = numbers("last week"), numbers("week")
    assert (past.progress.aim, past.progress.reached) == (HOUR, True)
    assert (now.progress.aim, now.progress.reached) == (10 * HOUR, False)
    assert now.goals == (Goal(date(2026, 6, 1), 60, "week"), Goal(date(2026, 7, 1), 600, "week"))


def test_a_past_month_has_no_one_goal_to_tell_of():
    goal("2026-06-01", 60)
    worked("2026-06-23T20:00", "2026-06-23T21:00")
    assert numbers("last month").progress is None
    assert numbers("6/23").progress.reached


def test_others_goals_are_not_mine():
    goal("2026-06-01", 60, who=HANA)
    goal("2026-06-01", 60, who=0)
    worked("20:00", "21:00")
    assert numbers().progress is None


def test_the_parts_add_up_to_the_total_page_by_page():
    for hour in range(23):
        worked(f"{hour:02}:00", f"{hour:02}:{hour + 10}")
    total = numbers().summary.total
    pages = [do(breakdown, command(NOW), "today", page) for page in (1, 2, 3)]
    assert [len(page.parts) for page in pages] == [10, 10, 3]
    assert [page.before for page in pages] == [
        sum((part.worked for page in pages[:n] for part in page.parts), timedelta())
        for n in range(3)
    ]
    assert {(page.total, page.count, page.pages) for page in pages} == {(total, 23, 3)}
    assert sum((p.worked for page in pages for p in page.parts), timedelta()) == total


def test_a_part_says_how_it_was_cut():
    worked("2026-06-30T23:00", "2026-07-01T01:00")
    (part,) = do(breakdown, command(NOW), "today", 1).parts
    assert (part.starts_before, part.ends_after, part.worked) == (True, False, HOUR)


def test_what_is_asked_about_again_is_as_it_was_asked():
    id_ = begun("20:00")
    do(pause, command("20:30"), id_)
    then = "21:00"
    before = numbers(when=then), do(breakdown, command(then), "today", 1)
    do(resume, command("21:10"), id_)
    do(end, command("22:00"), None, None)
    worked("22:10", "22:20")
    again = numbers(when=then), do(breakdown, command(then), "today", 1)
    assert [one.total for one in (again[0].summary, again[1])] == [30 * MINUTE] * 2
    assert [one.total for one in (before[0].summary, before[1])] == [30 * MINUTE] * 2
    (part,) = again[1].parts
    assert (part.session.active, part.interval.end) == (True, at(then))
    assert numbers().summary.total == 90 * MINUTE


def test_what_was_done_since_changes_no_number_of_then():
    worked("10:00", "11:00")
    running = begun("11:30")
    then = command("12:00")
    first = do(stats, then, "today")
    do(end_named, command("13:00"), running)
    worked("14:00", "15:00")
    worked("12:00", "16:00", HANA)
    again = do(stats, then, "today", shared=True)
    assert (again.summary.total, again.together) == (first.summary.total, first.together)
    assert first.summary.total == do(breakdown, then, "today", 1).total == 90 * MINUTE
    assert do(leaderboard_page, then, "today", "time", 1).total == 90 * MINUTE


def test_numbers_of_a_time_before_all_that_is_left_of_them_are_none():
    first = worked("10:00", "11:00")
    then = command("12:00")
    do(delete, command("12:30"), first)
    worked("14:00", "15:00")
    assert do(stats, then, "today", shared=True).summary.total == 0 * HOUR
    assert do(stats, then, "today").everywhere is None
    assert do(stats, then, "2026-08-01..2026-08-31").before == 0 * HOUR


def test_added_by_hand_counts_as_well():
    do(add, command("2026-07-01T12:00"), Inputs(None, "9:00", "10:30"))
    assert numbers().summary.total == 90 * MINUTE
    assert do(breakdown, command("2026-07-01T12:00"), "today", 1).parts[0].session.edited
