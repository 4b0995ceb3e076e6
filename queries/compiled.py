"""Queries that are compiled once: Peewee's SQL is kept, and only its values are filled in.

Building the SQL of a query costs Peewee several times what SQLite needs to run it
(docs/benchmarks.md), and a command asks the same few queries every time.
"""

import inspect
import itertools
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, ParamSpec, TypeAlias

from peewee import (
    Alias,
    BooleanField,
    DateField,
    Field,
    JSONField,
    Node,
    Query,
    SelectBase,
    SqliteDatabase,
    Value,
    fn,
)

from database.round_trips import Statement
from models import UTCDateTimeField, database

P = ParamSpec("P")
_MOMENT = UTCDateTimeField()
instant = _MOMENT.python_value


def read_json(value: Any) -> Any:
    """Read what is text on SQLite, and read already on Postgres."""
    return json.loads(value) if isinstance(value, str) else value


# How a column comes out of a row, where neither a driver nor JSON knows.
READERS: dict[type[Field], Callable[[Any], Any]] = {
    UTCDateTimeField: instant,
    DateField: DateField().python_value,
    BooleanField: bool,
    JSONField: read_json,
}


Reader: TypeAlias = tuple[str, Callable[[Any], Any]]
# SQL; which of the values given, or of the constants behind them, it has where; the constants.
Written: TypeAlias = tuple[str, tuple[list[int], list[Any]]]


class Slot:
    """A place in a query for one of its values."""

    def __init__(self, number: int) -> None:
        self.number = number


class CompiledQuery(Generic[P]):
    """A query whose function is called once for each kind of database, with slots for values."""

    def __init__(
        self,
        build: Callable[P, Any],
        names: tuple[str, ...] = (),
        *,
        guarded: bool = False,
        light: bool = False,
        unpack: Callable[[list[Any]], Any] = list,
    ) -> None:
        self.build = build
        self.names = names or tuple(inspect.signature(build).parameters)
        self.guarded, self.light, self.unpack = guarded, light, unpack
        self.written: dict[type, Written] = {}
        self.columns: tuple[str, ...] = ()
        self.readers: tuple[Reader, ...] = ()

    def __call__(self, *values: P.args, **named: P.kwargs) -> Statement:
        """Fill the values in."""
        handle = database.obj
        assert handle is not None
        sql, (places, constants) = self.written.get(type(handle)) or self.write(handle)
        given = values
        if named:
            given = (*values, *(named[name] for name in self.names[len(values) :]))
        # each once, however often the SQL has it
        found = [_MOMENT.db_value(v) if isinstance(v, datetime) else v for v in given] + constants
        filled = [found[place] for place in places]
        how = self.columns, self.readers, self.guarded, self.light, self.unpack
        return Statement(sql, filled, *how)

    def write(self, handle: Any) -> Written:
        """Compile the SQL for this kind of database."""
        slots = {
            name: Value(Slot(number), converter=False) for number, name in enumerate(self.names)
        }
        query = self.build(**slots)  # pyright: ignore[reportCallIssue]
        self.columns, self.readers = columns_of(query)
        sql, parameters = handle.get_sql_context().sql(query).query()
        constants = [one for one in parameters if not isinstance(one, Slot)]
        behind = itertools.count(len(self.names))
        places = [one.number if isinstance(one, Slot) else next(behind) for one in parameters]
        self.written[type(handle)] = sql, (places, constants)
        return self.written[type(handle)]


def json_array(*columns: Node) -> Any:
    """Select several values as one."""
    if isinstance(database.obj, SqliteDatabase):
        return fn.json_array(*columns)
    return fn.json_build_array(*columns)


def json_array_of_all(value: Node) -> Any:
    """Select a value of all rows as one, which is NULL or empty if there are none."""
    if isinstance(database.obj, SqliteDatabase):
        return fn.json_group_array(value)
    return fn.json_agg(value)


def statement(query: Query) -> Statement:
    """Compile a query that is too rare to be kept."""
    handle = database.obj
    assert handle is not None
    sql, values = handle.get_sql_context().sql(query).query()
    return Statement(sql, values, *columns_of(query))


def columns_of(query: Any) -> tuple[tuple[str, ...], tuple[Reader, ...]]:
    """Name what a query selects, each column once, and how to read it; nothing for a write."""
    nodes: tuple[Any, ...] = query._returning if is_select(query) else ()
    names = tuple(map(name_of, nodes))
    if len(set(names)) < len(names):
        raise ValueError(f"two columns of one name: {names}")
    readers = ((name, reader_of(node)) for name, node in zip(names, nodes, strict=True))
    return names, tuple((name, reader) for name, reader in readers if reader)


def is_select(query: Any) -> bool:
    """Return whether a query selects; what writes may return rows too, that nobody reads."""
    return isinstance(query, SelectBase)


def name_of(node: Any) -> str:
    """Return how a column is called in a row."""
    name = node.column_name if isinstance(node, Field) else getattr(node, "_alias", None)
    if name is None:
        raise ValueError(f"a column without a name: {node!r}")
    return name


def reader_of(node: Node) -> Callable[[Any], Any] | None:
    """Return how a column is read, None if it comes as it is."""
    column = getattr(node, "node", node) if isinstance(node, Alias) else node
    return next((READERS[kind] for kind in type(column).__mro__ if kind in READERS), None)


def column_value(value: Any) -> Any:
    """Return a value as the drivers take it: an instant as its column stores it."""
    return _MOMENT.db_value(value) if isinstance(value, datetime) else value
