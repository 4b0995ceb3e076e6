"""Queries that are written once: Peewee's SQL is kept, and only its values are filled in.

Building the SQL of a query costs Peewee several times what SQLite needs to run it
(docs/benchmarks.md), and a command asks the same few queries every time.
"""

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from peewee import Node, PostgresqlDatabase, Value

from models import UTCDateTimeField, database

_MOMENT = UTCDateTimeField()


class Slot:
    """A place in a query for one of its values."""

    def __init__(self, number: int) -> None:
        self.number = number


class CompiledQuery:
    """A query whose function is called once for each kind of database, with slots for values."""

    def __init__(self, build: Callable[..., Any], values: int | None = None) -> None:
        self.build = build
        count = len(inspect.signature(build).parameters) if values is None else values
        self.slots = [Slot(number) for number in range(count)]
        self.written: dict[type, tuple[str, tuple[Any, ...]]] = {}

    def __call__(self, *values: Any) -> Any:
        """Run the query and return the cursor; the values come in the function's order."""
        return run(self.filled(*values))

    def filled(self, *values: Any) -> "Statement":
        """Fill the values in, for `run`."""
        handle = database.obj
        assert handle is not None
        sql, parameters = self.written.get(type(handle)) or self.write(handle)
        filled = [plain(values[p.number]) if type(p) is Slot else p for p in parameters]
        return Statement(sql, filled)

    def write(self, handle: Any) -> tuple[str, tuple[Any, ...]]:
        """Let Peewee write the SQL for this kind of database."""
        nodes: list[Node] = [Value(slot, converter=False) for slot in self.slots]
        sql, parameters = handle.get_sql_context().sql(self.build(*nodes)).query()
        self.written[type(handle)] = sql, tuple(parameters)
        return self.written[type(handle)]


class Statement(NamedTuple):
    """SQL, and the values in it."""

    sql: str
    values: list[Any]


def run(*statements: Statement) -> Any:
    """Run statements one after another, on Postgres in one round trip; return the last cursor."""
    handle = database.obj
    assert handle is not None
    if isinstance(handle, PostgresqlDatabase):
        values = [value for statement in statements for value in statement.values]
        return handle.execute_sql("; ".join(statement.sql for statement in statements), values)
    *others, last = statements
    for statement in others:
        handle.execute_sql(*statement)
    return handle.execute_sql(*last)


def plain(value: Any) -> Any:
    """Turn a value into what the drivers take: a moment is kept as its column keeps it."""
    return _MOMENT.db_value(value) if isinstance(value, datetime) else value
