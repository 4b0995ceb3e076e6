"""When somebody is reminded, and when a session is ended for want of an answer."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.command import Hours
from domain.decisions import active, sessions
from domain.decisions import reminders as decisions
from domain.errors import UserError
from domain.reminders import (
    HOUR,
    AskEndTime,
    Unanswered,
    close_at,
    last_known,
    must_ask_end,
    next_at,
    remind_at,
)
from domain.sessions import Break, Session, with_activity
from domain.times import format_time, parse_correction, parse_plan
from i18n import LANGUAGES, say
from tests.domain.test_decisions import ASKED, NOW, PREFS, TOKYO, state
from tests.support.lives import session, utc
from views.answer import render
from views.reply import date_and_clock, day_and_clock

START = utc("2026-07-01T00:00")


def after(hours: float) -> datetime:
    return START + hours * HOUR


def ran(**values: Any) -> Session:
    return replace(session(START, None), **values)


@pytest.mark.parametrize(
    ("values", "hours", "reminded", "closed", "until"),
    [
        ({}, Hours(), 4, None, None),
        ({"active_at": after(3)}, Hours(), 7, None, None),
        ({"reminded_at": after(4)}, Hours(), 4, 12, 4),
        ({"active_at": after(3), "reminded_at": after(7)}, Hours(), 7, 15, 7),
        # the bot was away, or came with this only now: a reminder is out as long as it always is
        ({"reminded_at": after(100)}, Hours(), 4, 108, 4),
        ({"planned_end_at": after(9)}, Hours(), 9, None, None),
        ({"planned_end_at": after(9), "reminded_at": after(9)}, Hours(), 9, 17, 9),
        ({"planned_end_at": after(1), "reminded_at": after(1)}, Hours(), 1, 12, 1),
        # whoever goes on after the end that they planned
        ({"planned_end_at": after(1), "active_at": after(2)}, Hours(), 6, None, None),
        ({}, Hours(remind=0), None, 12, 0),
        ({"active_at": after(2)}, Hours(remind=0), None, 14, 2),
        ({"planned_end_at": after(9)}, Hours(remind=0), None, 21, 0),
        ({"reminded_at": after(4)}, Hours(close=0), 4, None, None),
        ({}, Hours(remind=0, close=0), None, None, None),
        # a member's own hours may be more than the server's
        ({"reminded_at": after(20)}, Hours(remind=20), 20, 21, 20),
        # a release that knew nothing of all this wrote breaks alone
        ({"breaks": (Break(after(1), after(2)), Break(after(3), None))}, Hours(), 7, None, None),
        ({"breaks": (Break(after(5), after(6)),), "reminded_at": after(4)}, Hours(), 10, 18, 6),
        # the hours were fewer when they were reminded
        ({"reminded_at": after(2)}, Hours(remind=8), 8, 12, 2),
    ],
)
def test_when_something_is_due(values, hours, reminded, closed, until):
    now = ran(**values)
    assert remind_at(now, hours) == (None if reminded is None else after(reminded))
    assert close_at(now, hours) == (None if closed is None else after(closed))
    if until is not None:
        assert closed is not None
        assert decisions.once_due(now, hours, after(closed) - HOUR / 60) is None
        over = decisions.once_due(now, hours, after(closed))
        assert (over.ended_at, over.closed_by, over.unconfirmed) == (after(until), "timeout", True)
        assert next_at(over, hours) is None


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        *(
            ("2h", 2),
            ("90m", 1.5),
            ("2時間", 2),
            ("1時間半", 1.5),
            ("22:30", 1.5),
            ("22時半まで", 1.5),
        ),
        *(("until 21:30", 0.5), ("25:00", 4), ("1:30", 4.5), ("9pm", 24), ("for 45m", 0.75)),
        *(("x", "plan.unreadable"), ("30", "plan.unreadable"), ("2h ago", "plan.unreadable")),
        *(("25h", "plan.too_long"), ("0m", "plan.past"), ("99:99", "plan.unreadable")),
    ],
)
def test_what_a_plan_means_at_nine_in_the_evening_in_tokyo(said, hours):
    if isinstance(hours, str):
        with pytest.raises(UserError) as raised:
            parse_plan(said, start=NOW, now=NOW, zone=TOKYO)
        assert raised.value.key == hours
    else:
        assert parse_plan(said, start=NOW, now=NOW, zone=TOKYO) == NOW + hours * HOUR


@pytest.mark.parametrize(
    ("zone", "start", "reminded", "until_five", "ends"),
    [
        # the clock goes from 1 to 2, and from 2 to 1; in New York from 2 to 3, and from 2 to 1
        ("Europe/London", "2026-03-28T23:00", "2026-03-29T03:00", "2026-03-29T04:00", "04:00"),
        ("Europe/London", "2026-10-24T22:00", "2026-10-25T02:00", "2026-10-25T05:00", "02:00"),
        ("America/New_York", "2026-03-08T04:00", "2026-03-08T08:00", "2026-03-08T09:00", "04:00"),
        ("America/New_York", "2026-11-01T03:00", "2026-11-01T07:00", "2026-11-01T10:00", "02:00"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_in_a_night_with_a_clock_change_hours_elapse_and_times_are_the_zones(
    zone, start, reminded, *, until_five, ends, language
):
    """Each begins at eleven in the evening by the zone's clock, and is left alone."""
    eleven, asked_at, five = utc(start), utc(reminded), utc(until_five)
    prefs = replace(PREFS, zone=ZoneInfo(zone), hours=Hours())
    now = session(eleven, None)
    assert remind_at(now, prefs.hours) == asked_at == eleven + 4 * HOUR
    assert not must_ask_end(now, prefs.hours, eleven + 6 * HOUR)
    assert must_ask_end(now, prefs.hours, eleven + 6.1 * HOUR)
    told = replace(now, reminded_at=asked_at)
    assert close_at(told, prefs.hours) == eleven + 12 * HOUR
    text = render(decisions.reminder(prefs, told, asked_at), language).embed.description or ""
    assert say(language, "reminder", length=say(language, "length.hours", hours=4), task="") in text
    assert day_and_clock(eleven + 12 * HOUR) in text
    over = decisions.once_due(told, prefs.hours, eleven + 12 * HOUR)
    assert over.ended_at == asked_at
    text = render(Unanswered(prefs, over), language).embed.description or ""
    span = say(
        language,
        "unanswered.span",
        start=date_and_clock(eleven),
        end=date_and_clock(asked_at),
        worked=say(language, "length.hours", hours=4),
        task="",
    )
    assert span in text
    assert (format_time(eleven, prefs.zone)[-5:], format_time(asked_at, prefs.zone)[-5:]) == (
        "23:00",
        ends,
    )
    # a plan by the clock is the zone's; a length elapses
    for said, at in (("5:00", five), ("5h", eleven + 5 * HOUR)):
        assert parse_plan(said, start=eleven, now=eleven, zone=prefs.zone) == at
    later = eleven + 12 * HOUR
    assert parse_correction("5:00", was=asked_at, now=later, zone=prefs.zone) == five


