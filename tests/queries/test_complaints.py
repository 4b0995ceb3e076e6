"""What users of other bots and trackers complained of, and that it does not happen here.

Each test is called after one complaint, the most frequent first, and names where it was told; so do
tests elsewhere that show just what somebody missed.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import database
import models
from domain.command import Ended
from domain.decisions.stats import Stats
from domain.logbook import Inputs
from domain.reminders import AskEndTime
from models import Guild, Member, Membership, Session
from queries.active import pause, resume
from queries.guilds import end_open_sessions
from queries.leaderboard import leaderboard_page, note_left
from queries.logbook import add, edit
from queries.sessions import begin, end, end_named
from queries.stats import breakdown, stats
from tests.support.commands import HANA, HERE, NANAO, at, begun, command, do, worked
from tests.support.rows import refused
from views.answer import render

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAY = timedelta(days=1)


def numbers(said: str, when: str, who: int = NANAO, where: int = HERE) -> Stats:
    return do(stats, command(when, who, where), said)


def total(said: str, when: str, **whose: int) -> timedelta:
    return numbers(said, when, **whose).summary.total


def nights(first: str, count: int, start: str = "20:00", over: str = "21:00") -> None:
    for n in range(count):
        on = date.fromisoformat(first) + n * DAY
        worked(f"{on}T{start}", f"{on}T{over}")


def test_hours_and_streaks_survive_a_restart(tables):
    """Study-Together-Org/time_counter#61: hours and streaks dropped after ten minutes away."""
    nights("2026-06-21", 10)
    begun("2026-07-01T20:00")
    asked = command("2026-07-01T21:00")
    before = do(stats, asked, "month")
    database.close(5)
    models.database.close()  # another process: nothing but the rows is left
    models.database.connect()
    after = do(stats, asked, "month")
    assert (after.summary, after.streak) == (before.summary, 11)


def test_no_total_goes_down_while_time_goes_on():
    """time_counter#80: a rolling day looks like loss, so days are those of the calendar."""
    nights("2026-06-29", 3)
    begun("2026-07-01T22:00")
    found = [total("week", f"2026-07-01T23:{minute:02}") for minute in range(0, 60, 10)]
    assert found == sorted(found)
    assert total("yesterday", "2026-07-01T00:30") == total("yesterday", "2026-07-01T23:30") == HOUR


def test_a_session_of_340_hours_can_be_stopped_and_corrected():
    """kimai#4290: an entry of 340 hours could not be stopped any more."""
    id_ = begun("2026-06-01T20:00")
    assert isinstance(do(end, command("2026-06-16T00:00"), None, None), AskEndTime)
    found = do(end_named, command("2026-06-16T00:00"), id_, sure=True)
    assert isinstance(found, Ended)
    assert found.session.ended_at == at("2026-06-16T00:00")
    do(edit, command("2026-06-16T00:05"), id_, Inputs(None, None, "2026-06-01 22:00"))
    assert total("month", "2026-06-16T00:10") == 2 * HOUR


def test_who_forgot_to_stop_says_when_they_really_left():
    """DRYTRIX/TimeTracker#706: 15 hours on the clock."""
    begun("2026-06-30T18:00")
    do(end, command("2026-07-01T09:00"), None, "昨日 19:30")
    assert total("month", "2026-07-01T09:01") == 0 * HOUR
    assert total("last month", "2026-07-01T09:01") == 90 * MINUTE


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Asia/Kathmandu"])
def test_a_week_and_its_streak_begin_where_the_member_lives(zone):
    """time_counter#52, #35: the week was reset on the wrong day for Asia."""
    Member.create(user_id=NANAO, zone=zone)
    sunday, monday = date(2026, 6, 28), date(2026, 6, 29)
    for on in (sunday, monday):
        start = datetime(on.year, on.month, on.day, 23, 30, tzinfo=ZoneInfo(zone))
        do(begin, command(start), None, None)
        do(end, command(start + 20 * MINUTE), None, None)
    found = numbers("6/28-6/29", "2026-07-01T12:00")
    assert found.summary.by_day == {sunday: 20 * MINUTE, monday: 20 * MINUTE}
    assert total("week", "2026-07-01T12:00") == 20 * MINUTE


def test_an_hour_of_a_clock_change_is_neither_lost_nor_doubled():
    """toggl/track-extension#2292, hackatime#255: the hour of a clock change was counted wrong."""
    Guild.create(guild_id=HERE, zone="America/New_York")
    Membership.create(guild_id=HERE, user_id=NANAO, listed=True)
    for start, over, hours in [
        ("2026-03-08T14:30", "2026-03-08T16:30", 2),  # 0:30 to 3:30 there
        ("2026-11-01T13:30", "2026-11-01T17:30", 4),
    ]:
        worked(start, over)
        asked = command(over)
        assert do(stats, asked, "today").summary.total == hours * HOUR
        assert do(leaderboard_page, asked, "today", "time", 1).places[0].entry.time == hours * HOUR


