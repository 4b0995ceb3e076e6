"""What the bot needs beyond the article's table, and sessions made out of the rows there.

- add table guild
- add table member
- add table outage
- add table session
- add history.interaction_id: BIGINT, null
- add history.guild_id: BIGINT, null
- add history.session_id: BIGINT, null
- add history.before: JSON, null
- add history.after: JSON, null
- history.cmd: type VARCHAR(5) -> VARCHAR(16)
- history: add constraint CHECK (cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo'))
- history: add unique index history_interaction_id (interaction_id)
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import peewee as pw

from migrator import Column, Index, Migrator, check

log = logging.getLogger("migrations")

REPEAT = timedelta(seconds=5)  # the article's importer wrote one press twice
LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Row:
    """One row of the article's history; the time is UTC."""

    user_id: str
    user_name: str
    cmd: str
    at: datetime


@dataclass(frozen=True)
class Pair:
    """A session made of a start and its end; still open without one."""

    start: Row
    end: Row | None


def events(rows: list[Row]) -> list[Row]:
    """Drop a command that repeats the one before it within seconds: it was one press."""
    kept: list[Row] = []
    for row in sorted(rows, key=lambda row: (row.at, row.cmd)):
        if not (kept and kept[-1].cmd == row.cmd and row.at - kept[-1].at <= REPEAT):
            kept.append(row)
    return kept


def pair(rows: list[Row], now: datetime) -> tuple[list[Pair], int]:
    """Pair one member's rows; return the sessions and how many events belong to none.

    A second start makes the earlier one void, an end without a start is none, nothing lasts
    longer than 24 h, and a last start is still open only while it is younger than that.
    """
    pairs: list[Pair] = []
    unpaired = 0
    start: Row | None = None
    for event in events(rows):
        if event.cmd == "start":
            unpaired += start is not None
            start = event
        elif start is None:
            unpaired += 1
        elif event.at - start.at > LONGEST:
            unpaired, start = unpaired + 2, None
        else:
            pairs.append(Pair(start, event))
            start = None
    if start is not None and timedelta(0) <= now - start.at < LONGEST:
        pairs.append(Pair(start, None))
    elif start is not None:
        unpaired += 1
    return pairs, unpaired


def refuse_other_commands(database: pw.Database) -> None:
    """Stop before anything is changed if a row is neither a start nor an end."""
    strange = database.execute_sql(
        "SELECT cmd, count(*) FROM history WHERE cmd NOT IN ('start', 'end') "
        "GROUP BY cmd ORDER BY cmd"
    ).fetchall()
    if strange:
        told = ", ".join(f"{cmd!r} ({count} rows)" for cmd, count in strange)
        raise ValueError(f"history.cmd must be start or end, but there is {told}")


def read_rows(database: pw.Database) -> dict[str, list[Row]]:
    """Read the article's rows by member; naive times are UTC."""
    members: dict[str, list[Row]] = {}
    cursor = database.execute_sql("SELECT user_id, user_name, cmd, created_at FROM history")
    for user_id, user_name, cmd, at in cursor.fetchall():
        if not is_discord_id(user_id):
            raise ValueError(f"history.user_id must be a Discord id, but there is {user_id!r}")
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        row = Row(user_id, user_name, cmd, moment.replace(tzinfo=UTC))
        members.setdefault(user_id, []).append(row)
    return members


def is_discord_id(text: str) -> bool:
    """Tell whether a text is a number that Discord may have given out, and that fits its column."""
    return text.isascii() and text.isdecimal() and int(text) < 2**63


def make_sessions(database: pw.Database) -> None:
    """Make the sessions out of the rows already there; they have no server yet (0)."""
    now = datetime.now(UTC)
    members = read_rows(database)
    pairs: list[Pair] = []
    unpaired = 0
    for rows in members.values():
        found, left = pair(rows, now)
        pairs += found
        unpaired += left
    pairs.sort(key=lambda pair: (pair.start.at, pair.start.user_id))
    columns = ("id", "guild_id", "user_id", "user_name", "started_at", "ended_at")
    session = pw.Table("session", columns).bind(database)
    made = [
        (
            number,
            0,
            int(pair.start.user_id),
            (pair.end or pair.start).user_name,
            written(pair.start.at),
            pair.end and written(pair.end.at),
        )
        for number, pair in enumerate(pairs, 1)
    ]
    for batch in pw.chunked(made, 100):  # SQLite takes 999 values in a statement
        session.insert(list(batch), columns=[getattr(session, name) for name in columns]).execute()
    count = sum(map(len, members.values()))
    log.info("adopted %d rows: %d sessions, %d unpaired", count, len(made), unpaired)


