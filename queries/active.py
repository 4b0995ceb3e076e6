"""What members do to an active session: take a break, work on something else, go on."""

from domain.command import Command, Continued, NothingOpen
from domain.decisions import active as decisions
from domain.forms import NOT_SHOWN, Shown, Unchanged
from domain.state import State
from queries import session_rows
from queries.unit_of_work import commit, read


def toggle_break(command: Command) -> Continued | NothingOpen:
    """Begin a break in the active session, or end the one that lasts."""
    who = command.guild_id, command.user_id
    state = read(command, lock=True, active=session_rows.active(*who), last=session_rows.last(*who))
    return commit(command, *decisions.toggle_break(state, command))


def pause(command: Command, session_id: int) -> Continued | NothingOpen:
    """Begin a break in the session that a button names."""
    state = read_named(command, session_id)
    return commit(command, *decisions.set_break(state, command, rest=True))


def resume(command: Command, session_id: int) -> Continued | NothingOpen:
    """End the break in the session that a button names."""
    state = read_named(command, session_id)
    return commit(command, *decisions.set_break(state, command, rest=False))


def set_task(
    command: Command, session_id: int, task: str | None, shown: Shown = NOT_SHOWN
) -> Continued | NothingOpen | Unchanged:
    """Set the task of an active session."""
    state = read_named(command, session_id)
    return commit(command, *decisions.set_task(state, command, task, shown))


def keep_going(command: Command, session_id: int) -> Continued | NothingOpen:
    """Note that the member still works in a session."""
    return commit(command, *decisions.keep_going(read_named(command, session_id), command))


def extend_plan(command: Command, session_id: int) -> Continued | NothingOpen:
    """Move the end that the member planned for a session by half an hour."""
    return commit(command, *decisions.extend_plan(read_named(command, session_id), command))


def read_named(command: Command, session_id: int) -> State:
    """Read a session, and the one that ended last."""
    return read(
        command,
        lock=True,
        named=session_rows.by_id(session_id, command.guild_id),
        last=session_rows.last(command.guild_id, command.user_id),
    )
