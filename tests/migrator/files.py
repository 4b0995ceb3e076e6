"""Migration files as people write them, and the histories that applied them."""

from datetime import datetime
from pathlib import Path
from textwrap import indent
from typing import Any

import peewee as pw

from migrator import Router

HEAD = "import peewee as pw\nfrom migrator import Column, Index, check\n"


def write_migration(
    folder: Path, name: str, body: str, *, head: str = "", rollback: str = "pass"
) -> Path:
    """Write a file with these bodies of migrate() and rollback(); return its path."""
    folder.mkdir(exist_ok=True)
    text = HEAD + head
    for function, lines in (("migrate", body), ("rollback", rollback)):
        text += f"\ndef {function}(migrator, database, *, fake=False):\n{indent(lines, '    ')}\n"
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return path


def applied(database: pw.Database, folder: Path) -> Router:
    """Note that the files are applied, as whoever applied them did, without doing it."""
    columns = {"name": pw.CharField(), "migrated_at": pw.DateTimeField(default=datetime.now)}
    meta = type("Meta", (), {"database": database, "table_name": "migratehistory"})
    model: Any = type("History", (pw.Model,), {**columns, "Meta": meta})
    model.create_table()
    for path in sorted(folder.glob("*.py")):
        model.create(name=path.stem)
    return Router(database, folder)


def apply(router: Router, name: str, models: list[Any], **options: Any) -> str:
    """Write a migration to these models, apply it, and assert that it did; return its text."""
    written = router.create(name, auto=models, **options)
    assert router.run() == [written]
    assert router.check(models) == []
    return (router.migrate_dir / f"{written}.py").read_text(encoding="utf-8")
