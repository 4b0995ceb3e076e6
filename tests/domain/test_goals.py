"""Goals, and that a new one leaves the past alone."""

from datetime import date, timedelta

import pytest

from domain.calendar import ONE_DAY
from domain.goals import Goal, Progress, goal_on, progress

MONDAY, WEDNESDAY, SUNDAY = date(2026, 7, 13), date(2026, 7, 15), date(2026, 7, 19)
HOUR = timedelta(hours=1)
AN_HOUR_A_DAY = Goal(date(2026, 7, 1), 60, "day")
TEN_HOURS_A_WEEK = Goal(WEDNESDAY, 600, "week")
NONE = Goal(SUNDAY, 0, "day")
GOALS = [AN_HOUR_A_DAY, TEN_HOURS_A_WEEK, NONE]
BY_DAY = {MONDAY - ONE_DAY: 9 * HOUR, MONDAY: HOUR, WEDNESDAY: 2 * HOUR, SUNDAY: 8 * HOUR}


def progress_of(goals: list[Goal], by_day: dict[date, timedelta], on: date, week_starts: int = 0):
    """Ask for progress, of work that is known by day."""

    def done(first: date, last: date) -> timedelta:
        return sum((time for day, time in by_day.items() if first <= day <= last), timedelta())

    return progress(goals, on, done, week_starts)


@pytest.mark.parametrize(
    ("on", "goal"),
    [
        (date(2026, 6, 30), None),  # before the first
        (date(2026, 7, 1), AN_HOUR_A_DAY),
        (WEDNESDAY - ONE_DAY, AN_HOUR_A_DAY),
        (WEDNESDAY, TEN_HOURS_A_WEEK),
        (SUNDAY, None),  # given up
    ],
)
def test_the_goal_that_held(on: date, goal: Goal | None):
    assert goal_on(GOALS, on) == goal
    assert goal_on(reversed(GOALS), on) == goal


def test_of_two_set_on_one_day_the_last_holds():
    second = Goal(WEDNESDAY, 300, "week")
    assert goal_on([TEN_HOURS_A_WEEK, second], WEDNESDAY) == second


def test_progress_of_a_day():
    done = progress_of(GOALS, BY_DAY, MONDAY)
    assert done == Progress(AN_HOUR_A_DAY, MONDAY, MONDAY, HOUR)
    assert done.reached
    missed = progress_of(GOALS, BY_DAY, MONDAY + ONE_DAY)
    assert (missed.done, missed.aim, missed.reached) == (timedelta(), HOUR, False)


def test_progress_of_a_week_goes_from_monday_to_the_day():
    done = progress_of(GOALS, BY_DAY, WEDNESDAY)
    assert done == Progress(TEN_HOURS_A_WEEK, MONDAY, SUNDAY, 3 * HOUR)
    assert not done.reached
    whole = progress_of(GOALS[:2], BY_DAY, SUNDAY)
    assert (whole.done, whole.reached) == (11 * HOUR, True)
    from_sunday = progress_of(GOALS, BY_DAY, WEDNESDAY, 6)
    assert from_sunday == Progress(TEN_HOURS_A_WEEK, MONDAY - ONE_DAY, SUNDAY - ONE_DAY, 12 * HOUR)


def test_no_goal_no_progress_of():
    assert progress_of([], BY_DAY, MONDAY) is None
    assert progress_of(GOALS, BY_DAY, SUNDAY) is None


def test_a_changed_goal_does_not_change_the_past():
    before = [progress_of(GOALS[:1], BY_DAY, MONDAY + n * ONE_DAY) for n in range(2)]
    assert [progress_of(GOALS, BY_DAY, MONDAY + n * ONE_DAY) for n in range(2)] == before
