"""A server's board; every function is one transaction."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from peewee import Node, Query

from domain import sweep
from domain.board import Board
from domain.command import Command
from domain.day import Calendar, cut_at_days, week_of
from domain.goal import Progress, goal_on
from domain.rank import Entry, Place, RankBy, rank
from domain.span import Span
from domain.streak import counted_days
from models import Membership
from queries.goal import SERVER, goals_of
from queries.preferences import preferences, welcome_back
from queries.prepared import Prepared
from queries.stats import spoken
from queries.work import Stretch, stretches

PAGE = 10
MINUTE = timedelta(minutes=1)


def board(command: Command, said: str | None, by: RankBy, page: int) -> Board:
    """Show who worked how much in a period: this month, unless they say another one."""
    asked = preferences(command)
    if asked.left:
        welcome_back(command)
    calendar, now = asked.server_calendar, command.at
    wanted = spoken(said or "month", now, calendar)
    found = stretches(command.guild_id, wanted.window, now)
    shown = on_board(command.guild_id) - {command.user_id}
    if asked.listed and not asked.private:
        shown.add(command.user_id)
    entries = entries_of(found, shown | {command.user_id}, by, calendar)
    own = entries.get(command.user_id)
    places = rank((entry for id_, entry in entries.items() if id_ in shown), by)
    pages = max(1, -(-len(places) // PAGE))
    page = min(max(page, 1), pages)
    return Board(
        asked,
        command.id,
        now,
        wanted,
        by,
        tuple(places[(page - 1) * PAGE : page * PAGE]),
        page,
        pages,
        own,
        place_of(command.user_id, places),
        sum((one.end - one.start for one in found), timedelta()),
        sweep.length(sweep.shared((one.start, one.end) for one in found)),
        progress_of_server(command, calendar),
    )


def entries_of(
    found: Iterable[Stretch], members: Collection[int], by: RankBy, calendar: Calendar
) -> dict[int, Entry]:
    """Add up what each of these members did, and leave out who did nothing that counts."""
    by_member: dict[int, list[Stretch]] = {}
    for one in found:
        if one.user_id in members:
            by_member.setdefault(one.user_id, []).append(one)
    entries = {id_: entry_of(mine, by, calendar) for id_, mine in by_member.items()}
    return {
        id_: entry
        for id_, entry in entries.items()
        if (entry.days if by == "days" else entry.time >= MINUTE)
    }


def entry_of(mine: list[Stretch], by: RankBy, calendar: Calendar) -> Entry:
    """Add up one member's work; days are counted only where they are asked for."""
    latest = max(mine)
    days = 0
    if by == "days":
        spans = (Span(one.start, one.end) for one in mine)
        days = len(counted_days(cut_at_days(spans, calendar)))
    return Entry(
        latest.user_id,
        latest.user_name,
        sum((one.end - one.start for one in mine), timedelta()),
        days,
        any(one.running for one in mine),
    )


def place_of(user_id: int, places: Iterable[Place]) -> int | None:
    """Find the place of a member."""
    return next((one.place for one in places if one.entry.user_id == user_id), None)


def progress_of_server(command: Command, calendar: Calendar) -> Progress | None:
    """Give how far the server's goal has come this week."""
    on = calendar.day_of(command.at)
    goal = goal_on(goals_of(command.guild_id, SERVER), on)
    if goal is None:
        return None
    first, last = week_of(on)
    found = stretches(command.guild_id, calendar.between(first, last), command.at)
    done = sum((one.end - one.start for one in found), timedelta())
    return Progress(goal, first, last, done)


@Prepared
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
    Membership.update(left_at=at).where(
        Membership.guild_id == guild_id, Membership.user_id.in_(list(user_ids))
    ).execute()
