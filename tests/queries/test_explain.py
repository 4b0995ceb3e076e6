"""No query walks through all that members ever did: each finds its rows by an index.

Every prepared query and every function of `queries` is found and asked by itself, also a later one.
"""

import asyncio
import inspect
import itertools
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import cache
from importlib import import_module
from types import CodeType, FunctionType
from typing import Any

import peewee
import pytest

import database
import models
import queries
from devtools.bench.conversation import conversation
from devtools.load import load
from devtools.load import tables as models_of_the_bot
from devtools.postgres import PostgresServer
from devtools.rows import NOW, Server, servers
from domain.command import Command
from domain.errors import UserError
from domain.intervals import Interval
from queries import config, own_data, sessions
from queries.compiled import CompiledQuery
from tests.support.commands import command, do

MODULES = [
    import_module(f"queries.{found.name}") for found in pkgutil.iter_modules(queries.__path__)
]
PREPARED = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, CompiledQuery)
}
FUNCTIONS = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, FunctionType) and value.__module__ == module.__name__
}
BUILDERS = {value.build.__code__ for value in PREPARED.values()}
ASKING = {"select", "update", "insert", "delete", "get_or_none", "raw", "execute", "execute_sql"}
# what holds only the few rows of the present
TABLES = {table._meta.table_name for table in models_of_the_bot()}
PARTIAL = {
    index._name
    for table in models_of_the_bot()
    for index in table._meta.indexes
    if isinstance(index, peewee.Index) and index._where is not None
}
FEW = {
    "guild": "one row for a server, and only if it was set up",
    "migratehistory": "one row for a migration",
    "outage": "one row for each downtime",
}
MAY_SCAN = {
    "queries.guilds.last_command": "asked once, at a start: 0.1 s for 400,000 rows of the log",
    "queries.own_data.redact": "once, when all that a member has is deleted",
}
MAY_JOIN = {  # Postgres joins many rows with all members at once
    "queries.reminders._active": ["member"],  # every session that runs, at a start
}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Ear:
    """Hears what is sent to a database, and which functions ran meanwhile."""

    def __init__(self, handle: peewee.Database, known: dict[str, Any]) -> None:
        self.handle = handle
        self.known = known
        self.sent: dict[str, tuple[list[Any], str]] = {}  # each statement's values, and who sent it
        self.reached: set[CodeType] = set()
        self.asking = ""
        self.execute = handle.execute_sql
        self.mark = "?" if isinstance(handle, peewee.SqliteDatabase) else "%s"

    def execute_sql(self, sql: str, values: Any = None) -> Any:
        left = list(values or ())
        for part in sql.split("; "):  # Postgres gets several in one round trip
            count = part.count(self.mark)
            self.sent.setdefault(part, (left[:count], self.asking))
            left = left[count:]
        return self.execute(sql, values)

    def ask(self, what: Callable[..., Any], *values: Any) -> Any:
        self.asking = f"{what.__module__}.{what.__name__}"
        sys.setprofile(lambda frame, *_: self.reached.add(frame.f_code))
        try:
            return do(what, *values)
        finally:
            sys.setprofile(None)

    def try_out(self, what: Callable[..., Any], *values: Any) -> None:
        """Ask and take back whatever it did; a refusal is an answer too."""

        def and_back() -> None:
            with self.handle.atomic() as savepoint:
                with suppress(UserError):
                    what(*values)
                savepoint.rollback()

        and_back.__module__, and_back.__name__ = what.__module__, what.__name__
        self.ask(and_back)


def values_in(found: Server) -> dict[str, Any]:
    """Give a value for every name that the queries and their functions have for what they need."""
    over = next(s for s in found.sessions if s.ended_at and not s.removed_at)
    made = models.History.get(models.History.session_id == over.id, models.History.cmd == "end")
    day = Interval(NOW - DAY, NOW)
    return {
        "command": command(NOW, over.user_id, found.guild_id),
        "guild_id": found.guild_id,
        "user_id": over.user_id,
        "session_id": over.id,
        "change_id": made.interaction_id,
        **dict.fromkeys(("id_", "interaction_id", "besides", "first_id", "last_id"), over.id),
        **dict.fromkeys(("start", "since", "today"), day.start),
        **dict.fromkeys(("end", "at", "now"), day.end),
        **dict.fromkeys(("window", "away"), day),
        **dict.fromkeys(
            ("note", "task", "text", "time_text", "period_text", "start_text", "end_text", "last"),
            None,
        ),
        **dict.fromkeys(("page", "limit", "offset"), 1),
        "defaults": command(NOW).defaults,
        "user_ids": [over.user_id],
        "guild_ids": [found.guild_id],
        "by": "time",
        "per": "day",
        "name": "edit",
        "names": [over.user_name],
        "actor": str(over.user_id),  # as the history has it
        "cmd": "start",
        "what": "timeout",
        "target": over.id,
        "first": NOW.date(),
    }


