"""One's own data as tables that spreadsheets open and that can be read in again."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.intervals import subtract, total
from domain.work_intervals import as_instant

BOM = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding
SESSIONS = (
    *("server", "start", "end", "worked_seconds", "breaks"),
    *("task", "note", "edited", "closed_by"),
)
SERVERS = ("server", "name")
HISTORY = ("at", "command", "server", "session", "before", "after")
# What a spreadsheet takes for a formula at the beginning of a cell, in full width too; and the
# mark that keeps it from doing so.
FORMULAS, TEXT = frozenset("=+-@\t\r＝＋－＠'"), "'"


class ExportedSession(NamedTuple):
    """A session as it comes out of the database: instants as text in UTC, breaks from and to."""

    id: int
    guild_id: int
    started_at: str
    ended_at: str | None
    breaks: Sequence[tuple[str, str | None]] | None  # None for none
    task: str | None
    note: str | None
    edited_at: str | None
    closed_by: str | None


class ExportedChange(NamedTuple):
    """A row of the history; before and after are JSON."""

    at: str
    cmd: str
    guild_id: int | None
    session_id: int | None
    before: str | None
    after: str | None


class ZoneFormatter:
    """Instants of the database, written in a zone with its offset.

    What the offset is, is looked up once for each day: for each instant it would take three times
    as long as the rest of writing it. No zone changes its offset twice in one day.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.days: dict[str, tuple[timedelta, str] | None] = {}

    def __call__(self, text: str) -> str:
        """Write an instant."""
        day = text[:10]
        if day not in self.days:
            self.days[day] = self._offset(day)
        known = self.days[day]
        if known is None:
            return as_instant(text).astimezone(self.zone).isoformat()
        offset, written = known
        return (datetime.fromisoformat(text) + offset).isoformat() + written

    def _offset(self, day: str) -> tuple[timedelta, str] | None:
        """Return the offset of a day in UTC, and how it is written; None if it changes then."""
        first = datetime.fromisoformat(day).replace(tzinfo=UTC)
        local, later = (at.astimezone(self.zone) for at in (first, first + timedelta(days=1)))
        if local.utcoffset() != later.utcoffset():
            return None
        return local.utcoffset() or timedelta(), local.isoformat()[len("2026-07-01T10:00:00") :]


def sessions_table(rows: Iterable[ExportedSession], local: ZoneFormatter, now: datetime) -> str:
    """Write a row for each session."""
    return table([session_row(row, local, now) for row in rows])


def session_row(row: ExportedSession, local: ZoneFormatter, now: datetime) -> Sequence[object]:
    """Write one session; what lasts has no end."""
    start = as_instant(row.started_at)
    until = max(start, now) if row.ended_at is None else as_instant(row.ended_at)
    worked, breaks = until - start, ""
    if row.breaks:
        rests = [
            (as_instant(since), until if over is None else as_instant(over))
            for since, over in row.breaks
        ]
        worked = total(subtract((start, until), rests))
        parts = (f"{local(since)}/{local(over) if over else ''}" for since, over in row.breaks)
        breaks = " ".join(parts)
    return (
        format_id(row.guild_id),
        local(row.started_at),
        row.ended_at and local(row.ended_at),
        int(worked.total_seconds()),
        breaks,
        escape_formula(row.task),
        escape_formula(row.note),
        row.edited_at and local(row.edited_at),
        row.closed_by,
    )


def history_table(rows: Iterable[ExportedChange], local: ZoneFormatter) -> str:
    """Write a row for each act; by hand, for JSON is nearly all quotes, slow for `csv`."""
    return "".join(
        [
            f"{local(row.at)},{row.cmd},{format_id(row.guild_id)},{format_id(row.session_id)},"
            f"{quote_cell(row.before)},{quote_cell(row.after)}\r\n"
            for row in rows
        ]
    )


def quote_cell(text: str | None) -> str:
    """Write a cell of a CSV that has quotes and commas in it."""
    return '"' + text.replace('"', '""') + '"' if text else ""


def table(rows: Iterable[Sequence[object]]) -> str:
    """Write rows as CSV."""
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def format_id(id_: int | None) -> str:
    """Write an id of Discord's: of a bare number Excel keeps fifteen digits."""
    return "" if id_ is None else f"#{id_}"


def escape_formula(text: str | None) -> str:
    """Write what people typed so that no spreadsheet runs it."""
    return TEXT + text if text and text[0] in FORMULAS else text or ""


def unescape_formula(cell: str) -> str:
    """Return what people typed from what `escape_formula` wrote."""
    return cell[1:] if cell[:1] == TEXT and cell[1:2] in FORMULAS else cell
