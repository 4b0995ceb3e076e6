"""What members do to their sessions; every function is one whole transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from peewee import Node, Query, fn

from domain.command import (
    AlreadyOpen,
    Command,
    Ended,
    NothingOpen,
    NotYours,
    Preferences,
    Restarted,
    Started,
)
from domain.refused import Refused
from domain.session import Session as Value
from domain.session import worked
from domain.span import total
from domain.when import moment
from models import Session
from queries.log import change, claim, recorded, snapshot, write
from queries.preferences import preferences
from queries.prepared import Prepared

LONGEST_BACK = timedelta(hours=24)  # how far back a start may be set
NAMES = tuple(field.name for field in Session._meta.sorted_fields)
READERS = tuple(field.python_value for field in Session._meta.sorted_fields)
FOR_EVER = datetime.max.replace(tzinfo=UTC)
FIELDS = tuple(Value.__dataclass_fields__)[:11]  # those that are columns


def value(row: Session) -> Value:
    """Turn a row into the value that leaves the transaction."""
    return Value(*(getattr(row, name) for name in FIELDS))


def rows_of(cursor: Any) -> list[Session]:
    """Read whole sessions from a prepared query."""
    return [row_of(values) for values in cursor.fetchall()]


def row_of(values: Sequence[Any]) -> Session:
    """Read one whole session, as `COLUMNS` order it."""
    row = Session()
    for name, read, kept in zip(NAMES, READERS, values, strict=True):
        row.__data__[name] = read(kept)
    return row


def first(cursor: Any) -> Session | None:
    """Read the first session of a prepared query, if there is one."""
    values = cursor.fetchone()
    return values and row_of(values)


@Prepared
def _open(guild_id: Node, user_id: Node) -> Query:
    return Session.select().where(
        Session.guild_id == guild_id,
        Session.user_id == user_id,
        Session.ended_at.is_null(),
        Session.removed_at.is_null(),
    )


def open_row(command: Command) -> Session | None:
    """Find the member's running session in this server."""
    return first(_open(command.guild_id, command.user_id))


@Prepared
def _named(session_id: Node, guild_id: Node) -> Query:
    return Session.select().where(Session.id == session_id, Session.guild_id == guild_id)


def named_row(command: Command, session_id: int | None) -> Session | None:
    """Find a session in this server by its id."""
    return first(_named(session_id, command.guild_id))


def own_row(command: Command, session_id: int | None) -> Session:
    """Find a session of this member in this server; Refused for anybody else's or none."""
    row = named_row(command, session_id)
    if row is None:
        raise Refused("unknown_button")
    if row.user_id != command.user_id:
        raise Refused("not_yours", name=row.user_name)
    return row


def begin(
    command: Command, task: str | None, said: str | None, *, retried: bool = False
) -> Started | AlreadyOpen:
    """Start a session, at the moment that was said or at the command's.

    A retry is refused if the member began a newer session since the command it repeats.
    """
    asked = preferences(command)
    if done := claim(command):
        return started(command, asked, own_row(command, done))
    at = command.at if said is None else moment(said, now=command.at, zone=asked.zone)
    if command.at - at > LONGEST_BACK:
        raise Refused("start.too_old", said=said)
    if retried:
        refuse_newer(command)
    clash = clashing(command, at, None)
    if clash and clash.ended_at is None:
        return AlreadyOpen(asked, value(clash), task)
    refuse(clash)
    return started(command, asked, insert(command, task, at))


def insert(command: Command, task: str | None, at: datetime, *, second: bool = False) -> Session:
    """Record a start and make its session."""
    row = Session(
        id=command.id,
        guild_id=command.guild_id,
        user_id=command.user_id,
        user_name=command.user_name,
        channel_id=command.channel_id,
        task=task,
        started_at=at,
    )
    record = recorded(command, "start", row.id, None, snapshot(row), second=second)
    write(record, _insert.filled(*(getattr(row, name) for name in NAMES)))
    return row


def _inserted(*values: Node) -> Query:
    return Session.insert(dict(zip(Session._meta.sorted_fields, values, strict=True))).as_rowcount()


_insert = Prepared(_inserted, values=len(NAMES))


def end(
    command: Command, note: str | None, said: str | None, *, retried: bool = False
) -> Ended | NothingOpen:
    """End the member's running session."""
    asked = preferences(command)
    if done := claim(command):
        return ended(asked, own_row(command, done), command)
    row = open_row(command)
    if row is None or row.started_at > command.at:
        if retried:
            refuse_newer(command)
        return nothing_open(command, asked)
    at = end_of(row, said, command.at, asked.zone)
    changes = {"ended_at": at} if note is None else {"ended_at": at, "note": note}
    return ended(asked, change(command, "end", row, **changes), command)


