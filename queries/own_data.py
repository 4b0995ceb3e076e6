"""One's own data: every row that is about a member, read a page at a time."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from peewee import Query

from database.round_trips import Row, fetch
from domain.command import Command
from domain.exports import ActRow, WorkedRow, archived, read_instant
from domain.own_data import Exported
from models import Goal, History, Member, Membership, Session
from queries.compiled import CompiledQuery, read_json
from queries.preferences import preferences_of, settings
from queries.work_intervals import LASTS, breaks_of_session

LONG_AGO = datetime.min.replace(tzinfo=UTC)
PAGE = 2000  # rows: some 50 ms, in which nobody else is served on SQLite


# All that a member chose, by the names of the tables.
CHOSEN: dict[str, CompiledQuery[[int]]] = {
    model.__name__.lower(): CompiledQuery(
        lambda user_id, model=model: model.select().where(model.user_id == user_id), ("user_id",)
    )
    for model in (Member, Membership, Goal)
}


def export(command: Command) -> Exported:
    """Begin an export: read all that the member chose, on whatever server."""
    found = fetch(
        {"prefs": settings(command.guild_id, command.user_id)}
        | {name: query(command.user_id) for name, query in CHOSEN.items()}
    )
    prefs = preferences_of(command, found.pop("prefs"))
    about = {
        "user_id": str(command.user_id),
        "name": command.user_name,
        "exported_at": command.at.isoformat(),
    }
    chosen = {name: [*map(as_values, rows)] for name, rows in found.items()}
    text = json.dumps(about | chosen, ensure_ascii=False, indent=2)
    return Exported(prefs, archived("profile.json", text))


def as_values(row: Row) -> dict[str, Any]:
    """Return the values of a row as JSON has them."""
    return {name: as_text(value) for name, value in row.items() if name != "user_id"}


def as_text(value: Any) -> Any:
    """Return a value as JSON has it: whole numbers past a double's 53 bits as text."""
    if isinstance(value, int) and abs(value) >= 2**53:
        return str(value)
    return value if isinstance(value, str | int | None) else value.isoformat()


def _sessions(user_id: int, start: datetime, id_: int, limit: int) -> Query:
    """Select a page of a member's sessions on all servers, behind the one named."""
    over, edited = Session.ended_at.cast("TEXT"), Session.edited_at.cast("TEXT")
    return (
        Session.select(
            *(Session.id, Session.guild_id, Session.started_at.cast("TEXT").alias("started")),
            *(over.alias("ended"), breaks_of_session().alias("breaks")),
            *(Session.task, Session.note, edited.alias("edited"), Session.closed_by),
        )
        .where(
            Session.user_id == user_id,
            Session.removed_at.is_null(),
            Session.started_at >= start,
            (Session.started_at > start) | (Session.id > id_),
        )
        .order_by(Session.started_at, Session.id)
        .limit(limit)
    )


_page_of_sessions = CompiledQuery(_sessions, light=True)


def sessions_page(command: Command, last: WorkedRow | None) -> Sequence[WorkedRow]:
    """Read the sessions of a member behind the last one that was read, the oldest first."""
    start, id_ = (read_instant(last.started_at), last.id) if last else (LONG_AGO, 0)
    rows = fetch({"page": _page_of_sessions(command.user_id, start, id_, PAGE)})["page"]
    return [WorkedRow._make((*row[:4], read_breaks(row[4]), *row[5:])) for row in rows]


def read_breaks(kept: Any) -> Sequence[tuple[str, str | None]]:
    """Read the breaks of a session, in order."""
    if not kept or kept == "[]":  # to read an empty list costs more than to see it
        return ()
    return sorted((since, None if over == LASTS else over) for since, over in read_json(kept))


def _acts(user_id: str, cmd: str, at: datetime, limit: int) -> Query:
    """Select a page of what a member did, behind the act named."""
    before, after = History.before.cast("TEXT"), History.after.cast("TEXT")
    return (
        History.select(
            *(History.created_at.cast("TEXT").alias("at"), History.cmd),
            *(History.guild_id, History.session_id),
            *(before.alias("was"), after.alias("became")),
        )
        .where(
            History.user_id == user_id,
            History.cmd >= cmd,
            (History.cmd > cmd) | (History.created_at > at),
        )
        .order_by(History.cmd, History.created_at)
        .limit(limit)
    )


_page_of_acts = CompiledQuery(_acts, light=True)


def acts_page(command: Command, last: ActRow | None) -> Sequence[ActRow]:
    """Read what a member did behind the last act that was read, by command and time."""
    cmd, at = (last.cmd, read_instant(last.at)) if last else ("", LONG_AGO)
    rows = fetch({"page": _page_of_acts(str(command.user_id), cmd, at, PAGE)})["page"]
    return [ActRow(*row) for row in rows]
