"""The append-only log of commands: what makes a change known, undoable and done only once."""

import json

from peewee import Query

from database.round_trips import Row, Statement
from domain.command import Command
from domain.snapshots import Snapshot
from domain.state import RecordedChange
from models import History
from queries.compiled import CompiledQuery

HISTORY_COLUMNS = tuple(field.name for field in History._meta.sorted_fields)


@CompiledQuery
def change_by(change_id: int, guild_id: int) -> Query:
    """Select the change that an interaction made in a server."""
    return History.select(
        *(History.user_id, History.user_name, History.session_id, History.created_at),
        *(History.before, History.after),
    ).where(History.interaction_id == change_id, History.guild_id == guild_id)


def recorded_in(rows: list[Row]) -> RecordedChange | None:
    """Return the change of a row."""
    for row in rows:
        user_id, at = int(row.pop("user_id")), row.pop("created_at")
        return RecordedChange(**row, user_id=user_id, at=at)
    return None


insert_history: CompiledQuery[...] = CompiledQuery(
    lambda **values: History.insert(values).returning(), HISTORY_COLUMNS
)


def import_snapshot(count: int) -> Snapshot:
    """Return what the history keeps of an import: its sessions' ids follow its own."""
    return {"sessions": count}


def history_row(
    command: Command,
    cmd: str,
    session_id: int | None,
    before: Snapshot | None,
    after: Snapshot | None,
    *,
    second: bool = False,
) -> Statement:
    """Write a row for a command; `second` for the other half of one interaction, id 0: of none."""
    return insert_history(
        user_id=str(command.user_id),
        user_name=command.user_name,
        cmd=cmd,
        created_at=command.at,
        interaction_id=None if second else command.id or None,
        guild_id=command.guild_id,
        session_id=session_id,
        before=as_json(before),
        after=as_json(after),
    )


def as_json(kept: Snapshot | None) -> str | None:
    """Write a snapshot as JSONField keeps it."""
    return None if kept is None else json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
