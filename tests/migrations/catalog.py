"""A database's own account of its schema and its rows, read without Peewee and the migrator."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2

Ask = Callable[..., list[tuple[Any, ...]]]
Facts = dict[str, Any]

BOOKS = {"migratehistory", "alembic_version"}  # the migrators' own tables

TOKEN = re.compile(
    r"""--[^\n]* | /\*.*?\*/ | \s+
    | '(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | \[[^\]]*\]
    | [\w.]+ | [<>=!|]+ | .""",
    re.VERBOSE | re.DOTALL,
)


def schema_of(url: str) -> Facts:
    """Read every table, and whatever else somebody may have left there."""
    return Postgres(url).schema() if url.startswith("postgres") else Sqlite(url).schema()


def contents_of(url: str) -> Facts:
    """Read the schema and every row of every table, the migrators' books included."""
    database = Postgres(url) if url.startswith("postgres") else Sqlite(url)
    return {"schema": database.schema(set()), "rows": database.rows()}


def rows_of(url: str, table: str, *columns: str) -> list[tuple[str, ...]]:
    """Read rows as the database spells them, byte for byte, in the order of their text."""
    database = Postgres(url) if url.startswith("postgres") else Sqlite(url)
    return database.rows_of(table, columns)


def execute(url: str, sql: str) -> None:
    """Change a database behind everybody's back."""
    if url.startswith("postgres"):
        with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            connection.commit()
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.executescript(sql)


