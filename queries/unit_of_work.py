"""A command's unit of work: one round trip reads what it needs, another writes what it decided."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar

import models
from database import round_trips
from database.round_trips import NoRowMatched, Row, Statement, fetch
from domain.command import Answer, Command
from domain.errors import UserError
from domain.goals import SERVER
from domain.sessions import Session
from domain.snapshots import snapshot
from domain.state import (
    Change,
    ImportUndone,
    MemberReturned,
    PreviousResult,
    SessionChanged,
    SessionCreated,
    SessionsImported,
    SettingsChanged,
    State,
)
from queries import session_rows, session_writes, stored_settings
from queries.goals import goals_in
from queries.history import history_row, import_snapshot, recorded_in
from queries.preferences import clear_left_at, preferences_of, settings, store_language
from queries.stored_settings import chosen_in, deletion_in, server_in
from queries.work_intervals import rows_in

A = TypeVar("A", bound=Answer)


def number_in(rows: list[Row]) -> int:
    """Return what was counted."""
    (row,) = rows
    return row["number"]


def previous_in(rows: list[Row]) -> PreviousResult | None:
    """Return what an interaction has done already."""
    for row in rows:
        return PreviousResult(int(row["user_id"]), row["session_id"], None)
    return None


# What the rows of each value of a State are turned into.
VALUES: dict[str, Callable[[list[Row]], Any]] = {
    "previous": previous_in,
    **dict.fromkeys(("named", "fresh", "active"), session_rows.first),
    "last": lambda rows: session_rows.session_of(rows[0]) if rows else None,
    **dict.fromkeys(("recent", "near", "sessions"), session_rows.sessions),
    **dict.fromkeys(("others", "count"), number_in),
    **dict.fromkeys(("goals", "server_goals"), goals_in),
    "recorded": recorded_in,
    "deletion": deletion_in,
    "chosen": chosen_in,
    "server": server_in,
    **dict.fromkeys(("days", "worked", "lately", "elsewhere", "met"), rows_in),
}


def read(command: Command, *, lock: bool | Literal["server"] = False, **reads: Statement) -> State:
    """Read the preferences and whatever else a command needs.

    With `lock`, nobody else changes this member's sessions here until the transaction ends, or the
    server's settings, and what this very interaction has done already is read too.
    """
    reads["prefs"] = settings(command.guild_id, command.user_id)
    if lock:
        reads["previous"] = session_rows.done_by(command.id)
    whose = replace(command, user_id=SERVER) if lock == "server" else command
    found = fetch(reads, lock=lock_key(whose) if lock else None)
    prefs = preferences_of(command, found.pop("prefs"))
    values = values_in(found)
    previous = values.get("previous")
    if previous and previous.session_id:  # rare, and worth a round trip of its own
        named = session_rows.by_id(previous.session_id, command.guild_id)
        session = session_rows.first(fetch({"named": named})["named"])
        values["previous"] = replace(previous, session=session)
    for name in ("named", "active"):
        if session := values.get(name):
            values[name] = called_now(session, command)
    return State(prefs=prefs, **values)


def called_now(session: Session, command: Command) -> Session:
    """Return a session by the name that its member has now, if it is the one who asks."""
    mine = session.user_id == command.user_id
    if mine and session.active and not command.direct:
        return replace(session, user_name=command.user_name)
    return session


def read_more(state: State, **reads: Statement) -> State:
    """Read what could not be asked for before the first answer, by a round trip more."""
    return replace(state, **values_in(fetch(reads)))


def values_in(found: dict[str, list[Row]]) -> dict[str, Any]:
    """Return the values of a State that rows stand for."""
    return {name: VALUES[name](rows) if name in VALUES else rows for name, rows in found.items()}


def commit(command: Command, answer: A, changes: Sequence[Change]) -> A:
    """Write down what was decided, each change behind its row of the history; return the answer.

    Raise UserError if the member gave the same command in the same millisecond, or if somebody
    else was faster.
    """
    statements = [statement for change in changes for statement in statements_of(command, change)]
    if statements:
        if command.language not in (None, answer.preferences.last_language):
            statements.append(store_language(command))
        round_trips.write(statements, as_user_error)
    return answer


def statements_of(command: Command, change: Change) -> Iterator[Statement]:
    """Return what a change writes."""
    match change:
        case SessionCreated(cmd, session, before, second):
            after = snapshot(session)
            yield history_row(command, cmd, session.id, before, after, second=second)
            yield session_writes.insert_session(
                **{name: getattr(session, name) for name in session_rows.COLUMNS}
            )
        case SessionChanged(cmd, before, after):
            yield history_row(command, cmd, after.id, snapshot(before), snapshot(after))
            yield from session_writes.replace_breaks(before, after)
            guarded = {
                f"was_{name}": getattr(before, name) for name in session_writes.VERSION_FIELDS
            }
            values = {name: getattr(after, name) for name in session_writes.CHANGED_FIELDS}
            yield session_writes.update_session(id_=after.id, **guarded, **values)
        case SettingsChanged(cmd, before, after):
            yield history_row(command, cmd, None, before, after)
            yield from stored_settings.restore(command, after)
        case MemberReturned():
            yield clear_left_at(command)
        case SessionsImported(sessions):
            yield history_row(
                command, "import", None, import_snapshot(0), import_snapshot(len(sessions))
            )
            yield from session_writes.insert_sessions(sessions)
        case ImportUndone(change_id, count):
            yield history_row(command, "undo", None, import_snapshot(count), import_snapshot(0))
            yield session_writes.remove_imported(
                user_id=command.user_id,
                guild_id=command.guild_id,
                first_id=change_id + 1,
                last_id=change_id + count,
                at=command.at,
            )


def as_user_error(error: Exception) -> Exception:
    """Return what a person is told of a rule of the database, or the error itself."""
    key = "changed_meanwhile" if isinstance(error, NoRowMatched) else models.violation(error)
    return UserError(key) if key else error


def lock_key(command: Command) -> int:
    """Return the key of the lock on what a member does in a server."""
    key = f"{command.guild_id}:{command.user_id}".encode()
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), signed=True)