def unpost(asked: Command) -> None:
    config.change(asked, {"posts": "no"}, sure=True)


async def converse(ear: Ear, found: Server) -> None:
    """Let a member ask everything that the bench asks."""
    minutes = itertools.count(1)

    async def ask(what: Callable[..., Any], *values: Any) -> Any:
        at = NOW + next(minutes) * MINUTE
        return ear.ask(what, command(at, found.members[0].user_id, found.guild_id), *values)

    await ask(sessions.end, None, None)
    await conversation(ask)
    await ask(unpost)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('explain') / 'test.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    yield (url := server.create_database())
    server.drop_database(url)


@cache
def many_rows() -> list[Server]:
    """Draw ten thousand sessions, once for both databases."""
    return list(servers(20, 60, 500))


@pytest.fixture(scope="module")
def ear(url: str) -> Iterator[Ear]:
    """Ask everything there is to ask of these rows."""
    before, handle = models.database.obj, database.connection_for(url)
    found = many_rows()
    load(handle, found, history=True)
    models.database.initialize(handle)
    handle.connect()
    handle.execute_sql("CREATE TABLE migratehistory (name TEXT)")  # the migrator's own
    weeks = [NOW.date() - 7 * n * DAY for n in range(2, 50)]
    models.Posting.insert_many(
        {"guild_id": one.guild_id, "kind": "week", "from_on": week, "taken_at": NOW}
        for one in found
        for week in weeks
    ).execute()
    for prepared in PREPARED.values():
        prepared.written.clear()
    ear = Ear(handle, values_in(found[8]))
    handle.execute_sql = ear.execute_sql  # type: ignore[method-assign]
    asyncio.run(converse(ear, found[7]))
    for function in FUNCTIONS.values():
        names = required(function)
        if not function.__name__.startswith("_") and ear.known.keys() >= set(names):
            ear.try_out(function, *(ear.known[name] for name in names))
    handle.execute_sql = ear.execute  # type: ignore[method-assign]
    yield ear
    handle.close()
    models.database.initialize(before)


@pytest.fixture(autouse=True)
def tables(ear: Ear) -> Ear:
    """Stand in for the empty tables that the other tests of the queries have."""
    return ear


def required(function: Callable[..., Any]) -> list[str]:
    """Name what has to be given; a `*` that nothing has a value for if it takes any number."""
    return [
        "*" if parameter.kind == parameter.VAR_POSITIONAL else name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty and parameter.kind != parameter.VAR_KEYWORD
    ]


def scans(handle: peewee.Database, sql: str, values: list[Any]) -> list[str]:
    """Name the tables that a statement reads from end to end, directly or through an index."""
    if isinstance(handle, peewee.SqliteDatabase):
        plan = handle.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        found = [scanned_in_sqlite(handle, step, sql) for _, _, _, step in plan]
    else:
        ((plan,),) = handle.execute_sql(f"EXPLAIN (FORMAT JSON) {sql}", values).fetchall()
        found = list(scanned_in_postgres(plan[0]["Plan"]))
    return [table for table in found if table and table not in FEW]


def scanned_in_sqlite(handle: peewee.Database, step: str, sql: str) -> str | None:
    """Name the table that a step of a plan, which calls it by its alias, reads from end to end."""
    found = re.match(r"(SCAN|SEARCH) (\S+)(?:.* INDEX (\S+))?", step)
    if not found or found[3] in PARTIAL:
        return None
    # of a whole server, where a member's own are asked for
    too_much = f'"{found[2]}"."user_id" = ' in sql and step.endswith("_of_guild (guild_id=?)")
    if found[1] == "SEARCH" and "(" in step and not too_much:
        return None
    if found[3] and (most := re.search(r'M(?:AX|IN)\("\w+"\."(\w+)"\)', sql)):
        (_, _, column), *_ = handle.execute_sql(f'PRAGMA index_info("{found[3]}")').fetchall()
        if column == most[1]:  # the first or the last of an index
            return None
    aliases = {alias: table for table, alias in re.findall(r'"(\w+)" AS "(\w+)"', sql)}
    return aliases.get(found[2]) or (found[2] if found[2] in TABLES else None)