@pytest.mark.parametrize(
    ("start", "over", "said", "parts"),
    [
        ("2026-06-28T23:00", "2026-06-29T02:00", ("last week", "week"), (1, 2)),
        ("2026-06-30T23:00", "2026-07-01T02:00", ("last month", "month"), (1, 2)),
        ("2025-12-31T23:00", "2026-01-01T02:00", ("last year", "year"), (1, 2)),
        ("2026-06-30T23:00", "2026-07-01T02:00", ("yesterday", "today"), (1, 2)),
    ],
)
def test_a_night_over_the_end_of_a_period_is_in_both(start, over, said, parts):
    """django-timepiece#36: an entry across two months was in neither; kimai#4239, clocker#39."""
    Membership.create(guild_id=HERE, user_id=NANAO, listed=True)
    worked(start, over)
    for name, hours in zip(said, parts, strict=True):
        assert total(name, "2026-07-01T12:00") == hours * HOUR
        (place,) = do(leaderboard_page, command("2026-07-01T12:00"), name, "time", 1).places
        assert place.entry.time == hours * HOUR


def test_a_night_owl_has_their_own_day():
    """jazzband/Watson#457: a day that starts at four."""
    Member.create(user_id=NANAO, day_starts=4)
    worked("2026-06-30T23:00", "2026-07-01T02:00")
    assert total("today", "2026-07-01T03:59") == 3 * HOUR
    assert total("today", "2026-07-01T04:00") == 0 * HOUR


def listed(*members: int) -> None:
    for who in members:
        Membership.create(guild_id=HERE, user_id=who, listed=True)


def on_board(said: str, when: str = "23:00") -> list[int]:
    found = do(leaderboard_page, command(when), said, "time", 1)
    return [one.entry.user_id for one in found.places]


def test_there_is_a_board_for_the_day_the_week_and_the_month():
    """StudyLion#4; and they end at midnight, not 24 hours later."""
    listed(NANAO, HANA, 33)
    worked("2026-06-30T23:00", "2026-06-30T23:59")
    worked("2026-07-01T00:10", "2026-07-01T00:30", HANA)
    worked("2026-06-10T20:00", "2026-06-10T23:00", 33)
    boards = ("today", "yesterday", "week", "month", "last month")
    assert [on_board(said) for said in boards] == [
        *([HANA], [NANAO], [NANAO, HANA], [HANA], [33, NANAO])
    ]


def test_who_left_is_on_no_board_and_breaks_none():
    """miki-bot#321, yagpdb-cc#230, JavaBot#503: members who left, and the crash on them."""
    listed(NANAO, HANA)
    worked("20:00", "21:00")
    worked("20:00", "22:00", HANA)
    do(note_left, HERE, [HANA], at("22:30"))
    found = do(leaderboard_page, command("23:00"), "today", "time", 1)
    assert [(one.place, one.entry.user_name) for one in found.places] == [(1, "Nanao")]
    assert found.total == 3 * HOUR
    assert "Hana" not in (render(found, "ja").embed.description or "")


def test_a_time_forgotten_can_be_added_and_a_wrong_one_changed():
    """kimai#5002, plees-tracker#370; and it is marked."""
    added = do(add, command("23:00"), Inputs(None, "19:00", "20:30"))
    changed = do(edit, command("23:05"), added.session.id, Inputs(None, "19:00", "20:00"))
    assert changed.session.edited
    assert total("today", "23:10") == HOUR


def test_one_can_see_which_day_did_not_count_and_why():
    """time_counter#42: a "streak sheet"; Why? lists every part with its seconds."""
    nights("2026-06-28", 1)
    nights("2026-06-29", 1, over="20:00:59")
    nights("2026-06-30", 1)
    assert numbers("week", "2026-06-30T22:00").streak == 1
    found = do(breakdown, command("2026-06-30T22:00"), "6/28-6/30", 1)
    assert [part.worked for part in found.parts] == [HOUR, 59 * timedelta(seconds=1), HOUR]
    assert "0:00:59" in (render(found, "en-US").embed.description or "")


def test_a_break_is_no_work_anywhere():
    """Intery/PomoBot#42, solidtime#350."""
    listed(NANAO)
    id_ = begun("20:00")
    do(pause, command("20:30"), id_)
    assert total("today", "21:00") == 30 * MINUTE
    do(resume, command("21:00"), id_)
    ended = do(end, command("21:15"), None, None)
    assert ended.today == total("today", "22:00") == 45 * MINUTE
    assert do(leaderboard_page, command("22:00"), "today", "time", 1).total == 45 * MINUTE
    assert do(breakdown, command("22:00"), "today", 1).total == 45 * MINUTE


def test_past_weeks_and_months_can_be_asked_for():
    """kani3camp/youtube-study-space#185."""
    nights("2026-05-31", 2)
    assert total("5/1-5/31", "2026-07-01T12:00") == HOUR
    assert total("last month", "2026-07-01T12:00") == HOUR
    assert total("6/1-6/7", "2026-07-01T12:00") == HOUR
    assert refused(stats, command("12:00"), "5/1-").key == "period.unreadable"


def test_the_end_says_how_long_it_was_and_until_when():
    """FU-Hagen-Discord/fernuni-bot#144: say "185 minutes"; sprinto#14: and the time it ended."""
    begun("20:00")
    found = do(end, command("23:05"), None, None)
    shown = render(found, "en-US").embed.description or ""
    assert "3 h 5 min" in shown
    assert f"<t:{int(at('23:05').timestamp())}:t>" in shown


def test_a_server_that_is_gone_takes_no_hours_with_it():
    """time_counter#26, #31; E1 dropped what ran for more than 24 hours."""
    begun("2026-06-29T20:00")
    do(end_open_sessions, HERE, at("2026-07-01T08:00"))
    assert total("week", "2026-07-01T12:00") == 36 * HOUR
    assert Session.get().closed_by == "removal"
