"""The weekly summary on both databases: due when it was set, taken once, and of whom it tells."""

from datetime import timedelta

import pytest

from domain.config import read_settings
from models import Goal, Guild, Member, Membership, Posting
from queries import config, weekly
from tests.support.commands import HANA, HERE, NANAO, THERE, at, command, do, worked

DEFAULTS = command("12:00").defaults
MONDAY = at("2026-07-06T09:00")
HOUR = timedelta(hours=1)


def set_up(said: str = "summary_channel:5", when: str = "2026-06-30T12:00", where: int = HERE):
    do(config.change, command(when, where=where), read_settings(said), sure=True)


def take(now=MONDAY, where: int = HERE) -> weekly.Taken:
    return do(weekly.take, DEFAULTS, where, now)


def test_nothing_is_due_where_nobody_chose_it():
    Guild.create(guild_id=HERE)
    set_up("summary_channel:5")
    set_up("summary_channel:none", "2026-06-30T13:00")
    assert do(weekly.due_times, DEFAULTS, MONDAY) == {}
    assert take() == weekly.Taken(None)


def test_it_is_taken_once_and_due_again_a_week_later():
    set_up()
    worked("20:00", "21:00")
    assert do(weekly.due_times, DEFAULTS, at("2026-07-01T12:00")) == {HERE: MONDAY}
    early = take(MONDAY - timedelta(seconds=1))
    assert early == weekly.Taken(MONDAY)
    taken = take()
    assert (taken.next_at, taken.week.total) == (MONDAY + timedelta(days=7), HOUR)
    row = Posting.get()
    assert (row.guild_id, row.kind, str(row.from_on), row.taken_at) == (
        *(HERE, "week", "2026-06-29"),
        MONDAY,
    )
    note(weekly.note_success)
    assert take(MONDAY + HOUR) == weekly.Taken(MONDAY + timedelta(days=7))
    set_up("summary_day:1", "2026-07-06T10:00")
    tuesday = at("2026-07-07T09:00")
    assert take(tuesday) == weekly.Taken(at("2026-07-14T09:00")), "the same week was posted"


def test_a_new_setting_posts_nothing_for_the_past_and_an_outage_only_half_a_day():
    worked("20:00", "21:00")
    set_up(when="2026-07-06T09:30")
    assert take(at("2026-07-06T09:31")).week is None
    assert Posting.select().count() == 0
    set_up(when="2026-06-30T12:01", where=THERE)
    worked("20:00", "21:00", HANA, THERE)
    assert take(MONDAY + timedelta(hours=12), THERE) == weekly.Taken(MONDAY + timedelta(days=7))
    assert take(MONDAY + timedelta(hours=11, minutes=59), THERE).week.total == HOUR


def test_an_empty_week_is_not_posted():
    set_up()
    worked("2026-07-06T08:00", "2026-07-06T08:30")  # the new week's
    taken = take()
    assert taken == weekly.Taken(MONDAY + timedelta(days=7))
    assert take(MONDAY + HOUR) == taken, "and nobody wonders whether it was"


def test_it_names_those_alone_who_are_listed_here():
    set_up("summary_channel:5,goal:5h")
    for number, (who, listed, private, left) in enumerate(
        (
            (NANAO, True, False, None),
            (HANA, False, False, None),
            (33, True, True, None),
            (44, True, False, MONDAY),
        )
    ):
        worked(f"{10 + number}:00", f"{11 + number}:30", who)
        Membership.create(guild_id=HERE, user_id=who, listed=listed, private=private, left_at=left)
    worked("20:00", "21:00", 55, THERE)
    Membership.create(guild_id=THERE, user_id=55, listed=True)
    Member.create(user_id=NANAO, zone="America/New_York")
    week = take().week
    assert [one.entry.user_name for one in week.places] == ["Nanao"]
    assert (week.total, week.members, week.together) == (6 * HOUR, 4, 1.5 * HOUR)
    assert week.progress.reached
    assert Goal.select().count() == 1


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("zone:London", "2026-07-06T17:00"),  # Tokyo is 8 hours ahead
        ("summary_hour:21", "2026-07-06T21:00"),
        ("week_starts:6", "2026-07-06T09:00"),  # the day that was chosen stays
        ("summary_day:3", "2026-07-02T09:00"),
    ],
)
def test_it_follows_the_servers_clock(said, moment):
    set_up()
    set_up(said, "2026-06-30T13:00")
    assert do(weekly.due_times, DEFAULTS, at("12:00")) == {HERE: at(moment)}


def note(what, now=MONDAY):
    return do(what, HERE, at("2026-06-29T12:00").date(), now)


def test_a_failure_is_told_of_once_until_it_works_again():
    set_up()
    set_up(when="2026-06-30T12:01", where=THERE)
    assert note(weekly.note_failure)
    assert not note(weekly.note_failure, MONDAY + HOUR)
    failed = [one.summary_failed_at for one in Guild.select().order_by(Guild.guild_id)]
    assert failed == [MONDAY, None]
    note(weekly.note_success)
    assert note(weekly.note_failure, MONDAY + HOUR)


def test_a_week_of_which_nothing_more_is_known_is_taken_again_in_five_minutes():
    set_up()
    worked("20:00", "21:00")
    assert take().doubtful_since is None
    later = MONDAY + weekly.DOUBT
    assert take(MONDAY + timedelta(seconds=9)) == weekly.Taken(later), "somebody may be at it"
    again = take(later)
    assert (again.week.total, again.doubtful_since) == (HOUR, MONDAY)
    assert take(later) == weekly.Taken(later + weekly.DOUBT), "and so may who took it then"
    third = take(later + HOUR)
    assert third.doubtful_since == MONDAY, "it may have been posted by the first one"
    note(weekly.note_success)
    assert take(later + 2 * HOUR) == weekly.Taken(MONDAY + timedelta(days=7))


def test_an_organiser_is_written_to_in_their_own_language():
    assert do(weekly.language_of, NANAO) is None
    Member.create(user_id=NANAO, last_language="en-US")
    assert do(weekly.language_of, NANAO) == "en-US"
    Member.update(language="ja").execute()
    assert do(weekly.language_of, NANAO) == "ja"
