"""The log of one's own sessions: pages, adding, editing, deleting, on both databases."""

import itertools
from datetime import timedelta

import pytest

from domain.command import Command
from domain.logbook import Inputs, LogbookEntry
from models import History, Session
from queries.active import pause
from queries.corrections import revert
from queries.logbook import add, delete, edit, logbook, logbook_entry, logbook_page
from queries.sessions import end
from tests.support import commands
from tests.support.commands import HANA, HERE, NANAO, THERE, at, begun, do, worked
from tests.support.rows import intervals, log, recorded, refused, session, unchanged

NOON = "2026-07-02T12:00"  # the day after the scene's
_later = itertools.count()


def command(when: str, who: int = NANAO, where: int = HERE) -> Command:
    """Make a command, each a millisecond after the one before: nobody gives two in one."""
    return commands.command(at(when) + timedelta(milliseconds=next(_later)), who, where)


def added(
    said: str, until: str, when: str = NOON, *, lasted: bool = False, **more: str
) -> LogbookEntry:
    return do(add, command(when), wanted(said, until, lasted=lasted)._replace(**more))


def wanted(said: str | None, until: str | None, *, lasted: bool) -> Inputs:
    return Inputs(start=said, length=until) if lasted else Inputs(start=said, end=until)


def no_add(said: str | None, until: str | None, when: str = NOON, *, lasted: bool = False):
    return refused(add, command(when), wanted(said, until, lasted=lasted))


def test_pages_of_ten_the_newest_first():
    empty = do(logbook_page, command(NOON), 1)
    assert (empty.sessions, empty.page, empty.pages) == ((), 1, 1)
    ids = [worked(f"{hour:02}:00", f"{hour:02}:30") for hour in range(23)]
    page = do(logbook_page, command(NOON), 1)
    assert [one.id for one in page.sessions] == ids[:12:-1]
    assert (page.page, page.pages) == (1, 3)
    assert [one.id for one in do(logbook_page, command(NOON), 3).sessions] == ids[2::-1]
    assert do(logbook_page, command(NOON), 99).page == 3


def test_only_ones_own_here_and_what_is_left():
    mine = worked("20:00", "21:00")
    worked("20:00", "21:00", HANA)
    worked("20:01", "21:01", NANAO, THERE)
    gone = worked("22:00", "23:00")
    do(delete, command(NOON), gone)
    assert [one.id for one in do(logbook_page, command(NOON), 1).sessions] == [mine]
    assert [one.id for one in do(logbook, command(NOON)).sessions] == [mine]
    assert do(logbook_entry, command(NOON), mine).session.id == mine


def test_a_running_one_and_its_breaks_are_there():
    id_ = begun("20:00")
    do(pause, command("20:30"), id_)
    (only,) = do(logbook_page, command("21:00"), 1).sessions
    assert only.active
    assert only.open_break


def test_add_by_start_and_end():
    asked = command(NOON)
    inputs = Inputs(text="note", start="昨日 21:00", end="22:30", task="数学")
    answer = do(add, asked, inputs)
    made = answer.session
    assert (answer.news, answer.change_id, made.id) == ("added", asked.id, asked.id)
    assert (made.started_at, made.ended_at) == (at("21:00"), at("22:30"))
    assert (made.task, made.note, made.edited) == ("数学", "note", True)
    assert session(asked.id) == made
    row = recorded(asked, "add")
    assert row.before["removed_at"] == asked.at.isoformat()
    assert (row.after["removed_at"], row.after["started_at"]) == (None, at("21:00").isoformat())


@pytest.mark.parametrize(
    ("said", "until", "lasted", "expected"),
    [
        ("昨日 21:00", "1h30m", True, ("21:00", "22:30")),
        ("昨日 21:00", "1時間半", True, ("21:00", "22:30")),
        ("昨日 21:00", "1:30", True, ("21:00", "22:30")),  # a length, not half past one
        ("昨日 21:00", "0:45", True, ("21:00", "21:45")),
        ("昨日 21:00", "25:30", False, ("21:00", "01:30")),
        ("昨日 23:00", "0:30", False, ("23:00", "00:30")),  # the first after the start
        ("3h", "1h", False, ("09:00", "11:00")),  # ago
        ("9:00", "now", False, ("09:00", "12:00")),
        ("昨日 9:00", "24h", True, ("09:00", "09:00")),  # a whole day
    ],
)
def test_the_ways_to_say_it(said, until, lasted, expected):
    added(said, until, lasted=lasted)
    assert intervals() == [expected]


