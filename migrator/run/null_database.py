"""A database that answers nothing: old migrations run against it only to say what they changed."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MethodType
from typing import Any
from unittest import mock

import peewee as pw

from ..schema.compiler import DDLCompiler, dialect_of


class NullResult(int):
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

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        return ""

    def __eq__(self, other: object) -> bool:
        return not other

    __hash__ = int.__hash__

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

    def __getattr__(self, name: str) -> Callable[..., "NullCursor"]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **options: self

    def __enter__(self) -> "NullCursor":
        return self

    def __exit__(self, *error: object) -> None:
        """Close nothing."""

    def fetchone(self) -> Any:
        first, self.first = self.first, None
        return first

    def fetchall(self, *args: object) -> list[Any]:
        return []

    fetchmany = fetchall

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class NullDatabase:
    """Mixed into a kind of database: it takes every statement and does nothing."""

    def connect(self, *args: object, **options: object) -> bool:
        return True

    begin = commit = rollback = close = connect

    def connection(self, *args: object, **options: object) -> NullCursor:
        """Return a cursor, which a connection is too: neither leads anywhere."""
        return self.execute_sql("")

    cursor = connection

    def execute_sql(self, sql: str, *args: object, **options: object) -> NullCursor:
        if (usage := _usage.get()) is not None:
            usage.rows = True
        return NullCursor(NULL_RESULT)

    def execute(self, query: pw.Node, **options: object) -> NullCursor:
        context = self.get_sql_context()  # pyright: ignore[reportAttributeAccessIssue]
        sql, _ = context.sql(query).query()
        self.execute_sql(sql)
        return NullCursor((0,) if sql.startswith("SELECT COUNT(") else None)

    async def aexecute_sql(self, sql: str, *args: object, **options: object) -> NullCursor:
        return self.execute_sql(sql)

    async def aexecute(self, query: pw.Node) -> NullCursor:
        return self.execute(query)


class NullSqlite(NullDatabase, pw.SqliteDatabase):
    """SQLite, unasked."""


class NullPostgres(NullDatabase, pw.PostgresqlDatabase):
    """Postgres, unasked."""


def null_database(database: pw.Database) -> pw.Database:
    """Make a database of the same kind and types that is never reached."""
    kind = NullSqlite if dialect_of(database) == "sqlite" else NullPostgres
    copy: Any = kind("null")
    copy._field_types = DDLCompiler.of(database).types
    return copy


@dataclass
class Usage:
    """What a migration file did that has no place in a replay; `rows`: it asked a database."""

    rows: bool = False


_usage: ContextVar[Usage | None] = ContextVar("usage", default=None)
_lock = threading.Lock()
_patches = contextlib.ExitStack()
_users = 0
NULL_METHODS = {name: value for name, value in vars(NullDatabase).items() if name[0] != "_"}


@contextmanager
def without_databases() -> Iterator[Usage]:
    """Keep every statement of this thread from any peewee database of the process.

    Other threads go on as before. Raw connections of a driver are out of reach.
    """
    global _users  # noqa: PLW0603 (threads may overlap; the last one out takes the patches away)
    with _lock:
        if not _users:
            for owner, name, value in PATCHES:
                _patches.enter_context(mock.patch.object(owner, name, value))
        _users += 1
    usage = Usage()
    token = _usage.set(usage)
    try:
        yield usage
    finally:
        _usage.reset(token)
        with _lock:
            _users -= 1
            if not _users:
                _patches.close()


@contextmanager
def with_databases() -> Iterator[None]:
    """Within `without_databases`, reach the databases after all."""
    token = _usage.set(None)
    try:
        yield
    finally:
        _usage.reset(token)


def null_attribute(database: Any, name: str) -> Any:
    """Stand for `Database.__getattribute__`, which a subclass's own methods pass too."""
    if name in NULL_METHODS and _usage.get() is not None:
        return MethodType(NULL_METHODS[name], database)
    return object.__getattribute__(database, name)


def null_get(query: Any, database: pw.Database | None = None) -> Any:
    return NULL_RESULT if _usage.get() is not None else _get(query, database)


def null_scalar(query: Any, *args: Any, **options: Any) -> Any:
    found = _scalar(query, *args, **options)
    return NULL_RESULT if found is None and _usage.get() is not None else found


_get, _scalar = pw.BaseModelSelect.get, pw.SelectBase.scalar  # pyright: ignore
PATCHES = (
    (pw.Database, "__getattribute__", null_attribute),
    (pw.BaseModelSelect, "get", null_get),  # pyright: ignore[reportAttributeAccessIssue]
    (pw.SelectBase, "scalar", null_scalar),  # pyright: ignore[reportAttributeAccessIssue]
)