def written(at: datetime) -> str:
    """Write a moment as both databases keep it: UTC without zone, six fractional digits."""
    return at.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def migrate(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.run(refuse_other_commands, database)
    migrator.converge("history")  # alembic's varchar becomes text
    migrator.create_table(
        "guild",
        Column("guild_id", "BIGINT"),
        Column("zone", "TEXT", null=True),
        Column("language", "VARCHAR(5)", null=True),
        Column("day_starts", "SMALLINT", server_default="0", default=0),
        check("day_starts BETWEEN 0 AND 6"),
        primary_key=("guild_id",),
    )
    migrator.create_table(
        "member",
        Column("user_id", "BIGINT"),
        Column("zone", "TEXT", null=True),
        Column("language", "VARCHAR(5)", null=True),
        primary_key=("user_id",),
    )
    migrator.create_table(
        "outage",
        Column("started_at", "DATETIME"),
        Column("ended_at", "DATETIME"),
        check("ended_at > started_at"),
        primary_key=("started_at",),
    )
    migrator.create_table(
        "session",
        Column("id", "BIGINT"),
        Column("guild_id", "BIGINT"),
        Column("user_id", "BIGINT"),
        Column("user_name", "TEXT"),
        Column("channel_id", "BIGINT", null=True),
        Column("task", "TEXT", null=True),
        Column("note", "TEXT", null=True),
        Column("started_at", "DATETIME"),
        Column("ended_at", "DATETIME", null=True),
        Column("removed_at", "DATETIME", null=True),
        Column("closed_by", "VARCHAR(16)", null=True),
        check("ended_at >= started_at"),
        check("closed_by IN ('removal')"),
        Index(
            "session_one_open",
            ("guild_id", "user_id"),
            unique=True,
            where="ended_at IS NULL AND removed_at IS NULL",
        ),
        Index("session_of_member", ("guild_id", "user_id", "started_at")),
        primary_key=("id",),
    )
    migrator.add_column("history", Column("interaction_id", "BIGINT", null=True))
    migrator.add_column("history", Column("guild_id", "BIGINT", null=True))
    migrator.add_column("history", Column("session_id", "BIGINT", null=True))
    migrator.add_column("history", Column("before", "JSON", null=True))
    migrator.add_column("history", Column("after", "JSON", null=True))
    migrator.change_column("history", "cmd", type=("VARCHAR(5)", "VARCHAR(16)"))
    migrator.add_constraint(
        "history",
        check("cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo')"),
    )
    migrator.add_index("history", Index("history_interaction_id", "interaction_id", unique=True))
    migrator.run(make_sessions, database)


def rollback(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.drop_index("history", Index("history_interaction_id", "interaction_id", unique=True))
    migrator.drop_constraint(
        "history",
        check("cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo')"),
    )
    # loses the rows of all other commands: the article's table knows only these two
    migrator.sql("DELETE FROM history WHERE cmd NOT IN ('start', 'end')")
    migrator.change_column("history", "cmd", type=("VARCHAR(16)", "VARCHAR(5)"))
    # loses the values of history.interaction_id
    migrator.drop_column("history", "interaction_id")
    # loses the values of history.guild_id
    migrator.drop_column("history", "guild_id")
    # loses the values of history.session_id
    migrator.drop_column("history", "session_id")
    # loses the values of history.before
    migrator.drop_column("history", "before")
    # loses the values of history.after
    migrator.drop_column("history", "after")
    # loses every row of session
    migrator.drop_table("session")
    # loses every row of outage
    migrator.drop_table("outage")
    # loses every row of member
    migrator.drop_table("member")
    # loses every row of guild
    migrator.drop_table("guild")
