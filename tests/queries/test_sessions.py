"""Start, end and their buttons: every rule and edge of them, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

import database
from domain.command import AlreadyOpen, Ended, NothingOpen, NotYours, Restarted, Started
from domain.reminders import AskEndTime
from models import Guild, History, Member, Session
from queries.active import keep_going, pause, set_task, toggle_break
from queries.corrections import set_note, undo
from queries.guilds import working
from queries.sessions import begin, begin_same, end, end_named, restart
from tests.support.commands import HANA, HERE, NANAO, THERE, at, begun, command, do, worked
from tests.support.lives import utc
from tests.support.rows import intervals, log, recorded, refused, session, sessions, unchanged

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOW = "21:00"


def remove(id_: int, when: str) -> None:
    Session.update(removed_at=at(when)).where(Session.id == id_).execute()


def test_a_start_makes_a_session_and_its_line_in_the_log():
    asked = command(NOW)
    answer = do(begin, asked, "数学", None)
    assert isinstance(answer, Started)
    session = answer.session
    assert (session.id, session.guild_id, session.channel_id) == (asked.id, HERE, 777)
    assert (session.user_id, session.user_name) == (NANAO, "Nanao")
    assert (session.task, session.note, session.started_at) == ("数学", None, at(NOW))
    assert session.active
    assert answer.others == 0
    (row,) = History.select()
    assert (row.user_id, row.user_name, row.cmd) == (str(NANAO), "Nanao", "start")
    assert (row.created_at, row.interaction_id) == (at(NOW), asked.id)
    assert (row.guild_id, row.session_id, row.before) == (HERE, asked.id, None)
    empty = ("note", "ended_at", "removed_at", "closed_by", "edited_at", "planned_end_at")
    started = {"task": "数学", "started_at": at(NOW).isoformat(), "breaks": []}
    assert row.after == started | dict.fromkeys((*empty, "confirmed_at"))


def test_a_second_start_asks_and_changes_nothing():
    first = begun("21:00", task="math")
    with unchanged():
        answer = do(begin, command("21:30"), "reading", None)
    assert isinstance(answer, AlreadyOpen)
    assert (answer.session.id, answer.session.task, answer.task) == (first, "math", "reading")


async def test_of_fifty_starts_at_once_one_is_a_session():
    later = [at(NOW) + timedelta(milliseconds=n) for n in range(25)]
    asked = [command(when) for when in [NOW] * 25 + later]
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
    begun("21:00", HANA)  # in the same millisecond, and it is another one
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
    assert do(begin, command(NOW), None, None).others == 2


@pytest.mark.parametrize(
    ("said", "start"),
    [("20分前", "20:40"), ("20:15", "20:15"), ("now", "21:00"), ("24h", "2026-06-30T21:00")],
)
def test_a_start_may_lie_back_whatever_others_did_then(said, start):
    worked("2026-06-30T20:00", "20:50", NANAO, THERE)
    worked("2026-06-30T20:00", "20:50", HANA)
    asked = command(NOW)
    answer = do(begin, asked, None, said)
    assert isinstance(answer, Started)
    assert answer.session.started_at == at(start)
    assert recorded(asked, "start").created_at == at(NOW)


def test_a_start_may_touch_the_end_of_another_and_no_more():
    """kimai#4905: too strict a rule against overlaps refused it."""
    worked("19:00", "20:30")
    for said in ("20:29", "18:00"):
        no = refused(begin, command(NOW), None, said)
        assert (no.key, no.values) == ("clash", {"start": at("19:00"), "end": at("20:30")})
    assert isinstance(do(begin, command(NOW), None, "20:30"), Started)
    assert intervals() == [("19:00", "20:30"), ("20:30", None)]


def test_a_clock_time_is_one_of_the_members_zone():
    Member.create(user_id=NANAO, zone="America/New_York")
    answer = do(begin, command(NOW), None, "07:30")  # 21:00 in Tokyo is 8:00 in New York
    assert answer.session.started_at == at("20:30")


@pytest.mark.parametrize("task", ["math", None])
def test_a_start_with_the_task_of_another_session_is_a_start(task):
    id_ = begun("19:00", task=task)
    do(end, command("20:00"), "note", None)
    asked = command(NOW)
    answer = do(begin_same, asked, id_)
    assert isinstance(answer, Started)
    session = answer.session
    assert (session.id, session.task, session.note) == (asked.id, task, None)
    assert (session.started_at, recorded(asked, "start").session_id) == (at(NOW), asked.id)
    with unchanged():
        twice = do(begin_same, command("21:01"), id_)
    assert isinstance(twice, AlreadyOpen)
    assert (twice.session.id, twice.task) == (asked.id, task)