def test_a_length_counts_from_the_start_and_may_be_moved():
    answer, _ = sessions.begin(state(), ASKED, None, "20m", "1h", retried=False)
    session = answer.session
    assert session.planned_end_at == NOW + 2 / 3 * HOUR
    late = replace(ASKED, at=NOW + HOUR)
    moved, _ = active.extend_plan(state(named=session), late)
    assert moved.session.planned_end_at == NOW + 1.5 * HOUR
    assert next_at(moved.session, Hours()) == NOW + 1.5 * HOUR


def test_a_break_that_lasts_ends_with_what_is_ended_unanswered():
    rested = ran(active_at=after(2), reminded_at=after(6))
    over = decisions.once_due(replace(rested, breaks=(Break(after(2), None),)), Hours(), after(99))
    assert over.breaks == (Break(after(2), after(6)),)


HOURS = st.builds(Hours, st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))


@given(HOURS, st.lists(st.floats(0, 40), max_size=6), st.floats(0, 40) | st.none())
def test_a_night_left_alone_ends_at_most_once_and_never_in_the_future(hours, signs, planned):
    now = ran(planned_end_at=None if planned is None else after(planned))
    for sign in sorted(signs):
        now = with_activity(now, after(sign))
    told, at = list[datetime](), next_at(now, hours)
    while at is not None:
        assert decisions.once_due(now, hours, at - timedelta(seconds=1)) is None
        becomes = decisions.once_due(now, hours, at)
        assert becomes
        if becomes.active:
            assert (becomes.reminded_at, now.reminded_at) == (at, None)
            told.append(at)
        else:
            assert becomes.ended_at
            assert START <= becomes.ended_at <= at
            assert becomes.ended_at in (now.last_activity, *told)
            assert not told or at - told[-1] >= HOUR
        now, at = becomes, next_at(becomes, hours)
    assert len(told) == bool(hours.remind)
    assert now.active == (not hours.close)
    if told:
        again = with_activity(now, told[0]) if now.active else None
        assert again is None or next_at(again, hours) != told[0]


@pytest.mark.parametrize(
    ("ago", "hours", "planned", "asked"),
    [
        (6, Hours(), None, False),
        (6.1, Hours(), None, True),
        (40, Hours(ask=0), None, False),
        (40, Hours(ask=48), None, False),
        (9, Hours(), 4, False),  # until so long ago they said that they would work
        (12, Hours(), 6.1, True),
    ],
)
def test_an_end_long_after_the_last_sign_asks_first(ago, hours, planned, asked):
    until = None if planned is None else NOW - planned * HOUR
    now = session(NOW - ago * HOUR, None, planned_end_at=until)
    read = state(active=now, named=now, prefs=replace(PREFS, hours=hours))
    assert must_ask_end(now, hours, NOW) is asked
    assert last_known(now) <= NOW
    for answer, changes in (
        sessions.end(read, ASKED, "note", None, retried=False),
        sessions.end_named(read, ASKED),
        sessions.restart(read, ASKED, "task", None),
    ):
        assert isinstance(answer, AskEndTime) is asked
        assert bool(changes) is not asked
    for sure, _ in (
        sessions.end(read, ASKED, None, "1h", retried=False),
        sessions.end_named(read, ASKED, time_text="1h"),
        sessions.end_named(read, ASKED, sure=True),
        sessions.restart(read, ASKED, None, None, sure=True),
    ):
        assert not isinstance(sure, AskEndTime)
