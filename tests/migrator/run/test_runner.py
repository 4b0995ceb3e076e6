"""A run is alone, whole, and says what is wrong."""

import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import peewee as pw
import pytest

from migrator import DatabaseAhead, MigrationError, Router
from tests.migrator.files import write_migration
from tests.migrator.kinds import person, table
from tests.migrator.measure import Stock

ROOT = Path(__file__).resolve().parents[3]


def write_table(folder: Path, file: str, name: str, *, more: str = "") -> None:
    """Write a migration that makes a table, and a rollback that drops it and does `more`."""
    made = f'"{name}", Column("id", "AUTO"), Column("n", "INT"), primary_key=("id",)'
    drop = f'migrator.drop_table("{name}")\n{more}'
    write_migration(folder, file, f"migrator.create_table({made})", rollback=drop)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    write_table(folder, "001_one", "one")
    write_table(folder, "002_two", "two")
    return folder


@pytest.fixture
def router(database: pw.Database, folder: Path) -> Router:
    return Router(database, folder)


def tables(database: pw.Database) -> set[str]:
    return set(database.get_tables())


def rows(database: pw.Database, sql: str = "SELECT n FROM one") -> list[Any]:
    return database.execute_sql(sql).fetchall()


def test_all_are_applied_once(router, database):
    assert router.run() == ["001_one", "002_two"]
    assert router.run() == []
    assert router.done == ["001_one", "002_two"]
    assert router.behind == [] == router.ahead
    assert tables(database) == {"one", "two", "migratehistory"}


def test_up_to_a_name(router, database):
    assert router.run("001_one") == ["001_one"]
    assert router.behind == ["002_two"]
    assert router.run("001_one") == []
    assert "two" not in tables(database)


def test_an_unknown_name_applies_nothing(router, database):
    with pytest.raises(MigrationError, match="there is no migration 009_nine"):
        router.run("009_nine")
    assert tables(database) == set()


def test_fake_only_writes_it_down(router, database):
    assert router.run(fake=True) == ["001_one", "002_two"]
    assert tables(database) == {"migratehistory"}


def test_a_failure_leaves_nothing_of_the_whole_run(router, database, folder):
    inserts = [f'migrator.sql("INSERT INTO {name} VALUES (1)")' for name in ("one (n)", "nowhere")]
    write_migration(folder, "003_three", "\n".join(inserts))
    with pytest.raises(MigrationError, match=r"(?s)003_three.py.*INSERT INTO nowhere") as caught:
        router.run()
    assert "nowhere" in str(caught.value).splitlines()[-1]
    assert tables(database) == set()


def test_a_failing_function_is_named(router, folder):
    head = "def count():\n    raise ValueError('three is odd')\n"
    write_migration(folder, "003_three", "migrator.run(count)", head=head)
    with pytest.raises(MigrationError, match=r"003_three.py: count\(\): ValueError: three is odd"):
        router.run()
    assert router.done == []


def test_a_failure_on_the_way_back_leaves_all_as_it_was(router, database, folder):
    write_table(folder, "003_three", "three", more='migrator.sql("SELECT * FROM nowhere")')
    router.run()
    with pytest.raises(MigrationError, match=r"003_three.py: SELECT \* FROM nowhere"):
        router.rollback()
    assert "three" in tables(database)
    assert router.done[-1] == "003_three"