@pytest.mark.parametrize("over", ["note", None])
def test_an_end_closes_and_keeps_the_note(over):
    id_ = begun("21:00", task="math")
    Session.update(note="was there").execute()
    asked = command("22:25")
    answer = do(end, asked, over, None)
    assert isinstance(answer, Ended)
    note = over or "was there"
    assert (answer.session.id, answer.session.ended_at) == (id_, at("22:25"))
    assert (answer.session.note, answer.session.task) == (note, "math")
    assert (answer.today, answer.change_id) == (85 * MINUTE, asked.id)
    row = recorded(asked, "end")
    assert (row.session_id, row.before["ended_at"], row.before["note"]) == (id_, None, "was there")
    assert (row.after["ended_at"], row.after["note"]) == (at("22:25").isoformat(), note)


@pytest.mark.parametrize(
    "query",
    [
        lambda asked, _, said: end(asked, None, said),
        lambda asked, id_, said: end_named(asked, id_, time_text=said),
        lambda asked, id_, said: restart(asked, id_, None, said),
    ],
)
def test_an_end_may_lie_back_down_to_the_start(query):
    id_ = begun("21:00")
    for said in ("20:59", "21:00", "昨日 22:00"):
        no = refused(query, command("22:00"), id_, said)
        assert (no.key, no.values) == ("end.before_start", {"start": at("21:00")})
    assert refused(query, command("22:00"), id_, "?").key == "time.unreadable"
    do(query, command("22:00"), id_, "21:01")
    assert session(id_).ended_at == at("21:01")


def test_a_session_can_always_be_ended_however_long_it_ran():
    id_ = begun("2026-06-10T21:00")
    assert isinstance(do(end, command("2026-07-01T21:00"), None, None), AskEndTime)
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
        answer = do(end, command(NOW), None, None)
    assert isinstance(answer, NothingOpen)
    assert answer.last.id == id_


def test_an_end_that_was_said_before_the_start_does_not_end_it():
    # Discord's clock decides, not the order in which the two came to the database
    begun("21:00")
    with unchanged():
        assert isinstance(do(end, command("20:59"), None, None), NothingOpen)


