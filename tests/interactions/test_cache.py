"""What is known without asking the database, and when a downtime is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import clock
import interactions.cache
from domain.command import (
    AlreadyOpen,
    CompletionData,
    Discarded,
    Ended,
    NothingOpen,
    Restarted,
    Started,
    Working,
)
from domain.intervals import Interval
from interactions.actions import Action
from interactions.cache import TASKS, Cache, Downtime
from tests.support.answers import ASKED, NOW, TOKYO, ids, session
from tests.support.commands import HANA, HERE, NANAO, THERE, command
from views.reply import text_reply

OPEN, OVER = session(60), session(60, 0)
STARTED = Started(ASKED, OPEN, 0)
ENDED = Ended(ASKED, OVER, timedelta(), 9)
LONDON = ZoneInfo("Europe/London")


def knowing(*tasks: str) -> Cache:
    memory = Cache()
    memory.keep_completion_data(command("21:00"), CompletionData(TOKYO, list(tasks)))
    return memory


def test_each_member_is_known_in_each_server():
    memory = knowing("math")
    memory.keep_completion_data(command("21:00", HANA), CompletionData(LONDON, []))
    assert memory.completion_data(command("22:00")) == CompletionData(TOKYO, ["math"])
    assert memory.completion_data(command("22:00", HANA)) == CompletionData(LONDON, [])
    assert memory.completion_data(command("22:00", NANAO, THERE)) is None


def test_those_met_longest_ago_are_forgotten(monkeypatch):
    monkeypatch.setattr(interactions.cache, "MEMBERS", 3)
    memory = Cache()
    for who in (1, 2, 3):
        memory.keep_completion_data(command("21:00", who), CompletionData(TOKYO, []))
    memory.keep_completion_data(command("21:00", 1), CompletionData(LONDON, []))
    memory.keep_completion_data(command("21:00", 4), CompletionData(TOKYO, []))
    assert set(memory.members) == {(HERE, 3), (HERE, 1), (HERE, 4)}


@pytest.mark.parametrize(
    ("result", "typed", "tasks"),
    [
        (STARTED, "new", ["new", "math", "reading"]),
        (STARTED, "reading", ["reading", "math"]),
        (STARTED, None, ["math", "reading"]),
        (Restarted(ASKED, ENDED, STARTED), "new", ["new", "math", "reading"]),
        (AlreadyOpen(ASKED, OPEN, NOW, "new"), "new", ["math", "reading"]),
        (ENDED, "a note", ["math", "reading"]),
    ],
)
def test_a_task_that_was_begun_is_offered_first(result, typed, tasks):
    memory = knowing("math", "reading")
    memory.update(command("21:00"), Action("start", text=typed), result)
    known = memory.completion_data(command("21:00"))
    assert known.tasks == tasks


def test_no_more_tasks_are_kept_than_are_shown():
    memory = knowing(*(f"task {number}" for number in range(TASKS)))
    memory.update(command("21:00"), Action("start", text="new"), STARTED)
    known = memory.completion_data(command("21:00"))
    assert len(known.tasks) == TASKS
    assert known.tasks[0] == "new"


def test_a_new_zone_is_learnt_from_any_answer():
    memory = knowing("math")
    moved = replace(ASKED, zone=LONDON)
    memory.update(command("21:00"), Action("now"), Working(moved, (), None))
    assert memory.completion_data(command("21:00")) == CompletionData(LONDON, ["math"])


def test_of_whom_nothing_is_known_nothing_is_learnt():
    # half of it would be taken for all of it
    memory = Cache()
    memory.update(command("21:00"), Action("start", text="new"), STARTED)
    assert memory.completion_data(command("21:00")) is None


# Downtimes.

AWAY = Interval(NOW - timedelta(minutes=30), NOW - timedelta(minutes=10))


def told(memory: Cache, result: Any) -> bool:
    reply = text_reply("x")
    shown = memory.with_outage(reply, result, "ja", NOW)
    assert (shown is reply) == ("ボットが止まっていました" not in (shown.embed.description or ""))
    return shown is not reply


@pytest.mark.parametrize(
    ("start", "over", "concerned"),
    [
        (60, None, True),
        (30, None, True),  # began as the bot went
        (29, None, False),  # began while it was away: set back by its member
        (5, None, False),
        (60, 10, True),
        (60, 9, True),
        (60, 11, False),  # its member has said when it ended
        (60, 40, False),
    ],
)
def test_a_downtime_concerns_whoever_worked_all_through_it(start, over, concerned):
    one = session(start, over)
    result: Any = replace(STARTED, session=one) if over is None else replace(ENDED, session=one)
    assert told(Cache([AWAY]), result) is concerned


def test_a_downtime_is_told_once_and_again_at_the_end():
    memory = Cache([AWAY])
    assert told(memory, AlreadyOpen(ASKED, OPEN, NOW, None))
    assert not told(memory, AlreadyOpen(ASKED, OPEN, NOW, None))
    assert not told(memory, Working(ASKED, (OPEN,), OPEN))
    assert told(memory, ENDED)


def test_who_looks_is_told_of_their_own_session_only():
    assert told(Cache([AWAY]), Working(ASKED, (OPEN,), OPEN))
    assert not told(Cache([AWAY]), Working(ASKED, (OPEN,), None))


def test_what_is_no_session_or_none_any_more_is_not_concerned():
    assert not told(Cache([AWAY]), NothingOpen(ASKED, OVER))
    assert not told(Cache([AWAY]), Discarded(ASKED, OPEN, 9))
    assert not told(Cache(), STARTED)


def test_the_latest_downtime_is_the_one_told():
    earlier = Interval(NOW - timedelta(minutes=50), NOW - timedelta(minutes=45))
    shown = Cache([AWAY, earlier]).with_outage(text_reply("x"), STARTED, "ja", NOW)
    assert f"<t:{int(AWAY.start.timestamp())}:f>" in (shown.embed.description or "")
    assert ids(shown) == ["stopped:5"]


def test_a_downtime_ends_no_later_than_discords_clock():
    jumped = Interval(NOW - timedelta(minutes=30), NOW + timedelta(days=365))
    shown = Cache([jumped]).with_outage(text_reply("x"), STARTED, "ja", NOW)
    assert f"<t:{int(NOW.timestamp())}:t>" in (shown.embed.description or "")
    ahead = Interval(NOW + timedelta(minutes=5), NOW + timedelta(minutes=30))
    later = replace(STARTED, session=session(0))
    assert not told(Cache([ahead]), later)


# When it was, by Discord's clock: this machine's own date may be anything.

DAY = timedelta(days=1)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("downtime", "noted", "found"),
    [
        # seconds since boot; the first command comes at 1000, at NOW
        (Downtime(100, 700), None, (minutes(15), minutes(5))),
        (Downtime(100, 399), None, None),
        (Downtime(940, 940, NOW - minutes(180)), None, (minutes(180), minutes(1))),
        # this machine believed that it was still the moment of its shutdown
        (Downtime(940, 940, NOW - minutes(180)), minutes(170), (minutes(180), minutes(1))),
        # or some day to come
        (Downtime(940, 940, NOW - minutes(180)), -DAY, (minutes(180), minutes(1))),
        (Downtime(940, 940, NOW - minutes(5)), -DAY, None),
        # or the last process did
        (Downtime(940, 940, NOW + DAY), None, None),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_a_downtime_is_dated_by_the_commands(downtime, noted, found, known, monkeypatch):
    monkeypatch.setattr(clock, "boot_time", lambda: 1000.0)
    cache = Cache()
    if noted is not None:
        cache.add_outages([Interval(NOW - minutes(180 if found else 5), NOW - noted)])
    if known:
        cache.note_time(NOW)
    cache.note_downtime(downtime)
    cache.note_time(NOW)
    outages = [Interval(NOW - found[0], NOW - found[1])] if found else []
    assert list(cache.outages) == outages
    taken_back = [Interval(downtime.start, downtime.start)] if noted and downtime.start else []
    assert cache.unwritten_outages == (outages or taken_back)
    assert cache.downtimes == []


def test_until_a_command_tells_the_time_nothing_is_said():
    cache = Cache()
    cache.note_downtime(Downtime(0, 1000))
    assert (list(cache.outages), cache.unwritten_outages) == ([], [])


def test_a_command_that_waited_for_the_process_to_wake_up_dates_nothing(monkeypatch):
    monkeypatch.setattr(clock, "boot_time", lambda: 1000.0)
    cache = Cache()
    cache.note_time(NOW)
    monkeypatch.setattr(clock, "boot_time", lambda: 1600.0)
    cache.note_time(NOW + minutes(1))
    cache.note_downtime(Downtime(1000, 1600))
    assert list(cache.outages) == [Interval(NOW, NOW + minutes(10))]


def test_an_answer_tells_whether_its_member_may_be_seen():
    cache, asked, now = Cache(), command("21:00"), Action("now")
    assert not cache.is_known_public(asked), "nobody knows yet"
    cache.update(asked, now, Working(ASKED, (), None))
    assert cache.is_known_public(asked)
    assert not cache.is_known_public(command("21:00", HANA))
    cache.update(asked, now, Working(replace(ASKED, private=True), (), None))
    assert not cache.is_known_public(asked)
    cache.set_private_members([], [THERE])
    assert cache.is_known_public(command("21:00", HANA))
    assert not cache.is_known_public(asked)
    assert not cache.is_known_public(command("21:00", HANA, THERE)), "nobody is, there"
    cache.update(command("21:00", HANA, THERE), now, Working(ASKED, (), None))
    assert cache.is_known_public(command("21:00", HANA, THERE))
    cache.update(asked, now, Working(replace(ASKED, posts=False), (), None))
    assert not cache.is_known_public(command("21:00", HANA))
