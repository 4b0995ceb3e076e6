"""A member's numbers, against the same numbers counted minute by minute."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import ONE_DAY, Calendar
from domain.intervals import Interval, inside, total, union
from domain.sessions import Break, Session, interval_of, worked
from domain.summary import Summary, parts_of, summary
from domain.work_intervals import cut, lengths_of, total_since
from tests.support.lives import (
    MINUTE,
    calendars_with_a_time,
    edges,
    interval,
    intervals,
    rows_of,
    session,
    sessions,
    utc,
)

TOKYO = Calendar(ZoneInfo("Asia/Tokyo"))
NOW = utc("2026-07-15T12:00")  # Wednesday, 21:00 in Tokyo
HOUR = timedelta(hours=1)


def week(*sessions: Session, calendar: Calendar = TOKYO) -> Summary:
    return summary(rows_of(sessions, NOW), calendar.period("week", NOW), calendar)


def apart(found: list[Session], now: datetime) -> list[Session]:
    """Leave out what is at once with an earlier one: nobody works twice at once in a server."""
    kept: list[Session] = []
    for one in found:
        whole = interval_of(one, now=now)
        if not any(whole.overlaps(interval_of(other, now=now)) for other in kept):
            kept.append(one)
    return kept


def test_nothing_yet():
    empty = week()
    assert (empty.total, empty.days, empty.sessions, empty.average) == (timedelta(), 0, 0, 0 * HOUR)
    assert (empty.longest, empty.best_weekday, empty.best_hour) == (timedelta(), None, None)
    assert (empty.by_day, empty.top_tasks, empty.intervals) == ({}, [], [])


def test_a_week():
    sessions = (
        session(utc("2026-07-12T14:00"), utc("2026-07-12T17:00"), task="数学"),  # Sunday night
        session(utc("2026-07-14T00:00"), utc("2026-07-14T02:00"), task="math"),
        session(NOW - HOUR, None, Break(NOW - HOUR / 2, NOW - HOUR / 3), task="math"),
        session(NOW - 3 * HOUR, NOW - 2 * HOUR, removed_at=NOW),
        session(NOW - 60 * ONE_DAY, NOW - 60 * ONE_DAY + HOUR),
    )
    found = week(*sessions)
    assert found.total == 4 * HOUR + HOUR * 5 / 6
    assert list(found.by_day.items()) == [
        (date(2026, 7, 13), 2 * HOUR),
        (date(2026, 7, 14), 2 * HOUR),
        (date(2026, 7, 15), HOUR * 5 / 6),
    ]
    assert (found.days, found.sessions, found.average) == (3, 3, found.total / 3)
    assert (found.best_weekday, found.best_hour) == (0, 0)  # the first of equals
    assert found.top_tasks == [("math", 2 * HOUR + HOUR * 5 / 6), ("数学", 2 * HOUR)]

    sunday, _, running = parts_of(sessions, TOKYO.period("week", NOW), NOW)
    assert found.longest == sunday.worked
    assert (sunday.starts_before, sunday.ends_after) == (True, False)
    assert sunday.whole == interval("2026-07-12T14:00", "2026-07-12T17:00")
    assert sunday.interval == interval("2026-07-12T15:00", "2026-07-12T17:00")
    assert running.session.active
    assert running.breaks == [Interval(NOW - HOUR / 2, NOW - HOUR / 3)]
    assert running.worked == HOUR * 5 / 6


def test_five_tasks_with_a_name_and_no_more():
    found = week(
        *(session(NOW - n * HOUR, NOW - n * HOUR + n * MINUTE, task=f"{n}") for n in range(1, 8)),
        session(NOW - 9 * HOUR, NOW - 8 * HOUR),
    )
    assert [task for task, _ in found.top_tasks] == ["7", "6", "5", "4", "3"]
    assert next(iter(found.by_task)) is None


def test_what_was_ended_unanswered_is_counted_until_its_member_agrees():
    ends = (NOW - 2 * HOUR, NOW - HOUR)
    assert week(session(*ends, closed_by="timeout"), session(NOW - HOUR, None)).unconfirmed == 1
    assert week(session(*ends, closed_by="timeout", confirmed_at=NOW)).unconfirmed == 0


def test_a_night_counts_for_the_evening_if_the_day_starts_late():
    night = session(utc("2026-07-13T15:30"), utc("2026-07-13T17:00"))  # 0:30 to 2:00 on the 14th
    assert list(week(night).by_day) == [date(2026, 7, 14)]
    assert list(week(night, calendar=Calendar(TOKYO.zone, 3)).by_day) == [date(2026, 7, 13)]


def minutes_of(one: Session, now: datetime, window: Interval) -> set[datetime]:
    """The minutes that were worked, one by one."""
    end = one.ended_at or now
    pauses = [(gap.started_at, gap.ended_at or end) for gap in one.breaks]
    found: set[datetime] = set()
    at = one.started_at
    while at < end and not one.removed_at:
        if window.start <= at < window.end and not any(s <= at < e for s, e in pauses):
            found.add(at)
        at += MINUTE
    return found


@given(calendars_with_a_time(), st.data())
def test_as_counted_minute_by_minute(drawn, data):
    calendar, around = drawn
    now = around + data.draw(st.integers(0, 2 * 1440)) * MINUTE
    recorded = apart(data.draw(sessions(around, calendar)), now)
    first = around + data.draw(st.integers(-2 * 1440, 0)) * MINUTE
    window = Interval(first, first + data.draw(st.integers(1, 3 * 1440)) * MINUTE)
    found = summary(rows_of(recorded, now), window, calendar)

    def in_any(window: Interval) -> set[datetime]:
        return set().union(*(minutes_of(one, now, window) for one in recorded))

    def days(minutes: set[datetime]) -> Counter[date]:
        walls = (at.astimezone(calendar.zone).replace(tzinfo=None) for at in minutes)
        return Counter((wall - timedelta(hours=calendar.day_starts)).date() for wall in walls)

    minutes = in_any(window)
    by_day = days(minutes)
    assert found.total == len(minutes) * MINUTE <= window.length
    assert found.by_day == {on: count * MINUTE for on, count in by_day.items()}
    assert found.days == len(by_day)
    hours = Counter(at.astimezone(calendar.zone).hour for at in minutes)
    if found.best_hour is None:
        assert not minutes
    else:
        assert hours[found.best_hour] == max(hours.values())
    weekdays = Counter[int]()
    for on, count in by_day.items():
        weekdays[on.weekday()] += count
    if found.best_weekday is not None:
        assert weekdays[found.best_weekday] == max(weekdays.values())

    parts = list(parts_of(recorded, window, now))
    assert len(parts) == found.sessions
    assert max((part.worked for part in parts), default=timedelta()) == found.longest
    for part in parts:
        assert part.worked == len(minutes_of(part.session, now, window)) * MINUTE
        assert part.worked + total(part.breaks) == part.interval.length


@given(calendars_with_a_time(), st.data())
def test_the_parts_and_the_days_and_the_tasks_make_the_total(drawn, data):
    calendar, around = drawn
    recorded = apart(data.draw(sessions(around, calendar)), around)
    window = data.draw(intervals(around))
    found = summary(rows_of(recorded, around), window, calendar)
    parts = list(parts_of(recorded, window, around))
    nothing = timedelta()
    assert sum((part.worked for part in parts), nothing) == found.total
    assert sum(found.by_day.values(), nothing) == found.total
    assert sum(found.by_task.values(), nothing) == found.total == total(found.intervals)
    assert total(union(part.interval for part in parts)) >= found.total
    assert found.average * found.sessions - found.total <= timedelta(microseconds=10)


@given(calendars_with_a_time(), st.data())
def test_cutting_the_window_in_two_changes_nothing(drawn, data):
    calendar, around = drawn
    recorded = apart(data.draw(sessions(around, calendar)), around)
    first, at, last = sorted(data.draw(intervals(around)).start for _ in range(3))

    def total_of(window: Interval) -> Summary:
        return summary(rows_of(recorded, around), window, calendar)

    whole, left, right = (
        total_of(Interval(*ends)) for ends in ((first, last), (first, at), (at, last))
    )
    assert whole.total == left.total + right.total
    work = cut(rows_of(recorded, around), Interval(first, last))
    assert total_since(at, work, lengths_of(work)) == right.total
    for on in whole.by_day:
        halves = left.by_day.get(on, timedelta()), right.by_day.get(on, timedelta())
        assert whole.by_day[on] == sum(halves, timedelta())


@given(calendars_with_a_time(), st.data())
def test_all_servers_together_never_exceed_the_wall_clock(drawn, data):
    calendar, around = drawn
    recorded = data.draw(sessions(around, calendar, most=9))
    ends = sorted((data.draw(edges(calendar, around)), data.draw(edges(calendar, around))))
    now, window = data.draw(edges(calendar, around)), Interval(*ends)
    kept = [one for one in recorded if not one.removed_at]
    pieces = [part for one in kept for part in inside(worked(one, now=now), window)]
    everywhere = total(union(pieces))
    assert everywhere <= window.length
    found = summary(rows_of(apart(recorded, now), now), window, calendar)
    assert found.total <= everywhere
    for on, length in found.by_day.items():
        assert length <= calendar.day(on).length
