"""What a transaction reads and writes, in as few round trips as a database far away allows."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import peewee

import models
from database.connection import Postgres

DIVISION_BY_ZERO = "22012"  # a SQLSTATE

Row: TypeAlias = Any  # a value for each column's name; a sequence of values if it is light


class Statement(NamedTuple):
    """SQL and the values in it.

    What reads says how its columns are called and, where the driver does not know, how they are
    read. A `guarded` statement must meet a row. The rows of a `light` one are sequences without
    names, for those of which there are many; `unpack` makes of them what is wanted.
    """

    sql: str
    values: Sequence[Any]
    columns: tuple[str, ...] = ()
    readers: tuple[tuple[str, Callable[[Any], Any]], ...] = ()
    guarded: bool = False
    light: bool = False
    unpack: Callable[[list[Any]], Any] = list


class NoRowMatched(Exception):
    """A guarded statement met no row: somebody else was faster."""


def fetch(reads: Mapping[str, Statement], *, lock: int | None = None) -> dict[str, Any]:
    """Read everything at once and return the rows of each by their columns' names.

    With a `lock`, an advisory lock is held until the transaction ends; it is taken by a statement
    of its own, so that what is read has what its last holder wrote. Without one, and outside a
    transaction that has begun, none is begun. SQLite has one writer at a time anyhow.
    """
    handle = models.database.obj
    assert handle is not None
    if isinstance(handle, Postgres):
        found = fetched_from_postgres(handle, reads, lock)
    else:
        found = dict(fetched_from_sqlite(handle, reads))
    return {
        name: read.unpack(found[name]) if read.light else read_columns(read, found[name])
        for name, read in reads.items()
    }


def fetched_from_postgres(
    handle: Postgres, reads: Mapping[str, Statement], lock: int | None
) -> dict[str, list[Row]]:
    """Read what may have many rows by itself as it comes, and otherwise everything as JSON."""
    (name, read), *others = reads.items()
    if read.light and not others:
        return {name: handle.read(read.sql, [*read.values], lock).fetchall()}
    sql, values = combined(reads.values(), json_on_postgres)
    rows = handle.read_value(f"json_build_array({sql})", values, lock)
    return dict(zip(reads, rows, strict=True))


def fetched_from_sqlite(
    handle: peewee.Database, reads: Mapping[str, Statement]
) -> Iterator[tuple[str, list[Row]]]:
    """Read a few rows at once as JSON, and many one by one, for which their JSON takes longer."""
    few = {name: read for name, read in reads.items() if not read.light}
    if few:
        sql, values = combined(few.values(), json_on_sqlite)
        (texts,) = handle.execute_sql(f"SELECT {sql}", values).fetchall()
        for (name, read), text in zip(few.items(), texts, strict=True):
            yield name, [dict(zip(read.columns, row, strict=True)) for row in json.loads(text)]
    for name in reads.keys() - few.keys():
        yield name, handle.execute_sql(reads[name].sql, reads[name].values).fetchall()


def combined(
    reads: Collection[Statement], as_json: Callable[[str, tuple[str, ...], bool], str]
) -> tuple[str, list[Any]]:
    """Return the columns of one statement for several: the rows of each."""
    columns = (as_json(one.sql, one.columns, one.light) for one in reads)
    return ", ".join(columns), [value for one in reads for value in one.values]


@lru_cache
def json_on_postgres(sql: str, columns: tuple[str, ...], light: bool) -> str:
    """Return SQL for all rows that a statement reads, with their columns' names, as one value."""
    row = f"json_build_array({', '.join(f't.{c}' for c in columns)})" if light else "t"
    return f"(SELECT coalesce(json_agg({row}), '[]') FROM ({sql}) t)"  # noqa: S608  both of this program


@lru_cache
def json_on_sqlite(sql: str, columns: tuple[str, ...], _: bool) -> str:
    """Return SQL for all rows that a statement reads, without their columns' names, as one value.

    Row by row, a thread lets go of the interpreter for each, and waits to have it again.
    """
    row = ", ".join(f't."{column}"' for column in columns)
    return f"(SELECT json_group_array(json_array({row})) FROM ({sql}) t)"  # noqa: S608  likewise


def read_columns(read: Statement, rows: list[Row]) -> list[Row]:
    """Turn what a driver does not know into what it stands for."""
    for name, reader in read.readers:
        for row in rows:
            if row[name] is not None:
                row[name] = reader(row[name])
    return rows


def write(statements: Sequence[Statement], explain: Callable[[Exception], Exception]) -> None:
    """Write, on Postgres together with the COMMIT of this transaction.

    What a rule of the database refuses is raised as what `explain` makes of it.
    """
    handle = models.database.obj
    if isinstance(handle, Postgres):
        sql = "; ".join(guarded_sql(one) if one.guarded else one.sql for one in statements)
        values = [value for one in statements for value in one.values]
        handle.write_at_commit(sql, values, lambda error: explain(as_no_row_matched(error)))
        return
    assert handle is not None
    try:
        for one in statements:
            if not handle.execute_sql(one.sql, one.values).rowcount and one.guarded:
                raise NoRowMatched(one.sql)
    except (NoRowMatched, peewee.IntegrityError) as error:
        raise explain(error) from error


def guarded_sql(statement: Statement) -> str:
    """Return its SQL so that it fails if it meets no row: behind COMMIT no row count comes back."""
    return f"WITH met AS ({statement.sql} RETURNING 1) SELECT 1 / count(*) FROM met"  # noqa: S608  of this program


def as_no_row_matched(error: Exception) -> Exception:
    """Recognise what `guarded_sql` raises."""
    code = getattr(models.original_of(error), "pgcode", None)
    return NoRowMatched(str(error)) if code == DIVISION_BY_ZERO else error
