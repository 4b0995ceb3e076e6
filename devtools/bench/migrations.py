"""Put this migrator, peewee-migrate, playhouse.migrations and alembic through every kind of change.

    python -m devtools.bench.migrations [--verbose]

A kind passes if the change is found and applied with the rows kept, the schema is what the tool's
own `create_tables` (SQLAlchemy's `create_all` for alembic) gives, a second autogenerate finds
nothing, and a rollback brings schema and rows back.
"""

import argparse
import logging
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee as pw

from devtools.bench import report
from devtools.bench.rivals import Alembic, Playhouse
from tests.conftest import start_postgres
from tests.migrator import kinds
from tests.migrator.conftest import opened
from tests.migrator.measure import Ours, Stock, empty, problems

GROUPS = {
    "columns": kinds.COLUMNS,
    "types, NULL, defaults": kinds.TYPES,
    "CHECKs and UNIQUE": kinds.CHECKS,
    "indexes": kinds.INDEXES,
    "keys": kinds.KEYS,
    "tables": kinds.TABLES,
}
DIALECTS = ("sqlite", "postgresql")
TOOLS: list[Any] = [Ours, Stock, Playhouse, Alembic]


@contextmanager
def databases(dialect: str, folder: Path, server: Any) -> Iterator[tuple[pw.Database, pw.Database]]:
    """Yield two empty databases, one to migrate and one to compare with."""
    names = ("work", "reference")
    urls = (
        [f"sqlite:///{folder / name}.db" for name in names]
        if dialect == "sqlite"
        else [server.create_database() for _ in names]
    )
    both = opened(urls[0]), opened(urls[1])
    for database in both:
        database.connect()
    yield both
    for database in both:
        database.close()


def verdict(kind: kinds.Kind, tool: Any, both: tuple[pw.Database, pw.Database]) -> str:
    """Return what the tool gets wrong; nothing if it passes."""
    database, reference = both
    with tempfile.TemporaryDirectory() as folder:
        for one in both:
            empty(one)
        try:
            found = problems(kind, tool(database, Path(folder) / "migrations"), database, reference)
        except Exception as error:  # noqa: BLE001 (whatever a tool raises is its verdict)
            found = [f"{type(error).__name__}: {' '.join(str(error).split())}"]
            while database.in_transaction():
                database.pop_transaction()
        database.close()
        database.connect()
    return found[0] if found else ""


def measured(verbose: bool) -> tuple[Counter[Any], Counter[Any]]:
    """Count the kinds that each tool passes, and all kinds, by group and database."""
    passed: Counter[Any] = Counter()
    total: Counter[Any] = Counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for server in start_postgres(Path(folder) / "postgres"):
            for dialect in DIALECTS:
                with databases(dialect, Path(folder), server) as both:
                    for group, members in GROUPS.items():
                        for kind in members:
                            if kind.only in (None, dialect):
                                total[group, dialect] += 1
                                for tool in TOOLS:
                                    wrong = verdict(kind, tool, both)
                                    passed[group, dialect, tool.name] += not wrong
                                    if wrong and verbose:
                                        print(f"{tool.name}, {dialect}, {kind}: {wrong[:150]}")
    return passed, total


def table(passed: Counter[Any], total: Counter[Any]) -> str:
    """Write the table; a cell has SQLite's kinds and Postgres's."""

    def both(counts: Counter[Any], groups: list[str], *tool: str) -> str:
        counted = (sum(counts[name, one, *tool] for name in groups) for one in DIALECTS)
        return ", ".join(map(str, counted))

    rows = [
        [f"{name}: {both(total, groups)}", *(both(passed, groups, tool.name) for tool in TOOLS)]
        for name, groups in [*((one, [one]) for one in GROUPS), ("all", [*GROUPS])]
    ]
    heads = ["kinds of change (SQLite, Postgres)", *(tool.name for tool in TOOLS)]
    return report.table(heads, rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--verbose", action="store_true", help="say what each tool gets wrong")
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    print(table(*measured(parser.parse_args().verbose)))


if __name__ == "__main__":
    main()
