"""What commands decide, by tables of cases and by properties: no database, no clock, no Discord."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.calendar import Calendar
from domain.command import (
    AlreadyOpen,
    Command,
    Continued,
    Defaults,
    Ended,
    Hours,
    NothingOpen,
    NotYours,
    Preferences,
    Started,
)
from domain.decisions import active, corrections, logbook, profile, sessions
from domain.decisions.stats import reach
from domain.errors import UserError
from domain.forms import NOT_SHOWN
from domain.goals import Goal
from domain.intervals import Interval, total
from domain.periods import parse_period
from domain.sessions import Break, Session, interval_of, with_activity, worked
from domain.snapshots import snapshot
from domain.state import (
    MemberReturned,
    PreviousResult,
    RecordedChange,
    SessionChanged,
    SessionCreated,
    SettingsChanged,
    State,
)
from domain.work_intervals import as_text
from tests.support.lives import session, utc

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = utc("2026-07-01T12:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ASKED = Command(99, 1, 7, "Nanao", None, NOW, Defaults(TOKYO, "ja"))
PREFS = Preferences(TOKYO, TOKYO, None, "ja", hours=Hours(ask=0))
ZONES = [ZoneInfo(name) for name in ("Pacific/Kiritimati", "Asia/Tokyo", "UTC", "Etc/GMT+12")]
SAID = [
    *("today", "yesterday", "week", "last week", "month", "last month", "year", "all"),
    *("6/1-6/30", "last 7 days", "since 6/20", "今年度", "2024", "11月", "昨年度"),
]


def state(**read: Any) -> State:
    return State(**{"prefs": PREFS, **read})


def ran(minutes: int, *breaks: Break, **others: Any) -> Session:
    """Have a session that began so many minutes ago."""
    return session(NOW - minutes * MINUTE, None, *breaks, **others)


def over(first: int, last: int, **others: Any) -> Session:
    """Have a session that lasted from so many minutes ago to so many."""
    return session(NOW - first * MINUTE, NOW - last * MINUTE, **others)


def refused(decide: Callable[..., Any], *values: Any, **named: Any) -> UserError:
    with pytest.raises(UserError) as raised:
        decide(*values, **named)
    return raised.value


def refusal(decide: Callable[..., Any], *values: Any, **named: Any) -> str:
    return refused(decide, *values, **named).key


@pytest.mark.parametrize(
    ("recent", "said", "retried", "outcome"),
    [
        ((), None, False, Started),
        ((), "20m", False, Started),
        ((), "24h", False, Started),
        ((), "24h1m", False, "start.too_old"),
        ((), "一昨日 20:00", False, "start.too_old"),
        ((), "2026-06-01 10:00", False, "start.too_old"),
        ((), "99:00", False, "time.unreadable"),
        ((), "99:99", False, "time.unreadable"),
        ((), "2027-01-01 10:00", False, "time.future"),
        ((over(60, 30),), None, False, Started),
        ((over(60, 30),), "30m", False, Started),
        ((over(60, 30),), "31m", False, "clash"),
        ((over(60, 30),), "2h", False, "clash"),
        ((ran(10),), None, False, AlreadyOpen),
        ((ran(10),), None, True, AlreadyOpen),
        ((over(60, 30), ran(10)), "40m", False, AlreadyOpen),
        ((ran(-5),), None, True, "retry.newer"),
        ((over(-5, -10),), None, True, "retry.newer"),
    ],
)
def test_a_start(recent, said, *, retried, outcome):
    read = state(recent=recent, others=2)
    if isinstance(outcome, str):
        no = refused(sessions.begin, read, ASKED, "math", said, retried=retried)
        assert no.key == outcome
        if outcome.startswith(("start", "time")):
            assert no.values == {"text": said}
        return
    answer, changes = sessions.begin(read, ASKED, "math", said, retried=retried)
    assert type(answer) is outcome
    assert [type(one) for one in changes] == ([SessionCreated] if outcome is Started else [])


def test_a_start_of_one_who_was_gone_brings_them_back():
    read = state(prefs=replace(PREFS, left=True))
    _, changes = sessions.begin(read, ASKED, None, None, retried=False)
    assert [type(one) for one in changes] == [SessionCreated, MemberReturned]


@pytest.mark.parametrize(
    ("running", "said", "outcome"),
    [
        (ran(30), None, Ended),
        (ran(30), "10m", Ended),
        (ran(30), "30m", "end.before_start"),
        (ran(30), "?", "time.unreadable"),
        (ran(0), None, Ended),
        (ran(-1), None, NothingOpen),
        (None, None, NothingOpen),
    ],
)
def test_an_end(running, said, outcome):
    read = state(active=running, last=over(90, 60))
    if isinstance(outcome, str):
        assert refusal(sessions.end, read, ASKED, None, said, retried=False) == outcome
        return
    answer, changes = sessions.end(read, ASKED, None, said, retried=False)
    assert type(answer) is outcome
    assert len(changes) == (outcome is Ended)


@pytest.mark.parametrize(
    ("named", "outcome"),
    [
        (ran(30), Ended),
        (ran(30, user_id=8), NotYours),
        (over(30, 10), NothingOpen),
        (ran(30, removed_at=NOW), NothingOpen),
        (None, "unknown_button"),
    ],
)
def test_an_end_by_a_button(named, outcome):
    if isinstance(outcome, str):
        assert refusal(sessions.end_named, state(named=named), ASKED, None) == outcome
    else:
        assert type(sessions.end_named(state(named=named), ASKED)[0]) is outcome


DECISIONS: dict[str, Callable[[State], tuple[Any, Any]]] = {
    "begin": lambda read: sessions.begin(read, ASKED, None, None, retried=False),
    "begin_same": lambda read: sessions.begin_same(read, ASKED, retried=False),
    "end": lambda read: sessions.end(read, ASKED, None, None, retried=False),
    "end_named": lambda read: sessions.end_named(read, ASKED, None),
    "restart": lambda read: sessions.restart(read, ASKED, None, None),
    "toggle_break": lambda read: active.toggle_break(read, ASKED),
    "pause": lambda read: active.set_break(read, ASKED, rest=True),
    "set_task": lambda read: active.set_task(read, ASKED, "art", NOT_SHOWN),
    "set_note": lambda read: corrections.set_note(read, ASKED, "note", NOT_SHOWN),
    "fix": lambda read: corrections.fix(read, ASKED, {}),
    "discard": lambda read: corrections.discard(read, ASKED),
    "undo": lambda read: corrections.undo(read, ASKED),
    "delete": lambda read: logbook.delete(read, ASKED),
    "choose": lambda read: profile.choose(read, ASKED, "changed", {"listed": True}),
    "set_goal": lambda read: profile.set_goal(read, ASKED, "2h", "day", NOT_SHOWN),
    "set_group_goal": lambda read: profile.set_group_goal(read, ASKED, "2h", NOT_SHOWN),
}
ENDED = {"end", "end_named", "restart", "set_note", "fix"}
CHOSEN = dict.fromkeys(("zone", "language", "day_starts", "remind_hours"))
CHOSEN |= {"listed": False, "private": False}


def everything(named: Session, previous: PreviousResult | None) -> State:
    taken = RecordedChange(7, "Nanao", 1, NOW - HOUR, snapshot(named), snapshot(named))
    return state(
        previous=previous, named=named, fresh=ran(0), active=ran(30), recorded=taken, chosen=CHOSEN
    )


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize("named", [ran(30), over(30, 10)], ids=["active", "over"])
def test_what_was_done_already_is_not_done_again(name, named):
    read = everything(named, PreviousResult(7, 1, named))
    if named.active and name in ENDED:  # it was ended, and that was taken back since
        assert refusal(DECISIONS[name], read) == "changed_meanwhile"
    else:
        assert DECISIONS[name](read)[1] == ()


@pytest.mark.parametrize("name", DECISIONS)
def test_what_somebody_else_did_is_unknown(name):
    previous = PreviousResult(8, 1, over(30, 10, user_id=8))
    assert refusal(DECISIONS[name], everything(over(30, 10), previous)) == "unknown_button"


MINUTES = st.integers(0, 3 * 24 * 60)
PAIRS = st.tuples(MINUTES, st.integers(1, 600)).map(lambda two: (two[0] + two[1], two[0]))


@given(st.lists(PAIRS, max_size=6), MINUTES, MINUTES)
def test_no_start_and_no_added_session_shares_time_with_another(pairs, first, last):
    assume(first != last)  # what has no length is refused before
    near = [over(*pair, id=number) for number, pair in enumerate(pairs, 100)]
    start, end = NOW - max(first, last) * MINUTE, NOW - min(first, last) * MINUTE
    clash = sessions.clashing(near, start, end)
    shared = [one for one in near if Interval(start, end).overlaps(interval_of(one, now=NOW))]
    assert (clash is None) == (not shared)
    if clash:
        assert clash.started_at == min(one.started_at for one in shared)


@given(st.integers(1, 600), st.lists(PAIRS, max_size=4), st.lists(PAIRS, max_size=4))
def test_an_end_closes_all_and_counts_each_minute_once(minutes, pairs, others):
    rest = Break(NOW - minutes * MINUTE / 2, None)
    running = ran(minutes, rest)
    rows = [
        (number, 8, as_text(NOW - first * MINUTE), as_text(NOW - last * MINUTE))
        for number, (first, last) in enumerate(others)
    ]
    recent = [over(*pair, id=number) for number, pair in enumerate(pairs, 100)]
    days = [(one.id, 7, *map(as_text, interval_of(one, now=NOW))) for one in (running, *recent)]
    read = state(active=running, days=days, companions=rows)
    answer, (change,) = sessions.end(read, ASKED, "note", None, retried=False)
    assert isinstance(answer, Ended)
    assert isinstance(change, SessionChanged)
    closed = change.after
    assert (change.before, answer.session) == (running, closed)
    assert closed.ended_at == closed.breaks[-1].ended_at == NOW
    own = total(worked(closed, now=NOW))
    assert timedelta() <= answer.together <= own == minutes * MINUTE / 2
    mine = closed.started_at, rest.started_at
    theirs = [(NOW - first * MINUTE, NOW - last * MINUTE) for first, last in others]
    edges = sorted({*mine, *(at for pair in theirs for at in pair if mine[0] < at < mine[1])})
    shared = [
        second - first
        for first, second in pairwise(edges)
        if any(start <= first and second <= end for start, end in theirs)
    ]
    assert answer.together == sum(shared, timedelta())


CHANGES: dict[str, Callable[[State], tuple[Any, Any]]] = {
    "break": lambda read: active.toggle_break(read, ASKED),
    "task": lambda read: active.set_task(read, ASKED, f"not {read.named.task}", NOT_SHOWN),
    "cancel": lambda read: corrections.discard(read, ASKED),
    "end": lambda read: sessions.end(read, ASKED, None, None, retried=False),
}


@given(st.lists(st.sampled_from([*CHANGES]), min_size=1, max_size=5), st.integers(1, 500))
def test_an_undo_brings_back_what_was_before(action_names, minutes):
    now = ran(minutes)
    for action_name in action_names:
        if not now.active:
            break
        _, (change,) = CHANGES[action_name](state(active=now, named=now))
        made = RecordedChange(7, "Nanao", 1, NOW, snapshot(change.before), snapshot(change.after))
        answer, (back,) = corrections.undo(state(named=change.after, recorded=made), ASKED)
        assert isinstance(answer, Continued)
        assert change.before == now
        assert back.after == with_activity(now, NOW)  # but for this sign of life
        now = change.after


def test_whatever_a_member_does_to_what_runs_is_a_sign_of_life():
    reminded = ran(300, reminded_at=NOW - HOUR, untold="reminder")
    read = state(active=reminded, named=reminded)
    words = logbook.Inputs("note")
    for decided in (
        sessions.begin(state(), ASKED, None, "2h", retried=False),  # its own time
        active.toggle_break(read, ASKED),
        active.set_task(read, ASKED, "math", NOT_SHOWN),
        logbook.edit(read, ASKED, words, {}, NOT_SHOWN),
    ):
        after = decided[0].session
        assert (after.active_at, after.reminded_at, after.untold) == (NOW, None, None)
    early = replace(ASKED, at=NOW - 2 * HOUR)  # a retry, of something before the last sign
    later = with_activity(reminded, NOW - HOUR)
    assert (
        active.set_task(state(named=later), early, "math", NOT_SHOWN)[0].session.active_at
        == NOW - HOUR
    )


def test_an_undo_is_refused_when_it_is_late_or_something_changed():
    now = over(30, 10)
    made = RecordedChange(7, "Nanao", 1, NOW - DAY, snapshot(ran(30)), snapshot(now))
    assert corrections.undo(state(named=now, recorded=made), ASKED)[1]
    late = replace(made, at=NOW - DAY - MINUTE)
    assert refusal(corrections.undo, state(named=now, recorded=late), ASKED) == "undo.too_late"
    other = replace(now, note="later")
    changed = state(named=other, recorded=made)
    assert refusal(corrections.undo, changed, ASKED) == "undo.changed_since"
    near = state(named=now, recorded=made, near=[now, over(5, 1, id=2)])
    assert refusal(corrections.undo, near, ASKED) == "clash"


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"zone": "Europe/London"}, replace(PREFS, zone=ZoneInfo("Europe/London"))),
        ({"language": "en-US"}, replace(PREFS, language="en-US")),
        ({"day_starts": 4}, replace(PREFS, day_starts=4)),
        ({"listed": True}, replace(PREFS, listed=True)),
        ({"private": True}, replace(PREFS, private=True)),
    ],
)
def test_a_choice_holds_at_once(choice, expected):
    read = state(prefs=replace(PREFS, left=True), chosen=CHOSEN)
    answer, (change,) = profile.choose(read, ASKED, "changed", choice)
    assert answer.preferences == expected
    assert change == SettingsChanged("me", CHOSEN, CHOSEN | choice)


def test_a_goal_of_today_replaces_the_one_of_today_and_undoing_it_brings_that_back():
    on = NOW.date()
    before = [Goal(on - DAY, 30, "day"), Goal(on, 60, "day")]
    answer, (made,) = profile.set_goal(
        state(goals=before, chosen=CHOSEN), ASKED, "2h", "week", NOT_SHOWN
    )
    assert answer.goal == Goal(on, 120, "week")
    taken = RecordedChange(7, "Nanao", None, NOW, made.before, made.after)
    now = state(goals=[before[0], answer.goal], chosen=CHOSEN, recorded=taken)
    back, (undone,) = profile.restore(now, ASKED)
    assert back.goal == before[1]  # type: ignore[union-attr]
    assert (undone.before, undone.after) == (made.after, made.before)


@pytest.mark.parametrize("said", SAID)
@given(
    zone=st.sampled_from(ZONES),
    starts=st.sampled_from([0, 6]),
    seconds=st.integers(0, 366 * 86400),
    weeks=st.integers(0, 6),
)
def test_what_is_read_for_a_period_has_all_of_it_in_any_zone(said, zone, starts, seconds, weeks):
    now = utc("2024-01-01T00:00") + timedelta(seconds=seconds)
    found = parse_period(said, now=now, calendar=Calendar(zone, starts, weeks))
    asked = reach(said, now)
    assert asked.window.start <= found.window.start
    assert found.window.end <= asked.window.end <= asked.own.end
    if found.before.length:
        assert asked.own.start <= found.before.start
    assert asked.own.start <= found.window.start - 7 * DAY
