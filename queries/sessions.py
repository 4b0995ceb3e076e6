"""What members do to their sessions; every function is one whole transaction."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from peewee import Node, Query

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
from domain.errors import Refused
from domain.goals import goal_on, progress
from domain.sessions import Break, Session, worked
from domain.times import moment
from models import Session as Row
from queries import session_rows
from queries.compiled import Prepared, Statement
from queries.goals import goals_of
from queries.history import change, claim, recorded, snapshot, write
from queries.preferences import preferences, welcome_back
from queries.session_rows import FIELDS
from queries.work_intervals import days_of, others_working, own_stretches, together

LONGEST_BACK = timedelta(hours=24)  # how far back a start may be set


def begin(
    command: Command, task: str | None, said: str | None, *, retried: bool = False
) -> Started | AlreadyOpen:
    """Start a session, at the moment that was said or at the command's.

    A retry is refused if the member began a newer session since the command it repeats.
    """
    asked = preferences(command)
    if done := claim(command):
        return started(command, asked, session_rows.own(command, done))
    at = command.at if said is None else moment(said, now=command.at, zone=asked.zone)
    if command.at - at > LONGEST_BACK:
        raise Refused("start.too_old", said=said)
    if retried:
        refuse_newer(command)
    clash = session_rows.clashing(command, at, None)
    if clash and clash.running:
        return AlreadyOpen(asked, clash, task)
    session_rows.refuse(clash)
    if asked.left:
        welcome_back(command)
    return started(command, asked, insert(command, task, at))


def insert(command: Command, task: str | None, at: datetime, *, second: bool = False) -> Session:
    """Record a start and make its session."""
    session = new_session(command, task, started_at=at)
    record = recorded(command, "start", session.id, None, snapshot(session), second=second)
    write(record, new_row(session))
    return session


def new_session(
    command: Command,
    task: str | None,
    note: str | None = None,
    *,
    started_at: datetime,
    ended_at: datetime | None = None,
    edited_at: datetime | None = None,
) -> Session:
    """Make a session whose id is that of the command, so that a retry cannot make it twice."""
    return Session(
        id=command.id,
        guild_id=command.guild_id,
        user_id=command.user_id,
        user_name=command.user_name,
        channel_id=command.channel_id,
        task=task,
        note=note,
        started_at=started_at,
        ended_at=ended_at,
        edited_at=edited_at,
    )


def new_row(session: Session) -> Statement:
    """Make the row of a new session."""
    return _insert.filled(*(getattr(session, field.name) for field in FIELDS))


def _inserted(*values: Node) -> Query:
    return Row.insert(dict(zip(FIELDS, values, strict=True))).as_rowcount()


_insert = Prepared(_inserted, values=len(FIELDS))


def end(
    command: Command, note: str | None, said: str | None, *, retried: bool = False
) -> Ended | NothingOpen:
    """End the member's running session."""
    asked = preferences(command)
    if done := claim(command):
        return ended(asked, session_rows.own(command, done), command)
    session = session_rows.running(command)
    if session is None or session.started_at > command.at:
        if retried:
            refuse_newer(command)
        return nothing_open(command, asked)
    at = end_of(session, said, command.at, asked.zone)
    changes = over(session, at) if note is None else over(session, at) | {"note": note}
    return ended(asked, change(command, "end", session, **changes), command)


def end_named(
    command: Command, session_id: int, said: str | None = None
) -> Ended | NothingOpen | NotYours:
    """End the session that a button names; on somebody else's, offer one's own."""
    asked = preferences(command)
    done = claim(command)
    session = session_rows.named(command, session_id)
    if session is None:
        raise Refused("unknown_button")
    if session.user_id != command.user_id:
        return NotYours(asked, session.user_name, session_rows.running(command))
    if done is not None:
        return ended(asked, session, command)
    if not session.running or session.started_at > command.at:
        return nothing_open(command, asked)
    at = end_of(session, said, command.at, asked.zone)
    return ended(asked, change(command, "end", session, **over(session, at)), command)


def restart(
    command: Command, session_id: int, task: str | None, said: str | None = None
) -> Restarted | NothingOpen:
    """End the session named, at the press or when it is said to have ended; start the next now."""
    asked = preferences(command)
    done = claim(command)
    session = session_rows.own(command, session_id)
    if done is not None:
        fresh = session_rows.own(command, command.id)
        return Restarted(asked, ended(asked, session, command), started(command, asked, fresh))
    if not session.running or session.started_at > command.at:
        return nothing_open(command, asked)
    at = end_of(session, said, command.at, asked.zone)
    closed = change(command, "end", session, **over(session, at))
    fresh = insert(command, task, command.at, second=True)
    return Restarted(asked, ended(asked, closed, command), started(command, asked, fresh))


def end_of(session: Session, said: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Say when a session ended; Refused if that lies before its start."""
    at = now if said is None else moment(said, now=now, zone=zone)
    if at <= session.started_at and said is not None:
        raise Refused("end.before_start", start=session.started_at)
    return at


def over(session: Session, at: datetime) -> dict[str, Any]:
    """Give what changes when a session ends: its last break ends too."""
    return {"ended_at": at, "breaks": rested_until(session, at)}


def rested_until(session: Session, at: datetime) -> tuple[Break, ...]:
    """Give the breaks of a session with the one that lasts ended."""
    return tuple(
        replace(rest, ended_at=rest.ended_at or max(rest.started_at, at)) for rest in session.breaks
    )


@Prepared
def _newer(guild_id: Node, user_id: Node, at: Node) -> Query:
    return (
        Row.select()
        .where(
            Row.guild_id == guild_id,
            Row.user_id == user_id,
            Row.removed_at.is_null(),
            Row.started_at > at,
        )
        .limit(1)
    )


def refuse_newer(command: Command) -> None:
    """Refuse a retry whose member began a newer session since."""
    row = _newer(command.guild_id, command.user_id, command.at).fetchone()
    if row:
        raise Refused("retry.newer", start=session_rows.session_of(row).started_at)


def started(command: Command, asked: Preferences, session: Session) -> Started:
    """Tell of a session that runs, and of how many others work."""
    return Started(asked, session, others_working(command))


def ended(asked: Preferences, session: Session, command: Command) -> Ended:
    """Tell of a session that is over, and of the member's day in this server."""
    if session.ended_at is None:  # an end that is repeated, but was taken back since
        raise Refused("changed_meanwhile")
    calendar, now = asked.calendar, command.at
    on = calendar.day_of(now)
    goals = goals_of(command.guild_id, command.user_id) if asked.aims else []
    goal = goal_on(goals, on)
    window = calendar.period("week" if goal and goal.per == "week" else "today", now).until(now)
    by_day = days_of(own_stretches(command, window), calendar)
    return Ended(
        asked,
        session,
        by_day.get(on, timedelta()),
        command.id,
        together(command, [(span.start, span.end) for span in worked(session, now=now)]),
        progress(goals, by_day, on),
    )


def nothing_open(command: Command, asked: Preferences) -> NothingOpen:
    """Tell that nothing runs, and of the session that ended last."""
    return NothingOpen(asked, session_rows.last(command))
