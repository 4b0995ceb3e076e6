"""A database's own account of its schema and its rows, read without the bot and the migrator."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from typing import Any

import peewee
import psycopg2

from tests.migrator.conftest import opened
from tests.migrator.facts import facts

BOOKS = {"migratehistory", "alembic_version"}  # the migrators' own tables

OTHERS = """
SELECT relkind::text, relname::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i') AND relname <> ALL (%s)
UNION ALL
SELECT 'type', typname::text FROM pg_type
WHERE typnamespace = 'public'::regnamespace AND typrelid = 0 AND typelem = 0
UNION ALL
SELECT 'trigger', tgname::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'schema', nspname::text FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'
ORDER BY 1, 2"""


def schema_of(url: str) -> dict[str, Any]:
    """Read every table, and whatever else somebody may have left there."""
    with opened(url) as database:
        return schema_in(database, BOOKS)


def schema_in(database: peewee.Database, without: Collection[str] = ()) -> dict[str, Any]:
    if isinstance(database, peewee.PostgresqlDatabase):
        others = database.execute_sql(OTHERS, ([f"{name}_id_seq" for name in without],))
    else:
        sql = "SELECT type, name FROM sqlite_master WHERE type NOT IN ('table', 'index') ORDER BY 2"
        others = database.execute_sql(sql)
    return {"tables": facts(database, without, names=True), "others": others.fetchall()}


def contents_of(url: str) -> dict[str, Any]:
    """Read the schema and every row of every table, the migrators' books included."""
    with opened(url) as database:
        rows = {name: rows_in(database, name) for name in database.get_tables()}
        return {"schema": schema_in(database), "rows": rows}


def rows_of(url: str, table: str, *columns: str) -> list[tuple[str, ...]]:
    """Read rows as the database spells them, byte for byte, in the order of their text."""
    with opened(url) as database:
        return rows_in(database, table, *columns)


def rows_in(database: peewee.Database, table: str, *columns: str) -> list[tuple[str, ...]]:
    if not columns:
        described = database.execute_sql(f'SELECT * FROM "{table}" LIMIT 0').description
        columns = tuple(name for name, *_ in described)
    # a function that tells text from numbers and shows every byte of what is kept
    lite = isinstance(database, peewee.SqliteDatabase)
    spell = 'quote("{}")' if lite else 'quote_nullable("{}"::text)'
    spelled = ", ".join(spell.format(column) for column in columns)
    return sorted(database.execute_sql(f'SELECT {spelled} FROM "{table}"').fetchall())


def execute(url: str, sql: str) -> None:
    """Change a database behind everybody's back."""
    if url.startswith("postgres"):
        with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            connection.commit()
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.executescript(sql)
