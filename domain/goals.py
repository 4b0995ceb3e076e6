"""Goals of a member or of a whole server: how much work a day or a week, and how far it is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from domain.calendar import week_of
from domain.time_grammar import normalize, parse_length
from domain.time_words import NONE

SERVER = 0  # in place of a member's id: the goal is the server's own


@dataclass(frozen=True, slots=True)
class Goal:
    """So many minutes a day or a week, from a day on; 0 minutes: no goal from then on."""

    from_on: date
    minutes: int
    per: Literal["day", "week"]

    @property
    def aim(self) -> timedelta:
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Progress:
    """A goal of the days from `first` to `last`, and the work done in them."""

    goal: Goal
    first: date
    last: date
    done: timedelta

    @property
    def aim(self) -> timedelta:
        return self.goal.aim

    @property
    def reached(self) -> bool:
        return self.done >= self.aim


def goal_on(goals: Iterable[Goal], on: date) -> Goal | None:
    """Return the goal that held on a day: the last one set until then."""
    latest: Goal | None = None
    for goal in goals:
        if goal.from_on <= on and (latest is None or goal.from_on >= latest.from_on):
            latest = goal
    return latest if latest and latest.minutes > 0 else None


def progress(
    goals: Iterable[Goal],
    on: date,
    done: Callable[[date, date], timedelta],
    week_starts: int = 0,
) -> Progress | None:
    """Return how far the goal that held on a day had come by its end, None without a goal.

    `done` adds up the work from one day to another, both of them inside.
    """
    goal = goal_on(goals, on)
    if not goal:
        return None
    first, last = week_of(on, week_starts) if goal.per == "week" else (on, on)
    return Progress(goal, first, last, done(first, on))


def goal_text(goal: Goal | None) -> str | None:
    """Write a goal with its period, to compare it with what a form showed."""
    return goal and f"{format_aim(goal)}/{goal.per}"


def format_aim(goal: Goal) -> str:
    """Write a goal's length as `parse_aim` reads it."""
    hours, minutes = divmod(goal.minutes, 60)
    return f"{hours}:{minutes:02}"


def parse_aim(text: str | None) -> timedelta | None:
    """Read a goal's length; zero for `none`, None without a text."""
    if text is None:
        return None
    return timedelta() if normalize(text) in NONE else parse_length(text)
