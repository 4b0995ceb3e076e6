"""What members choose for themselves, and goals, as the history keeps them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from peewee import JOIN, SQL, Query, Select

from database.round_trips import Row, Statement
from domain.command import Command
from domain.snapshots import Snapshot
from models import Goal, Member, Membership
from queries.compiled import CompiledQuery, statement

OWN = ("zone", "language", "day_starts")  # wherever they are
HERE = ("listed", "private")  # in one server


@CompiledQuery
def chosen(guild_id: int, user_id: int) -> Query:
    """Select what a member chose, everywhere and here, in one row whatever there is."""
    one_row = Select(columns=[SQL("1 AS one")]).alias("always")
    here = (Membership.guild_id == guild_id) & (Membership.user_id == user_id)
    own = [getattr(Member, name) for name in OWN]
    return (
        Select([one_row], [*own, *(getattr(Membership, name) for name in HERE)])
        .join(Member, JOIN.LEFT_OUTER, on=(Member.user_id == user_id))
        .join(Membership, JOIN.LEFT_OUTER, on=here)
    )


def chosen_in(rows: list[Row]) -> Snapshot:
    """Return the choices of a row."""
    (row,) = rows
    return row | {name: bool(row[name]) for name in HERE}


def restore(command: Command, kept: Snapshot) -> Iterator[Statement]:
    """Let it be as a snapshot has it."""
    if "whose" in kept:
        yield _goal(command.guild_id, kept)
        return
    own = {name: kept[name] for name in OWN}
    yield statement(
        Member.insert(user_id=command.user_id, **own)
        .on_conflict(conflict_target=[Member.user_id], update=own)
        .as_rowcount()
    )
    # whoever says so is there
    here: dict[str, Any] = {name: kept[name] for name in HERE} | {"left_at": None}
    yield statement(
        Membership.insert(guild_id=command.guild_id, user_id=command.user_id, **here)
        .on_conflict(conflict_target=[Membership.guild_id, Membership.user_id], update=here)
        .as_rowcount()
    )


def _goal(guild_id: int, kept: Snapshot) -> Statement:
    on = date.fromisoformat(kept["from_on"])
    key = {"guild_id": guild_id, "user_id": kept["whose"], "from_on": on}
    if kept["minutes"] is None:
        its = (getattr(Goal, name) == value for name, value in key.items())
        return statement(Goal.delete().where(*its))
    aim = {"minutes": kept["minutes"], "per": kept["per"]}
    return statement(
        Goal.insert(**key, **aim)
        .on_conflict(conflict_target=[Goal.guild_id, Goal.user_id, Goal.from_on], update=aim)
        .as_rowcount()
    )
