"""Sessions from a table: what would become of it, adding them, and taking all of it back."""

from datetime import datetime, timedelta

from peewee import Query

from database.round_trips import Row, fetch
from domain.command import Command
from domain.decisions import imports as decisions
from domain.decisions.imports import ClassifiedLines
from domain.errors import UserError
from domain.imports import Imported, Lines, Preview, read_lines
from domain.work_intervals import as_instant
from models import Session
from queries.compiled import CompiledQuery
from queries.history import change_by
from queries.preferences import preferences
from queries.session_rows import FOR_EVER
from queries.unit_of_work import commit, read

SECOND = timedelta(seconds=1)


def _taken(guild_id: int, user_id: int, start: datetime, end: datetime) -> Query:
    """Select when the member worked here, of what may share time with an interval."""
    return (
        Session.select(
            Session.started_at.cast("TEXT").alias("started"),
            Session.ended_at.cast("TEXT").alias("ended"),
        )
        .where(
            Session.guild_id == guild_id,
            Session.user_id == user_id,
            Session.removed_at.is_null(),
            Session.started_at < end,
            Session.ended_at.is_null() | (Session.ended_at > start),
        )
        .order_by(Session.started_at)
    )


taken = CompiledQuery(_taken, light=True)


def classified(command: Command, lines: Lines) -> ClassifiedLines:
    """Compare the lines of a table with what is there already."""
    found, refused = lines
    rows: list[Row] = []
    if found:
        who = command.guild_id, command.user_id
        start, end = min(entry.start for entry in found), max(entry.end for entry in found)
        # a session may last no time at all, and a spreadsheet drops what is below a second
        rows = fetch({"taken": taken(*who, start - SECOND, end + SECOND)})["taken"]
    there = [(as_instant(since), as_instant(over) if over else FOR_EVER) for since, over in rows]
    return decisions.classify(found, refused, there, command)


def preview(command: Command, file: bytes) -> Preview:
    """Return what an import would do."""
    prefs = preferences(command)
    new, known, refused = classified(command, read_lines(file, prefs.zone, command.guild_id))
    return Preview(prefs, len(new), known, tuple(refused), file)


def import_sessions(command: Command, file: bytes) -> Imported:
    """Add what is new in a table."""
    # before anything is locked: a long table takes a slow machine seconds
    lines = read_lines(file, preferences(command).zone, command.guild_id)
    state = read(command, lock=True, recorded=change_by(command.id, command.guild_id))
    if state.already_done(command):
        if state.recorded is None or state.recorded.after is None:
            raise UserError("unknown_button")
        return Imported(state.prefs, state.recorded.after["sessions"], command.id)
    new, _, _ = classified(command, lines)
    return commit(command, *decisions.import_sessions(state, command, new))


def undo_import(command: Command, change_id: int) -> Imported:
    """Remove all that an import added."""
    state = read(command, lock=True, recorded=change_by(change_id, command.guild_id))
    return commit(command, *decisions.undo_import(state, command, change_id))