def test_an_edited_file_is_refused(router, folder):
    router.run()
    path = folder / "001_one.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert router.run() == []  # how lines end is no edit
    path.write_text(path.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    for command in (router.run, router.rollback):
        with pytest.raises(MigrationError, match=r"001_one.py was edited after it was applied"):
            command()


def test_a_missing_file_is_refused(router, folder):
    router.run()
    (folder / "001_one.py").unlink()
    with pytest.raises(MigrationError, match="001_one is applied, but its file is missing"):
        router.run()
    assert router.ahead == []


def test_a_newer_database_is_told_apart(router, folder):
    router.run()
    (folder / "002_two.py").unlink()
    assert router.ahead == ["002_two"]
    with pytest.raises(DatabaseAhead, match="002_two"):
        router.run()


def test_an_older_file_is_refused(router, folder):
    (folder / "001_one.py").rename(folder / "later")
    router.run()
    (folder / "later").rename(folder / "001_one.py")
    said = r"001_one.py is not applied, but a later one is: rename it to 003_one.py"
    with pytest.raises(MigrationError, match=said):
        router.run()


def test_two_with_one_number_are_refused(router, folder):
    write_table(folder, "002_zwei", "zwei")
    said = r"002_two.py and 002_zwei.py have one number.*003_zwei.py"
    for command in (router.run, lambda: router.create("three")):
        with pytest.raises(MigrationError, match=said):
            command()


def test_the_next_number_is_the_highest_and_one(router, folder):
    (folder / "001_one.py").unlink()
    (folder / "002_two.py").rename(folder / "041_two.py")
    assert router.create("more") == "042_more"


def test_a_name_that_is_none_is_refused(router):
    with pytest.raises(MigrationError, match="no name for a file"):
        router.create("../more")
    assert router.create("two words") == "003_two_words"


def test_a_file_without_rollback_is_not_taken_back(router, folder):
    path = write_migration(folder, "003_three", "pass")
    path.write_text(path.read_text().partition("def rollback")[0])
    router.run()
    with pytest.raises(MigrationError, match=r"003_three.py has no rollback\(\)"):
        router.rollback()


def test_nothing_to_roll_back(database, tmp_path):
    with pytest.raises(MigrationError, match="nothing to roll back"):
        Router(database, tmp_path / "none").rollback()


def test_merge_is_refused(router):
    with pytest.raises(MigrationError, match="merge would lose"):
        router.merge()


def test_a_run_inside_a_transaction_is_refused(router, database):
    with database.atomic(), pytest.raises(MigrationError, match="make their own transaction"):
        router.run()


def test_a_closed_connection_is_opened_and_closed(router, database):
    database.close()
    database.autoconnect = False
    router.run()
    assert router.behind == []
    router.rollback()
    assert router.done == ["001_one"]
    assert "not applied: 002_two" in router.check([])
    assert database.is_closed()


def test_a_proxy_serves(database, folder):
    proxy = pw.DatabaseProxy()
    with pytest.raises(MigrationError, match="no database yet"):
        Router(proxy, folder).run()
    proxy.initialize(database)
    assert Router(proxy, folder).run() == ["001_one", "002_two"]


READS = """\
@migrator.create_model
class Old(pw.Model):
    name = pw.CharField()
    class Meta:
        table_name = "old"
newest = database.execute_sql("SELECT max(id) FROM one").fetchone()[0]
for row in database.execute_sql("SELECT id FROM one").fetchall():
    database.execute_sql("DELETE FROM one WHERE id = %d" % row[0])
if newest and newest > 3:
    raise ValueError("cannot be")
for one in migrator.orm["one"].select():
    one.delete_instance()
assert migrator.orm["one"].select().count() >= 0
with database.atomic():
    migrator.orm["one"].insert(n=1).execute()"""


def test_an_old_migration_that_reads_does_not_break_later_runs(router, database, folder):
    write_migration(folder, "003_reads", READS, rollback='migrator.remove_model("old")')
    router.run()
    assert rows(database, "SELECT count(*) FROM one") == [(1,)]
    write_table(folder, "004_more", "four")
    assert router.run() == ["004_more"]
    # replayed three times by now, and never executed again
    assert rows(database, "SELECT count(*) FROM one") == [(1,)]


def test_stock_breaks_on_it(database, tmp_path):
    folder = tmp_path / "stock"
    write_migration(folder, "001_one", 'database.execute_sql("SELECT 1").fetchone()[0]')
    stock = Stock(database, folder)
    stock.apply()
    write_migration(folder, "002_two", "pass")
    with pytest.raises(TypeError):
        stock.apply()


FILLS = """\
def fill(migrator):
    One = migrator.orm["one"]
    One.insert(n=5, word="five").execute()
    assert [(row.n, row.word) for row in One.select()] == [(5, "five")]
migrator.add_column("one", Column("word", "TEXT", null=True))
migrator.run(fill, migrator)
migrator.sql("UPDATE one SET n = 6")
migrator.drop_column("one", "word")
migrator.rename_column("one", "n", "number")"""


def test_rows_are_reached_as_they_are_at_that_step(router, database, folder):
    write_migration(folder, "003_three", FILLS)
    router.run()
    assert rows(database, "SELECT number FROM one") == [(6,)]
    assert {column.name for column in database.get_columns("one")} == {"id", "number"}


def test_a_function_may_ask_for_statements_but_not_for_tables(router, database, folder):
    head = "def more(migrator):\n    migrator.{}\n"
    insert, drop = 'sql("INSERT INTO one (n) VALUES (7)")', 'drop_table("one")'
    call = "migrator.run(more, migrator)"
    write_migration(folder, "003_three", call, head=head.format(insert))
    router.run()
    assert rows(database) == [(7,)]
    write_migration(folder, "004_four", call, head=head.format(drop))
    said = r"more\(\): changes of the schema belong into migrate"
    with pytest.raises(MigrationError, match=said):
        router.run()


def test_a_history_of_stock_is_taken_over(database, folder):
    old = table("migratehistory", name=pw.CharField(), migrated_at=pw.DateTimeField())
    with database.bind_ctx([old]):
        old.create_table()
        for name in ("001_one", "001_one"):  # as two runs of stock at once leave it
            old.insert(name=name, migrated_at="2026-01-01 00:00:00").execute()
    database.execute_sql("CREATE TABLE one (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)")
    router = Router(database, folder)
    assert router.behind == ["002_two"]
    assert router.run() == ["002_two"]
    applied = [(one.name, one.sha256 is None) for one in router.applied]
    assert applied == [("001_one", True), ("002_two", False)]
    insert = "INSERT INTO migratehistory (name, migrated_at) VALUES ('001_one', '2026-01-01')"
    with pytest.raises(pw.IntegrityError):
        database.execute_sql(insert)


def test_a_create_reaches_no_database(tmp_path, dialect):
    nowhere: Any = pw.SqliteDatabase(tmp_path / "none.db")
    if dialect == "postgresql":
        nowhere = pw.PostgresqlDatabase("none", host="127.0.0.1", port=1)
    router = Router(nowhere, tmp_path / "migrations")
    assert router.create("first", auto=person()) == "001_first"
    assert router.create("second", auto=person()) is None
    assert router.todo == ["001_first"]
    assert not (tmp_path / "none.db").exists()


SLOW = """\
def count(database):
    import time
    time.sleep(0.7)
    database.execute_sql("UPDATE one SET n = n + 1")
migrator.sql("INSERT INTO one (n) VALUES (0)")
migrator.run(count, database)"""
RUN = """
import sys
from tests.migrator.conftest import opened
from migrator import Router
print(Router(opened(sys.argv[1]), sys.argv[2]).run())
"""


def test_two_processes_at_once(urls, database, folder):
    write_migration(folder, "003_slow", SLOW)
    command = [sys.executable, "-c", RUN, urls[0], str(folder)]
    options: Any = {"cwd": ROOT, "env": {**os.environ, "PYTHONPATH": str(ROOT)}, "text": True}
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, **options) for _ in range(2)]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said == ["['001_one', '002_two', '003_slow']", "[]"]
    assert rows(database) == [(1,)]