@pytest.mark.parametrize(
    ("said", "until", "lasted", "key"),
    [
        ("9:00", None, False, "add.incomplete"),
        (None, "9:00", False, "add.incomplete"),
        ("9:00", "x", True, "length.unreadable"),
        ("9:00", "130", True, "length.unreadable"),
        ("9:00", "90", True, "length.unreadable"),
        ("x", "9:00", True, "time.unreadable"),
        ("11:00", "2h", True, "add.future"),
        ("11:00", "2026-07-02 13:00", False, "time.future"),
        ("11:00", "2026-07-02 10:00", False, "end.before_start"),
        ("11:30", "1h", False, "end.before_start"),
        ("昨日 9:00", "2026-07-02 9:01", False, "fix.too_long"),
        ("昨日 9:00", "24h1m", True, "fix.too_long"),
        ("2026-07-03 9:00", "9:30", False, "time.future"),
    ],
)
def test_what_cannot_be_added(said, until, lasted, key):
    assert no_add(said, until, lasted=lasted).key == key


def test_an_overlap_is_refused_with_what_it_overlaps_and_touching_is_fine():
    """Kimai and LionBot refuse it; without it hours are counted twice."""
    worked("20:00", "21:00")
    no = no_add("2026-07-01 20:30", "21:30")
    assert (no.key, no.values) == ("clash", {"start": at("20:00"), "end": at("21:00")})
    added("2026-07-01 19:00", "20:00")
    added("2026-07-01 21:00", "22:00")
    assert len(intervals()) == 3


def test_nothing_can_be_added_into_what_runs_but_into_what_others_do():
    begun("20:00")
    worked("19:00", "21:00", HANA)
    worked("19:00", "21:00", NANAO, THERE)
    assert no_add("2026-07-01 20:30", "21:30").key == "clash.running"
    added("2026-07-01 19:30", "20:00")


def test_an_add_is_undone_and_the_undo_too():
    made = added("9:00", "10:00")
    back = command(NOON)
    answer = do(revert, back, made.change_id)
    assert (answer.news, answer.change_id) == ("undone", back.id)
    assert answer.session.removed_at
    assert intervals() == []
    do(revert, command(NOON), back.id)
    assert intervals() == [("09:00", "10:00")]


def edited(id_: int, when: str = NOON, **inputs: str | None) -> LogbookEntry:
    return do(edit, command(when), id_, Inputs(**inputs))


def test_edit_changes_what_is_said_and_marks_it():
    id_ = worked("20:00", "21:00")
    assert not session(id_).edited
    answer = edited(id_, start="2026-07-01 20:15", end="21:30", task="英語", text="note")
    assert answer.news == "edited"
    assert session(id_) == answer.session
    assert intervals() == [("20:15", "21:30")]
    assert (answer.session.task, answer.session.note) == ("英語", "note")
    assert answer.session.edited
    row = History.get(History.interaction_id == answer.change_id)
    assert row.cmd == "edit"
    assert (row.before["edited_at"], row.before["task"]) == (None, None)
    assert row.after["ended_at"] == at("21:30").isoformat()


def test_times_that_are_left_as_they_are_stay_to_the_microsecond():
    id_ = begun("20:00:12.345")
    do(end, commands.command("21:00:59.999"), None, None)
    before = Session.get_by_id(id_)
    edited(id_, start="2026-07-01 20:00", end="2026-07-01 21:00", task="x")
    after = Session.get_by_id(id_)
    assert (after.started_at, after.ended_at) == (before.started_at, before.ended_at)


