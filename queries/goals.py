"""How much members, and servers together, mean to work."""

from typing import Any

from peewee import Query

from domain.goals import Goal
from models import Goal as GoalRow
from queries.compiled import CompiledQuery


@CompiledQuery
def goals(guild_id: int, user_id: int) -> Query:
    """Select what a member, or the server, aimed at and since when, the oldest first."""
    return (
        GoalRow.select(GoalRow.from_on, GoalRow.minutes, GoalRow.per)
        .where(GoalRow.guild_id == guild_id, GoalRow.user_id == user_id)
        .order_by(GoalRow.from_on)
    )


def goals_in(rows: list[Any]) -> list[Goal]:
    """Return the goals of rows."""
    return [Goal(**row) for row in rows]