class Sqlite:
    """What sqlite_master and the pragmas say."""

    def __init__(self, url: str) -> None:
        self.path = url.removeprefix("sqlite:///")

    def _asked(self, work: Callable[[Ask], Any]) -> Any:
        with closing(sqlite3.connect(self.path)) as connection:
            return work(lambda sql: connection.execute(sql).fetchall())

    def schema(self, without: set[str] = BOOKS) -> Facts:
        return self._asked(lambda ask: self._schema(ask, without))

    def rows(self) -> Facts:
        names = self._asked(lambda ask: ask("SELECT name FROM sqlite_master WHERE type = 'table'"))
        return {name: self.rows_of(name) for (name,) in names}

    def rows_of(self, table: str, columns: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
        def read(ask: Ask) -> list[tuple[str, ...]]:
            wanted = columns or tuple(row[1] for row in ask(f'PRAGMA table_info("{table}")'))
            # quote() tells text from numbers and shows every byte of what is kept
            spelled = ", ".join(f'quote("{column}")' for column in wanted)
            return sorted(ask(f'SELECT {spelled} FROM "{table}"'))

        return self._asked(read)

    def _schema(self, ask: Ask, without: set[str]) -> Facts:
        found = ask("SELECT type, name, sql FROM sqlite_master WHERE name NOT GLOB 'sqlite_*'")
        sources = {name: sql for kind, name, sql in found if kind == "index"}
        tables = {
            name: self._table(ask, name, sql, sources)
            for kind, name, sql in found
            if kind == "table" and name not in without
        }
        others = sorted(name for kind, name, _ in found if kind not in ("table", "index"))
        return {"tables": tables, "others": others}

    def _table(self, ask: Ask, name: str, sql: str, sources: dict[str, str]) -> Facts:
        keys: dict[int, list[Any]] = {}
        for row in ask(f'PRAGMA foreign_key_list("{name}")'):
            keys.setdefault(row[0], [row[2], row[5], row[6], row[7]]).append((row[3], row[4]))
        tokens = list(tokens_of(sql))
        checks = list(checks_of(tokens))
        return {
            "columns": {
                row[1]: {
                    "type": row[2].upper(),
                    "not null": bool(row[3]),
                    "default": row[4],
                    "in the key": row[5],
                    "hidden": row[6],
                }
                for row in ask(f'PRAGMA table_xinfo("{name}")')
            },
            "foreign keys": sorted(keys.values(), key=repr),
            "indexes": sorted(
                (self._index(ask, row, sources) for row in ask(f'PRAGMA index_list("{name}")')),
                key=repr,
            ),
            "checks": sorted(checks),
            # what no pragma tells: collations, AUTOINCREMENT, DEFERRABLE, STRICT and their like
            "words": sorted(words_besides(tokens)),
        }

    def _index(self, ask: Ask, row: tuple[Any, ...], sources: dict[str, str]) -> tuple[Any, ...]:
        _, name, unique, origin, partial = row
        parts = [tuple(part[2:5]) for part in ask(f'PRAGMA index_xinfo("{name}")') if part[5]]
        tokens = list(tokens_of(sources.get(name) or ""))
        where = tokens[tokens.index("where") + 1 :] if partial else []
        expressions = tokens if any(part[0] is None for part in parts) else []
        named = name if origin == "c" else ""
        return named, bool(unique), origin, parts, spoken(where), spoken(expressions)


def tokens_of(sql: str) -> Iterator[str]:
    """Take SQL apart; names lose their quotes, words their case, and texts keep both."""
    for match in TOKEN.finditer(sql):
        token = match[0]
        if token.isspace() or token.startswith(("--", "/*")):
            continue
        if token[0] == "'":
            yield token
        elif token[0] in '"`[':
            yield token[1:-1].lower()
        else:
            yield token.lower()


def spoken(tokens: list[str]) -> str:
    """Join tokens, without parentheses around the whole."""
    while tokens[:1] == ["("] and closing_of(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return " ".join(tokens)


def closing_of(tokens: list[str], opening: int) -> int:
    depth = 0
    for place in range(opening, len(tokens)):
        depth += (tokens[place] == "(") - (tokens[place] == ")")
        if depth == 0:
            return place
    raise ValueError(spoken(tokens[opening:]))


def checks_of(tokens: list[str]) -> Iterator[tuple[str, str]]:
    """Find the CHECKs of a CREATE TABLE: the name each was given, and its condition."""
    for place, token in enumerate(tokens):
        if token == "check" and tokens[place + 1] == "(":
            named = tokens[place - 1] if tokens[place - 2] == "constraint" else ""
            yield named, spoken(tokens[place + 1 : closing_of(tokens, place + 1) + 1])


def words_besides(tokens: list[str]) -> Iterator[str]:
    for place, token in enumerate(tokens):
        if token in ("autoincrement", "strict", "without", "virtual", "conflict"):
            yield token
        elif token in ("collate", "deferrable", "initially", "always"):
            yield f"{token} {tokens[place + 1]}"


COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid), collname,
       attidentity::text, attgenerated::text
FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     LEFT JOIN pg_collation ON pg_collation.oid = attcollation
WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped"""

# Postgres 18 lists NOT NULL here too, under names that nobody chose
CONSTRAINTS = """
SELECT CASE contype WHEN 'n' THEN '' ELSE conname::text END, pg_get_constraintdef(oid), convalidated
FROM pg_constraint WHERE conrelid = %s"""

INDEXES = """
SELECT pg_get_indexdef(indexrelid), indisunique, indisvalid, indisreplident
FROM pg_index WHERE indrelid = %s"""

# sequences, views, types and triggers; every table brings a type of its own, and that type an array
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


class Postgres:
    """What pg_catalog says, conditions as the server writes them out."""

    def __init__(self, url: str) -> None:
        self.url = url

    def _asked(self, work: Callable[[Ask], Any]) -> Any:
        with closing(psycopg2.connect(self.url)) as connection, connection.cursor() as cursor:

            def ask(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
                cursor.execute(sql, parameters)
                return cursor.fetchall()

            return work(ask)

    def schema(self, without: set[str] = BOOKS) -> Facts:
        return self._asked(lambda ask: self._schema(ask, without))

    def rows(self) -> Facts:
        names = self._asked(lambda ask: [row[1] for row in self._tables(ask)])
        return {name: self.rows_of(name) for name in names}

    def rows_of(self, table: str, columns: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
        def read(ask: Ask) -> list[tuple[str, ...]]:
            (oid,) = (oid for oid, name in self._tables(ask) if name == table)
            wanted = columns or tuple(row[0] for row in ask(COLUMNS, oid))
            spelled = ", ".join(f'quote_nullable("{column}"::text)' for column in wanted)
            return sorted(ask(f'SELECT {spelled} FROM "{table}"'))

        return self._asked(read)

    def _tables(self, ask: Ask) -> list[tuple[Any, ...]]:
        return ask(
            "SELECT oid, relname::text FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )

    def _schema(self, ask: Ask, without: set[str]) -> Facts:
        tables = {
            name: {
                "columns": {row[0]: row[1:] for row in ask(COLUMNS, oid)},
                "constraints": sorted(ask(CONSTRAINTS, oid)),
                "indexes": sorted(ask(INDEXES, oid)),
            }
            for oid, name in self._tables(ask)
            if name not in without
        }
        own = [f"{name}_id_seq" for name in without]
        return {"tables": tables, "others": ask(OTHERS, own)}