def end_named(
    command: Command, session_id: int, said: str | None = None
) -> Ended | NothingOpen | NotYours:
    """End the session that a button names; on somebody else's, offer one's own."""
    asked = preferences(command)
    done = claim(command)
    row = named_row(command, session_id)
    if row is None:
        raise Refused("unknown_button")
    if row.user_id != command.user_id:
        own = open_row(command)
        return NotYours(asked, row.user_name, own and value(own))
    if done is not None:
        return ended(asked, row, command)
    if row.removed_at or row.ended_at or row.started_at > command.at:
        return nothing_open(command, asked)
    at = end_of(row, said, command.at, asked.zone)
    return ended(asked, change(command, "end", row, ended_at=at), command)


def restart(
    command: Command, session_id: int, task: str | None, said: str | None = None
) -> Restarted | NothingOpen:
    """End the session named, at the press or when it is said to have ended; start the next now."""
    asked = preferences(command)
    done = claim(command)
    row = own_row(command, session_id)
    if done is not None:
        fresh = own_row(command, command.id)
        return Restarted(asked, ended(asked, row, command), started(command, asked, fresh))
    if row.ended_at or row.removed_at or row.started_at > command.at:
        return nothing_open(command, asked)
    at = end_of(row, said, command.at, asked.zone)
    over = change(command, "end", row, ended_at=at)
    fresh = insert(command, task, command.at, second=True)
    return Restarted(asked, ended(asked, over, command), started(command, asked, fresh))


def end_of(row: Session, said: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Say when a session ended; Refused if that lies before its start."""
    at = now if said is None else moment(said, now=now, zone=zone)
    if at <= row.started_at and said is not None:
        raise Refused("end.before_start", start=row.started_at)
    return at


def refuse_newer(command: Command) -> None:
    """Refuse a retry whose member began a newer session since."""
    newer = Session.get_or_none(
        Session.guild_id == command.guild_id,
        Session.user_id == command.user_id,
        Session.removed_at.is_null(),
        Session.started_at > command.at,
    )
    if newer:
        raise Refused("retry.newer", start=newer.started_at)


@Prepared
def _clashing(guild_id: Node, user_id: Node, start: Node, end: Node, besides: Node) -> Query:
    return (
        Session.select()
        .where(
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
) -> Session | None:
    """Find another session of the member here that shares time with a span, a running one first."""
    who = command.guild_id, command.user_id
    return first(_clashing(*who, start, end or FOR_EVER, besides))


def refuse_overlap(
    command: Command, start: datetime, end: datetime | None, *, besides: int = 0
) -> None:
    """Refuse a span that shares time with another session of the member here; touching is fine."""
    refuse(clashing(command, start, end, besides=besides))


def refuse(clash: Session | None) -> None:
    """Refuse what clashes with a session, and say which."""
    if clash:
        key = "clash" if clash.ended_at else "clash.running"
        raise Refused(key, start=clash.started_at, end=clash.ended_at)


@Prepared
def _others(guild_id: Node, user_id: Node) -> Query:
    return Session.select(fn.COUNT(Session.id)).where(
        Session.guild_id == guild_id,
        Session.user_id != user_id,
        Session.ended_at.is_null(),
        Session.removed_at.is_null(),
    )


def started(command: Command, asked: Preferences, row: Session) -> Started:
    """Tell of a session that runs, and of how many others work."""
    (others,) = _others(command.guild_id, command.user_id).fetchone()
    return Started(asked, value(row), others)


@Prepared
def _within(guild_id: Node, user_id: Node, start: Node, end: Node) -> Query:
    return Session.select().where(
        Session.guild_id == guild_id,
        Session.user_id == user_id,
        Session.removed_at.is_null(),
        Session.started_at < end,
        Session.ended_at.is_null() | (Session.ended_at > start),
    )


def ended(asked: Preferences, row: Session, command: Command) -> Ended:
    """Tell of a session that is over, and of the member's day in this server."""
    if row.ended_at is None:  # an end that is repeated, but was taken back since
        raise Refused("changed_meanwhile")
    calendar = asked.calendar
    today = calendar.day(calendar.day_of(command.at))
    rows = rows_of(_within(row.guild_id, row.user_id, today.start, today.end))
    pieces = (piece.cut(today) for r in rows for piece in worked(value(r), now=command.at))
    return Ended(asked, value(row), total(filter(None, pieces)), command.id)


@Prepared
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


def nothing_open(command: Command, asked: Preferences) -> NothingOpen:
    """Tell that nothing runs, and of the session that ended last."""
    last = first(_last(command.guild_id, command.user_id))
    return NothingOpen(asked, last and value(last))
