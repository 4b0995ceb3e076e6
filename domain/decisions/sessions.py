"""Start, end and restart."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.command import (
    AlreadyOpen,
    Command,
    Ended,
    NothingOpen,
    NotYours,
    Restarted,
    Started,
)
from domain.errors import UserError
from domain.goals import progress
from domain.intervals import inside, total
from domain.reminders import AskEndTime, must_ask_end
from domain.sessions import Break, Session, worked
from domain.state import Change, Decision, MemberReturned, SessionChanged, SessionCreated, State
from domain.times import parse_plan, parse_time
from domain.work_intervals import SESSION, START, as_instant, cut, together, total_of

LONGEST_BACK = timedelta(hours=24)  # how far back a start may be set


def begin(
    state: State,
    command: Command,
    task: str | None,
    time_text: str | None,
    plan: str | None = None,
    *,
    retried: bool,
) -> Decision[Started | AlreadyOpen]:
    """Start a session, at the time given or at the command's."""
    if state.already_done(command) and state.previous and state.previous.session_id:
        return started(state, state.require_own(state.previous.session, command)), ()
    at = (
        command.at
        if time_text is None
        else parse_time(time_text, now=command.at, zone=state.prefs.zone)
    )
    if command.at - at > LONGEST_BACK:
        raise UserError("start.too_old", text=time_text)
    until = end_planned(state, command, plan, at)
    if retried:
        refuse_newer([one.started_at for one in state.recent], command)
    clash = clashing(state.recent, at, None)
    if clash and clash.active:
        return AlreadyOpen(state.prefs, clash, command.at, task, plan), ()
    refuse(clash)
    session = replace(new_session(command, task, started_at=at), planned_end_at=until)
    back: tuple[Change, ...] = (MemberReturned(),) if state.prefs.left else ()
    return started(state, session), (SessionCreated("start", session), *back)


def begin_same(
    state: State, command: Command, *, retried: bool
) -> Decision[Started | AlreadyOpen | NotYours]:
    """Start a session with the task of the one named; on somebody else's, offer a start."""
    named = state.named
    if named is None:
        raise UserError("unknown_button")
    if named.user_id != command.user_id:
        return NotYours(state.prefs, named.user_name, None), ()
    return begin(state, command, named.task, None, retried=retried)


def end(
    state: State, command: Command, note: str | None, time_text: str | None, *, retried: bool
) -> Decision[Ended | NothingOpen | AskEndTime]:
    """End the member's active session; ask when it ended if it had no activity for long."""
    if state.already_done(command) and state.previous and state.previous.session_id:
        return ended(state, command, state.require_own(state.previous.session, command)), ()
    session = state.active
    if session is None or session.started_at > command.at:
        if retried:
            refuse_newer([as_instant(row[START]) for row in state.days], command)
        return NothingOpen(state.prefs, state.last), ()
    if time_text is None and must_ask_end(session, state.prefs.hours, command.at):
        return AskEndTime(state.prefs, session, command.at, note), ()
    return end_with_note(state, command, session, note, time_text)


def end_named(
    state: State,
    command: Command,
    note: str | None = None,
    time_text: str | None = None,
    *,
    sure: bool = False,
) -> Decision[Ended | NothingOpen | NotYours | AskEndTime]:
    """End the session that a button names; on somebody else's, offer one's own.

    Ask when it ended if it had no activity for long, unless the member is `sure` that it is now.
    """
    done, session = state.already_done(command), state.named
    if session is None:
        raise UserError("unknown_button")
    if session.user_id != command.user_id:
        return NotYours(state.prefs, session.user_name, state.active), ()
    if done:
        return ended(state, command, session), ()
    if not session.active or session.started_at > command.at:
        return NothingOpen(state.prefs, state.last), ()
    if not sure and time_text is None and must_ask_end(session, state.prefs.hours, command.at):
        return AskEndTime(state.prefs, session, command.at), ()
    return end_with_note(state, command, session, note, time_text)


