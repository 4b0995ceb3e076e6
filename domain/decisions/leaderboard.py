"""A server's leaderboard, from the rows of everybody's work."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.calendar import Calendar, by_day, counted_days
from domain.command import Command
from domain.decisions.stats import asked_period
from domain.goals import Goal, Progress, progress
from domain.intervals import Interval, total
from domain.leaderboard import Entry, Leaderboard, Place, RankBy, place_of, rank
from domain.state import Decision, MemberReturned, State
from domain.work_intervals import (
    Work,
    by_member,
    cut,
    intervals_of,
    joined,
    lengths_by,
    lengths_of,
    total_of,
    total_since,
)

PAGE = 10
MINUTE = timedelta(minutes=1)


def leaderboard_page(
    state: State, command: Command, period_text: str | None, by: RankBy, page: int
) -> tuple[Leaderboard, dict[int, int]]:
    """Return who worked how much, still without names, and of which session to take each name."""
    prefs, calendar, now = state.prefs, state.prefs.server_calendar, command.at
    wanted = asked_period(period_text or "month", now, calendar)
    window = wanted.window.until(now)
    work = cut(state.everybody, window)
    shown = {*state.listed} - {command.user_id}
    if prefs.listed and not prefs.private:
        shown.add(command.user_id)
    lengths = lengths_of(work)
    time = lengths_by(work.members, lengths)
    worths = worths_of(work, time, shown | {command.user_id}, by, calendar)
    ranked = {id_: worth for id_, worth in worths.items() if id_ in shown}
    pages = max(1, -(-len(ranked) // PAGE))
    page = min(max(page, 1), pages)
    on_page = rank(ranked, slice((page - 1) * PAGE, page * PAGE))
    working = state.working if now in wanted.window else frozenset[int]()

    def entry(user_id: int) -> Entry:
        days = worths[user_id] if by == "days" else 0
        return Entry(user_id, "", time[user_id], days, user_id in working)

    def worked(week: Interval) -> timedelta:
        if state.week is None and window.start <= week.start and window.end == week.end:
            return total_since(week.start, work, lengths)
        return total_of(cut(state.everybody if state.week is None else state.week, week))

    own = None
    if command.user_id in worths:
        own = replace(entry(command.user_id), user_name=command.user_name)
    answer = Leaderboard(
        prefs,
        command.id,
        now,
        wanted,
        by,
        tuple(Place(place, entry(user_id)) for place, user_id in on_page),
        page,
        pages,
        own,
        place_of(command.user_id, ranked) if command.user_id in ranked else None,
        sum(time.values(), timedelta()),
        total(intervals_of(work, at_once=2)),
        progress_of_server(state.server_goals, worked, calendar, now),
    )
    return answer, latest_sessions(work, {user_id for _, user_id in on_page})


def named(answer: Leaderboard, names: dict[int, str]) -> Leaderboard:
    """Return the leaderboard with everybody's name."""
    places = (
        replace(place, entry=replace(place.entry, user_name=names[place.entry.user_id]))
        for place in answer.places
    )
    return replace(answer, places=tuple(places))


def came_back(answer: Leaderboard) -> Decision[Leaderboard]:
    """Return the leaderboard; whoever asks for it has not left the server."""
    return answer, (MemberReturned(),) if answer.preferences.left else ()


def worths_of(
    work: Work,
    time: Mapping[int, timedelta],
    members: AbstractSet[int],
    by: RankBy,
    calendar: Calendar,
) -> dict[int, int]:
    """Return how many minutes each of these members worked, or on how many days; without none."""
    if by == "time":
        minutes = ((id_, time[id_] // MINUTE) for id_ in members & time.keys())
        return {id_: worth for id_, worth in minutes if worth > 0}
    return {
        id_: days
        for id_, mine in by_member(work, members).items()
        if (days := len(counted_days(by_day(calendar.cut(joined(*mine))))))
    }


def latest_sessions(work: Work, members: Collection[int]) -> dict[int, int]:
    """Return each member's latest session, of which their name is taken."""
    sessions, whose, starts, ends, _ = work
    theirs = (n for n, member in enumerate(whose) if member in members and starts[n] < ends[n])
    return {whose[n]: sessions[n] for n in sorted(theirs, key=lambda n: (starts[n], sessions[n]))}


def progress_of_server(
    goals: Sequence[Goal],
    worked: Callable[[Interval], timedelta],
    calendar: Calendar,
    now: datetime,
) -> Progress | None:
    """Return how far the server's goal has come this week; `worked` adds up a window's work."""

    def done(first: date, last: date) -> timedelta:
        return worked(calendar.between(first, last).until(now))

    return progress(goals, calendar.day_of(now), done, calendar.week_starts)
