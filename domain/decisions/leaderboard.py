"""A server's leaderboard, from the rows of everybody's work."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain.calendar import Calendar, by_day, week_of
from domain.command import Command
from domain.decisions.stats import asked_period
from domain.goals import Goal, Progress, goal_on
from domain.intervals import Ends, Interval, shared, total
from domain.leaderboard import Leaderboard
from domain.ranking import Entry, Place, RankBy, rank
from domain.state import CameBack, Decision, State
from domain.streaks import counted_days
from domain.work_intervals import Row, WorkInterval, read, without_breaks

PAGE = 10
MINUTE = timedelta(minutes=1)


def board(
    state: State, command: Command, said: str | None, by: RankBy, page: int
) -> tuple[Leaderboard, dict[int, int]]:
    """Return who worked how much, still without names, and of which session to take each name."""
    prefs, calendar, now = state.prefs, state.prefs.server_calendar, command.at
    wanted = asked_period(said or "month", now, calendar)
    found = read(without_breaks(state.everybody, wanted.window.until(now)))
    shown = {*state.listed} - {command.user_id}
    if prefs.listed and not prefs.private:
        shown.add(command.user_id)
    time = time_of(found)
    entries = entries_of(found, time, shown | {command.user_id}, by, calendar)
    places = rank((entry for entry in entries if entry.user_id in shown), by)
    pages = max(1, -(-len(places) // PAGE))
    page = min(max(page, 1), pages)
    on_page = places[(page - 1) * PAGE : page * PAGE]
    own = next((entry for entry in entries if entry.user_id == command.user_id), None)
    working = state.working if now in wanted.window else frozenset[int]()
    week = state.week if state.week is not None else state.everybody
    answer = Leaderboard(
        prefs,
        command.id,
        now,
        wanted,
        by,
        tuple(replace(one, entry=running(one.entry, working)) for one in on_page),
        page,
        pages,
        own and replace(running(own, working), user_name=command.user_name),
        place_of(command.user_id, places),
        sum(time.values(), timedelta()),
        total(shared(found)),
        progress_of_server(state.server_goals, week, calendar, now),
    )
    return answer, latest_sessions(found, {one.entry.user_id for one in on_page})


def named(answer: Leaderboard, names: dict[int, str]) -> Leaderboard:
    """Return the leaderboard with everybody's name."""
    places = (
        replace(one, entry=replace(one.entry, user_name=names[one.entry.user_id]))
        for one in answer.places
    )
    return replace(answer, places=tuple(places))


def came_back(answer: Leaderboard) -> Decision[Leaderboard]:
    """Return the leaderboard, and that who asks for it is there."""
    return answer, (CameBack(),) if answer.preferences.left else ()


def time_of(found: Iterable[WorkInterval]) -> dict[int, timedelta]:
    """Add up what each member did."""
    time: dict[int, timedelta] = {}
    for start, end, user_id, _ in found:
        time[user_id] = time[user_id] + (end - start) if user_id in time else end - start
    return time


def entries_of(
    found: Iterable[WorkInterval],
    time: Mapping[int, timedelta],
    members: Collection[int],
    by: RankBy,
    calendar: Calendar,
) -> list[Entry]:
    """Return what each of these members did, and leave out who did nothing that counts.

    The days are counted only where they are asked for.
    """
    if by == "time":
        enough = ((id_, worked) for id_, worked in time.items() if worked >= MINUTE)
        return [Entry(id_, "", worked, 0) for id_, worked in enough if id_ in members]
    each: dict[int, list[Ends[datetime]]] = {}
    for start, end, id_, _ in found:
        if id_ in members:
            each.setdefault(id_, []).append((start, end))
    counted = {id_: len(counted_days(by_day(calendar.cut(mine)))) for id_, mine in each.items()}
    return [Entry(id_, "", time[id_], count) for id_, count in counted.items() if count]


def running(entry: Entry, working: Collection[int]) -> Entry:
    """Return an entry with whether its member is still at it."""
    return replace(entry, running=entry.user_id in working)


def latest_sessions(found: list[WorkInterval], members: Collection[int]) -> dict[int, int]:
    """Return each member's latest session: they are called as they were called then."""
    latest: dict[int, tuple[datetime, int]] = {}
    for start, _, user_id, session_id in found:
        if user_id in members:
            latest[user_id] = max(latest.get(user_id, (start, session_id)), (start, session_id))
    return {user_id: session_id for user_id, (_, session_id) in latest.items()}


def place_of(user_id: int, places: Iterable[Place]) -> int | None:
    """Return the place of a member."""
    return next((one.place for one in places if one.entry.user_id == user_id), None)


def progress_of_server(
    goals: Sequence[Goal], rows: Iterable[Row], calendar: Calendar, now: datetime
) -> Progress | None:
    """Return how far the server's goal has come this week, of which there are all rows."""
    on = calendar.day_of(now)
    goal = goal_on(goals, on)
    if goal is None:
        return None
    first, last = week_of(on, calendar.week_starts)
    week: Interval = calendar.between(first, last).until(now)
    return Progress(goal, first, last, total(read(without_breaks(rows, week))))
