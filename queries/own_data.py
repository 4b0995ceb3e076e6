"""One's own data: every row that is about a member, read a page at a time, or deleted."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any

from peewee import SQL, Field, Query, SqliteDatabase, Tuple, fn

from database.round_trips import Row, fetch
from domain.command import Command
from domain.decisions import own_data as decisions
from domain.decisions.own_data import Deletion, Exported
from domain.exports import ExportedChange, ExportedSession
from domain.work_intervals import as_instant
from models import Break, Goal, Guild, History, Member, Membership, Session, database
from queries.compiled import CompiledQuery, read_json
from queries.preferences import preferences_of, settings
from queries.stored_settings import deletion
from queries.unit_of_work import commit, read
from queries.work_intervals import LASTS, breaks_as_text

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
    return Exported(prefs, json.dumps(about | chosen, ensure_ascii=False, indent=2))


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
    some_breaks = breaks_as_text().having(fn.COUNT(SQL("*")) > 0)  # NULL for none
    return (
        Session.select(
            *(Session.id, Session.guild_id, Session.started_at.cast("TEXT").alias("started")),
            *(over.alias("ended"), some_breaks.alias("breaks")),
            *(Session.task, Session.note, edited.alias("edited"), Session.closed_by),
        )
        .where(
            Session.user_id == user_id,
            Session.removed_at.is_null(),
            Tuple(Session.started_at, Session.id) > Tuple(start, id_),
        )
        .order_by(Session.started_at, Session.id)
        .limit(limit)
    )


_page_of_sessions = CompiledQuery(_sessions, light=True)


def sessions_page(command: Command, last: ExportedSession | None) -> Sequence[ExportedSession]:
    """Read the sessions of a member behind the last one that was read, the oldest first."""
    start, id_ = (as_instant(last.started_at), last.id) if last else (LONG_AGO, 0)
    rows = fetch({"page": _page_of_sessions(command.user_id, start, id_, PAGE)})["page"]
    found = map(ExportedSession._make, rows)
    return [row._replace(breaks=read_breaks(row.breaks)) if row.breaks else row for row in found]


def read_breaks(kept: Any) -> Sequence[tuple[str, str | None]]:
    """Read the breaks of a session, in order."""
    return sorted((since, None if over == LASTS else over) for since, over in read_json(kept))


def _acts(actor: str, cmd: str, at: datetime, limit: int) -> Query:
    """Select a page of what a member did, behind the act named."""
    before, after = without_nulls(History.before), without_nulls(History.after)
    return (
        History.select(
            *(History.created_at.cast("TEXT").alias("at"), History.cmd),
            *(History.guild_id, History.session_id),
            *(before.alias("was"), after.alias("became")),
        )
        .where(
            History.user_id == actor,
            Tuple(History.cmd, History.created_at) > Tuple(cmd, at),
        )
        .order_by(History.cmd, History.created_at)
        .limit(limit)
    )


def without_nulls(kept: Field) -> Any:
    """Select a snapshot as text without what is not set in it: that is half of most."""
    if isinstance(database.obj, SqliteDatabase):
        return fn.JSON_PATCH("{}", kept)
    return fn.JSONB_STRIP_NULLS(kept).cast("TEXT")


_page_of_acts = CompiledQuery(_acts, light=True)


def history_page(command: Command, last: ExportedChange | None) -> Sequence[ExportedChange]:
    """Read what a member did behind the last act that was read, by command and time."""
    cmd, at = (last.cmd, as_instant(last.at)) if last else ("", LONG_AGO)
    rows = fetch({"page": _page_of_acts(str(command.user_id), cmd, at, PAGE)})["page"]
    return [*map(ExportedChange._make, rows)]


def ask_to_delete(command: Command, text: str | None) -> Deletion:
    """Have all that is known of the member deleted in a day, if they typed the word."""
    state = read(command, lock=True, deletion=deletion(command.user_id))
    return commit(command, *decisions.ask_to_delete(state, command, text))


def keep_data(command: Command) -> Deletion:
    """Keep it: nothing is deleted."""
    state = read(command, lock=True, deletion=deletion(command.user_id))
    return commit(command, *decisions.keep_data(state, command))


def deletions() -> dict[int, datetime]:
    """Return whose data is to be deleted, and when."""
    rows = Member.select(Member.user_id, Member.delete_at).where(Member.delete_at.is_null(False))
    return {row.user_id: row.delete_at for row in rows if row.delete_at}


def delete_member(user_id: int, now: datetime) -> bool:
    """Delete all that is known of a member, if it is due; return whether it was."""
    # who deletes this row does the rest; the member may have thought again
    if not Member.delete().where(Member.user_id == user_id, Member.delete_at <= now).execute():
        return False
    mine = Session.select(Session.id).where(Session.user_id == user_id)
    its = History.user_id == str(user_id)
    names = {
        row.user_name
        for table, own in ((Session, Session.user_id == user_id), (History, its))
        for row in table.select(table.user_name).where(own).distinct()
    }
    # what others did to their sessions
    History.delete().where(its | History.session_id.in_(mine)).execute()
    redact(user_id, names)
    Break.delete().where(Break.session.in_(mine)).execute()
    for table in (Session, Membership, Goal):
        table.delete().where(table.user_id == user_id).execute()
    Guild.update(summary_by=None).where(Guild.summary_by == user_id).execute()
    return True


def redact(user_id: int, names: Collection[str]) -> None:
    """Take a member's id and names out of what others' acts had before and after."""
    # as JSON has them: a name is a value of its own
    texts = [str(user_id), *(json.dumps(name, ensure_ascii=False) for name in names)]
    columns = History.before.cast("TEXT"), History.after.cast("TEXT")
    mentions = [column.contains(text) for column in columns for text in texts]
    for row in History.select().where(reduce(or_, mentions)):
        row.before, row.after = (redacted(kept, user_id, names) for kept in (row.before, row.after))
        row.save()


def redacted(kept: Any, user_id: int, names: Collection[str]) -> Any:
    """Return a snapshot without a member's id, and without their names where names stand."""
    if isinstance(kept, dict):
        return {
            key: None
            if key.endswith("name") and value in names
            else redacted(value, user_id, names)
            for key, value in kept.items()
        }
    if isinstance(kept, list):
        return [redacted(value, user_id, names) for value in kept]
    return None if kept in (user_id, str(user_id)) else kept
