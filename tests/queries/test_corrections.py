"""Notes, times, what should not have been, and the undo of all of them, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.command import Answer, Command, ConfirmDiscard, Continued, Discarded, Ended, NothingOpen
from domain.forms import Unchanged
from models import Member, Session
from queries.active import keep_going
from queries.corrections import ask_to_discard, discard, fix, set_note, undo
from queries.sessions import begin, end, end_named, restart
from tests.support.commands import HANA, NANAO, at, begun, command, do, worked
from tests.support.rows import intervals, log, recorded, refused, unchanged

HOUR = timedelta(hours=1)


def state(id_: int) -> tuple[Any, ...]:
    row = Session.get_by_id(id_)
    return row.task, row.note, row.started_at, row.ended_at, row.removed_at is not None


def discarded(when: str, id_: int) -> int:
    """Discard a session; give the id of the interaction."""
    asked = command(when)
    assert isinstance(do(discard, asked, id_), Discarded)
    return asked.id


def test_a_note_is_written_into_the_session_and_the_log():
    id_ = worked("20:00", "21:00")
    asked = command("21:05")
    answer = do(set_note, asked, id_, "read 20 pages")
    assert isinstance(answer, Ended)
    assert (answer.session.note, answer.change_id) == ("read 20 pages", asked.id)
    assert answer.today == HOUR
    row = recorded(asked, "note")
    assert (row.before["note"], row.after["note"]) == (None, "read 20 pages")


def test_an_empty_note_takes_the_note_away():
    id_ = worked("20:00", "21:00")
    do(set_note, command("21:05"), id_, "wrong")
    assert do(set_note, command("21:06"), id_, None).session.note is None


def test_a_note_of_long_ago_may_still_be_written():
    id_ = worked("20:00", "21:00")
    answer = do(set_note, command("2027-07-01T20:00"), id_, "late")
    assert (answer.session.note, answer.today) == ("late", timedelta())


@pytest.mark.parametrize(
    ("start", "over", "interval"),
    [
        ("19:30", None, ("19:30", "21:00")),
        (None, "20:45", ("20:00", "20:45")),
        (None, "now", ("20:00", "21:10")),
        ("18:00", "18:30", ("18:00", "18:30")),
    ],
)
def test_what_is_said_is_fixed_and_the_rest_stays(start, over, interval):
    id_ = worked("20:00", "21:00")
    asked = command("21:10")
    answer = do(fix, asked, id_, start, over)
    assert isinstance(answer, Ended)
    assert intervals() == [interval]
    assert answer.change_id == asked.id
    row = recorded(asked, "fix")
    assert row.before["started_at"] == at("20:00").isoformat()
    assert row.after["ended_at"] == at(interval[1]).isoformat()


def test_a_fix_of_nothing_writes_nothing():
    id_ = worked("20:00", "21:00")
    with unchanged():
        for times in ((None, None), ("2026-07-01 20:00", "2026-07-01 21:00")):
            assert isinstance(do(fix, command("21:10"), id_, *times), Unchanged)


def test_a_fixed_time_is_read_in_the_members_zone():
    Member.create(user_id=NANAO, zone="Europe/London")
    id_ = worked("20:00", "21:00")  # 12:00 to 13:00 in London
    do(fix, command("21:10"), id_, "11:30", None)
    assert intervals() == [("19:30", "21:00")]


@pytest.mark.parametrize(
    ("start", "over", "key"),
    [
        ("21:00", None, "end.before_start"),
        ("21:05", None, "end.before_start"),
        (None, "20:00", "end.before_start"),
        (None, "19:00", "end.before_start"),
        (None, "2026-08-01 10:00", "time.future"),
        ("99:00", None, "time.unreadable"),
        ("一昨日 20:00", None, "fix.too_long"),
    ],
)
def test_a_time_that_cannot_be_changes_nothing(start, over, key):
    id_ = worked("20:00", "21:00")
    assert refused(fix, command("21:10"), id_, start, over).key == key


def test_a_fix_may_make_it_a_day_long_but_no_longer():
    id_ = worked("20:00", "21:00")
    assert refused(fix, command("21:10"), id_, "昨日 20:59", None).key == "fix.too_long"
    do(fix, command("21:10"), id_, "昨日 21:00", None)
    assert Session.get().ended_at - Session.get().started_at == 24 * HOUR


def test_one_that_is_too_long_may_become_shorter_and_still_be_too_long():
    id_ = worked("2026-06-29T20:00", "21:00")
    assert refused(fix, command("21:10"), id_, None, "now").key == "fix.too_long"
    do(fix, command("21:10"), id_, None, "20:00")
    do(fix, command("21:11"), id_, None, "昨日 08:00")
    assert Session.get().ended_at == at("2026-06-30T08:00")


def test_a_fix_must_not_overlap_but_may_touch():
    worked("18:00", "19:00")
    id_ = worked("20:00", "21:00")
    begun("21:30")
    no = refused(fix, command("22:00"), id_, "18:59", None)
    assert (no.key, no.values) == ("clash", {"start": at("18:00"), "end": at("19:00")})
    no = refused(fix, command("22:00"), id_, None, "21:31")
    assert (no.key, no.values["start"]) == ("clash.running", at("21:30"))
    do(fix, command("22:00"), id_, "19:00", "21:30")
    assert intervals() == [("18:00", "19:00"), ("19:00", "21:30"), ("21:30", None)]


def test_a_fix_may_jump_over_another_session():
    worked("18:00", "19:00")
    id_ = worked("20:00", "21:00")
    do(fix, command("22:00"), id_, "17:00", "18:00")
    assert intervals() == [("17:00", "18:00"), ("18:00", "19:00")]


def test_only_what_is_over_and_kept_is_corrected():
    id_ = begun("20:00")
    corrections = (set_note, "x"), (fix, "20:30", None)
    for query, *said in corrections:
        no = refused(query, command("21:00"), id_, *said)
        assert (no.key, no.values) == ("still_running", {"start": at("20:00")})
    discarded("21:01", id_)
    for query, *said in corrections:
        assert refused(query, command("21:02"), id_, *said).key == "discarded_since"


def test_cancel_asks_first_and_changes_nothing():
    id_ = begun("20:00")
    with unchanged():
        answer = do(ask_to_discard, command("21:00"))
        assert isinstance(answer, ConfirmDiscard)
        assert answer.session.id == id_


def test_there_may_be_nothing_to_cancel():
    id_ = worked("19:00", "20:00")
    answer = do(ask_to_discard, command("21:00"))
    assert isinstance(answer, NothingOpen)
    assert answer.last.id == id_


def test_what_is_discarded_is_gone_but_kept():
    id_ = begun("20:00")
    asked = command("21:00")
    answer = do(discard, asked, id_)
    assert isinstance(answer, Discarded)
    assert answer.change_id == asked.id
    assert Session.get().removed_at == at("21:00")
    assert isinstance(do(ask_to_discard, command("21:01")), NothingOpen)
    begun("21:02")  # there is room for the next
    assert log() == ["start", "cancel", "start"]


def test_what_is_over_or_gone_is_not_discarded_again():
    over = worked("19:00", "20:00")
    assert isinstance(do(discard, command("20:10"), over), NothingOpen)
    gone = begun("20:20")
    discarded("20:30", gone)
    with unchanged():
        assert isinstance(do(discard, command("20:40"), gone), NothingOpen)


def test_what_is_kept_goes_on_and_its_member_was_heard_of():
    id_ = begun("20:00")
    answer = do(keep_going, command("21:00"), id_)
    assert (answer.news, answer.change_id) == ("kept", None)
    assert Session.get().active_at == at("21:00")
    do(end, command("21:10"), None, None)
    with unchanged():
        assert isinstance(do(keep_going, command("21:20"), id_), NothingOpen)


CHANGES: dict[str, Callable[[Command, int], Answer]] = {
    "end": lambda asked, _: end(asked, "first note", "21:00"),
    "note": lambda asked, id_: set_note(asked, id_, "second note"),
    "fix": lambda asked, id_: fix(asked, id_, "19:00", "20:30"),
    "cancel": discard,
}


def changed(kind: str) -> tuple[int, int, tuple[Any, ...]]:
    """Change a session in one of the ways; give its id, the interaction's, and what it was."""
    id_ = begun("20:00", task="math")
    if kind in ("note", "fix"):
        do(end, command("21:00"), "first note", None)
    was, asked = state(id_), command("21:30")
    do(CHANGES[kind], asked, id_)
    assert state(id_) != was
    return id_, asked.id, was


