"""Renames are told or asked for, never guessed."""

from pathlib import Path

import peewee as pw
import pytest

from migrator import MigrationError, Router
from tests.migrator.files import apply
from tests.migrator.kinds import PEOPLE, person, table
from tests.migrator.measure import Stock, fill
from tests.support.processes import at_terminal


def titled() -> list[object]:
    return [table("person", title=pw.CharField())]


@pytest.fixture
def router(database: pw.Database, tmp_path: Path) -> Router:
    router = Router(database, tmp_path / "migrations")
    apply(router, "first", person())
    fill(database, PEOPLE)
    return router


def test_an_untold_rename_drops_and_says_so(router, database, caplog):
    with caplog.at_level("WARNING", "peewee_migrate.logs"):
        name = router.create("second", auto=[table("person", title=pw.CharField(null=True))])
    assert "was person.name renamed to title? It is written as dropped and added" in caplog.messages
    assert "This migration loses the values of person.name" in caplog.messages
    text = (router.migrate_dir / f"{name}.py").read_text(encoding="utf-8")
    assert 'migrator.rename_column("person", "name", "title") in migrate()' in " ".join(
        text.split()
    )
    router.run()
    assert database.execute_sql("SELECT title FROM person").fetchall() == [(None,), (None,)]


def test_the_hint_makes_it_a_rename(router, database):
    name = router.create("second", auto=titled())
    path = router.migrate_dir / f"{name}.py"
    head, _ = path.read_text(encoding="utf-8").split("def migrate", 1)
    assert head.count("rename_column") == 2
    path.write_text(
        head
        + "def migrate(migrator, database, *, fake=False):\n"
        + '    migrator.rename_column("person", "name", "title")\n\n\n'
        + "def rollback(migrator, database, *, fake=False):\n"
        + '    migrator.rename_column("person", "title", "name")\n',
        encoding="utf-8",
    )
    router.run()
    assert database.execute_sql("SELECT title FROM person ORDER BY id").fetchone() == ("Ann",)
    assert router.create("third", auto=titled()) is None
    router.rollback()
    assert database.execute_sql("SELECT name FROM person ORDER BY id").fetchone() == ("Ann",)


@pytest.mark.parametrize(
    ("rename", "words"),
    [
        ({"person.nam": "title"}, "no migration made a table or column person.nam"),
        ({"people": "human"}, "no migration made a table or column people"),
        ({"person.name": "titel"}, "person has no column titel"),
        ({"person": "human"}, "no model has the table human"),
    ],
)
def test_a_rename_of_what_is_not_there_is_refused(router, rename, words):
    with pytest.raises(MigrationError, match=words):
        router.create("second", auto=titled(), rename=rename)


@pytest.mark.parametrize(
    ("what", "answer", "question", "written"),
    [
        (
            "column",
            "y",
            "was person.name renamed to title?",
            'rename_column("person", "name", "title")',
        ),
        ("column", "n", "was person.name renamed to title?", 'drop_column("person", "name")'),
        ("table", "y", "was person renamed to human?", 'rename_table("person", "human")'),
    ],
)
def test_at_a_terminal_it_asks(tmp_path, what, answer, question, written):
    router = Router(pw.SqliteDatabase(tmp_path / "x.db"), tmp_path / "m")
    router.create("first", auto=person())
    after = titled() if what == "column" else [table("human", name=pw.CharField())]
    said = at_terminal(lambda: router.create("second", auto=after), tmp_path, "[y/N]", answer)
    assert question in said
    assert written in (tmp_path / "m" / "002_second.py").read_text(encoding="utf-8")


def test_stock_loses_the_rows(database, tmp_path):
    stock = Stock(database, tmp_path / "stock")
    stock.create(person(), {})
    stock.apply()
    fill(database, PEOPLE)
    stock.create([table("human", name=pw.CharField())], {"person": "human"})
    stock.apply()
    assert database.execute_sql("SELECT count(*) FROM human").fetchone() == (0,)
    assert not database.table_exists("person")
