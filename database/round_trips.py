"""What a transaction reads and writes, in as few round trips as a database far away allows."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
    names, for those of which there are many.
    """

    sql: str
    values: Sequence[Any]
    columns: tuple[str, ...] = ()
    readers: tuple[tuple[str, Callable[[Any], Any]], ...] = ()
    guarded: bool = False
    light: bool = False


class NoRowMet(Exception):
    """A guarded statement met no row: somebody else was faster."""


def fetch(reads: Mapping[str, Statement], *, lock: int | None = None) -> dict[str, list[Row]]:
    """Read everything at once and return the rows of each by their columns' names.

    With a `lock`, an advisory lock is held until the transaction ends; it is taken by a statement
    of its own, so that what is read has what its last holder wrote. Without one, and outside a
    transaction that has begun, none is begun. SQLite has one writer at a time anyhow.
    """
    handle = models.database.obj
    if isinstance(handle, Postgres):
        return dict(zip(reads, fetched_at_once(handle, reads.values(), lock), strict=True))
    assert handle is not None
    return {
        name: rows_of(read, handle.execute_sql(read.sql, read.values).fetchall())
        for name, read in reads.items()
    }


def fetched_at_once(
    handle: Postgres, reads: Collection[Statement], lock: int | None
) -> Iterator[list[Row]]:
    """Read each statement's rows as JSON, all in one row."""
    sql = f"SELECT {', '.join(as_json(read, f'r{n}') for n, read in enumerate(reads))}"
    values = [value for read in reads for value in read.values]
    (found,) = handle.read(sql, values, lock).fetchall()
    for read, rows in zip(reads, found, strict=True):
        yield rows if read.light else converted(read, rows)


def as_json(read: Statement, name: str) -> str:
    """Return the SQL of one column that holds all that a statement reads."""
    row = f"json_build_array({', '.join(f't.{c}' for c in read.columns)})" if read.light else "t"
    return f"(SELECT coalesce(json_agg({row}), '[]') FROM ({read.sql}) t) AS {name}"  # noqa: S608  both of this program


def rows_of(read: Statement, rows: list[Any]) -> list[Row]:
    """Call the columns of rows by their names."""
    if read.light:
        return rows
    return converted(read, [dict(zip(read.columns, row, strict=True)) for row in rows])


def converted(read: Statement, rows: list[Row]) -> list[Row]:
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
        sql = "; ".join(checked(one) if one.guarded else one.sql for one in statements)
        values = [value for one in statements for value in one.values]
        handle.write_at_commit(sql, values, lambda error: explain(no_row(error)))
        return
    assert handle is not None
    try:
        for one in statements:
            if not handle.execute_sql(one.sql, one.values).rowcount and one.guarded:
                raise NoRowMet(one.sql)
    except (NoRowMet, peewee.IntegrityError) as error:
        raise explain(error) from error


def checked(statement: Statement) -> str:
    """Return its SQL so that it fails if it meets no row: behind COMMIT no row count comes back."""
    return f"WITH met AS ({statement.sql} RETURNING 1) SELECT 1 / count(*) FROM met"  # noqa: S608  of this program


def no_row(error: Exception) -> Exception:
    """Recognise what `checked` raises."""
    code = getattr(models.original_of(error), "pgcode", None)
    return NoRowMet(str(error)) if code == DIVISION_BY_ZERO else error