def scanned_in_postgres(node: dict[str, Any]) -> Iterator[str]:
    kind, table = node["Node Type"], node.get("Relation Name")
    if kind == "Seq Scan":
        yield table
    elif "Index" in kind and "Index Cond" not in node and node.get("Index Name") not in PARTIAL:
        yield table or node["Index Name"]
    for below in node.get("Plans", ()):
        yield from scanned_in_postgres(below)


def is_query(sql: str) -> bool:
    return sql.startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "("))


def found_scans(ear: Ear) -> dict[str, str]:
    return {
        sql: f"{who} reads all of {', '.join(found)}"
        for sql, (values, who) in ear.sent.items()
        if is_query(sql) and who not in MAY_SCAN and (found := scans(ear.handle, sql, values))
    }


def test_no_query_reads_a_whole_table(ear: Ear) -> None:
    assert not found_scans(ear)


def test_every_prepared_query_finds_its_rows_by_an_index(ear: Ear) -> None:
    silent = []
    for name, prepared in PREPARED.items():
        sql, _ = prepared.written.get(type(ear.handle)) or prepared.write(ear.handle)
        if any(sql in sent for sent in ear.sent):  # Postgres gets several reads as one
            continue
        names = list(inspect.signature(prepared.build).parameters)
        if ear.known.keys() >= set(names):
            statement = prepared(*(ear.known[name] for name in names))
            found = scans(ear.handle, statement.sql, list(statement.values))
            assert found in ([], MAY_JOIN.get(name)), name
        else:
            silent.append(f"{name}: give a value for one of {names} in values_in()")
    assert not silent


def test_a_page_of_acts_begins_behind_the_page_before(ear: Ear) -> None:
    """What the pages before had is not read again: that takes the square of the acts."""
    one = own_data._page_of_acts(ear.known["actor"], "start", NOW, 10)
    explain = "EXPLAIN QUERY PLAN" if isinstance(ear.handle, peewee.SqliteDatabase) else "EXPLAIN"
    plan = ear.handle.execute_sql(f"{explain} {one.sql}", one.values).fetchall()
    assert [step for step in plan if re.search("(SEARCH|Index Cond).*cmd.*created_at", str(step))]


def test_every_function_that_asks_something_was_heard(ear: Ear) -> None:
    silent = [
        f"{name}: give a value for one of {required(function)} in values_in()"
        for name, function in FUNCTIONS.items()
        if function.__code__ not in ear.reached | BUILDERS
        and ASKING & set(function.__code__.co_names)
    ]
    assert not silent


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT "t1"."id" FROM "session" AS "t1" WHERE "t1"."note" = \'眠い\'',
        'SELECT COUNT(*) FROM "history"',
        'SELECT MAX("t1"."started_at") FROM "session" AS "t1" WHERE "t1"."user_id" + 1 = 2',
        'UPDATE "session" SET "note" = NULL WHERE "task" = \'math\'',
        'SELECT 1 WHERE EXISTS (SELECT 1 FROM "session" AS "t2" WHERE "t2"."task" = \'never\')',
    ],
)
def test_a_query_that_reads_a_whole_table_is_found(ear: Ear, sql: str) -> None:
    assert scans(ear.handle, sql, [])


def test_a_query_that_reads_a_whole_server_for_one_member_is_found(ear: Ear) -> None:
    theirs = '"t1"."guild_id" = 1 AND "t1"."user_id" = 2 AND "t1"."removed_at" IS NULL'
    found = scans(ear.handle, f'SELECT COUNT("t1"."id") FROM "session" AS "t1" WHERE {theirs}', [])
    assert found == (["session"] if isinstance(ear.handle, peewee.SqliteDatabase) else [])


def test_no_query_reads_a_whole_table_where_a_keeper_analyzed_it(ear: Ear) -> None:
    ear.handle.execute_sql("ANALYZE")  # the last test here: the others see what SQLite does without
    assert not found_scans(ear)
