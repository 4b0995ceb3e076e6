"""The append-only log of commands: what makes a change known, undoable and done only once."""

import hashlib
from datetime import datetime
from typing import Any

from peewee import PostgresqlDatabase

from domain.command import Command
from domain.refused import Refused
from models import History, Session, database

# What of a session a command may change, so what before and after keep of it.
KEPT = ("task", "note", "started_at", "ended_at", "removed_at", "closed_by")
Snapshot = dict[str, str | None]


def lock_member(command: Command) -> None:
    """Let nobody else change this member's sessions here until the transaction ends.

    SQLite has one writer at a time anyhow.
    """
    if isinstance(database.obj, PostgresqlDatabase):
        key = f"{command.guild_id}:{command.user_id}".encode()
        number = int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), signed=True)
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (number,))


def repeated(command: Command) -> History | None:
    """Find what this very interaction has done already: a retry, or a second process."""
    return History.get_or_none(History.interaction_id == command.id)


def snapshot(session: Session) -> Snapshot:
    """Take down what a command may change of a session."""
    values = {name: getattr(session, name) for name in KEPT}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def restored(kept: Snapshot) -> dict[str, Any]:
    """Turn a snapshot back into the values of a session."""
    return {
        name: datetime.fromisoformat(value) if value and name.endswith("_at") else value
        for name, value in kept.items()
    }


def record(
    command: Command,
    cmd: str,
    session_id: int,
    before: Snapshot | None,
    after: Snapshot | None,
    *,
    second: bool = False,
) -> None:
    """Write a command down, before what it does; `second` for the other half of one interaction.

    Raises Refused if the member gave the same command in the same millisecond.
    """
    row = History.insert(
        user_id=str(command.user_id),
        user_name=command.user_name,
        cmd=cmd,
        created_at=command.at,
        interaction_id=None if second else command.id,
        guild_id=command.guild_id,
        session_id=session_id,
        before=before,
        after=after,
    )
    conflict = (History.user_id, History.cmd, History.created_at)
    key = row.on_conflict(conflict_target=conflict, action="IGNORE").as_rowcount()
    if not key.execute():
        raise Refused("already_done")


def change(command: Command, cmd: str, session: Session, **changes: Any) -> Session:
    """Record a change of a session and make it, unless somebody else was faster."""
    before = snapshot(session)
    for name, value in changes.items():
        setattr(session, name, value)
    record(command, cmd, session.id, before, snapshot(session))
    unchanged = [
        getattr(Session, name).is_null() if value is None else getattr(Session, name) == value
        for name, value in restored(before).items()
    ]
    done = Session.update(changes).where(Session.id == session.id, *unchanged).execute()
    if not done:
        raise Refused("changed_meanwhile")
    return session
