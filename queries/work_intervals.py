"""Who worked when in a server, as light rows: what totals of whole servers are made of."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import SQL, Node, Query, SqliteDatabase, Value, fn

from domain.command import Command
from domain.goals import SERVER
from domain.work_intervals import BREAKS, NOBODY, Row, Work, add, nothing
from models import Break, Goal, History, Membership, Session, database
from queries.compiled import CompiledQuery, read_json
from queries.session_rows import breaks_of_session, not_before

A_WEEK = timedelta(days=9)  # back from now, wherever on earth its week and its days begin
NAMES = "id", "user_id", "started", "ended"
LASTS = "9999-12-31 00:00:00"  # of a break that has not ended: it ends with its session


def as_one_text(column: Any) -> Any:
    """Select a column of all rows as one text: rows take three times as long to hand over."""
    if isinstance(database.obj, SqliteDatabase):
        return fn.GROUP_CONCAT(column)
    return fn.STRING_AGG(column.cast("TEXT"), SQL("','"))


def members_in(rows: Sequence[Row]) -> set[int]:
    """Return the members of whom there is one text."""
    ((text,),) = rows
    return {*json.loads(f"[{text or ''}]")}


def _hidden(guild_id: int, user_id: Any) -> Query:
    return Membership.select(user_id).where(
        Membership.guild_id == guild_id,
        Membership.private | Membership.left_at.is_null(False),
    )


def _unseen(guild_id: int) -> Query:
    """Select who is private in a server, or left it."""
    return _hidden(guild_id, as_one_text(Membership.user_id).alias("members"))


unseen = CompiledQuery(_unseen, light=True, unpack=members_in)


@CompiledQuery
def others(guild_id: int, user_id: int) -> Query:
    """Count who else works here now, but for who left or is private."""
    return Session.select(fn.COUNT(Session.id).alias("number")).where(
        Session.guild_id == guild_id,
        Session.user_id != user_id,
        Session.ended_at.is_null(),
        Session.removed_at.is_null(),
        Session.user_id.not_in(_hidden(guild_id, Membership.user_id)),
    )


def instant_as_text(instant: Any) -> Any:
    """Select an instant as text; on SQLite it is, and to say so costs a quarter of the read."""
    return instant if isinstance(database.obj, SqliteDatabase) else instant.cast("TEXT")


def light_rows(ended: Any) -> Any:
    """Begin a query for sessions as rows of four columns, with an end of one's own choice."""
    started = instant_as_text(Session.started_at).alias("started")
    return Session.select(Session.id, Session.user_id, started, ended.alias("ended"))


def _rows(table: Any, id_: Any, user_id: Any, started: Any, ended: Any) -> Any:
    values = id_, user_id, instant_as_text(started), instant_as_text(ended)
    return table.select(*(value.alias(name) for name, value in zip(NAMES, values, strict=True)))


def _packed(table: Any, *columns: Any) -> Any:
    """Select each column of all rows as one text.

    To plan that takes Postgres longer, so it is for whole servers alone.
    """
    values = zip(NAMES, map(as_one_text, columns), strict=True)
    return table.select(*(value.alias(name) for name, value in values))


def unpacked(parts: Iterable[Row]) -> Work:
    """Return the work of which each part, of sessions or of breaks, has a text of each column."""
    work = nothing()
    for part in parts:
        if part[0] is not None:
            ids, user_ids = (json.loads(f"[{column}]") for column in part[:2])
            ends = (column.split(",") for column in part[2:])
            if user_ids[0] == NOBODY:
                add(work.breaks, (ids, *ends))
            else:
                add(work[:4], (ids, user_ids, *ends))
    return work


def select_work(
    guild_id: Any,
    start: Any,
    end: Any,
    now: Any,
    *where: Node,
    select: Callable[..., Any] = _rows,
) -> Query:
    """Select sessions, and breaks as if they were of user 0: all in one query.

    Each part is one that an index answers from where it begins to where it ends. Where a query
    selects the server, and finds none, nothing is read; SQLite reads all before it asks an EXISTS.
    """
    here = Session.guild_id == guild_id, Session.removed_at.is_null(), Session.started_at < end
    who = Session.id, Session.user_id, Session.started_at
    over = select(Session, *who, Session.ended_at).where(*here, Session.ended_at > start, *where)
    active = select(Session, *who, now).where(*here, Session.ended_at.is_null(), *where)
    rests = Break.guild_id == guild_id, Break.started_at < end
    of = Break.session, Value(NOBODY), Break.started_at
    breaks = select(Break, *of, Break.ended_at).where(*rests, Break.ended_at > start)
    lasting = select(Break, *of, Value(LASTS)).where(*rests, Break.ended_at.is_null())
    return over.union_all(active).union_all(breaks).union_all(lasting)


