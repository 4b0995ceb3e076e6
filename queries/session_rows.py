"""Whole sessions with their breaks, as the values that leave a transaction."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from peewee import JOIN, Node, Query, fn

from domain.command import Command
from domain.errors import UserError
from domain.sessions import Break as Rest
from domain.sessions import Session as Value
from models import Break, Session
from queries.compiled import CompiledQuery

FIELDS = tuple(Session._meta.sorted_fields)
READERS = tuple(field.python_value for field in FIELDS)
WIDTH = len(FIELDS)
FOR_EVER = datetime.max.replace(tzinfo=UTC)
read_moment = Break.started_at.python_value


def with_breaks() -> Query:
    """Begin a query for whole sessions; it has to put the rows of each session together."""
    return Session.select(Session, Break.started_at, Break.ended_at).join(
        Break, JOIN.LEFT_OUTER, on=(Break.session == Session.id)
    )


def sessions(cursor: Any) -> list[Value]:
    """Read what a query of `with_breaks` found, in its order."""
    return list(_read(cursor.fetchall()))


def _read(rows: list[Any]) -> Iterator[Value]:
    for _, group in groupby(rows, itemgetter(0)):
        found = list(group)
        session = session_of(found[0])
        if found[0][WIDTH] is not None:
            breaks = sorted((rest_of(row) for row in found), key=lambda rest: rest.started_at)
            session = replace(session, breaks=tuple(breaks))
        yield session


def session_of(row: Any) -> Value:
    """Read a session without its breaks."""
    return Value(*[read(kept) for read, kept in zip(READERS, row, strict=False)])


def rest_of(row: Any) -> Rest:
    """Read the break that stands behind a session."""
    return Rest(read_moment(row[WIDTH]), read_moment(row[WIDTH + 1]))


def first(cursor: Any) -> Value | None:
    """Read the first session that a query found."""
    found = sessions(cursor)
    return found[0] if found else None


@CompiledQuery
def _open(guild_id: Node, user_id: Node) -> Query:
    return with_breaks().where(
        Session.guild_id == guild_id,
        Session.user_id == user_id,
        Session.ended_at.is_null(),
        Session.removed_at.is_null(),
    )


def running(command: Command) -> Value | None:
    """Find the member's running session in this server."""
    return first(_open(command.guild_id, command.user_id))


@CompiledQuery
def _named(session_id: Node, guild_id: Node) -> Query:
    return with_breaks().where(Session.id == session_id, Session.guild_id == guild_id)


def named(command: Command, session_id: int | None) -> Value | None:
    """Find a session in this server by its id."""
    return first(_named(session_id, command.guild_id))


def own(command: Command, session_id: int | None) -> Value:
    """Find a session of this member in this server; UserError for anybody else's or none."""
    session = named(command, session_id)
    if session is None:
        raise UserError("unknown_button")
    if session.user_id != command.user_id:
        raise UserError("not_yours", name=session.user_name)
    return session


def not_before(guild_id: Node, user_id: Node, start: Node) -> Node:
    """Leave out what began before the member's last session to begin by an instant.

    It was over then, as nobody works twice at once: so nothing of long ago is looked at.
    """
    there = Session.alias()
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
    return Session.started_at >= fn.COALESCE(last, start)


@CompiledQuery
def _within(guild_id: Node, user_id: Node, start: Node, end: Node) -> Query:
    return (
        with_breaks()
        .where(
            not_before(guild_id, user_id, start),
            Session.guild_id == guild_id,
            Session.user_id == user_id,
            Session.removed_at.is_null(),
            Session.started_at < end,
            Session.ended_at.is_null() | (Session.ended_at > start),
        )
        .order_by(Session.started_at, Session.id)
    )


def within(command: Command, start: datetime, end: datetime) -> list[Value]:
    """Find what the member did here between two instants, in order."""
    return sessions(_within(command.guild_id, command.user_id, start, end))


@CompiledQuery
def _last(guild_id: Node, user_id: Node) -> Query:
    return (
        Session.select()
        .where(
            Session.guild_id == guild_id,
            Session.user_id == user_id,
            Session.removed_at.is_null(),
            Session.ended_at.is_null(False),
        )
        .order_by(Session.started_at.desc())
        .limit(1)
    )


def last(command: Command) -> Value | None:
    """Find the session of the member that ended last here, without its breaks."""
    row = _last(command.guild_id, command.user_id).fetchone()
    return row and session_of(row)


@CompiledQuery
def _clashing(guild_id: Node, user_id: Node, start: Node, end: Node, besides: Node) -> Query:
    return (
        Session.select()
        .where(
            not_before(guild_id, user_id, start),
            Session.guild_id == guild_id,
            Session.user_id == user_id,
            Session.removed_at.is_null(),
            Session.ended_at.is_null() | (Session.ended_at > start),
            Session.started_at < end,
            Session.id != besides,
        )
        .order_by(Session.ended_at.is_null().desc(), Session.started_at)
        .limit(1)
    )


def clashing(
    command: Command, start: datetime, end: datetime | None, *, besides: int = 0
) -> Value | None:
    """Find another session of the member here that shares time with a span, a running one first.

    It comes without its breaks.
    """
    who = command.guild_id, command.user_id
    row = _clashing(*who, start, end or FOR_EVER, besides).fetchone()
    return row and session_of(row)


def refuse_overlap(
    command: Command, start: datetime, end: datetime | None, *, besides: int = 0
) -> None:
    """Refuse a span that shares time with another session of the member here; touching is fine."""
    refuse(clashing(command, start, end, besides=besides))


def refuse(clash: Value | None) -> None:
    """Refuse what clashes with a session, and say which."""
    if clash:
        key = "clash" if clash.ended_at else "clash.running"
        raise UserError(key, start=clash.started_at, end=clash.ended_at)


@CompiledQuery
def _latest(guild_id: Node, user_id: Node, limit: Node, offset: Node) -> Query:
    there = Session.alias()
    page = (
        there.select(there.id)
        .where(there.guild_id == guild_id, there.user_id == user_id, there.removed_at.is_null())
        .order_by(there.started_at.desc(), there.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return (
        with_breaks()
        .where(Session.id.in_(page))
        .order_by(Session.started_at.desc(), Session.id.desc())
    )


def latest(command: Command, limit: int, offset: int = 0) -> list[Value]:
    """Find the member's sessions here, the newest first."""
    return sessions(_latest(command.guild_id, command.user_id, limit, offset))


@CompiledQuery
def _count(guild_id: Node, user_id: Node) -> Query:
    return Session.select(fn.COUNT(Session.id)).where(
        Session.guild_id == guild_id, Session.user_id == user_id, Session.removed_at.is_null()
    )


def count(command: Command) -> int:
    """Count the member's sessions here."""
    (found,) = _count(command.guild_id, command.user_id).fetchone()
    return found
