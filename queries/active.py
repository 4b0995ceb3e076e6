"""What members do to a session that runs: take a break, work on something else, go on."""

from domain.command import Command, NothingOpen, Preferences, Running
from domain.sessions import Break, Session
from queries import session_rows
from queries.history import change, previous_result
from queries.preferences import preferences
from queries.sessions import nothing_open, rested_until


def toggle_break(command: Command) -> Running | NothingOpen:
    """Begin a break in the running session, or end the one that lasts."""
    prefs = preferences(command)
    done = previous_result(command)
    session = session_rows.running(command)
    if session is None or session.started_at > command.at:
        return nothing_open(command, prefs)
    return _turned(command, prefs, session, done, rest=not session.resting)


def pause(command: Command, session_id: int) -> Running | NothingOpen:
    """Begin a break in the session that a button names."""
    return _turn_named(command, session_id, rest=True)


def resume(command: Command, session_id: int) -> Running | NothingOpen:
    """End the break in the session that a button names."""
    return _turn_named(command, session_id, rest=False)


def set_task(command: Command, session_id: int, task: str | None) -> Running | NothingOpen:
    """Say what a running session is for."""
    prefs = preferences(command)
    done = previous_result(command)
    session = session_rows.own(command, session_id)
    if not session.running:
        return nothing_open(command, prefs)
    if done is None:
        session = change(command, "task", session, task=task)
    return Running(prefs, session, "task", command.id)


def _turn_named(command: Command, session_id: int, *, rest: bool) -> Running | NothingOpen:
    prefs = preferences(command)
    done = previous_result(command)
    session = session_rows.own(command, session_id)
    if not session.running or session.started_at > command.at:
        return nothing_open(command, prefs)
    return _turned(command, prefs, session, done, rest=rest)


def _turned(
    command: Command, prefs: Preferences, session: Session, done: int | None, *, rest: bool
) -> Running:
    """Bring a session into a break or out of it, if it is not there already."""
    change_id = None if done is None else command.id
    if done is None and rest != bool(session.resting):
        breaks = rested_until(session, command.at)
        breaks = (*breaks, Break(command.at, None)) if rest else breaks
        session, change_id = change(command, "break", session, breaks=breaks), command.id
    return Running(prefs, session, "paused" if session.resting else "resumed", change_id)
