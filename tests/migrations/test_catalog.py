"""The reader that holds migrations against models is itself held: it must see every difference."""

from pathlib import Path

from tests.migrations.catalog import execute, rows_of, schema_of

COLUMNS = "a INTEGER NOT NULL, b VARCHAR(5) DEFAULT 'x', c DATE"
PARENT = "CREATE TABLE p (id INTEGER NOT NULL PRIMARY KEY);"
KEY = "FOREIGN KEY (a) REFERENCES p (id)"
INDEX = "CREATE UNIQUE INDEX i ON t (b) WHERE c IS NULL"

Pair = tuple[str, str]


def table(*, columns: str = COLUMNS, key: str = "a", more: str = "") -> str:
    return f"CREATE TABLE t ({columns}{more}, PRIMARY KEY ({key}));"


def column(old: str, new: str) -> Pair:
    assert old in COLUMNS
    return table(), table(columns=COLUMNS.replace(old, new))


def more(one: str, other: str) -> Pair:
    return PARENT + table(more=one), PARENT + table(more=other)


def index(old: str, new: str) -> Pair:
    assert old in INDEX
    return table() + INDEX, table() + INDEX.replace(old, new)


DIFFERENT = {
    "a table": (table(), table() + "CREATE TABLE u (a INTEGER)"),
    "a column": column("c DATE", "c DATE, d DATE"),
    "a type": column("INTEGER", "BIGINT"),
    "a length": column("(5)", "(6)"),
    "NOT NULL": column("c DATE", "c DATE NOT NULL"),
    "a default": column("'x'", "'X'"),
    "no default": column("DEFAULT 'x'", ""),
    "the key": (table(key="a"), table(key="a, b")),
    "the order of the key": (table(key="a, b"), table(key="b, a")),
    "no index": (table(), table() + INDEX),
    "the name of an index": index(" i ", " j "),
    "UNIQUE": index("UNIQUE ", ""),
    "the columns of an index": index("(b)", "(b, a)"),
    "the order of an index": index("(b)", "(b DESC)"),
    "an expression": index("(b)", "(lower(b))"),
    "another expression": (
        table() + INDEX.replace("(b)", "(lower(b))"),
        table() + INDEX.replace("(b)", "(upper(b))"),
    ),
    "no WHERE": index(" WHERE c IS NULL", ""),
    "another WHERE": index("c IS NULL", "c IS NULL AND b = 'B'"),
    "a UNIQUE constraint": more("", ", UNIQUE (b)"),
    "no CHECK": more("", ", CHECK (a > 0)"),
    "a CHECK": more(", CHECK (a > 0)", ", CHECK (a >= 0)"),
    "a word in a CHECK": more(", CHECK (b IN ('x', 'y'))", ", CHECK (b IN ('x', 'Y'))"),
    "no foreign key": more("", f", {KEY}"),
    "ON DELETE": more(f", {KEY}", f", {KEY} ON DELETE CASCADE"),
    "ON UPDATE": more(f", {KEY} ON DELETE CASCADE", f", {KEY} ON UPDATE CASCADE"),
    "DEFERRABLE": more(f", {KEY}", f", {KEY} DEFERRABLE INITIALLY DEFERRED"),
    "a view": (table(), table() + "CREATE VIEW v AS SELECT a FROM t"),
}
SAME = {
    "spelling": column("a INTEGER NOT NULL", '"a"  integer not null'),
    "spelling of a CHECK": more(
        ", CHECK (a > 0 AND b IS NOT NULL)", ', check(("a">0  and "b" is not null))'
    ),
    "the order of CHECKs": more(
        ", CONSTRAINT k CHECK (a > 0), CONSTRAINT l CHECK (b = 'x')",
        ", CONSTRAINT l CHECK (b = 'x'), CONSTRAINT k CHECK (a > 0)",
    ),
}


def told(url: str, script: str) -> object:
    """Read the schema that a script makes, and nothing from before."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)
    else:
        execute(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    execute(url, script)
    return schema_of(url)


def test_every_difference_is_seen(database_url: str):
    unseen = [
        difference
        for difference, (one, other) in DIFFERENT.items()
        if told(database_url, one) == told(database_url, other)
    ]
    assert unseen == []


def test_what_is_only_spelled_otherwise_is_the_same(database_url: str):
    for one, other in SAME.values():
        assert told(database_url, one) == told(database_url, other)


def test_rows_are_told_apart_to_the_byte(database_url: str):
    execute(
        database_url, "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('NULL'), (NULL), (''), ('1 ')"
    )
    assert rows_of(database_url, "t", "a") == [("''",), ("'1 '",), ("'NULL'",), ("NULL",)]
