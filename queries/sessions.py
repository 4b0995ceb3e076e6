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
from domain.errors import UserError
from domain.goals import goal_on, progress
from domain.sessions import Break, Session, worked
from domain.times import moment
from models import Session as Row
from queries import session_rows
from queries.compiled import CompiledQuery, Statement
from queries.goals import goals_of
from queries.history import change, previous_result, recorded, snapshot, write
from queries.preferences import preferences, welcome_back
from queries.session_rows import FIELDS
from queries.work_intervals import days_of, others_working, own_work_intervals, together

LONGEST_BACK = timedelta(hours=24)  # how far back a start may be set


def begin(
    command: Command, task: str | None, said: str | None, *, retried: bool = False
) -> Started | AlreadyOpen:
    """Start a session, at the moment that was said or at the command's.

    A retry is refused if the member began a newer session since the command it repeats.
    """
    prefs = preferences(command)
    if done := previous_result(command):
        return started(command, prefs, session_rows.own(command, done))
    at = command.at if said is None else moment(said, now=command.at, zone=prefs.zone)
    if command.at - at > LONGEST_BACK:
        raise UserError("start.too_old", said=said)
    if retried:
        refuse_newer(command)
    clash = session_rows.clashing(command, at, None)
    if clash and clash.running:
        return AlreadyOpen(prefs, clash, task)
    session_rows.refuse(clash)
    if prefs.left:
        welcome_back(command)
    return started(command, prefs, insert(command, task, at))


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


_insert = CompiledQuery(_inserted, values=len(FIELDS))


def end(
    command: Command, note: str | None, said: str | None, *, retried: bool = False
) -> Ended | NothingOpen:
    """End the member's running session."""
    prefs = preferences(command)
    if done := previous_result(command):
        return ended(prefs, session_rows.own(command, done), command)
    session = session_rows.running(command)
    if session is None or session.started_at > command.at:
        if retried:
            refuse_newer(command)
        return nothing_open(command, prefs)
    at = end_of(session, said, command.at, prefs.zone)
    changes = over(session, at) if note is None else over(session, at) | {"note": note}
    return ended(prefs, change(command, "end", session, **changes), command)


def end_named(
    command: Command, session_id: int, said: str | None = None
) -> Ended | NothingOpen | NotYours:
    """End the session that a button names; on somebody else's, offer one's own."""
    prefs = preferences(command)
    done = previous_result(command)
    session = session_rows.named(command, session_id)
    if session is None:
        raise UserError("unknown_button")
    if session.user_id != command.user_id:
        return NotYours(prefs, session.user_name, session_rows.running(command))
    if done is not None:
        return ended(prefs, session, command)
    if not session.running or session.started_at > command.at:
        return nothing_open(command, prefs)
    at = end_of(session, said, command.at, prefs.zone)
    return ended(prefs, change(command, "end", session, **over(session, at)), command)


def restart(
    command: Command, session_id: int, task: str | None, said: str | None = None
) -> Restarted | NothingOpen:
    """End the session named, at the press or when it is said to have ended; start the next now."""
    prefs = preferences(command)
    done = previous_result(command)
    session = session_rows.own(command, session_id)
    if done is not None:
        fresh = session_rows.own(command, command.id)
        return Restarted(prefs, ended(prefs, session, command), started(command, prefs, fresh))
    if not session.running or session.started_at > command.at:
        return nothing_open(command, prefs)
    at = end_of(session, said, command.at, prefs.zone)
    closed = change(command, "end", session, **over(session, at))
    fresh = insert(command, task, command.at, second=True)
    return Restarted(prefs, ended(prefs, closed, command), started(command, prefs, fresh))


def end_of(session: Session, said: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Say when a session ended; UserError if that lies before its start."""
    at = now if said is None else moment(said, now=now, zone=zone)
    if at <= session.started_at and said is not None:
        raise UserError("end.before_start", start=session.started_at)
    return at


def over(session: Session, at: datetime) -> dict[str, Any]:
    """Give what changes when a session ends: its last break ends too."""
    return {"ended_at": at, "breaks": rested_until(session, at)}


def rested_until(session: Session, at: datetime) -> tuple[Break, ...]:
    """Give the breaks of a session with the one that lasts ended."""
    return tuple(
        replace(rest, ended_at=rest.ended_at or max(rest.started_at, at)) for rest in session.breaks
    )


@CompiledQuery
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
        raise UserError("retry.newer", start=session_rows.session_of(row).started_at)


def started(command: Command, prefs: Preferences, session: Session) -> Started:
    """Tell of a session that runs, and of how many others work."""
    return Started(prefs, session, others_working(command))


def ended(prefs: Preferences, session: Session, command: Command) -> Ended:
    """Tell of a session that is over, and of the member's day in this server."""
    if session.ended_at is None:  # an end that is repeated, but was taken back since
        raise UserError("changed_meanwhile")
    calendar, now = prefs.calendar, command.at
    on = calendar.day_of(now)
    goals = goals_of(command.guild_id, command.user_id) if prefs.aims else []
    goal = goal_on(goals, on)
    window = calendar.period("week" if goal and goal.per == "week" else "today", now).until(now)
    by_day = days_of(own_work_intervals(command, window), calendar)
    return Ended(
        prefs,
        session,
        by_day.get(on, timedelta()),
        command.id,
        together(
            command, [(interval.start, interval.end) for interval in worked(session, now=now)]
        ),
        progress(goals, by_day, on),
    )


def nothing_open(command: Command, prefs: Preferences) -> NothingOpen:
    """Tell that nothing runs, and of the session that ended last."""
    return NothingOpen(prefs, session_rows.last(command))
