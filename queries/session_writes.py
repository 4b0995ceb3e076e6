"""The statements by which a command writes sessions and their breaks."""

from collections.abc import Iterator, Sequence
from typing import Any

from peewee import OP, SQL, Expression, Field, Node, Query, chunked

from database.round_trips import Statement
from domain.sessions import Session
from domain.snapshots import SNAPSHOT_FIELDS
from models import Break as BreakRow
from models import Session as SessionRow
from queries.compiled import CompiledQuery
from queries.session_rows import COLUMNS

# What tells that nobody else has changed it meanwhile (the lock holds; this is the second fence).
VERSION_FIELDS = ("started_at", "ended_at", "removed_at")


# What a change writes of a session: what snapshots keep, and what is no matter of undoing.
CHANGED_FIELDS = (*SNAPSHOT_FIELDS, "user_name", "active_at", "reminded_at", "untold")


AT_ONCE = 500  # rows of one INSERT: SQLite takes 32,766 values


insert_session: CompiledQuery[...] = CompiledQuery(
    lambda **values: SessionRow.insert(values).returning(), COLUMNS
)


def _guarded_update(id_: Node, **values: Node) -> Query:
    unchanged = [
        _same(getattr(SessionRow, name), values.pop(f"was_{name}")) for name in VERSION_FIELDS
    ]
    return SessionRow.update(values).where(SessionRow.id == id_, *unchanged)


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
    return BreakRow.delete().where(BreakRow.session == session_id)


@CompiledQuery
def _insert_break(session_id: int, guild_id: int, start: Any, end: Any) -> Query:
    row = {BreakRow.session: session_id, BreakRow.guild_id: guild_id}
    return BreakRow.insert(row | {BreakRow.started_at: start, BreakRow.ended_at: end}).returning()


def replace_breaks(before: Session, after: Session) -> list[Statement]:
    """Return what writes the breaks of a session; nothing if they stay."""
    if before.breaks == after.breaks:
        return []
    return [
        _delete_breaks(after.id),
        *(
            _insert_break(after.id, after.guild_id, rest.started_at, rest.ended_at)
            for rest in after.breaks
        ),
    ]


def insert_sessions(sessions: Sequence[Session]) -> Iterator[Statement]:
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
    """Join statements that insert a row each; Peewee takes many times as long for it."""
    head, values, rest = inserts[0].sql.partition(" VALUES ")
    row, *_ = rest.partition(" RETURNING ")  # which nobody reads
    sql = head + values + ", ".join([row] * len(inserts))
    return Statement(sql, [value for insert in inserts for value in insert.values])


@CompiledQuery
def remove_imported(user_id: int, guild_id: int, first_id: int, last_id: int, at: Any) -> Query:
    """Remove the sessions of an import: their ids follow its own."""
    # with + 0 it is no column of an index: SQLite would read the whole server by one
    return SessionRow.update({SessionRow.removed_at: at}).where(
        SessionRow.id.between(first_id, last_id),
        SessionRow.user_id + 0 == user_id,
        SessionRow.guild_id + 0 == guild_id,
        SessionRow.removed_at.is_null(),
    )