@pytest.mark.parametrize("kind", CHANGES)
def test_every_change_can_be_undone_once_and_that_too(kind):
    id_, made, was = changed(kind)
    now = state(id_)
    asked, again, third = command("21:40"), command("21:41"), command("21:42")
    answer = do(undo, asked, made)
    assert type(answer) is (Continued if kind in ("end", "cancel") else Ended)
    assert getattr(answer, "undone", True)
    assert getattr(answer, "change_id", asked.id) == asked.id
    assert state(id_) == was
    row = recorded(asked, "undo")
    assert row.before != row.after
    assert row.session_id == id_
    with unchanged():
        assert do(undo, asked, made) == answer, "heard twice"
    assert refused(undo, command("21:40:30"), made).key == "undo.changed_since"
    answer = do(undo, again, asked.id)
    assert type(answer) is (Discarded if kind == "cancel" else Ended)
    assert state(id_) == now
    do(undo, third, again.id)
    assert state(id_) == was


@pytest.mark.parametrize("kind", CHANGES)
def test_an_undo_works_for_a_day_and_no_longer(kind):
    id_, made, was = changed(kind)
    late = command(at("2026-07-02T21:30") + timedelta(milliseconds=1))
    assert refused(undo, late, made).key == "undo.too_late"
    do(undo, command("2026-07-02T21:30"), made)
    assert state(id_) == was


