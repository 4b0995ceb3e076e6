"""Start, end and their buttons: every rule and edge of them, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

import database
from domain.command import AlreadyOpen, Ended, NothingOpen, NotYours, Restarted, Started
from domain.reminders import EndAsked
from models import Guild, History, Member, Session
from queries.active import pause, set_task, still, toggle_break
from queries.corrections import set_note, undo
from queries.guilds import working
from queries.sessions import begin, begin_same, end, end_named, restart
from tests.support.commands import HANA, HERE, NANAO, THERE, at, begun, command, do, worked
from tests.support.lives import utc
from tests.support.rows import intervals, log, recorded, refused, session, sessions, unchanged

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


# Start.


def test_a_start_makes_a_session_and_its_line_in_the_log():
    asked = command("21:00")
    answer = do(begin, asked, "数学", None)
    assert isinstance(answer, Started)
    session = answer.session
    assert (session.id, session.guild_id, session.channel_id) == (asked.id, HERE, 777)
    assert (session.user_id, session.user_name) == (NANAO, "Nanao")
    assert (session.task, session.note, session.started_at) == ("数学", None, at("21:00"))
    assert session.active
    assert answer.others == 0
    (row,) = History.select()
    assert (row.user_id, row.user_name, row.cmd) == (str(NANAO), "Nanao", "start")
    assert (row.created_at, row.interaction_id) == (at("21:00"), asked.id)
    assert (row.guild_id, row.session_id, row.before) == (HERE, asked.id, None)
    assert row.after == {
        "task": "数学",
        "note": None,
        "started_at": at("21:00").isoformat(),
        "ended_at": None,
        "removed_at": None,
        "closed_by": None,
        "edited_at": None,
        "planned_end_at": None,
        "confirmed_at": None,
        "breaks": [],
    }


def test_a_second_start_asks_and_changes_nothing():
    first = begun("21:00", task="math")
    with unchanged():
        answer = do(begin, command("21:30"), "reading", None)
        assert isinstance(answer, AlreadyOpen)
        assert (answer.session.id, answer.session.task, answer.task) == (first, "math", "reading")


async def test_of_fifty_starts_at_once_one_is_a_session():
    asked = [command("21:00") for _ in range(25)] + [
        command(at("21:00") + timedelta(milliseconds=n)) for n in range(25)
    ]
    answers = await asyncio.gather(*(database.run(begin, one, None, None) for one in asked))
    kinds = [type(answer) for answer in answers]
    assert (kinds.count(Started), kinds.count(AlreadyOpen)) == (1, 49)
    assert len({answer.session.id for answer in answers}) == 1
    assert len(sessions()) == History.select().count() == 1


async def test_of_fifty_ends_at_once_one_ends_it():
    begun("21:00")
    asked = [command(at("22:00") + timedelta(milliseconds=n // 2)) for n in range(50)]
    answers = await asyncio.gather(*(database.run(end, one, None, None) for one in asked))
    kinds = [type(answer) for answer in answers]
    assert (kinds.count(Ended), kinds.count(NothingOpen)) == (1, 49)
    assert log() == ["start", "end"]


def test_members_and_servers_do_not_mix():
    begun("21:00")
    begun("21:00", HANA)
    begun("21:01", NANAO, THERE)
    assert len(sessions()) == 3
    do(end, command("22:00"), None, None)
    assert intervals() == [("21:00", "22:00")]
    assert intervals(HANA) == [("21:00", None)]
    assert intervals(NANAO, THERE) == [("21:01", None)]


def test_others_are_those_who_work_here_now():
    begun("20:00", HANA)
    begun("20:00", 33)
    begun("20:00", 44, THERE)
    worked("20:00", "20:30", 55)
    answer = do(begin, command("21:00"), None, None)
    assert isinstance(answer, Started)
    assert answer.others == 2


@pytest.mark.parametrize(
    ("said", "start"),
    [("20分前", "20:40"), ("20:15", "20:15"), ("now", "21:00"), ("24h", "2026-06-30T21:00")],
)
def test_a_start_may_lie_back(said, start):
    asked = command("21:00")
    answer = do(begin, asked, None, said)
    assert isinstance(answer, Started)
    assert answer.session.started_at == at(start)
    assert History.get().created_at == asked.at


@pytest.mark.parametrize("said", ["24h1m", "一昨日 20:00", "2026-06-01 10:00"])
def test_a_start_more_than_a_day_back_is_refused(said):
    no = refused(begin, command("21:00"), None, said)
    assert (no.key, no.values) == ("start.too_old", {"text": said})


def test_a_start_in_a_session_that_is_over_is_refused_and_says_which():
    worked("19:00", "20:30")
    no = refused(begin, command("21:00"), None, "20:29")
    assert (no.key, no.values) == ("clash", {"start": at("19:00"), "end": at("20:30")})


def test_a_start_before_a_session_that_is_over_is_refused():
    worked("19:00", "20:30")
    assert refused(begin, command("21:00"), None, "18:00").key == "clash"


def test_a_start_may_touch_the_end_of_another():
    worked("19:00", "20:30")
    answer = do(begin, command("21:00"), None, "20:30")
    assert isinstance(answer, Started)
    assert intervals() == [("19:00", "20:30"), ("20:30", None)]


def test_a_clash_in_another_server_is_none():
    worked("19:00", "20:30", NANAO, THERE)
    worked("19:00", "20:30", HANA)
    assert isinstance(do(begin, command("21:00"), None, "20:00"), Started)


def test_a_time_that_cannot_be_read_starts_nothing():
    assert refused(begin, command("21:00"), None, "99:00").key == "time.unreadable"
    assert refused(begin, command("21:00"), None, "2027-01-01 10:00").key == "time.future"


def test_a_clock_time_is_one_of_the_members_zone():
    Member.create(user_id=NANAO, zone="America/New_York")
    answer = do(begin, command("21:00"), None, "07:30")  # 21:00 in Tokyo is 8:00 in New York
    assert isinstance(answer, Started)
    assert answer.session.started_at == at("20:30")


# The same task again.


@pytest.mark.parametrize("task", ["math", None])
def test_a_start_with_the_task_of_another_session_is_a_start(task):
    id_ = begun("19:00", task=task)
    do(end, command("20:00"), "note", None)
    asked = command("21:00")
    answer = do(begin_same, asked, id_)
    assert isinstance(answer, Started)
    session = answer.session
    assert (session.id, session.task, session.note) == (asked.id, task, None)
    assert (session.started_at, recorded(asked, "start").session_id) == (at("21:00"), asked.id)
    with unchanged():
        assert do(begin_same, asked, id_, retried=True) == answer
        twice = do(begin_same, command("21:01"), id_)
        assert isinstance(twice, AlreadyOpen)
        assert (twice.session.id, twice.task) == (asked.id, task)


def test_a_start_with_a_task_that_is_not_ones_own_is_none():
    theirs = worked("19:00", "20:00", HANA)
    elsewhere = worked("19:00", "20:00", NANAO, THERE)
    with unchanged():
        answer = do(begin_same, command("21:00"), theirs)
        assert isinstance(answer, NotYours)
        assert (answer.owner, answer.own) == ("Hana", None)
    assert refused(begin_same, command("21:00"), elsewhere).key == "unknown_button"
    assert refused(begin_same, command("21:00"), 12345).key == "unknown_button"


def test_the_same_task_is_not_tried_again_after_a_newer_start():
    id_ = worked("19:00", "20:00")
    lost = command("21:00")
    worked("21:30", "22:00")
    assert refused(begin_same, lost, id_, retried=True).key == "retry.newer"


# End.


def test_an_end_closes_and_keeps_the_note():
    id_ = begun("21:00", task="math")
    asked = command("22:25")
    answer = do(end, asked, "read\nchapter 3", None)
    assert isinstance(answer, Ended)
    assert (answer.session.id, answer.session.ended_at) == (id_, at("22:25"))
    assert (answer.session.note, answer.session.task) == ("read\nchapter 3", "math")
    assert (answer.today, answer.change_id) == (85 * MINUTE, asked.id)
    row = recorded(asked, "end")
    assert (row.session_id, row.before["ended_at"], row.before["note"]) == (id_, None, None)
    assert (row.after["ended_at"], row.after["note"]) == (
        at("22:25").isoformat(),
        "read\nchapter 3",
    )


def test_an_end_without_a_note_leaves_the_one_there():
    begun("21:00")
    Session.update(note="kept").execute()
    answer = do(end, command("22:00"), None, None)
    assert isinstance(answer, Ended)
    assert answer.session.note == "kept"


def test_an_end_may_lie_back_down_to_the_start():
    begun("21:00")
    for said in ("20:59", "21:00", "昨日 22:00"):
        no = refused(end, command("22:00"), None, said)
        assert (no.key, no.values) == ("end.before_start", {"start": at("21:00")})
    answer = do(end, command("22:00"), None, "21:01")
    assert isinstance(answer, Ended)
    assert answer.session.ended_at == at("21:01")


def test_a_session_can_always_be_ended_however_long_it_ran():
    id_ = begun("2026-06-10T21:00")
    assert isinstance(do(end, command("2026-07-01T21:00"), None, None), EndAsked)
    answer = do(end_named, command("2026-07-01T21:00"), id_, sure=True)
    assert isinstance(answer, Ended)
    assert answer.today == 21 * HOUR


def test_an_end_in_the_moment_of_the_start_is_an_end():
    begun("21:00")
    answer = do(end, command("21:00"), None, None)
    assert isinstance(answer, Ended)
    assert answer.today == timedelta()


def test_nothing_to_end_tells_of_the_last():
    assert do(end, command("20:00"), None, None).last is None
    worked("19:00", "19:30")
    id_ = worked("19:30", "20:30")
    begun("20:40", HANA)
    with unchanged():
        answer = do(end, command("21:00"), None, None)
        assert isinstance(answer, NothingOpen)
        assert answer.last.id == id_


def test_an_end_that_was_said_before_the_start_does_not_end_it():
    # Discord's clock decides, not the order in which the two came to the database
    begun("21:00")
    with unchanged():
        assert isinstance(do(end, command("20:59"), None, None), NothingOpen)


# A name that was changed while working.


@pytest.mark.parametrize(
    "query",
    [
        lambda asked, _: toggle_break(asked),
        pause,
        end_named,
        still,
        lambda asked, _: end(asked, None, None),
        lambda asked, id_: set_task(asked, id_, "art"),
    ],
)
def test_a_name_that_was_changed_while_working_is_shown_from_then_on(query):
    id_ = begun("20:00")
    asked = replace(command("20:30"), user_name="Nanao 2")
    assert do(working, asked).own.user_name == "Nanao 2"
    answer = do(query, asked, id_)
    assert answer.session.user_name == "Nanao 2"
    assert session(id_).user_name == "Nanao 2", "for others too"
    do(undo, replace(command("20:31"), user_name="Nanao 2"), asked.id)
    assert session(id_).user_name == "Nanao 2", "no undo brings a name back"


@pytest.mark.parametrize(("over", "direct"), [(False, True), (True, False)])
def test_a_name_from_elsewhere_or_of_later_is_not_that_of_a_session(over, direct):
    id_ = worked("20:00", "20:20") if over else begun("20:00")
    asked = replace(command("20:30"), user_name="Nanao 2", direct=direct)
    do(set_note, asked, id_, "note") if over else do(still, asked, id_)
    assert session(id_).user_name == "Nanao"


# The End button.


def test_the_button_ends_the_session_it_names():
    id_ = begun("21:00")
    answer = do(end_named, command("22:00"), id_)
    assert isinstance(answer, Ended)
    assert answer.session.id == id_
    assert log() == ["start", "end"]


def test_a_button_of_an_earlier_session_does_not_end_the_one_that_runs():
    old = worked("19:00", "20:00")
    begun("21:00")
    with unchanged():
        answer = do(end_named, command("22:00"), old)
        assert isinstance(answer, NothingOpen)


def test_on_somebody_elses_button_ones_own_is_offered():
    theirs = begun("21:00", HANA)
    answer = do(end_named, command("21:10"), theirs)
    assert isinstance(answer, NotYours)
    assert (answer.owner, answer.own) == ("Hana", None)
    own = begun("21:20")
    answer = do(end_named, command("21:30"), theirs)
    assert isinstance(answer, NotYours)
    assert answer.own.id == own
    assert intervals(HANA) == [("21:00", None)]
    assert intervals() == [("21:20", None)]


@pytest.mark.parametrize("query", [end_named, lambda asked, id_: restart(asked, id_, None)])
def test_a_button_of_another_server_or_of_nothing_is_unknown(query):
    id_ = begun("21:00", NANAO, THERE)
    assert refused(query, command("22:00"), id_).key == "unknown_button"
    assert refused(query, command("22:00"), 12345).key == "unknown_button"
    assert refused(query, command("22:00"), 0).key == "unknown_button"


def test_when_a_named_session_ended_may_be_said():
    id_ = begun("21:00")
    assert refused(end_named, command("23:00"), id_, time_text="20:00").key == "end.before_start"
    answer = do(end_named, command("23:00"), id_, time_text="21:45")
    assert isinstance(answer, Ended)
    assert answer.session.ended_at == at("21:45")


# End and restart, and Ended at….


def test_end_and_restart_does_both_at_the_press():
    old = begun("19:00", task="math")
    asked = command("21:00")
    answer = do(restart, asked, old, "reading")
    assert isinstance(answer, Restarted)
    assert (answer.ended.session.id, answer.ended.session.ended_at) == (old, at("21:00"))
    assert (answer.started.session.id, answer.started.session.started_at) == (asked.id, at("21:00"))
    assert (answer.ended.session.task, answer.started.session.task) == ("math", "reading")
    assert intervals() == [("19:00", "21:00"), ("21:00", None)]
    assert log() == ["start", "end", "start"]
    assert answer.ended.today == 2 * HOUR


def test_when_the_old_one_ended_may_be_said_and_the_new_one_starts_at_the_press():
    old = begun("19:00")
    answer = do(restart, command("21:00"), old, None, "20:15")
    assert isinstance(answer, Restarted)
    assert intervals() == [("19:00", "20:15"), ("21:00", None)]


def test_a_restart_that_cannot_be_changes_nothing():
    old = begun("19:00")
    assert refused(restart, command("21:00"), old, None, "18:00").key == "end.before_start"
    assert refused(restart, command("21:00"), old, None, "?").key == "time.unreadable"
    assert refused(restart, command("21:00", HANA), old, None).key == "not_yours"
    do(end, command("21:10"), None, None)
    with unchanged():
        assert isinstance(do(restart, command("21:20"), old, None), NothingOpen)


# The same interaction twice, and two in one millisecond.


def test_the_same_start_twice_is_one_and_has_one_answer():
    asked = command("21:00")
    first = do(begin, asked, "math", "10m")
    with unchanged():
        assert do(begin, asked, "math", "10m") == first
        assert do(begin, asked, "math", "10m", retried=True) == first


def test_the_same_end_twice_is_one_and_has_one_answer():
    id_ = begun("21:00")
    asked = command("22:00")
    first = do(end, asked, "note", "21:50")
    with unchanged():
        assert do(end, asked, "note", "21:50") == first
        assert do(end, asked, "note", "21:50", retried=True) == first
        assert do(end_named, asked, id_, time_text="21:50") == first


def test_the_same_restart_twice_is_one_and_has_one_answer():
    old = begun("19:00")
    asked = command("21:00")
    first = do(restart, asked, old, "reading", "20:00")
    with unchanged():
        assert do(restart, asked, old, "reading", "20:00") == first


def test_a_start_that_is_repeated_after_its_end_starts_nothing_anew():
    asked = command("21:00")
    do(begin, asked, None, None)
    do(end, command("22:00"), None, None)
    with unchanged():
        answer = do(begin, asked, None, None)
        assert isinstance(answer, Started)
        assert answer.session.id == asked.id


def test_a_repeated_interaction_that_was_somebody_elses_is_unknown():
    theirs = command("21:00", HANA)
    do(begin, theirs, None, None)
    forged = command("21:00")
    forged = type(forged)(**{**_fields(forged), "id": theirs.id})
    assert refused(begin, forged, None, None).key == "unknown_button"
    assert refused(end, forged, None, None).key == "unknown_button"
    elsewhere = type(theirs)(**{**_fields(theirs), "guild_id": THERE})
    assert refused(begin, elsewhere, None, None).key == "unknown_button"


def _fields(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in type(one).__dataclass_fields__}


def test_a_second_command_of_one_kind_in_one_millisecond_is_done_already():
    begun("21:00")
    assert refused(begin, command("21:00", NANAO, THERE), None, None).key == "already_done"
    do(end, command("22:00"), None, None)
    assert log() == ["start", "end"]
    begun("21:59", NANAO, THERE)
    assert refused(end, command("22:00", NANAO, THERE), None, None).key == "already_done"
    assert isinstance(do(end, command("22:00", HANA), None, None), NothingOpen)


def test_commands_of_two_members_in_one_millisecond_are_two():
    begun("21:00")
    begun("21:00", HANA)
    assert len(sessions()) == 2


# Try again.


def test_a_start_that_is_tried_again_keeps_its_time():
    asked = command("21:00")
    answer = do(begin, asked, "math", None, retried=True)
    assert isinstance(answer, Started)
    assert answer.session.started_at == at("21:00")


def test_a_start_is_not_tried_again_after_a_newer_one():
    lost = command("21:00")
    worked("21:30", "22:00")
    no = refused(begin, lost, None, None, retried=True)
    assert (no.key, no.values) == ("retry.newer", {"start": at("21:30")})


def test_a_newer_start_that_runs_refuses_the_retry_too():
    lost = command("21:00")
    begun("21:30")
    assert refused(begin, lost, None, None, retried=True).key == "retry.newer"
    assert refused(end, lost, None, None, retried=True).key == "retry.newer"


def test_what_is_newer_elsewhere_or_discarded_does_not_count():
    lost = command("21:00")
    begun("21:30", NANAO, THERE)
    begun("21:30", HANA)
    removed = begun("21:40")
    Session.update(removed_at=at("21:50")).where(Session.id == removed).execute()
    assert isinstance(do(begin, lost, None, None, retried=True), Started)


def test_what_was_set_back_to_the_same_moment_is_not_newer():
    lost = command("21:00")
    do(begin, command("21:30"), None, "30m")
    assert isinstance(do(begin, lost, None, None, retried=True), AlreadyOpen)


def test_a_retried_start_finds_what_runs_since_before():
    begun("20:00")
    assert isinstance(do(begin, command("21:00"), None, None, retried=True), AlreadyOpen)


def test_an_end_that_is_tried_again_keeps_its_time():
    begun("20:00")
    answer = do(end, command("21:00"), "note", "20:50", retried=True)
    assert isinstance(answer, Ended)
    assert (answer.session.ended_at, answer.session.note) == (at("20:50"), "note")


def test_an_end_is_not_tried_again_once_a_newer_session_began():
    lost = command("21:00")
    worked("21:30", "22:00")
    assert refused(end, lost, None, None, retried=True).key == "retry.newer"


def test_a_retried_end_of_nothing_says_so():
    worked("19:00", "20:00")
    assert isinstance(do(end, command("21:00"), None, None, retried=True), NothingOpen)


# Today.


def today(*intervals: tuple[str, str], zone: str = "Asia/Tokyo", day_starts: int = 0) -> timedelta:
    """Work from and to, in UTC, and give what the last end says of its day."""
    Guild.create(guild_id=HERE, day_starts=day_starts, zone=zone)
    for start, over in intervals:
        asked = command(utc(start))
        do(begin, asked, None, None)
        answer = do(end_named, command(utc(over)), asked.id, sure=True)
    assert isinstance(answer, Ended)
    return answer.today


def test_a_night_is_cut_at_the_local_midnight():
    assert today(("2026-07-01T14:00", "2026-07-01T16:00")) == HOUR  # 23:00 to 1:00 in Tokyo


def test_a_day_that_starts_later_has_the_whole_night():
    assert today(("2026-07-01T14:00", "2026-07-01T17:00"), day_starts=4) == 3 * HOUR


def test_the_sessions_of_a_day_are_added_up():
    intervals = ("2026-07-01T00:00", "2026-07-01T01:00"), ("2026-07-01T02:00", "2026-07-01T02:30")
    assert today(*intervals) == 90 * MINUTE


def test_a_session_over_two_midnights_has_a_whole_day_today():
    assert today(("2026-07-01T00:00", "2026-07-03T14:00")) == 23 * HOUR


@pytest.mark.parametrize(
    ("start", "over", "hours"),
    [("2026-03-08T05:30", "2026-03-08T07:30", 2), ("2026-11-01T04:30", "2026-11-01T08:30", 4)],
)
def test_the_night_of_a_clock_change_has_its_true_hours(start, over, hours):
    # 0:30 to 3:30 by the wall clock, both times
    assert today((start, over), zone="America/New_York") == hours * HOUR


def test_the_members_zone_says_when_their_day_begins():
    Member.create(user_id=NANAO, zone="America/New_York")
    Member.create(user_id=HANA, zone="Europe/London")
    assert today(("2026-07-01T14:00", "2026-07-01T16:00")) == 2 * HOUR


def test_today_leaves_out_other_servers_other_members_and_what_was_discarded():
    worked("18:00", "19:00", NANAO, THERE)
    worked("18:00", "19:00", HANA)
    Session.update(removed_at=at("19:30")).where(Session.id == worked("18:30", "19:30")).execute()
    begun("20:00")
    answer = do(end, command("20:30"), None, None)
    assert isinstance(answer, Ended)
    assert answer.today == 30 * MINUTE


def test_an_end_set_back_to_yesterday_still_tells_of_today():
    begun("2026-06-30T20:00")
    answer = do(end, command("21:00"), None, "昨日 23:00")
    assert isinstance(answer, Ended)
    assert answer.today == timedelta()
