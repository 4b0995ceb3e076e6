"""Reading sessions from a table that somebody kept elsewhere, or exported here."""

import csv
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from domain.command import Answer
from domain.errors import UserError
from domain.exports import format_id, unescape_formula
from domain.sessions import Break
from domain.text import NOTE, TASK, clean, one_line

MOST_ROWS = 10_000
OLDEST = 1970  # the first year in which a session may be
ENCODINGS = ("utf-8-sig", "cp932")  # what spreadsheets save, Japanese ones too
PLAIN = ("start", "end", "task", "note")
TOGGL = ("start date", "start time")
_INSTANT = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?"
    r"(?: ?([AP])M)?(Z|[+-]\d{2}:\d{2})?",
    re.ASCII | re.IGNORECASE,
)

Cells: TypeAlias = Mapping[str, str]
# Why a line is not taken.
Reason: TypeAlias = Literal[
    "server", "running", "time", "breaks", "backwards", "future", "long", "clash"
]


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that is not taken, and why."""

    line: int
    key: Reason


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """A line that says when somebody worked; `exported`: by this bot, so it has been here once."""

    line: int
    start: datetime
    end: datetime
    exported: bool = False
    breaks: tuple[Break, ...] = ()
    task: str | None = None
    note: str | None = None


Lines: TypeAlias = tuple[
    list[ImportedLine], list[RefusedLine]
]  # what is read of a table, and what not


@dataclass(frozen=True, slots=True)
class Preview(Answer):
    """What an import would do; `file` is what it would read."""

    new: int
    known: int
    refused: tuple[RefusedLine, ...]
    file: bytes


@dataclass(frozen=True, slots=True)
class Imported(Answer):
    """How many sessions an import added, or its undo took back; `change_id` is the import."""

    count: int
    change_id: int
    undone: bool = False


class UnreadableLine(Exception):
    """A line cannot be read."""

    def __init__(self, key: Reason) -> None:
        super().__init__(key)
        self.key: Reason = key


def read_lines(file: bytes, zone: ZoneInfo, guild_id: int) -> Lines:
    """Read a table; times without an offset are of a zone.

    Raises UserError for what is no table that we know.
    """
    found: list[ImportedLine] = []
    refused: list[RefusedLine] = []
    people: set[str] = set()
    for line, cells in table_rows(file):
        people.add(cells.get("email") or cells.get("user") or "")
        if len(people) > 1:
            raise UserError("import.people")
        if len(found) + len(refused) == MOST_ROWS:
            raise UserError("import.many", text=f"{MOST_ROWS:,}")
        try:
            found.append(read_line(line, cells, zone, guild_id))
        except UnreadableLine as error:
            refused.append(RefusedLine(line, error.key))
    return found, refused


def table_rows(file: bytes) -> Iterator[tuple[int, Cells]]:
    """Return the lines of a table with their numbers, by the names of its columns."""
    text = decoded(file)
    for delimiter in ",;\t":
        table = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        try:
            header = [name.strip().casefold() for name in next(table, list[str]())]
            if not ({*PLAIN[:2]} <= {*header} or {*TOGGL} <= {*header}):
                continue
            for row in table:
                if any(cell.strip() for cell in row):
                    yield table.line_num, dict(zip(header, row, strict=False))
        except csv.Error:
            raise UserError("import.unreadable") from None
        return
    raise UserError("import.columns")


def decoded(file: bytes) -> str:
    """Return the text of a file."""
    for encoding in ENCODINGS:
        try:
            return file.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UserError("import.unreadable")


def read_line(line: int, cells: Cells, zone: ZoneInfo, guild_id: int) -> ImportedLine:
    """Read one line."""
    server = cells.get("server", "").strip()
    if server and server != format_id(guild_id):
        raise UnreadableLine("server")
    if {*TOGGL} <= {*cells}:
        start = f"{cells['start date']} {cells['start time']}"
        end = " ".join(
            cells.get(f"end {part}") or cells.get(f"stop {part}") or "" for part in ("date", "time")
        )
        task = cells.get("description") or cells.get("task") or cells.get("project")
    else:
        start, end, task = cells["start"], cells.get("end", ""), cells.get("task")
    if not end.strip():
        raise UnreadableLine("running")
    begun = instant(start, zone)
    return ImportedLine(
        line,
        begun,
        over := instant(end, zone, after=begun),
        bool(server),
        breaks_in(cells.get("breaks", ""), zone, begun, over),
        one_line(unescape_formula(task or ""), TASK),
        clean(unescape_formula(cells.get("note", "")), NOTE),
    )


def instant(text: str, zone: ZoneInfo, *, after: datetime | None = None) -> datetime:
    """Read an instant; in an hour that comes twice the later one, if it comes `after` another."""
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        raise UnreadableLine("time")
    *parts, second, fraction, half, offset = found.groups()
    year, month, day, hour, minute = map(int, parts)
    try:
        if half:
            hour = hour % 12 + 12 * (half in "pP") if 1 <= hour <= 12 else 99
        micro = int((fraction or "0").ljust(6, "0"))
        if year < OLDEST:  # a zone's time may lie before the first year that there is
            raise UnreadableLine("time")
        wall = datetime(year, month, day, hour, minute, int(second or 0), micro)  # noqa: DTZ001  its zone follows
        if offset:
            return datetime.fromisoformat(f"{wall.isoformat()}{offset.upper()}").astimezone(UTC)
        at = wall.replace(tzinfo=zone).astimezone(UTC)
        if after is not None and at <= after:
            at = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableLine("time") from None
    return at


def breaks_in(text: str, zone: ZoneInfo, start: datetime, end: datetime) -> tuple[Break, ...]:
    """Read breaks as an export writes them: in order, one after another, within the session."""
    found: list[Break] = []
    for part in text.split():
        since, _, until = part.partition("/")
        rest = Break(instant(since, zone), instant(until, zone))
        over = found[-1].ended_at if found else start
        assert rest.ended_at is not None
        assert over is not None
        same = found and found[-1].started_at == rest.started_at
        if same or not over <= rest.started_at <= rest.ended_at <= end:
            raise UnreadableLine("breaks")
        found.append(rest)
    return tuple(found)


class OccupiedTime:
    """Time that is taken already, by sessions that do not overlap."""

    def __init__(self, sessions: Sequence[tuple[datetime, datetime]]) -> None:
        self.sessions = sorted(sessions)

    def contains(self, start: datetime, end: datetime) -> bool:
        """Return whether the very same is there, to the second."""
        wanted = seconds(start), seconds(end)
        at = bisect_right(self.sessions, (start.replace(microsecond=0), start))
        near = self.sessions[max(0, at - 1) : at + 2]
        return any((seconds(since), seconds(over)) == wanted for since, over in near)

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Return whether any of it lies between two instants."""
        at = bisect_right(self.sessions, (start, end))
        before, after = self.sessions[max(0, at - 1) : at], self.sessions[at : at + 1]
        return any(over > start and since < end for since, over in (*before, *after))

    def add(self, start: datetime, end: datetime) -> None:
        """Take some more."""
        at = bisect_right(self.sessions, (start, end))
        self.sessions.insert(at, (start, end))


def seconds(at: datetime) -> int:
    """Return an instant in whole seconds, as spreadsheets keep it."""
    return int(at.timestamp())
