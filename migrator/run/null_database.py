"""A database that answers nothing: old migrations run against it only to say what they changed."""

from collections.abc import Iterator
from typing import Any

import peewee as pw

from ..autogenerate.declared import dialect_of, types_of


class NullResult:
    """What an old migration reads where there is no database: empty, zero and false at once."""

    def __getitem__(self, key: object) -> "NullResult":
        return self

    def __getattr__(self, name: str) -> "NullResult":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: object, **kwargs: object) -> "NullResult":
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __int__(self) -> int:
        return 0

    __index__ = __int__

    def __float__(self) -> float:
        return 0.0

    def __str__(self) -> str:
        return ""

    def __eq__(self, other: object) -> bool:
        return not other

    def __hash__(self) -> int:
        return 0

    def __lt__(self, other: Any) -> bool:
        return other > 0

    def __gt__(self, other: Any) -> bool:
        return other < 0

    def __le__(self, other: Any) -> bool:
        return other >= 0

    def __ge__(self, other: Any) -> bool:
        return other <= 0

    def __add__(self, other: Any) -> Any:
        return other

    __radd__ = __add__


NULL_RESULT = NullResult()


class NullCursor:
    """A cursor whose every query found no row; a count is zero."""

    description = ()
    rowcount = 0
    lastrowid = 0
    arraysize = 1

    def __init__(self, first: Any = None) -> None:
        self.first = first

    def execute(self, *args: object) -> "NullCursor":
        return self

    def fetchone(self) -> Any:
        first, self.first = self.first, None
        return first

    def fetchall(self) -> list[Any]:
        return []

    def fetchmany(self, *args: object) -> list[Any]:
        return []

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def close(self) -> None:
        """There is nothing to close."""


class NullConnection:
    """A connection to nothing."""

    autocommit = True

    def cursor(self, *args: object, **kwargs: object) -> NullCursor:
        return NullCursor()

    def close(self) -> None:
        """There is nothing to close."""


class NullDatabase:
    """Mixed into a kind of database: it takes every statement and does nothing."""

    def _connect(self) -> NullConnection:
        return NullConnection()

    def _set_server_version(self, conn: object) -> None:
        self.server_version = 160000

    def execute_sql(self, sql: str, params: object = None) -> NullCursor:
        return NullCursor(NULL_RESULT)

    def execute(self, query: pw.Node, **options: object) -> NullCursor:
        context = self.get_sql_context(**options)  # pyright: ignore[reportAttributeAccessIssue]
        sql, _ = context.sql(query).query()
        return NullCursor((0,) if sql.startswith("SELECT COUNT(") else None)

    def get_tables(self, schema: str | None = None) -> list[str]:
        return []

    get_indexes = get_columns = get_primary_keys = get_foreign_keys = lambda self, *args: []
    sequence_exists = lambda self, *args: False  # noqa: E731


class NullSqlite(NullDatabase, pw.SqliteDatabase):
    """SQLite, unasked."""


class NullPostgres(NullDatabase, pw.PostgresqlDatabase):
    """Postgres, unasked."""


def null_database(database: pw.Database) -> pw.Database:
    """Make a database of the same kind and types that is never reached."""
    kind = NullSqlite if dialect_of(database) == "sqlite" else NullPostgres
    copy: Any = kind("null")
    copy._field_types = types_of(database)
    return copy
