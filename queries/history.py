"""The append-only log of commands: what makes a change known, undoable and done only once."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from peewee import OP, SQL, Expression, Field, Node, Query, chunked

import models
from database import round_trips
from database.round_trips import NoRowMet, Row, Statement
from domain.command import Answer, Command
from domain.errors import UserError
from domain.sessions import Session as Value
from domain.snapshots import SNAPSHOT_FIELDS, Snapshot, snapshot
from domain.state import (
    Change,
    ImportUndone,
    MemberReturned,
    RecordedChange,
    SessionChanged,
    SessionCreated,
    SessionsImported,
    SettingsChanged,
)
from models import Break, History, Session
from queries import stored_settings
from queries.compiled import CompiledQuery
from queries.preferences import clear_left_at, store_language
from queries.session_rows import COLUMNS

A = TypeVar("A", bound=Answer)
AT_ONCE = 500  # rows of one INSERT: SQLite takes 32,766 values

# What tells that nobody else has changed it meanwhile (the lock holds; this is the second fence).
VERSION_FIELDS = ("started_at", "ended_at", "removed_at")
# What a change writes of a session: what snapshots keep, and what is no matter of undoing.
CHANGED_FIELDS = (*SNAPSHOT_FIELDS, "user_name", "active_at", "reminded_at", "untold")
HISTORY_COLUMNS = tuple(field.name for field in History._meta.sorted_fields)


def lock_key(command: Command) -> int:
    """Return the key of the lock on what a member does in a server."""
    key = f"{command.guild_id}:{command.user_id}".encode()
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), signed=True)


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
insert_session: CompiledQuery[...] = CompiledQuery(
    lambda **values: Session.insert(values).returning(), COLUMNS
)


def _guarded_update(id_: Node, **values: Node) -> Query:
    unchanged = [
        _same(getattr(Session, name), values.pop(f"was_{name}")) for name in VERSION_FIELDS
    ]
    return Session.update(values).where(Session.id == id_, *unchanged)


def _same(column: Field, was: Node) -> Node:
    """Compare so that NULL equals NULL, in words that both databases know."""
    return (column == was) | (column.is_null() & Expression(was, OP.IS, SQL("NULL")))


update_session: CompiledQuery[...] = CompiledQuery(
    _guarded_update,
    ("id_", *(f"was_{name}" for name in VERSION_FIELDS), *CHANGED_FIELDS),
    guarded=True,
)


@CompiledQuery
def _delete_breaks(session_id: int) -> Query:
    return Break.delete().where(Break.session == session_id)


@CompiledQuery
def _insert_break(session_id: int, guild_id: int, start: Any, end: Any) -> Query:
    row = {Break.session: session_id, Break.guild_id: guild_id}
    return Break.insert(row | {Break.started_at: start, Break.ended_at: end}).returning()


def commit(command: Command, answer: A, changes: Sequence[Change]) -> A:
    """Write down what was decided, each change behind its row of the history; return the answer.

    Raise UserError if the member gave the same command in the same millisecond, or if somebody
    else was faster.
    """
    statements = [statement for change in changes for statement in statements_of(command, change)]
    if statements:
        if command.language not in (None, answer.preferences.last_language):
            statements.append(store_language(command))
        round_trips.write(statements, as_user_error)
    return answer


def statements_of(command: Command, change: Change) -> Iterator[Statement]:
    """Return what a change writes."""
    match change:
        case SessionCreated(cmd, session, before, second):
            after = snapshot(session)
            yield history_row(command, cmd, session.id, before, after, second=second)
            yield insert_session(**{name: getattr(session, name) for name in COLUMNS})
        case SessionChanged(cmd, before, after):
            yield history_row(command, cmd, after.id, snapshot(before), snapshot(after))
            yield from replace_breaks(before, after)
            guarded = {f"was_{name}": getattr(before, name) for name in VERSION_FIELDS}
            values = {name: getattr(after, name) for name in CHANGED_FIELDS}
            yield update_session(id_=after.id, **guarded, **values)
        case SettingsChanged(cmd, before, after):
            yield history_row(command, cmd, None, before, after)
            yield from stored_settings.restore(command, after)
        case MemberReturned():
            yield clear_left_at(command)
        case SessionsImported(sessions):
            yield history_row(
                command, "import", None, import_snapshot(0), import_snapshot(len(sessions))
            )
            yield from insert_sessions(sessions)
        case ImportUndone(change_id, count):
            yield history_row(command, "undo", None, import_snapshot(count), import_snapshot(0))
            yield remove_imported(
                user_id=command.user_id,
                guild_id=command.guild_id,
                first_id=change_id + 1,
                last_id=change_id + count,
                at=command.at,
            )


def import_snapshot(count: int) -> Snapshot:
    """Return what the history keeps of an import: its sessions' ids follow its own."""
    return {"sessions": count}


def insert_sessions(sessions: Sequence[Value]) -> Iterator[Statement]:
    """Insert many sessions and their breaks."""
    rows = (
        insert_session(**{name: getattr(session, name) for name in COLUMNS}) for session in sessions
    )
    rests = (
        _insert_break(session.id, session.guild_id, rest.started_at, rest.ended_at)
        for session in sessions
        for rest in session.breaks
    )
    for statements in (rows, rests):
        yield from map(multi_row_insert, chunked(statements, AT_ONCE))


def multi_row_insert(inserts: Sequence[Statement]) -> Statement:
    """Make one statement of many that insert a row each; Peewee needs many times as long for it."""
    head, values, rest = inserts[0].sql.partition(" VALUES ")
    row, *_ = rest.partition(" RETURNING ")  # which nobody reads
    sql = head + values + ", ".join([row] * len(inserts))
    return Statement(sql, [value for insert in inserts for value in insert.values])


@CompiledQuery
def remove_imported(user_id: int, guild_id: int, first_id: int, last_id: int, at: Any) -> Query:
    return Session.update({Session.removed_at: at}).where(
        Session.id.between(first_id, last_id),
        Session.user_id == user_id,
        Session.guild_id == guild_id,
        Session.removed_at.is_null(),
    )


def as_user_error(error: Exception) -> Exception:
    """Return what a person is told of a rule of the database, or the error itself."""
    key = "changed_meanwhile" if isinstance(error, NoRowMet) else models.violation(error)
    return UserError(key) if key else error


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


def replace_breaks(before: Value, after: Value) -> list[Statement]:
    if before.breaks == after.breaks:
        return []
    return [
        _delete_breaks(after.id),
        *(
            _insert_break(after.id, after.guild_id, rest.started_at, rest.ended_at)
            for rest in after.breaks
        ),
    ]
