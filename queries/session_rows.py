"""Whole sessions with their breaks, as the values that leave a transaction."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter, itemgetter
from typing import Any

from peewee import Case, Node, Query, SqliteDatabase, fn

from database.round_trips import Row
from domain.sessions import Break, Session
from models import Break as BreakRow
from models import History, database
from models import Session as SessionRow
from queries.compiled import CompiledQuery, instant, json_array, json_array_of_all, read_json

COLUMNS = tuple(field.column_name for field in SessionRow._meta.sorted_fields)
if {*COLUMNS, "breaks"} != {field.name for field in fields(Session)}:
    raise TypeError("models.Session and domain.sessions.Session have not the same values")
_values = itemgetter(*(field.name for field in fields(Session) if field.name != "breaks"))
ACTIVE = SessionRow.ended_at.is_null(), SessionRow.removed_at.is_null()
FOR_EVER = datetime.max.replace(tzinfo=UTC)


def with_breaks() -> Query:
    """Begin a query for whole sessions."""
    rests = breaks_of_session(BreakRow.started_at, BreakRow.ended_at)
    return SessionRow.select(SessionRow, rests.alias("breaks"))


def breaks_of_session(*columns: Node) -> Any:
    """Select a session's breaks as JSON: to join them takes Postgres longer, and may read all."""
    whole = json_array_of_all(json_array(*columns))
    return BreakRow.select(whole).where(BreakRow.session == SessionRow.id)


def sessions(rows: Iterable[Row]) -> list[Session]:
    """Return the sessions in the rows of a query of `with_breaks`."""
    return [session_of(row, breaks_in(row["breaks"])) for row in rows]


def breaks_in(kept: Any) -> tuple[Break, ...]:
    """Return the breaks that stand beside a session, in order."""
    rests = (Break(*map(instant, ends)) for ends in read_json(kept or []))
    return tuple(sorted(rests, key=attrgetter("started_at")))


def session_of(row: Row, breaks: tuple[Break, ...] = ()) -> Session:
    """Return the session of a row."""
    return Session(*_values(row), breaks=breaks)


def first(rows: list[Row]) -> Session | None:
    """Return the first session of a query of `with_breaks`."""
    return next(iter(sessions(rows)), None)


@CompiledQuery
def active(guild_id: int, user_id: int) -> Query:
    """Select the member's active session in this server."""
    return with_breaks().where(
        SessionRow.guild_id == guild_id,
        SessionRow.user_id == user_id,
        *ACTIVE,
    )


@CompiledQuery
def by_id(session_id: int | None, guild_id: int) -> Query:
    """Select a session of a server."""
    return with_breaks().where(SessionRow.id == session_id, SessionRow.guild_id == guild_id)


@CompiledQuery
def done_by(interaction_id: int) -> Query:
    """Select who an interaction was of, and to which session it has done its work."""
    return History.select(History.user_id, History.session_id).where(
        History.interaction_id == interaction_id
    )


def not_before(guild_id: Any, user_id: Any, start: Any) -> Node:
    """Leave out what began before the member's last session to begin by an instant.

    It was over then, as nobody works twice at once: so nothing of long ago is looked at.
    """
    there = SessionRow.alias()
    last = (
        there.select(there.started_at)
        .where(
            there.guild_id == guild_id,
            there.user_id == user_id,
            there.removed_at.is_null(),
            there.started_at <= start,
        )
        .order_by(there.started_at.desc())
        .limit(1)
    )
    return SessionRow.started_at >= fn.COALESCE(last, start)


@CompiledQuery
def within(guild_id: int, user_id: int, start: datetime, end: datetime) -> Query:
    """Select what the member did here between two instants, in order."""
    return overlapping(guild_id, user_id, start, end)


def overlapping(guild_id: Any, user_id: Any, start: Any, end: Any) -> Query:
    """Select the same between the instants that two queries select."""
    return (
        with_breaks()
        .where(
            not_before(guild_id, user_id, start),
            SessionRow.guild_id == guild_id,
            SessionRow.user_id == user_id,
            SessionRow.removed_at.is_null(),
            SessionRow.started_at < end,
            SessionRow.ended_at.is_null() | (SessionRow.ended_at > start),
        )
        .order_by(SessionRow.started_at, SessionRow.id)
    )


@CompiledQuery
def last(guild_id: int, user_id: int) -> Query:
    """Select the member's session that ended last here, without its breaks."""
    return (
        SessionRow.select()
        .where(
            SessionRow.guild_id == guild_id,
            SessionRow.user_id == user_id,
            SessionRow.removed_at.is_null(),
            SessionRow.ended_at.is_null(False),
        )
        .order_by(SessionRow.started_at.desc())
        .limit(1)
    )


def _page(guild_id: int, user_id: int, limit: int, offset: Any = 0) -> Query:
    """Select some of the member's sessions here, the newest first."""
    there = SessionRow.alias()
    ids = (
        there.select(there.id)
        .where(there.guild_id == guild_id, there.user_id == user_id, there.removed_at.is_null())
        .order_by(there.started_at.desc(), there.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return (
        with_breaks()
        .where(SessionRow.id.in_(ids))
        .order_by(SessionRow.started_at.desc(), SessionRow.id.desc())
    )


@CompiledQuery
def newest(guild_id: int, user_id: int, limit: int) -> Query:
    """Select the member's latest sessions here, the newest first."""
    return _page(guild_id, user_id, limit)


@CompiledQuery
def latest(guild_id: int, user_id: int, limit: int, offset: int) -> Query:
    """Select the member's sessions here, the newest first; the last page if there are fewer.

    For that it counts them all: `newest` need not.
    """
    number = fn.COALESCE(_count(SessionRow.alias(), guild_id, user_id), 0)
    last_page = (number - 1) / limit * limit
    return _page(guild_id, user_id, limit, Case(None, [(number > offset, offset)], last_page))


@CompiledQuery
def number_of(guild_id: int, user_id: int) -> Query:
    """Count the member's sessions here."""
    return _count(SessionRow, guild_id, user_id)


def _count(table: Any, guild_id: Any, user_id: Any) -> Query:
    # of a column that `session_of_guild` has not: to stay in it, SQLite reads the whole server
    return table.select(fn.COUNT(table.user_name).alias("number")).where(
        table.guild_id == guild_id, table.user_id == user_id, table.removed_at.is_null()
    )


def restored(change_id: Any, or_else: Any) -> Any:
    """Select when a session began and ended as it was before a change, or within a second of it."""
    begun, until = _moment("started_at"), fn.COALESCE(_moment("ended_at"), or_else)
    then = History.select(begun, until).where(History.interaction_id == change_id)
    return then.cte("restored", columns=("begun", "until"))


def _moment(name: str) -> Any:
    """Read an instant of a snapshot as its column has it."""
    text = fn.REPLACE(History.before[name].as_text(), "T", " ")
    return text if isinstance(database.obj, SqliteDatabase) else text.cast("TIMESTAMP")
