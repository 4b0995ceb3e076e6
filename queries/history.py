"""The append-only log of commands: what makes a change known, undoable and done only once."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from peewee import (
    OP,
    SQL,
    Expression,
    Field,
    IntegrityError,
    Node,
    PostgresqlDatabase,
    Query,
)

from domain.command import Command
from domain.errors import UserError
from domain.sessions import Break as Rest
from domain.sessions import Session as Value
from models import Break, History, Session, database
from queries.compiled import CompiledQuery, Statement, run

# What of a session a command may change, so what before and after keep of it, beside its breaks.
SNAPSHOT_FIELDS = ("task", "note", "started_at", "ended_at", "removed_at", "closed_by", "edited_at")
# What tells that nobody else has changed it meanwhile (the lock holds; this is the second fence).
VERSION_FIELDS = ("started_at", "ended_at", "removed_at")
Snapshot = dict[str, Any]


@CompiledQuery
def _done_by(interaction_id: Node) -> Query:
    return History.select(History.user_id, History.session_id).where(
        History.interaction_id == interaction_id
    )


def previous_result(command: Command) -> int | None:
    """Let nobody else change this member's sessions here until the transaction ends.

    Returns the session to which this very interaction has done its work already (0: to none), or
    None: it comes twice as a retry, or because a second process heard it too.
    """
    asks = [_done_by.filled(command.id)]
    if isinstance(database.obj, PostgresqlDatabase):
        # A statement of its own, so that what follows sees what the lock's last holder wrote.
        # SQLite has one writer at a time anyhow.
        key = f"{command.guild_id}:{command.user_id}".encode()
        number = int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), signed=True)
        asks.insert(0, Statement("SELECT pg_advisory_xact_lock(%s)", [number]))
    for user_id, session_id in run(*asks).fetchall():
        if user_id != str(command.user_id):
            raise UserError("unknown_button")
        return session_id or 0
    return None


def snapshot(session: Value) -> Snapshot:
    """Take down what a command may change of a session."""
    kept = {name: _kept(getattr(session, name)) for name in SNAPSHOT_FIELDS}
    breaks = [[_kept(rest.started_at), _kept(rest.ended_at)] for rest in session.breaks]
    return kept | {"breaks": breaks}


def restored(kept: Snapshot) -> dict[str, Any]:
    """Turn a snapshot back into the values of a session."""
    values: dict[str, Any] = {
        name: datetime.fromisoformat(value) if value and name.endswith("_at") else value
        for name, value in kept.items()
    }
    if "breaks" in kept:
        breaks = [[at and datetime.fromisoformat(at) for at in rest] for rest in kept["breaks"]]
        values["breaks"] = tuple(Rest(*rest) for rest in breaks)
    return values


def same(now: Snapshot, then: Snapshot) -> bool:
    """Tell whether a session is as a snapshot, maybe of an earlier release, has it."""
    return now == {"edited_at": None, "breaks": []} | then


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


WRITTEN = tuple(field.name for field in History._meta.sorted_fields)


def _written_down(*values: Node) -> Query:
    return History.insert(dict(zip(History._meta.sorted_fields, values, strict=True))).as_rowcount()


_write_down = CompiledQuery(_written_down, values=len(WRITTEN))


def recorded(
    command: Command,
    cmd: str,
    session_id: int | None,
    before: Snapshot | None,
    after: Snapshot | None,
    *,
    second: bool = False,
) -> Statement:
    """Make the row of the log for a command; `second` for the other half of one interaction."""
    values = {
        "user_id": str(command.user_id),
        "user_name": command.user_name,
        "cmd": cmd,
        "created_at": command.at,
        "interaction_id": None if second else command.id,
        "guild_id": command.guild_id,
        "session_id": session_id,
        "before": as_json(before),
        "after": as_json(after),
    }
    return _write_down.filled(*(values[name] for name in WRITTEN))


def write(record: Statement, *changes: Statement) -> int:
    """Write a command down and then do what it does; return how many rows the last change met.

    Raises UserError if the member gave the same command in the same millisecond, or if somebody
    else was faster.
    """
    try:
        return run(record, *changes).rowcount
    except IntegrityError as error:
        # Postgres names the constraint, SQLite its columns
        if "history_pkey" in str(error) or "history.cmd" in str(error):
            raise UserError("already_done") from error
        if "session_one_open" in str(error) or "session.guild_id" in str(error):
            raise UserError("changed_meanwhile") from error
        raise


def as_json(kept: Snapshot | None) -> str | None:
    """Write a snapshot as JSONField keeps it."""
    return None if kept is None else json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _written_over(id_: Node, *values: Node) -> Query:
    before, after = values[: len(VERSION_FIELDS)], values[len(VERSION_FIELDS) :]
    unchanged = [
        _same(getattr(Session, name), was) for name, was in zip(VERSION_FIELDS, before, strict=True)
    ]
    changes = {
        getattr(Session, name): value for name, value in zip(SNAPSHOT_FIELDS, after, strict=True)
    }
    return Session.update(changes).where(Session.id == id_, *unchanged)


def _same(column: Field, was: Node) -> Node:
    """Compare so that NULL equals NULL, in words that both databases know."""
    return (column == was) | (column.is_null() & Expression(was, OP.IS, SQL("NULL")))


_write_over = CompiledQuery(_written_over, values=1 + len(VERSION_FIELDS) + len(SNAPSHOT_FIELDS))


@CompiledQuery
def _forget_breaks(session_id: Node) -> Query:
    return Break.delete().where(Break.session == session_id)


@CompiledQuery
def _write_break(session_id: Node, guild_id: Node, start: Node, end: Node) -> Query:
    row = {Break.session: session_id, Break.guild_id: guild_id}
    return Break.insert(row | {Break.started_at: start, Break.ended_at: end}).as_rowcount()


def change(command: Command, cmd: str, session: Value, **changes: Any) -> Value:
    """Record a change of a session and make it, unless somebody else was faster."""
    changed = replace(session, **changes)
    record = recorded(command, cmd, session.id, snapshot(session), snapshot(changed))
    guarded = [getattr(session, name) for name in VERSION_FIELDS]
    after = [getattr(changed, name) for name in SNAPSHOT_FIELDS]
    overwritten = _write_over.filled(session.id, *guarded, *after)
    if not write(record, *_breaks(session, changed), overwritten):
        raise UserError("changed_meanwhile")
    return changed


def _breaks(before: Value, after: Value) -> list[Statement]:
    if before.breaks == after.breaks:
        return []
    return [
        _forget_breaks.filled(after.id),
        *(
            _write_break.filled(after.id, after.guild_id, rest.started_at, rest.ended_at)
            for rest in after.breaks
        ),
    ]
