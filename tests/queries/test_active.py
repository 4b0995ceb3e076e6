"""Breaks and tasks of a session that runs, on both databases."""

from datetime import timedelta

import peewee
import pytest

from domain.command import Continued, Ended, NothingOpen
from models import Break
from queries.active import keep_going, pause, resume, set_task, toggle_break
from queries.corrections import fix, undo
from queries.guilds import end_open_sessions
from queries.sessions import begin, end, end_named, restart
from tests.support.commands import HERE, TOKYO, at, begun, command, do
from tests.support.rows import log, recorded, refused, session, unchanged

MINUTE = timedelta(minutes=1)


def breaks(id_: int) -> list[tuple[str | None, ...]]:
    """Return from when to when each was, by Tokyo's clock."""
    times = [(rest.started_at, rest.ended_at) for rest in session(id_).breaks]
    return [tuple(at and f"{at.astimezone(TOKYO):%H:%M}" for at in both) for both in times]


def test_break_turns_on_and_off_and_is_no_work():
    id_ = begun("20:00")
    paused = do(toggle_break, command("20:30"))
    assert (paused.news, paused.session.open_break is not None) == ("paused", True)
    resumed = do(toggle_break, command("20:40"))
    assert (resumed.news, resumed.session.open_break) == ("resumed", None)
    assert breaks(id_) == [("20:30", "20:40")]
    answer = do(end, command("21:00"), None, None)
    assert answer.today == 50 * MINUTE
    assert log() == ["start", "break", "break", "end"]


@pytest.mark.parametrize("query", [lambda asked, _: end(asked, None, None), end_named])
def test_the_end_ends_the_break_too(query):
    id_ = begun("20:00")
    do(toggle_break, command("20:30"))
    answer = do(query, command("21:00"), id_)
    assert isinstance(answer, Ended)
    assert answer.today == 30 * MINUTE
    assert breaks(id_) == [("20:30", "21:00")]


def test_an_end_said_to_be_before_the_break_leaves_none_of_it():
    id_ = begun("20:00")
    do(toggle_break, command("20:50"))
    answer = do(end, command("21:00"), None, "20:30")
    assert answer.today == 30 * MINUTE
    assert breaks(id_) == [("20:50", "20:50")]


def test_end_and_restart_end_the_break():
    id_ = begun("20:00")
    do(pause, command("20:30"), id_)
    answer = do(restart, command("20:45"), id_, "next")
    assert answer.started.session.breaks == ()
    assert breaks(id_) == [("20:30", "20:45")]


def test_a_button_says_what_it_does_so_a_double_press_does_it_once():
    id_ = begun("20:00")
    do(pause, command("20:30"), id_)
    again = do(pause, command("20:31"), id_)
    assert (again.news, again.change_id) == ("paused", None)
    do(resume, command("20:40"), id_)
    again = do(resume, command("20:41"), id_)
    assert (again.news, again.change_id) == ("resumed", None)
    assert breaks(id_) == [("20:30", "20:40")]
    assert log() == ["start", "break", "break"]


@pytest.mark.parametrize("query", [pause, resume, set_task, toggle_break])
def test_where_nothing_runs_any_more(query):
    id_ = begun("20:00")
    do(end, command("21:00"), None, None)
    more = {set_task: (id_, "x"), toggle_break: ()}.get(query, (id_,))
    with unchanged():
        answer = do(query, command("21:30"), *more)
        assert isinstance(answer, NothingOpen)
        assert answer.last.id == id_


def test_breaks_can_be_undone_and_the_undo_too():
    id_ = begun("20:00")
    press = command("20:30")
    do(pause, press, id_)
    back = command("20:40")
    do(resume, back, id_)
    assert refused(undo, command("20:41"), press.id).key == "undo.changed_since"
    first = command("20:42")
    answer = do(undo, first, back.id)
    assert isinstance(answer, Continued)
    assert (answer.news, answer.change_id) == ("undone", first.id)
    assert breaks(id_) == [("20:30", None)]
    second = do(undo, command("20:43"), first.id)
    assert breaks(id_) == [("20:30", "20:40")]
    do(undo, command("20:44"), second.change_id)
    do(undo, command("20:45"), press.id)
    assert breaks(id_) == []


def test_undoing_an_end_takes_the_break_up_again():
    id_ = begun("20:00")
    do(pause, command("20:30"), id_)
    over = command("21:00")
    do(end, over, None, None)
    answer = do(undo, command("21:01"), over.id)
    assert answer.session.open_break
    assert breaks(id_) == [("20:30", None)]


def test_a_break_of_a_closed_room_does_not_grow_with_a_later_end():
    id_ = begun("20:00")
    do(pause, command("20:30"), id_)
    do(end_open_sessions, HERE, at("21:00"))
    answer = do(fix, command("23:00"), id_, None, "22:00")
    assert answer.today == 90 * MINUTE
    assert breaks(id_) == [("20:30", "21:00")]


def test_history_keeps_the_breaks_before_and_after():
    id_ = begun("20:00")
    press = command("20:30")
    do(pause, press, id_)
    row = recorded(press, "break")
    assert row.before["breaks"] == []
    assert row.after["breaks"] == [[at("20:30").isoformat(), None]]


def test_a_task_is_changed_kept_and_undone():
    begun("20:00", task="数学")
    press = command("20:30")
    answer = do(set_task, press, do(toggle_break, command("20:10")).session.id, "英語")
    assert (answer.news, answer.session.task, answer.change_id) == ("task", "英語", press.id)
    assert answer.session.open_break
    row = recorded(press, "task")
    assert (row.before["task"], row.after["task"]) == ("数学", "英語")
    assert do(undo, command("20:31"), press.id).session.task == "数学"


def test_two_breaks_at_once_are_refused_by_the_database_itself():
    id_ = begun("20:00")
    do(pause, command("20:30"), id_)
    values = {"session": id_, "guild_id": HERE}
    with pytest.raises(peewee.IntegrityError):
        do(Break.create, **values, started_at=at("20:40"))
    with pytest.raises(peewee.IntegrityError):
        do(Break.create, **values, started_at=at("20:40"), ended_at=at("20:39"))
    with pytest.raises(peewee.IntegrityError):
        do(Break.create, session=5, guild_id=HERE, started_at=at("20:40"), ended_at=at("20:41"))


def test_keep_leaves_a_break_as_it_is():
    id_ = begun("20:00")
    do(pause, command("20:30"), id_)
    assert do(keep_going, command("20:40"), id_).session.open_break


def test_a_double_start_in_a_break_asks():
    begun("20:00")
    do(toggle_break, command("20:30"))
    assert do(begin, command("20:40"), "x", None).session.task is None