def test_an_edit_that_changes_nothing_is_none():
    id_ = worked("20:00", "21:00")
    with unchanged():
        answer = edited(id_, start="2026-07-01 20:00", end="2026-07-01 21:00")
        assert (answer.news, answer.change_id) == ("shown", None)


@pytest.mark.parametrize(
    ("said", "until", "expected"),
    [
        ("19:30", None, ("19:30", "21:00")),  # of that day, though it is noon of the next
        (None, "21:30", ("20:00", "21:30")),
        (None, "0:30", ("20:00", "00:30")),
        ("23:00", "23:30", ("23:00", "23:30")),
    ],
)
def test_a_bare_clock_time_means_that_day(said, until, expected):
    id_ = worked("20:00", "21:00")
    edited(id_, start=said, end=until)
    assert intervals() == [expected]


def test_edits_that_cannot_be():
    id_ = worked("20:00", "21:00")
    worked("22:00", "23:00")

    def no(**inputs: str):
        return refused(edit, command(NOON), id_, Inputs(**inputs)).key

    assert no(end="22:30") == "clash"
    assert no(start="2026-06-30 20:00") == "fix.too_long"
    assert no(start="2026-07-01 21:30") == "end.before_start"
    assert no(end="2026-07-03 1:00") == "time.future"
    assert no(start="99:00") == "time.unreadable"


def test_what_lasted_longer_than_a_day_can_be_made_shorter():
    id_ = worked("2026-06-28T08:00", "2026-06-30T20:00")
    edited(id_, end="2026-06-30 8:00")
    assert (session(id_).ended_at - session(id_).started_at) == timedelta(days=2)


def test_a_running_session_is_edited_and_runs_on():
    id_ = begun("20:00")
    edited(id_, "21:00", start="19:45", task="英語")
    assert intervals() == [("19:45", None)]
    answer = edited(id_, "21:00", end="20:50")
    assert answer.session.ended_at == at("20:50")


def test_ending_by_edit_ends_the_break_too():
    id_ = begun("20:00")
    do(pause, command("20:30"), id_)
    answer = edited(id_, "21:00", end="20:50")
    assert [rest.ended_at for rest in answer.session.breaks] == [at("20:50")]


def test_an_edit_is_undone_with_its_mark():
    id_ = worked("20:00", "21:00")
    answer = edited(id_, end="21:30")
    back = do(revert, command(NOON), answer.change_id)
    assert intervals() == [("20:00", "21:00")]
    assert not back.session.edited
    again = do(revert, command(NOON), back.change_id)
    assert again.session.edited
    assert intervals() == [("20:00", "21:30")]


def test_delete_hides_and_undo_brings_back():
    id_ = worked("20:00", "21:00")
    asked = command(NOON)
    answer = do(delete, asked, id_)
    assert (answer.news, answer.change_id) == ("deleted", asked.id)
    assert intervals() == []
    assert do(delete, asked, id_).session == answer.session, "heard twice"
    assert refused(delete, command(NOON), id_).key == "discarded_since"
    assert refused(edit, command(NOON), id_, Inputs()).key == "discarded_since"
    assert refused(logbook_entry, command(NOON), id_).key == "discarded_since"
    do(revert, command(NOON), asked.id)
    assert intervals() == [("20:00", "21:00")]
    assert log() == ["start", "end", "delete", "undo"]


def test_a_deletion_whose_place_is_taken_cannot_be_undone():
    asked = command(NOON)
    do(delete, asked, worked("20:00", "21:00"))
    added("2026-07-01 20:30", "20:40")
    assert refused(revert, command(NOON), asked.id).key == "clash"


def test_undo_has_a_day():
    asked = command(NOON)
    do(delete, asked, worked("20:00", "21:00"))
    assert refused(revert, command("2026-07-03T12:01"), asked.id).key == "undo.too_late"
    do(revert, command("2026-07-03T11:59"), asked.id)


def test_add_is_of_the_server_it_is_said_in():
    added("9:00", "10:00")
    assert intervals(NANAO, THERE) == []
    assert Session.get().guild_id == HERE
