"""Changes of an active session: breaks, its task, its planned end."""

from dataclasses import replace
from datetime import timedelta

from domain.command import Command, Continued, NothingOpen
from domain.decisions.sessions import breaks_ended_at
from domain.forms import Shown, Unchanged, is_new
from domain.sessions import Break, Session, with_activity
from domain.state import Decision, SessionChanged, State

HALF_AN_HOUR = timedelta(minutes=30)


def toggle_break(state: State, command: Command) -> Decision[Continued | NothingOpen]:
    """Begin a break in the active session, or end the one that lasts."""
    done, session = state.already_done(command), state.active
    if session is None or session.started_at > command.at:
        return NothingOpen(state.prefs, state.last), ()
    return with_break(state, command, session, done=done, rest=not session.open_break)


def set_break(state: State, command: Command, *, rest: bool) -> Decision[Continued | NothingOpen]:
    """Begin or end a break in the session that a button names."""
    done, session = state.already_done(command), named_active(state, command)
    if session is None:
        return NothingOpen(state.prefs, state.last), ()
    return with_break(state, command, session, done=done, rest=rest)


def named_active(state: State, command: Command) -> Session | None:
    """Return the session that a button names; None if it was not active at the press."""
    session = state.require_own(state.named, command)
    return session if session.active and session.started_at <= command.at else None


def with_break(
    state: State, command: Command, session: Session, *, done: bool, rest: bool
) -> Decision[Continued]:
    """Begin or end a break in a session; nothing changes if it is so already."""
    if done or rest == bool(session.open_break):
        news = "paused" if session.open_break else "resumed"
        return Continued(state.prefs, session, news, command.id if done else None), ()
    breaks = breaks_ended_at(session, command.at)
    breaks = (*breaks, Break(command.at, None)) if rest else breaks
    changed = with_activity(replace(session, breaks=breaks), command.at)
    news = "paused" if rest else "resumed"
    answer = Continued(state.prefs, changed, news, command.id)
    return answer, (SessionChanged("break", session, changed),)


def set_task(
    state: State, command: Command, task: str | None, shown: Shown
) -> Decision[Continued | NothingOpen | Unchanged]:
    """Set the task of an active session."""
    done = state.already_done(command)
    session = state.require_own(state.named, command)
    if not session.active:
        return NothingOpen(state.prefs, state.last), ()
    if done:
        return Continued(state.prefs, session, "task", command.id), ()
    if not is_new("text", task, shown.digests.text, session.task):
        return Unchanged(state.prefs), ()
    changed = with_activity(replace(session, task=task), command.at)
    return Continued(state.prefs, changed, "task", command.id), (
        SessionChanged("task", session, changed),
    )


def keep_going(state: State, command: Command) -> Decision[Continued | NothingOpen]:
    """Record the member's activity."""
    done, session = state.already_done(command), named_active(state, command)
    if session is None:
        return NothingOpen(state.prefs, state.last), ()
    if done:
        return Continued(state.prefs, session, "kept"), ()
    changed = with_activity(session, command.at)
    return Continued(state.prefs, changed, "kept"), (SessionChanged("still", session, changed),)


def extend_plan(state: State, command: Command) -> Decision[Continued | NothingOpen]:
    """Move the planned end by half an hour, counted from now if that is later."""
    done, session = state.already_done(command), named_active(state, command)
    if session is None:
        return NothingOpen(state.prefs, state.last), ()
    if done:
        return Continued(state.prefs, session, "planned"), ()
    until = max(session.planned_end_at or command.at, command.at) + HALF_AN_HOUR
    changed = replace(with_activity(session, command.at), planned_end_at=until)
    return Continued(state.prefs, changed, "planned"), (SessionChanged("plan", session, changed),)
