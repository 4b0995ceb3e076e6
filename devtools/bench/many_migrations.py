"""How long 200 migration files take, this migrator beside stock peewee-migrate.

    python -m devtools.bench.many_migrations

Both read the same files, in stock's vocabulary: 40 tables, then four columns more for each.
`migrate` applies all of them to an empty SQLite, `create` compares the models with them afterwards
and finds nothing to write. Processor time, the least of twelve rounds.
"""

import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peewee as pw
import peewee_migrate.router

import migrator
from devtools.bench.report import row, table

TABLES, COLUMNS, ROUNDS = 40, 4, 12
ROUTERS: dict[str, Callable[..., Any]] = {
    "migrator": migrator.Router,
    "peewee-migrate": peewee_migrate.router.Router,
}
HEAD = """\
import peewee as pw


def migrate(migrator, database, *, fake=False):
"""
CREATE = """\
    @migrator.create_model
    class Table{0}(pw.Model):
        id = pw.AutoField()
        name = pw.CharField(max_length=255)
        at = pw.DateTimeField(null=True)

        class Meta:
            table_name = "table_{0}"
"""
ADD = "    migrator.add_fields('table_{0}', more_{1}=pw.IntegerField(null=True))\n"


def write(folder: Path) -> int:
    """Write the files; return how many."""
    bodies = [CREATE.format(number) for number in range(TABLES)]
    bodies += [ADD.format(number, n) for n in range(COLUMNS) for number in range(TABLES)]
    for number, body in enumerate(bodies, 1):
        (folder / f"{number:03}_step.py").write_text(HEAD + body, encoding="utf-8")
    return len(bodies)


def models() -> list[type[pw.Model]]:
    """Return the models that the files lead to."""
    found: list[type[pw.Model]] = []
    for number in range(TABLES):
        fields = {
            "name": pw.CharField(max_length=255),
            "at": pw.DateTimeField(null=True),
            **{f"more_{n}": pw.IntegerField(null=True) for n in range(COLUMNS)},
        }
        meta = type("Meta", (), {"table_name": f"table_{number}"})
        found.append(type(f"Table{number}", (pw.Model,), {**fields, "Meta": meta}))
    return found


def took(action: Callable[[], Any]) -> float:
    begun = time.process_time()
    action()
    return time.process_time() - begun


def measured(make: Callable[..., Any]) -> tuple[float, float]:
    """Return the seconds that `migrate` and `create` take."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "migrations"
        files.mkdir()
        count = write(files)
        database = pw.SqliteDatabase(str(Path(folder) / "work.db"))
        migrate = took(make(database, migrate_dir=files).run)
        wanted = models()
        create = took(lambda: make(database, migrate_dir=files).create("more", auto=wanted))
        assert len(list(files.glob("*.py"))) == count, "create found something"
        database.close()
    return migrate, create


def main() -> None:
    logging.disable(logging.CRITICAL)
    print(table((f"{TABLES * (COLUMNS + 1)} files", "migrate", "create")))
    for name, make in ROUTERS.items():
        rounds = [measured(make) for _ in range(ROUNDS)]
        print(row(name, *(f"{min(taken):.2f} s" for taken in zip(*rounds, strict=True))))


if __name__ == "__main__":
    main()
