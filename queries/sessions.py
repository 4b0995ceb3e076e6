"""What members do to their sessions; every function is one whole transaction."""

from database.round_trips import Statement
from domain.command import AlreadyOpen, Command, Ended, NothingOpen, NotYours, Restarted, Started
from domain.decisions import sessions as decisions
from domain.decisions.sessions import LONGEST_BACK
from domain.reminders import AskEndTime
from queries import session_rows
from queries.companions import companions_at_end, companions_of
from queries.goals import goals
from queries.unit_of_work import commit, read, read_more
from queries.work_intervals import A_WEEK, others, own_since


def begin(
    command: Command,
    task: str | None,
    time_text: str | None,
    plan: str | None = None,
    *,
    retried: bool = False,
) -> Started | AlreadyOpen:
    """Start a session, at the moment that was said or at the command's.

    A retry is refused if the member began a newer session since the command it repeats.
    """
    state = read(command, lock=True, **start_reads(command, time_text))
    return commit(command, *decisions.begin(state, command, task, time_text, plan, retried=retried))


def begin_same(
    command: Command, session_id: int, *, retried: bool = False
) -> Started | AlreadyOpen | NotYours:
    """Start a session with the task of the one that a button names."""
    named = session_rows.by_id(session_id, command.guild_id)
    state = read(command, lock=True, named=named, **start_reads(command, None))
    return commit(command, *decisions.begin_same(state, command, retried=retried))


def end(
    command: Command, note: str | None, time_text: str | None, *, retried: bool = False
) -> Ended | NothingOpen | AskEndTime:
    """End the member's active session."""
    who = command.guild_id, command.user_id
    state = read(
        command,
        lock=True,
        active=session_rows.active(*who),
        last=session_rows.last(*who),
        companions=companions_at_end(*who, command.at),
        **day_reads(command),
    )
    if state.already_done(command) and state.previous:  # the session was ended already
        done_to = state.previous.session_id or 0
        state = read_more(state, companions=companions_of(done_to, *who, command.at))
    return commit(command, *decisions.end(state, command, note, time_text, retried=retried))


def end_named(
    command: Command,
    session_id: int,
    note: str | None = None,
    time_text: str | None = None,
    *,
    sure: bool = False,
) -> Ended | NothingOpen | NotYours | AskEndTime:
    """End the session that a button names; on somebody else's, offer one's own."""
    who = command.guild_id, command.user_id
    state = read(
        command,
        lock=True,
        named=session_rows.by_id(session_id, command.guild_id),
        active=session_rows.active(*who),
        last=session_rows.last(*who),
        companions=companions_of(session_id, *who, command.at),
        **day_reads(command),
    )
    return commit(command, *decisions.end_named(state, command, note, time_text, sure=sure))


def restart(
    command: Command,
    session_id: int,
    task: str | None,
    time_text: str | None = None,
    plan: str | None = None,
    *,
    sure: bool = False,
) -> Restarted | NothingOpen | AskEndTime:
    """End the session named, at the press or when it is said to have ended; start the next now."""
    who = command.guild_id, command.user_id
    state = read(
        command,
        lock=True,
        named=session_rows.by_id(session_id, command.guild_id),
        fresh=session_rows.by_id(command.id, command.guild_id),
        last=session_rows.last(*who),
        companions=companions_of(session_id, *who, command.at),
        others=others(*who),
        **day_reads(command),
    )
    return commit(command, *decisions.restart(state, command, task, time_text, plan, sure=sure))


def start_reads(command: Command, time_text: str | None) -> dict[str, Statement]:
    """Select what a start, at a moment that was said or now, may clash with, and who else works."""
    who = command.guild_id, command.user_id
    since = command.at if time_text is None else command.at - LONGEST_BACK
    return {
        "recent": session_rows.within(*who, since, session_rows.FOR_EVER),
        "others": others(*who),
    }


def day_reads(command: Command) -> dict[str, Statement]:
    """Select what tells how far the member has come today, and this week if they have a goal."""
    who = command.guild_id, command.user_id
    since = command.at - A_WEEK
    return {
        "days": own_since(*who, since, command.at),
        "goals": goals(*who),
    }
