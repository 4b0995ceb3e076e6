"""A server's leaderboard, from the rows of everybody's work."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.calendar import Calendar, by_day, counted_days
from domain.command import Command
from domain.decisions.stats import asked_period
from domain.goals import Goal, Progress, progress
from domain.intervals import total
from domain.leaderboard import MINUTE, Entry, Leaderboard, Place, RankBy, rank
from domain.state import Decision, MemberReturned, State
from domain.work_intervals import (
    Row,
    Work,
    by_member,
    cut,
    intervals_of,
    joined,
    lengths_by,
    total_of,
)

PAGE = 10


def board(
    state: State, command: Command, period_text: str | None, by: RankBy, page: int
) -> tuple[Leaderboard, dict[int, int]]:
    """Return who worked how much, still without names, and of which session to take each name."""
    prefs, calendar, now = state.prefs, state.prefs.server_calendar, command.at
    wanted = asked_period(period_text or "month", now, calendar)
    work = cut(state.everybody, wanted.window.until(now))
    shown = {*state.listed} - {command.user_id}
    if prefs.listed and not prefs.private:
        shown.add(command.user_id)
    time = lengths_by(work.members, work)
    entries = entries_of(work, time, shown | {command.user_id}, by, calendar)
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
        tuple(replace(place, entry=marked_active(place.entry, working)) for place in on_page),
        page,
        pages,
        own and replace(marked_active(own, working), user_name=command.user_name),
        place_of(command.user_id, places),
        sum(time.values(), timedelta()),
        total(intervals_of(work, at_once=2)),
        progress_of_server(state.server_goals, week, calendar, now),
    )
    return answer, latest_sessions(work, {place.entry.user_id for place in on_page})


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


def entries_of(
    work: Work,
    time: Mapping[int, timedelta],
    members: Collection[int],
    by: RankBy,
    calendar: Calendar,
) -> list[Entry]:
    """Return what each of these members did; without those below a minute, or without a day.

    Days are counted only where the order is by days.
    """
    if by == "time":
        enough = ((id_, worked) for id_, worked in time.items() if worked >= MINUTE)
        return [Entry(id_, "", worked, 0) for id_, worked in enough if id_ in members]
    entries: list[Entry] = []
    for id_, mine in by_member(work, members).items():
        days = counted_days(by_day(calendar.cut(joined(*mine))))
        if days:
            entries.append(Entry(id_, "", time[id_], len(days)))
    return entries


def marked_active(entry: Entry, working: Collection[int]) -> Entry:
    """Return an entry with whether its member works now."""
    return replace(entry, active=entry.user_id in working)


def latest_sessions(work: Work, members: Collection[int]) -> dict[int, int]:
    """Return each member's latest session, of which their name is taken."""
    rows = zip(work.starts, work.sessions, work.members, work.ends, strict=True)
    theirs = [row for row in rows if row[2] in members and row[0] < row[3]]
    return {member: session for _, session, member, _ in sorted(theirs)}


def place_of(user_id: int, places: Iterable[Place]) -> int | None:
    """Return the place of a member."""
    return next((place.place for place in places if place.entry.user_id == user_id), None)


def progress_of_server(
    goals: Sequence[Goal], work: Work | Iterable[Row], calendar: Calendar, now: datetime
) -> Progress | None:
    """Return how far the server's goal has come this week, of which there is all work."""

    def done(first: date, last: date) -> timedelta:
        return total_of(cut(work, calendar.between(first, last).until(now)))

    return progress(goals, calendar.day_of(now), done, calendar.week_starts)
