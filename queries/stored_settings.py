"""What members choose, organisers set, and goals, as the history keeps them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from peewee import JOIN, SQL, Query, Select

from database.round_trips import Row, Statement
from domain.command import Command
from domain.decisions.config import moves_summary
from domain.snapshots import Snapshot
from models import Goal, Guild, Member, Membership
from queries.compiled import CompiledQuery, statement

OWN = ("zone", "language", "day_starts", "remind_hours")  # wherever they are
HERE = ("listed", "private")  # in one server
OF_SERVER = (
    *("zone", "language", "day_starts", "week_starts", "posts"),
    *("ask_hours", "remind_hours", "close_hours"),
    *("summary_channel_id", "summary_day", "summary_hour"),
)
# Where a server has no row yet.
UNSET = {"day_starts": 0, "week_starts": 0, "posts": True}


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


@CompiledQuery
def server_settings(guild_id: int) -> Query:
    """Select what organisers set for a server."""
    columns = (getattr(Guild, name) for name in OF_SERVER)
    failed = Guild.summary_failed_at.is_null(False).alias("summary_failed")
    return Guild.select(*columns, failed).where(Guild.guild_id == guild_id)


def server_in(rows: list[Row]) -> Snapshot:
    """Return the settings of a row, or those of a server that has none."""
    row = rows[0] if rows else dict.fromkeys((*OF_SERVER, "summary_failed"))
    found = {name: UNSET[name] if row[name] is None else row[name] for name in UNSET}
    flags = {"posts": bool(found["posts"]), "summary_failed": bool(row["summary_failed"])}
    return row | found | flags


@CompiledQuery
def deletion(user_id: int) -> Query:
    """Select when all of a member's data is to be deleted."""
    return Member.select(Member.delete_at).where(Member.user_id == user_id)


def deletion_in(rows: list[Row]) -> datetime | None:
    """Return the moment of a row."""
    return rows[0]["delete_at"] if rows else None


_keep = CompiledQuery[[int]](
    lambda user_id: Member.update(delete_at=None).where(
        Member.user_id == user_id, Member.delete_at.is_null(False)
    ),
    guarded=True,
)


def restore(command: Command, kept: Snapshot) -> Iterator[Statement]:
    """Restore what a snapshot has."""
    if "delete_at" in kept:
        at = kept["delete_at"] and datetime.fromisoformat(kept["delete_at"])
        if at is None:  # whoever deletes may have been faster
            yield _keep(command.user_id)
            return
        yield statement(
            Member.insert(user_id=command.user_id, delete_at=at)
            .on_conflict(conflict_target=[Member.user_id], update={Member.delete_at: at})
            .as_rowcount()
        )
        return
    if "whose" in kept:
        yield _goal(command.guild_id, kept)
        return
    if "server" in kept:
        if kept["server"]:
            yield _server(command, kept["server"])
        if "goal" in kept:
            yield _goal(command.guild_id, kept["goal"])
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


def _server(command: Command, kept: Snapshot) -> Statement:
    values: dict[str, Any] = {**kept}
    if moves_summary(kept):  # nothing is posted for a moment before it was set
        values |= {
            "summary_by": command.user_id,
            "summary_since": command.at,
            "summary_failed_at": None,
        }
    return statement(
        Guild.insert(guild_id=command.guild_id, **values)
        .on_conflict(conflict_target=[Guild.guild_id], update=values)
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
