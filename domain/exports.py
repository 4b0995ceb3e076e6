"""One's own data as tables that spreadsheets open and that can be read in again."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

from domain.intervals import Interval, subtract, total

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


class WorkedRow(NamedTuple):
    """A session as it comes out of the database: instants as text in UTC, breaks from and to."""

    id: int
    guild_id: int
    started_at: str
    ended_at: str | None
    breaks: Sequence[tuple[str, str | None]]
    task: str | None
    note: str | None
    edited_at: str | None
    closed_by: str | None


class ActRow(NamedTuple):
    """One thing that a member did, as the history has it; before and after are JSON."""

    at: str
    cmd: str
    guild_id: int | None
    session_id: int | None
    before: str | None
    after: str | None


def sessions_table(rows: Iterable[WorkedRow], zone: ZoneInfo, now: datetime) -> str:
    """Write a row for each session; instants in a zone, with its offset."""
    return table(session_row(row, zone, now) for row in rows)


def session_row(row: WorkedRow, zone: ZoneInfo, now: datetime) -> Sequence[object]:
    """Write one session; what lasts has no end."""
    start, end = read_instant(row.started_at), read_end(row.ended_at)
    breaks = [(read_instant(since), read_end(over)) for since, over in row.breaks]
    until = end or max(start, now)
    worked = until - start
    if breaks:
        rests = [Interval(since, over or until) for since, over in breaks]
        worked = total(subtract(Interval(start, until), rests))
    return (
        number(row.guild_id),
        instant(start, zone),
        end and instant(end, zone),
        int(worked.total_seconds()),
        " ".join(
            f"{instant(since, zone)}/{instant(over, zone) if over else ''}"
            for since, over in breaks
        ),
        inert(row.task),
        inert(row.note),
        row.edited_at and instant(read_instant(row.edited_at), zone),
        row.closed_by,
    )


def history_table(rows: Iterable[ActRow], zone: ZoneInfo) -> str:
    """Write a row for each act."""
    return table(
        (
            instant(read_instant(row.at), zone),
            row.cmd,
            number(row.guild_id),
            number(row.session_id),
            row.before,
            row.after,
        )
        for row in rows
    )


def table(rows: Iterable[Sequence[object]]) -> str:
    """Write rows as CSV."""
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def number(id_: int | None) -> str:
    """Write an id of Discord's: of a bare number Excel keeps fifteen digits."""
    return "" if id_ is None else f"#{id_}"


def instant(at: datetime, zone: ZoneInfo) -> str:
    """Write an instant in a zone, with its offset."""
    return at.astimezone(zone).isoformat()


def read_end(text: str | None) -> datetime | None:
    """Read when something ended, None while it lasts."""
    return None if text is None else read_instant(text)


def read_instant(text: str) -> datetime:
    """Read an instant as the database keeps it: in UTC."""
    return datetime.fromisoformat(text + "+00:00")


def inert(text: str | None) -> str:
    """Write what people typed so that no spreadsheet runs it."""
    return TEXT + text if text and text[0] in FORMULAS else text or ""


def as_typed(cell: str) -> str:
    """Return what people typed from what `inert` wrote."""
    return cell[1:] if cell[:1] == TEXT and cell[1:2] in FORMULAS else cell


def archived(name: str, text: str, archive: bytes = b"") -> bytes:
    """Add a file to a zip, which may be there already."""
    packed = BytesIO(archive)
    with ZipFile(packed, "a" if archive else "w", ZIP_DEFLATED) as file:
        file.writestr(name, text)
    return packed.getvalue()
