"""A database that answers nothing: old migrations run against it only to say what they changed."""

from collections.abc import Iterator
from typing import Any

import peewee as pw

from ..autogenerate.declared import dialect_of, types_of


class Nothing:
    """What an old migration reads where there is no database: empty, zero and false at once."""

    def __getitem__(self, key: object) -> "Nothing":
        return self

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: object, **kwargs: object) -> "Nothing":
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


NOTHING = Nothing()


class SilentCursor:
    """A cursor whose every query found no row; a count is zero."""

    description = ()
    rowcount = 0
    lastrowid = 0
    arraysize = 1

    def __init__(self, first: Any = None) -> None:
        self.first = first

    def execute(self, *args: object) -> "SilentCursor":
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


class SilentConnection:
    """A connection to nothing."""

    autocommit = True

    def cursor(self, *args: object, **kwargs: object) -> SilentCursor:
        return SilentCursor()

    def close(self) -> None:
        """There is nothing to close."""


class Silence:
    """Mixed into a kind of database: it takes every statement and does nothing."""

    def _connect(self) -> SilentConnection:
        return SilentConnection()

    def _set_server_version(self, conn: object) -> None:
        self.server_version = 160000

    def execute_sql(self, sql: str, params: object = None) -> SilentCursor:
        return SilentCursor(NOTHING)

    def execute(self, query: pw.Node, **options: object) -> SilentCursor:
        context = self.get_sql_context(**options)  # pyright: ignore[reportAttributeAccessIssue]
        sql, _ = context.sql(query).query()
        return SilentCursor((0,) if sql.startswith("SELECT COUNT(") else None)

    def get_tables(self, schema: str | None = None) -> list[str]:
        return []

    get_indexes = get_columns = get_primary_keys = get_foreign_keys = lambda self, *args: []
    sequence_exists = lambda self, *args: False  # noqa: E731


class SilentSqlite(Silence, pw.SqliteDatabase):
    """SQLite, unasked."""


class SilentPostgres(Silence, pw.PostgresqlDatabase):
    """Postgres, unasked."""


def silent(database: pw.Database) -> pw.Database:
    """Make a database of the same kind and types that is never reached."""
    kind = SilentSqlite if dialect_of(database) == "sqlite" else SilentPostgres
    copy: Any = kind("silence")
    copy._field_types = types_of(database)
    return copy
