"""Who worked when in a server, as light rows: what totals of whole servers are made of."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import SQL, Node, NodeList, Query, Select, SqliteDatabase, Value, fn

from domain.command import Command
from domain.goals import SERVER
from domain.work_intervals import BREAKS, NOBODY, Row, Work, add, nothing
from models import Break, Goal, History, Membership, Session, database
from queries.compiled import CompiledQuery, read_json
from queries.session_rows import breaks_of_session, not_before, restored

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


def _companions(guild_id: Any, user_id: Any, start: Any, end: Any, now: Any) -> Query:
    return select_work(guild_id, start, end, now, *_of_others(guild_id, user_id)[1:])


def _of_others(guild_id: Any, user_id: Any) -> tuple[Node, ...]:
    private = Membership.select(Membership.user_id).where(
        Membership.guild_id == guild_id, Membership.private
    )
    return (
        Session.guild_id == guild_id,
        Session.user_id != user_id,
        Session.user_id.not_in(private),
    )


def _companions_between(
    guild_id: int, user_id: int, start: datetime, end: datetime, now: datetime
) -> Query:
    """Select what others did here between two instants, but for those who are private."""
    return _companions(guild_id, user_id, start, end, now)


companions_between = CompiledQuery(_companions_between, light=True)


def _meanwhile(about: Any, guild_id: Any, user_id: Any, now: Any) -> Query:
    """Select what others did from `begun` to `until`, which another query selects."""
    return _companions(guild_id, user_id, *_ends_of(about), now).with_cte(about)


def _ends_of(about: Any) -> tuple[Select, Select]:
    begun, until = (Select((about,), (getattr(about.c, name),)) for name in ("begun", "until"))
    return begun, until


def _about(query: Any) -> Any:
    return query.cte("about", columns=("begun", "until"))


def _companions_restored(change_id: int, guild_id: int, user_id: int, now: datetime) -> Query:
    """Select what others did during a session as it was before a change."""
    return _meanwhile(restored(change_id, now), guild_id, user_id, now)


companions_restored = CompiledQuery(_companions_restored, light=True)


def _ends(now: Any) -> tuple[Any, Any]:
    return Session.started_at, fn.COALESCE(Session.ended_at, now)


def _companions_of(session_id: int, guild_id: int, user_id: int, now: datetime) -> Query:
    """Select what others did during a session."""
    its = Session.select(*_ends(now)).where(Session.id == session_id, Session.guild_id == guild_id)
    return _meanwhile(_about(its), guild_id, user_id, now)


companions_of = CompiledQuery(_companions_of, light=True)


def _companions_at_end(guild_id: int, user_id: int, now: datetime) -> Query:
    """Select what others did during the active session."""
    active = Session.alias()
    begun = active.select(active.started_at).where(
        active.guild_id == guild_id,
        active.user_id == user_id,
        active.ended_at.is_null(),
        active.removed_at.is_null(),
    )
    return _companions(guild_id, user_id, begun, now, now)


companions_at_end = CompiledQuery(_companions_at_end, light=True)


def _companions_within(
    guild_id: int, user_id: int, start: datetime, end: datetime, now: datetime
) -> Query:
    """Select what others did between two instants, while the member worked."""
    begun, until = _ends(now)
    its = Session.select(fn.MIN(begun), fn.MAX(until)).where(
        not_before(guild_id, user_id, start),
        Session.guild_id == guild_id,
        Session.user_id == user_id,
        Session.removed_at.is_null(),
        Session.started_at < end,
        Session.ended_at.is_null() | (Session.ended_at > start),
    )
    about = _about(its)
    begun, until = _ends_of(about)
    here = (
        *_of_others(guild_id, user_id),
        Session.removed_at.is_null(),
        Session.started_at < until,
        Session.started_at
        < _last_of_member_before(fn.COALESCE(Session.ended_at, now), guild_id, user_id, now),
    )
    over = light_rows(instant_as_text(Session.ended_at)).where(*here, Session.ended_at > begun)
    active = light_rows(now).where(*here, Session.ended_at.is_null())
    found = [one.select_extend(breaks_as_text().alias("breaks")) for one in (over, active)]
    return found[0].union_all(found[1]).with_cte(about)


def _last_of_member_before(at: Any, guild_id: Any, user_id: Any, now: Any) -> Node:
    """Select when the member's last session to begin before an instant ended.

    Nobody works twice at once: if it ended before another one's began, all before it did.
    """
    mine = Session.alias()
    its = mine.guild_id == guild_id, mine.user_id == user_id, mine.removed_at.is_null()
    over = fn.COALESCE(mine.ended_at, now)
    if isinstance(database.obj, SqliteDatabase):
        earlier = mine.select(over).where(*its, mine.started_at < at)
        return earlier.order_by(mine.started_at.desc()).limit(1)
    # asked for each of many, Postgres is ten times quicker to search in two sorted arrays
    begun, ended = (
        mine.select(
            NodeList((SQL("array_agg("), one, SQL("ORDER BY"), mine.started_at, SQL(")")))
        ).where(*its)
        for one in (mine.started_at, over)
    )
    place = fn.WIDTH_BUCKET(at, begun)
    return NodeList((SQL("("), ended, SQL(")["), place, SQL("]")), glue="")


companions_within = CompiledQuery(_companions_within, light=True)


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
