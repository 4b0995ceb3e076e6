"""How much members, and servers together, mean to work."""

from peewee import Node, Query

from domain.goals import Goal
from models import Goal as Row
from queries.compiled import CompiledQuery

SERVER = 0  # whose goal is nobody's but the server's own


@CompiledQuery
def _goals(guild_id: Node, user_id: Node) -> Query:
    return (
        Row.select(Row.from_on, Row.minutes, Row.per)
        .where(Row.guild_id == guild_id, Row.user_id == user_id)
        .order_by(Row.from_on)
    )


def goals_of(guild_id: int, user_id: int) -> list[Goal]:
    """List what a member, or the server, aimed at and since when, the oldest first."""
    read = Row.from_on.python_value
    found = _goals(guild_id, user_id).fetchall()
    return [Goal(read(from_on), minutes, per) for from_on, minutes, per in found]
