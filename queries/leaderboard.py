"""A server's board; every function is one transaction."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from peewee import Node, Query

from domain import overlaps
from domain.calendar import Calendar, cut_by_key, week_of
from domain.command import Command
from domain.goals import Progress, goal_on
from domain.intervals import Interval
from domain.leaderboard import Leaderboard
from domain.ranking import Entry, Place, RankBy, rank
from domain.streaks import counted_days
from models import Membership, Session
from queries.compiled import CompiledQuery
from queries.goals import SERVER, goals_of
from queries.preferences import preferences, welcome_back
from queries.stats import spoken
from queries.work_intervals import WorkInterval, work_intervals

PAGE = 10
MINUTE = timedelta(minutes=1)


def board(command: Command, said: str | None, by: RankBy, page: int) -> Leaderboard:
    """Show who worked how much in a period: this month, unless they say another one."""
    prefs = preferences(command)
    if prefs.left:
        welcome_back(command)
    calendar, now = prefs.server_calendar, command.at
    wanted = spoken(said or "month", now, calendar)
    found = work_intervals(command.guild_id, wanted.window, now)
    shown = on_board(command.guild_id) - {command.user_id}
    if prefs.listed and not prefs.private:
        shown.add(command.user_id)
    entries = entries_of(found, shown | {command.user_id}, by, calendar)
    places = rank((entry for entry in entries if entry.user_id in shown), by)
    pages = max(1, -(-len(places) // PAGE))
    page = min(max(page, 1), pages)
    on_page = places[(page - 1) * PAGE : page * PAGE]
    own = next((entry for entry in entries if entry.user_id == command.user_id), None)
    names = names_of(found, [one.entry.user_id for one in on_page])
    running = open_now(command.guild_id) if now in wanted.window else set[int]()
    return Leaderboard(
        prefs,
        command.id,
        now,
        wanted,
        by,
        tuple(Place(one.place, told(one.entry, names, running)) for one in on_page),
        page,
        pages,
        own and told(own, {command.user_id: command.user_name}, running),
        place_of(command.user_id, places),
        overlaps.length(found),
        overlaps.length(overlaps.shared(found)),
        progress_of_server(command, calendar, wanted.window, found),
    )


def entries_of(
    found: list[WorkInterval], members: Collection[int], by: RankBy, calendar: Calendar
) -> list[Entry]:
    """Add up what each of these members did, and leave out who did nothing that counts.

    The days are counted only where they are asked for.
    """
    time: dict[int, timedelta] = {}
    for start, end, user_id, _ in found:
        time[user_id] = time[user_id] + (end - start) if user_id in time else end - start
    if by == "time":
        enough = ((id_, worked) for id_, worked in time.items() if worked >= MINUTE)
        return [Entry(id_, "", worked, 0) for id_, worked in enough if id_ in members]
    days = cut_by_key(((s, e, id_) for s, e, id_, _ in found if id_ in members), calendar)
    counted = {id_: len(counted_days(by_day)) for id_, by_day in days.items()}
    return [Entry(id_, "", time[id_], count) for id_, count in counted.items() if count]


def told(entry: Entry, names: dict[int, str], running: Collection[int]) -> Entry:
    """Say who it is, and whether they are still at it."""
    return replace(entry, user_name=names[entry.user_id], running=entry.user_id in running)


def names_of(found: list[WorkInterval], members: Collection[int]) -> dict[int, str]:
    """Call members as they were called last, by the rows themselves."""
    latest: dict[int, tuple[datetime, int]] = {}
    for start, _, user_id, session_id in found:
        if user_id in members:
            latest[user_id] = max(latest.get(user_id, (start, session_id)), (start, session_id))
    ids = [session_id for _, session_id in latest.values()]
    return dict(_names(*ids, *[0] * (PAGE - len(ids))).fetchall())


_names = CompiledQuery(
    lambda *ids: Session.select(Session.user_id, Session.user_name).where(Session.id.in_(ids)),
    values=PAGE,
)


@CompiledQuery
def _open_now(guild_id: Node) -> Query:
    return Session.select(Session.user_id).where(
        Session.guild_id == guild_id, Session.ended_at.is_null(), Session.removed_at.is_null()
    )


def open_now(guild_id: int) -> set[int]:
    """List who works in a server now."""
    return {user_id for (user_id,) in _open_now(guild_id).fetchall()}


def place_of(user_id: int, places: Iterable[Place]) -> int | None:
    """Find the place of a member."""
    return next((one.place for one in places if one.entry.user_id == user_id), None)


def progress_of_server(
    command: Command,
    calendar: Calendar,
    read: Interval | None = None,
    found: Iterable[WorkInterval] = (),
) -> Progress | None:
    """Give how far the server's goal has come this week; what was `read` is not asked for again."""
    on = calendar.day_of(command.at)
    goal = goal_on(goals_of(command.guild_id, SERVER), on)
    if goal is None:
        return None
    first, last = week_of(on)
    week = calendar.between(first, last).until(command.at)
    if read is None or week.start < read.start or read.end < week.end:
        found = work_intervals(command.guild_id, week, command.at)
    parts = ((max(one[0], week.start), min(one[1], week.end)) for one in found)
    return Progress(goal, first, last, overlaps.length(part for part in parts if part[0] < part[1]))


@CompiledQuery
def _listed(guild_id: Node) -> Query:
    return Membership.select(Membership.user_id).where(
        Membership.guild_id == guild_id,
        Membership.listed,
        ~Membership.private,
        Membership.left_at.is_null(),
    )


def on_board(guild_id: int) -> set[int]:
    """List who chose to be on a server's board, and is still there to be seen."""
    return {user_id for (user_id,) in _listed(guild_id).fetchall()}


def note_gone(guild_id: int, user_ids: Collection[int], at: datetime) -> None:
    """Write down that members were seen to be gone; they come back when they say a word."""
    rows = [
        {"guild_id": guild_id, "user_id": user_id, "left_at": at} for user_id in sorted(user_ids)
    ]
    key = [Membership.guild_id, Membership.user_id]
    Membership.insert_many(rows).on_conflict(
        conflict_target=key, update={Membership.left_at: at}
    ).execute()