@pytest.mark.parametrize(
    "query",
    [
        lambda asked, _: toggle_break(asked),
        pause,
        end_named,
        keep_going,
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
    do(set_note, asked, id_, "note") if over else do(keep_going, asked, id_)
    assert session(id_).user_name == "Nanao"


def test_the_button_ends_the_session_it_names_and_no_other():
    old = begun("19:00")
    answer = do(end_named, command("20:00"), old)
    assert isinstance(answer, Ended)
    assert answer.session.id == old
    assert log() == ["start", "end"]
    begun("21:00")
    with unchanged():
        assert isinstance(do(end_named, command("22:00"), old), NothingOpen)
        assert isinstance(do(restart, command("22:00"), old, None), NothingOpen)


@pytest.mark.parametrize("query", [end_named, begin_same])
def test_on_somebody_elses_button_ones_own_is_offered(query):
    theirs = begun("21:00", HANA)
    with unchanged():
        answer = do(query, command("21:10"), theirs)
    assert isinstance(answer, NotYours)
    assert (answer.owner, answer.own) == ("Hana", None)
    own = begun("21:20") if query is end_named else None
    with unchanged():
        answer = do(query, command("21:30"), theirs)
    assert (answer.own and answer.own.id) == own


def test_end_and_restart_does_both_at_the_press():
    old = begun("19:00", task="math")
    asked = command(NOW)
    answer = do(restart, asked, old, "reading")
    assert isinstance(answer, Restarted)
    ended, started = answer.ended.session, answer.started.session
    assert (ended.id, ended.ended_at, ended.task) == (old, at(NOW), "math")
    assert (started.id, started.started_at, started.task) == (asked.id, at(NOW), "reading")
    assert intervals() == [("19:00", "21:00"), ("21:00", None)]
    assert log() == ["start", "end", "start"]
    assert answer.ended.today == 2 * HOUR


def test_when_the_old_one_ended_may_be_said_and_the_new_one_starts_at_the_press():
    old = begun("19:00")
    assert isinstance(do(restart, command(NOW), old, None, "20:15"), Restarted)
    assert intervals() == [("19:00", "20:15"), ("21:00", None)]


def test_the_same_end_by_command_and_by_button_has_one_answer():
    id_ = begun("21:00")
    asked = command("22:00")
    first = do(end, asked, "note", "21:50")
    with unchanged():
        assert do(end_named, asked, id_, time_text="21:50") == first


def test_a_start_that_is_repeated_after_its_end_starts_nothing_anew():
    asked = command(NOW)
    do(begin, asked, None, None)
    do(end, command("22:00"), None, None)
    with unchanged():
        answer = do(begin, asked, None, None)
    assert isinstance(answer, Started)
    assert answer.session.id == asked.id


def test_a_repeated_interaction_that_was_somebody_elses_is_unknown():
    theirs = command(NOW, HANA)
    do(begin, theirs, None, None)
    for forged in (replace(command(NOW), id=theirs.id), replace(theirs, guild_id=THERE)):
        for query in (begin, end):
            assert refused(query, forged, None, None).key == "unknown_button"


def test_a_second_command_of_one_kind_in_one_millisecond_is_done_already():
    begun("21:00")
    assert refused(begin, command("21:00", NANAO, THERE), None, None).key == "already_done"
    do(end, command("22:00"), None, None)
    assert log() == ["start", "end"]
    begun("21:59", NANAO, THERE)
    assert refused(end, command("22:00", NANAO, THERE), None, None).key == "already_done"
    assert isinstance(do(end, command("22:00", HANA), None, None), NothingOpen)


def test_what_is_tried_again_keeps_its_time():
    answer = do(begin, command("20:00"), "math", None, retried=True)
    assert isinstance(answer, Started)
    assert answer.session.started_at == at("20:00")
    answer = do(end, command(NOW), "note", "20:50", retried=True)
    assert isinstance(answer, Ended)
    assert (answer.session.ended_at, answer.session.note) == (at("20:50"), "note")


@pytest.mark.parametrize("newer", [lambda: worked("21:30", "22:00"), lambda: begun("21:30")])
def test_nothing_is_tried_again_after_a_newer_start(newer):
    id_, lost = worked("19:00", "20:00"), command(NOW)
    newer()
    for query, *said in ((begin, None, None), (end, None, None), (begin_same, id_)):
        no = refused(query, lost, *said, retried=True)
        assert (no.key, no.values) == ("retry.newer", {"start": at("21:30")})


def test_what_is_newer_elsewhere_or_discarded_does_not_count():
    lost = command(NOW)
    begun("21:30", NANAO, THERE)
    begun("21:30", HANA)
    remove(begun("21:40"), "21:50")
    assert isinstance(do(begin, lost, None, None, retried=True), Started)


@pytest.mark.parametrize(("when", "said"), [("20:00", None), ("21:30", "30m")])
def test_a_retried_start_finds_what_runs_since_before_or_since_the_same_moment(when, said):
    lost = command(NOW)
    do(begin, command(when), None, said)
    assert isinstance(do(begin, lost, None, None, retried=True), AlreadyOpen)


def test_a_retried_end_of_nothing_says_so():
    worked("19:00", "20:00")
    assert isinstance(do(end, command(NOW), None, None, retried=True), NothingOpen)


NEW_YORK = {"zone": "America/New_York"}


@pytest.mark.parametrize(
    ("times", "server", "own", "hours"),
    [
        (["07-01 14:00", "07-01 16:00"], {}, None, 1),  # cut at midnight in Tokyo
        (["07-01 14:00", "07-01 16:00"], {"day_starts": 4}, None, 2),
        (["07-01 14:00", "07-01 16:00"], {}, "America/New_York", 2),  # by the member's own clock
        (["07-01 00:00", "07-01 01:00", "07-01 02:00", "07-01 02:30"], {}, None, 1.5),
        (["07-01 00:00", "07-03 14:00"], {}, None, 23),  # over two midnights
        (["03-08 05:30", "03-08 07:30"], NEW_YORK, None, 2),  # 0:30 to 3:30 there, as the clocks
        (["11-01 04:30", "11-01 08:30"], NEW_YORK, None, 4),  # change: as long as it really was
    ],
)
def test_an_end_tells_how_long_its_day_was(times, server, own, hours):
    Guild.create(guild_id=HERE, **server)
    Member.create(user_id=NANAO, zone=own)
    Member.create(user_id=HANA, zone="Europe/London")
    for start, over in zip(times[::2], times[1::2], strict=True):
        asked = command(utc(f"2026-{start}"))
        do(begin, asked, None, None)
        answer = do(end_named, command(utc(f"2026-{over}")), asked.id, sure=True)
    assert answer.today == hours * HOUR


def test_today_leaves_out_other_servers_other_members_and_what_was_discarded():
    worked("18:00", "19:00", NANAO, THERE)
    worked("18:00", "19:00", HANA)
    remove(worked("18:30", "19:30"), "19:30")
    begun("20:00")
    assert do(end, command("20:30"), None, None).today == 30 * MINUTE


def test_an_end_set_back_to_yesterday_still_tells_of_today():
    begun("2026-06-30T20:00")
    assert do(end, command(NOW), None, "昨日 23:00").today == timedelta()