@pytest.mark.parametrize("kind", ["end", "note", "fix"])
def test_what_was_changed_since_is_not_undone(kind):
    id_, made, _ = changed(kind)
    do(set_note, command("21:35"), id_, "newer")
    assert refused(undo, command("21:40"), made).key == "undo.changed_since"


def test_a_start_is_not_undone_but_cancelled():
    id_ = begun("20:00")
    assert refused(undo, command("21:00"), id_).key == "unknown_button"


@pytest.mark.parametrize(
    ("kind", "start", "over"),
    [
        ("end", "21:35", None),
        ("cancel", "21:35", "21:50"),
        ("fix", "20:45", None),  # which went from 20:00–21:00 to 19:00–20:30
    ],
)
def test_what_would_overlap_by_now_is_not_undone(kind, start, over):
    _, made, _ = changed(kind)
    do(begin, command("21:35"), None, start)
    if over:
        do(end, command(over), None, None)
    no = refused(undo, command("22:00"), made)
    assert (no.key, no.values["start"]) == ("clash" if over else "clash.running", at(start))
    assert no.values.get("end") == (over and at(over))


def test_an_undo_may_touch_what_came_after():
    _, made, _ = changed("fix")
    do(begin, command("21:35"), None, "21:00")
    do(undo, command("21:40"), made)
    assert intervals() == [("20:00", "21:00"), ("21:00", None)]


def test_a_restart_is_undone_once_the_new_session_is_gone():
    old, asked = begun("19:00"), command("21:00")
    fresh = do(restart, asked, old, None).started.session.id
    assert refused(undo, command("21:10"), asked.id).key == "clash.running"
    discarded("21:20", fresh)
    answer = do(undo, command("21:30"), asked.id)
    assert isinstance(answer, Continued)
    assert intervals() == [("19:00", None)]


def test_what_another_session_did_meanwhile_is_no_hindrance():
    id_, made, was = changed("end")
    other = worked("2026-07-01T18:00", "2026-07-01T18:30", HANA)
    do(undo, command("21:40"), made)
    assert state(id_) == was
    assert Session.get_by_id(other).ended_at == at("18:30")


def test_a_second_correction_in_one_millisecond_is_done_already():
    id_ = worked("20:00", "21:00")
    do(set_note, command("21:30"), id_, "x")
    assert refused(set_note, command("21:30"), id_, "y").key == "already_done"
    assert Session.get().note == "x"


def test_a_correction_that_somebody_elses_interaction_made_is_unknown():
    id_ = worked("20:00", "21:00")
    theirs = command("21:30", HANA)
    do(begin, theirs, None, None)
    forged = replace(command("21:30"), id=theirs.id)
    assert refused(set_note, forged, id_, "x").key == "unknown_button"


@pytest.mark.parametrize("query", [lambda asked, id_: end(asked, None, None), end_named])
def test_an_end_that_is_repeated_after_its_undo_is_not_told_as_one(query):
    id_, asked = begun("20:00"), command("21:00")
    do(query, asked, id_)
    do(undo, command("21:01"), asked.id)
    assert refused(query, asked, id_).key == "changed_meanwhile"
    assert intervals() == [("20:00", None)]
