"""A server's leaderboard; every function is one transaction."""

from collections.abc import Collection
from datetime import datetime

from peewee import Query

from database.round_trips import Statement, fetch
from domain.command import Command
from domain.decisions import leaderboard as decisions
from domain.decisions.profile import apply_choice
from domain.decisions.stats import reach
from domain.goals import SERVER
from domain.leaderboard import Leaderboard, RankBy
from models import Membership, Session
from queries.compiled import CompiledQuery, statement
from queries.goals import goals
from queries.stored_settings import chosen
from queries.unit_of_work import commit, read
from queries.work_intervals import A_WEEK, as_one_text, everybody, members_in, this_week, week


def leaderboard_page(
    command: Command, period_text: str | None, by: RankBy, page: int
) -> Leaderboard:
    """Show who worked how much in a period: this month, unless they say another one."""
    state = read(command, lock=False, **work_of(command, period_text))
    answer, latest = decisions.leaderboard_page(state, command, period_text, by, page)
    return commit(command, *decisions.came_back(decisions.named(answer, names_of(latest))))


def join(command: Command, asked: Command, period_text: str | None, by: RankBy) -> Leaderboard:
    """Put the member on the leaderboard, and show it as it was asked for."""
    choice = chosen(command.guild_id, command.user_id)
    reads = work_of(asked, period_text) | {"chosen": choice}
    state = read(command, lock=True, **reads)
    state, changes = apply_choice(state, command, {"listed": True})
    answer, latest = decisions.leaderboard_page(state, asked, period_text, by, 1)
    return commit(command, decisions.named(answer, names_of(latest)), changes)


def work_of(command: Command, period_text: str | None) -> dict[str, Statement]:
    """Select all work in a period and in this week, and whose is shown."""
    guild_id, window = command.guild_id, reach(period_text or "month", command.at).window
    window = window.until(command.at)
    reads = {
        "everybody": everybody(guild_id, window.start, window.end, command.at),
        "listed": listed(guild_id),
        "working": working(guild_id),
        "server_goals": goals(guild_id, SERVER),
    }
    if window.start > command.at - A_WEEK or window.end < command.at:
        reads["week"] = week(*this_week(command))
    return reads


def names_of(latest: dict[int, int]) -> dict[int, str]:
    """Return the names that members had in a session of each."""
    if not latest:
        return {}
    query = Session.select(Session.user_id, Session.user_name).where(
        Session.id.in_(list(latest.values()))
    )
    found = fetch({"names": statement(query)})["names"]
    return {row["user_id"]: row["user_name"] for row in found}


def _working(guild_id: int) -> Query:
    """Select who works in a server now."""
    return Session.select(as_one_text(Session.user_id).alias("members")).where(
        Session.guild_id == guild_id, Session.ended_at.is_null(), Session.removed_at.is_null()
    )


working = CompiledQuery(_working, light=True, unpack=members_in)


def open_now(guild_id: int) -> set[int]:
    """List who works in a server now."""
    return fetch({"working": working(guild_id)})["working"]


def _listed(guild_id: int) -> Query:
    """Select who chose to be on a server's leaderboard, and is still there to be seen."""
    return Membership.select(as_one_text(Membership.user_id).alias("members")).where(
        Membership.guild_id == guild_id,
        Membership.listed,
        ~Membership.private,
        Membership.left_at.is_null(),
    )


listed = CompiledQuery(_listed, light=True, unpack=members_in)


def note_left(guild_id: int, user_ids: Collection[int], at: datetime) -> None:
    """Write down that members were seen to be gone; they come back when they say a word."""
    rows = [
        {"guild_id": guild_id, "user_id": user_id, "left_at": at} for user_id in sorted(user_ids)
    ]
    key = [Membership.guild_id, Membership.user_id]
    Membership.insert_many(rows).on_conflict(
        conflict_target=key, update={Membership.left_at: at}
    ).execute()