def test_what_is_dropped_is_said_when_applied(router, folder, caplog):
    router.run()
    dropping = 'migrator.drop_column("one", "n")\nmigrator.drop_table("two")'
    write_migration(folder, "003_less", dropping)
    with caplog.at_level(logging.WARNING, "peewee_migrate.logs"):
        router.run()
    assert "003_less drops the values of one.n" in caplog.messages
    assert "003_less drops every row of two" in caplog.messages


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("'DELETE FROM one'", "003_less deletes 3 rows of one"),
        ("'delete from one\\n where n > 1;'", "003_less deletes 2 rows of one where n > 1"),
        ("'DELETE FROM one WHERE n = {}', 2", "003_less deletes 1 rows of one WHERE n = {}"),
        # of a column that an earlier step of the file makes
        ("'DELETE FROM one WHERE late IS NULL'", "003_less deletes the rows of one WHERE late IS"),
    ],
)
def test_what_is_deleted_is_said_before(router, database, folder, caplog, *, statement, told):
    router.run()
    database.execute_sql("INSERT INTO one (n) VALUES (1), (2), (3)")
    mark = "?" if isinstance(database, pw.SqliteDatabase) else "%s"
    late = "migrator.add_column('one', Column('late', 'INT', null=True))"
    write_migration(folder, "003_less", f"{late}\nmigrator.sql({statement.format(mark)})")
    seen: list[tuple[int]] = []

    def count_rows(record: logging.LogRecord) -> bool:
        if "deletes" in record.getMessage():
            seen.extend(rows(database, "SELECT count(*) FROM one"))
        return True

    router.logger.addFilter(count_rows)
    try:
        with caplog.at_level(logging.WARNING, "peewee_migrate.logs"):
            router.run()
    finally:
        router.logger.removeFilter(count_rows)
    assert any(one.startswith(told.format(mark)) for one in caplog.messages), caplog.messages
    assert max(seen) == (3,), "while they are still there"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)  # its lock is the whole file's
def test_a_slow_writer_is_waited_for(urls, router):
    """A lock held by somebody else for longer than the driver's own patience is no failure."""
    path = urls[0].removeprefix("sqlite:///")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    router.plain_database.execute_sql("PRAGMA busy_timeout = 50")
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.4, other.rollback)
    began = time.monotonic()
    timer.start()
    try:
        assert router.run() == ["001_one", "002_two"]
    finally:
        timer.join()
        other.close()
    assert time.monotonic() - began > 0.3