def restart(
    state: State,
    command: Command,
    task: str | None,
    time_text: str | None,
    plan: str | None = None,
    *,
    sure: bool = False,
) -> Decision[Restarted | NothingOpen | AskEndTime]:
    """End the session named, now or at the time given, and start the next one now.

    Ask when it ended if it had no activity for long, unless the member is `sure` that it is now.
    """
    done = state.already_done(command)
    session = state.require_own(state.named, command)
    if done:
        fresh = started(state, state.require_own(state.fresh, command))
        return Restarted(state.prefs, ended(state, command, session), fresh), ()
    if not session.active or session.started_at > command.at:
        return NothingOpen(state.prefs, state.last), ()
    if not sure and time_text is None and must_ask_end(session, state.prefs.hours, command.at):
        return AskEndTime(state.prefs, session, command.at, task, "restart", plan), ()
    answer, changes = end_with_note(state, command, session, None, time_text)
    new = replace(
        new_session(command, task, started_at=command.at),
        planned_end_at=end_planned(state, command, plan, command.at),
    )
    return (
        Restarted(state.prefs, answer, started(state, new)),
        (*changes, SessionCreated("start", new, second=True)),
    )


def end_with_note(
    state: State, command: Command, session: Session, note: str | None, time_text: str | None
) -> Decision[Ended]:
    """End a session, now or at the time given, with a note."""
    changes = end_values(session, end_of(session, time_text, command.at, state.prefs.zone))
    closed = replace(session, **changes, note=session.note if note is None else note)
    return ended(state, command, closed), (SessionChanged("end", session, closed),)


def new_session(
    command: Command,
    task: str | None,
    note: str | None = None,
    *,
    started_at: datetime,
    ended_at: datetime | None = None,
    edited_at: datetime | None = None,
) -> Session:
    """Create a session whose id is that of the command, so that a retry cannot make it twice."""
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
        active_at=command.at,
    )


def end_of(session: Session, time_text: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a session ended; raise UserError if that lies before its start."""
    at = now if time_text is None else parse_time(time_text, now=now, zone=zone)
    if at <= session.started_at and time_text is not None:
        raise UserError("end.before_start", start=session.started_at)
    return at


def end_planned(
    state: State, command: Command, plan: str | None, start: datetime
) -> datetime | None:
    """Return the planned end of a session that starts at a moment; None without a plan."""
    return parse_plan(plan, start=start, now=command.at, zone=state.prefs.zone) if plan else None


def end_values(session: Session, at: datetime) -> dict[str, Any]:
    """Return the fields that change when a session ends: a break that lasts ends too."""
    return {"ended_at": at, "breaks": breaks_ended_at(session, at)}


def breaks_ended_at(session: Session, at: datetime) -> tuple[Break, ...]:
    """Return the breaks of a session, one that lasts ended at a moment."""
    return tuple(
        replace(rest, ended_at=rest.ended_at or max(rest.started_at, at)) for rest in session.breaks
    )


def refuse_newer(starts: Iterable[datetime], command: Command) -> None:
    """Raise UserError for a retry whose member has started a newer session."""
    newer = [start for start in starts if start > command.at]
    if newer:
        raise UserError("retry.newer", start=min(newer))


def clashing(
    sessions: Iterable[Session], start: datetime, end: datetime | None, *, besides: int = 0
) -> Session | None:
    """Find a session that overlaps with an interval, an active one first."""
    found = [
        session
        for session in sessions
        if session.id != besides
        and (session.ended_at is None or session.ended_at > start)
        and (end is None or session.started_at < end)
    ]
    return min(found, key=lambda one: (one.ended_at is not None, one.started_at), default=None)


def refuse(clash: Session | None) -> None:
    """Raise UserError if a session overlaps."""
    if clash:
        key = "clash" if clash.ended_at else "clash.running"
        raise UserError(key, start=clash.started_at, end=clash.ended_at)


def refuse_clash(state: State, session: Session, times: dict[str, Any]) -> None:
    """Raise UserError if a session's new times overlap with another one."""
    if times:
        end = times.get("ended_at", session.ended_at)
        refuse(clashing(state.near, times["started_at"], end, besides=session.id))


def started(state: State, session: Session) -> Started:
    """Return the answer for a session that is active, with how many others work."""
    return Started(state.prefs, session, state.others)


def ended(state: State, command: Command, session: Session) -> Ended:
    """Return the answer for a session that has ended, with the member's day in this server."""
    if session.ended_at is None:  # an end that is repeated, but was taken back since
        raise UserError("changed_meanwhile")
    calendar, now = state.prefs.calendar, command.at
    on = calendar.day_of(now)
    own = worked(session, now=now)
    others = [row for row in state.days if row[SESSION] != session.id]

    def done(first: date, last: date) -> timedelta:
        window = calendar.between(first, last).until(now)
        mine = [] if session.removed_at else inside(own, window)
        return total(mine) + total_of(cut(others, window))

    return Ended(
        state.prefs,
        session,
        done(on, on),
        command.id,
        together(own, state.companions, now=now),
        progress(state.goals, on, done, state.prefs.week_starts),
    )