def _everybody(guild_id: int, start: datetime, end: datetime, now: datetime) -> Query:
    """Select all work in a server between two instants."""
    return select_work(guild_id, start, end, now, select=_packed)


everybody = CompiledQuery(_everybody, light=True, unpack=unpacked)


def _week(guild_id: int, start: datetime, end: datetime, now: datetime) -> Query:
    """Select the same, if the server has a goal at all."""
    goal = Goal.select(Goal.guild_id).where(Goal.guild_id == guild_id, Goal.user_id == SERVER)
    return select_work(goal.limit(1), start, end, now, select=_packed)


week = CompiledQuery(_week, light=True, unpack=unpacked)


def _week_of_goal(
    guild_id: int, start: datetime, end: datetime, now: datetime, change_id: int
) -> Query:
    """Select the same, if a change was one of the server's goal."""
    whose = History.after["whose"].as_text().cast("TEXT")
    made = History.select(History.guild_id).where(
        History.interaction_id == change_id, History.guild_id == guild_id, whose == str(SERVER)
    )
    return select_work(made, start, end, now, select=_packed)


week_of_goal = CompiledQuery(_week_of_goal, light=True, unpack=unpacked)


def this_week(command: Command) -> tuple[int, datetime, datetime, datetime]:
    """Return what selects a server's work of this week, wherever on earth it begins."""
    return command.guild_id, command.at - A_WEEK, command.at, command.at


def _mine(user_id: Any, start: Any, end: Any, now: Any) -> Any:
    """Select a member's sessions, each with its breaks beside it."""
    over = fn.COALESCE(instant_as_text(Session.ended_at), now)
    return (
        light_rows(over)
        .select_extend(breaks_as_text().alias("breaks"))
        .where(
            Session.user_id == user_id,
            Session.removed_at.is_null(),
            Session.started_at < end,
            Session.ended_at.is_null() | (Session.ended_at > start),
        )
    )


def _since(guild_id: int, user_id: int, start: datetime, now: datetime) -> Query:
    """Select the member's own work here from an instant on."""
    over = fn.COALESCE(instant_as_text(Session.ended_at), now)
    return (
        light_rows(over)
        .select_extend(breaks_as_text().alias("breaks"))
        .where(
            not_before(guild_id, user_id, start),
            Session.guild_id == guild_id,
            Session.user_id == user_id,
            Session.removed_at.is_null(),
            Session.ended_at.is_null() | (Session.ended_at > start),
        )
    )


own_since = CompiledQuery(_since, light=True)


def breaks_as_text() -> Any:
    """Select a session's breaks as JSON, their instants as texts."""
    over = fn.COALESCE(instant_as_text(Break.ended_at), LASTS)
    return breaks_of_session(instant_as_text(Break.started_at), over)


def _own(guild_id: int, user_id: int, start: datetime, end: datetime, now: datetime) -> Query:
    """Select the member's own work here between two instants."""
    here = Session.guild_id == guild_id, not_before(guild_id, user_id, start)
    return (
        _mine(user_id, start, end, now)
        .select_extend(Session.task, Session.closed_by, Session.confirmed_at)
        .where(*here)
    )


own = CompiledQuery(_own, light=True)


def _elsewhere(guild_id: int, user_id: int, start: datetime, end: datetime, now: datetime) -> Query:
    """Select the member's own work in all other servers likewise."""
    return _mine(user_id, start, end, now).where(Session.guild_id != guild_id)


elsewhere = CompiledQuery(_elsewhere, light=True)


def rows_in(rows: Sequence[Row]) -> list[Row]:
    """Return sessions, and the breaks beside them as if they were of user 0."""
    with_breaks = [
        row for row in rows if row[BREAKS] and row[BREAKS] != "[]"
    ]  # to read "[]" costs more
    rests = [(row[0], NOBODY, *rest) for row in with_breaks for rest in read_json(row[BREAKS])]
    return [*rows, *rests]
