"""Read what a command needs to decide, in one round trip."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from database.round_trips import Row, Statement, fetch
from domain.command import Command
from domain.sessions import Session
from domain.state import PreviousResult, State
from queries import session_rows
from queries.goals import SERVER, goals_in
from queries.history import lock_key, recorded_in
from queries.preferences import preferences_of, settings
from queries.stored_settings import chosen_in, deletion_in, server_in
from queries.work_intervals import rows_in


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
