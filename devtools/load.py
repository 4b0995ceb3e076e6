"""The quickest way of rows into a database: COPY on Postgres, one big transaction on SQLite."""

import io
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from operator import attrgetter
from typing import Any

import peewee
import psycopg2

import models
from devtools.rows import DISCORD_EPOCH, MILLISECOND, Server
from domain.sessions import Session
from domain.snapshots import snapshot
from queries.compiled import column_value
from queries.history import HISTORY_COLUMNS, as_json

Contents = tuple[str, Sequence[str], Iterable[Sequence[Any]]]  # a table, its columns, its rows

BATCH = 20_000  # rows of a COPY
ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def load(handle: peewee.Database, found: Iterable[Server], *, history: bool = False) -> None:
    """Create the tables and write the servers into them, sessions in the order they began in.

    So the rows of many servers lie between each other, as they do in life. `history` writes down
    every start and end too: twice as many rows again.
    """
    with handle.connection_context(), handle.bind_ctx(tables()):
        handle.create_tables(tables())
    fill = _fill_sqlite if isinstance(handle, peewee.SqliteDatabase) else _fill_postgres
    fill(handle, _contents(list(found), history=history))


def tables() -> list[type[peewee.Model]]:
    """List the tables, those that others refer to first."""
    return peewee.sort_models(models.BaseModel.__subclasses__())  # pyright: ignore[reportAttributeAccessIssue]


def _contents(found: list[Server], *, history: bool) -> Iterator[Contents]:
    sessions = sorted(chain.from_iterable(one.sessions for one in found), key=attrgetter("id"))
    members = {member.user_id: member for one in found for member in one.members}
    yield _values("guild", ("guild_id", "zone", "language", "day_starts"), found)
    yield _values("member", ("user_id", "zone", "language"), members.values())
    yield _values("session", [field.name for field in models.Session._meta.sorted_fields], sessions)
    rests = ((s.id, s.guild_id, b.started_at, b.ended_at) for s in sessions for b in s.breaks)
    yield "break", ("session_id", "guild_id", "started_at", "ended_at"), rests
    chosen = ((s.guild_id, m.user_id, m.listed, m.private) for s in found for m in s.members)
    yield "membership", ("guild_id", "user_id", "listed", "private"), chosen
    goals = ((s.guild_id, m.user_id, "2026-01-05", 90, "day") for s in found for m in s.members)
    yield "goal", ("guild_id", "user_id", "from_on", "minutes", "per"), goals
    if history:
        yield "history", HISTORY_COLUMNS, chain.from_iterable(map(_log, sessions))


def _values(table: str, columns: Sequence[str], found: Iterable[Any]) -> Contents:
    return table, columns, map(attrgetter(*columns), found)


def _log(session: Session) -> Iterator[tuple[Any, ...]]:
    """Write down how a session began and ended, as commands do; in the order of HISTORY_COLUMNS."""
    over = snapshot(session)  # type: ignore[arg-type]
    running = over | dict.fromkeys(("note", "ended_at", "removed_at", "closed_by"))
    before, after = as_json(running), as_json(over)
    who = str(session.user_id), session.user_name
    what = session.guild_id, session.id
    yield *who, "start", session.started_at, session.id, *what, None, before
    if at := session.ended_at or session.removed_at:
        id_ = (at - DISCORD_EPOCH) // MILLISECOND << 22 | session.id % 2**22
        yield *who, "end" if session.ended_at else "cancel", at, id_, *what, before, after


def _fill_sqlite(handle: peewee.Database, contents: Iterable[Contents]) -> None:
    with closing(sqlite3.connect(handle.database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = off")
        connection.execute(
            "PRAGMA cache_size = -400000"
        )  # 400 MB: the indexes are filled at random
        connection.execute("BEGIN")
        for table, columns, rows in contents:
            marks = ", ".join("?" * len(columns))
            insert = f"INSERT INTO {_into(table, columns)} VALUES ({marks})"  # noqa: S608
            connection.executemany(insert, (list(map(column_value, row)) for row in rows))
        connection.execute("COMMIT")


def _fill_postgres(handle: peewee.Database, contents: Iterable[Contents]) -> None:
    with closing(psycopg2.connect(dbname=handle.database, **handle.connect_params)) as connection:
        cursor = connection.cursor()
        for table, columns, rows in contents:
            lines = ("\t".join(map(_text, row)) + "\n" for row in rows)
            for batch in peewee.chunked(lines, BATCH):
                text = io.StringIO("".join(batch))
                cursor.copy_expert(f"COPY {_into(table, columns)} FROM STDIN", text)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")  # as Postgres does by itself, a while later


def _into(table: str, columns: Iterable[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'"{table}" ({names})'


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    return str(column_value(value)).translate(ESCAPED)
