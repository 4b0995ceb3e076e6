"""An old file that runs again only to say what it changed touches no database at all."""

# ruff: noqa: E501 (a case a line)

import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import peewee as pw
import pytest

from migrator import MigrationError, Router
from tests.migrator.facts import facts
from tests.migrator.files import applied, write_migration
from tests.migrator.measure import Stock
from tests.migrator.test_project import project, run  # noqa: F401 (a fixture)

MODELS = """
from playhouse.sqliteq import SqliteQueueDatabase

class User(pw.Model):
    name = pw.CharField()
    balance = pw.IntegerField(default=5)
    class Meta:
        database = db

class QueueInfo(pw.Model):
    note = pw.CharField()
    class Meta:
        database = db

class Insisting(type(db)):
    "A database that runs its statements itself, as those that retry do."
    def execute_sql(self, sql, params=None):
        cursor = self.cursor()
        cursor.execute(sql, params or ())
        return cursor

def another(kind):
    made = kind.__new__(kind)
    made.__dict__.update(opened(URL).__dict__)
    return made
"""
IMPORTS = "from shop import User, QueueInfo, Insisting, another, db\n"

# what a file may say at the top of migrate(), each of it on the live database
WRITES = {
    "an update": "User.update(balance=User.balance + 10).execute()",
    "tables": "db.create_tables([QueueInfo])",
    "a table": "QueueInfo.create_table()",
    "a seed": "if not User.select().where(User.name == 'Eve').exists():\n    User.create(name='Eve')",
    "get or create": "User.get_or_create(name='Eve')",
    "a row saved": "user = User.get(User.name == 'Ann')\nuser.balance += 10\nuser.save()",
    "rows deleted": "User.delete().execute()",
    "rows at once": "User.insert_many([{'name': 'Eve'}, {'name': 'Fay'}]).execute()",
    "instances at once": "User.bulk_create([User(name='Eve'), User(name='Fay')])",
    "a statement": "db.execute_sql('UPDATE \"user\" SET balance = balance + 10')",
    "a cursor": "db.cursor().execute('UPDATE \"user\" SET balance = balance + 10')",
    "a connection": "db.connection().cursor().execute('UPDATE \"user\" SET balance = balance + 10')",
    "a transaction": "with db.atomic() as t:\n    User.update(balance=0).execute()\n    t.commit()",
    "the handed one": "database.execute_sql('UPDATE \"user\" SET balance = balance + 10')",
    "a class of database of its own":
        "other = another(Insisting)\nother.execute_sql('UPDATE \"user\" SET balance = 1')\nother.close()",
    "a table without model":
        "t = pw.Table('user', ('id', 'balance')).bind(db)\nt.update({t.balance: 1}).execute()",
    "a bound class": "with database.bind_ctx([User]):\n    User.update(balance=0).execute()",
    "a table dropped": "db.drop_tables([QueueInfo])",
}  # fmt: skip


def written(folder: Path, body: str, name: str = "001_old", **more: str) -> None:
    """Write a file that uses the application's classes and its database."""
    write_migration(folder, name, IMPORTS + body, **more)


def rows(database: pw.Database) -> list[Any]:
    return database.execute_sql('SELECT name, balance FROM "user" ORDER BY id').fetchall()


@pytest.fixture
def shop(
    application: Callable[[str], ModuleType], urls: tuple[str, str], database: pw.Database
) -> ModuleType:
    module = application(f"URL = {urls[0]!r}\n{MODELS}")
    module.db.create_tables([module.User])
    module.User.create(name="Ann")
    return module


@pytest.mark.parametrize("place", ["in migrate()", "in the module"])
def test_what_is_applied_is_not_done_again(place, shop, database, tmp_path):
    folder = tmp_path / "m"
    for number, body in enumerate(WRITES.values(), 1):
        name = f"{number:03}_old"
        if place == "in migrate()":
            written(folder, body, name=name)
        elif "database" not in body.replace("database of", ""):  # nothing is handed to the module
            write_migration(folder, name, "pass", head=IMPORTS + body)
    router = applied(database, folder)
    before, done = (facts(database), rows(database)), router.todo
    assert len(done) > 13
    router.check([shop.User])
    router.statements()
    new = router.create("new", auto=[shop.User])
    assert router.done == done
    assert (facts(database), rows(database)) == before
    insert = "INSERT INTO \"user\" (name, balance) VALUES ('Bob', 1)"
    delete = "migrator.sql('DELETE FROM \"user\" WHERE balance = 1')"
    written(folder, f"migrator.sql({insert!r})", new, rollback=delete)
    assert router.run() == [new]
    assert (facts(database), rows(database)) == (before[0], [("Ann", 5), ("Bob", 1)])
    router.rollback()
    assert (facts(database), rows(database)) == before


def test_a_seed_that_somebody_deleted_stays_deleted(shop, database, tmp_path):
    written(tmp_path / "m", WRITES["a seed"])
    Stock(database, tmp_path / "m").apply()
    assert rows(database) == [("Ann", 5), ("Eve", 5)]
    shop.User.delete().where(shop.User.name == "Eve").execute()
    router = Router(database, tmp_path / "m")
    router.check([shop.User])
    router.create("new", auto=[shop.User])
    assert rows(database) == [("Ann", 5)]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_database_with_a_thread_that_writes(shop, database, urls, tmp_path):
    path = urls[0].removeprefix("sqlite:///")
    body = (
        f"from playhouse.sqliteq import SqliteQueueDatabase\nq = SqliteQueueDatabase({path!r})\n"
        "with q.bind_ctx([User]):\n    User.update(balance=0).execute()\nq.stop()"
    )
    written(tmp_path / "m", body)
    applied(database, tmp_path / "m").check([shop.User])
    assert rows(database) == [("Ann", 5)]


READS = {
    "one row": "print(User.get(User.name == 'Zoe').balance + 1)",
    "one by its key": "print(User.get_by_id(99).name.upper())",
    "one or none": "assert not User.get_or_none(User.name == 'Ann')",
    "the first": "assert not User.select().first()",
    "a number": "print(User.select(pw.fn.MAX(User.balance)).scalar() + 1)",
    "a count": "assert User.select().count() == 0",
    "a loop": "for user in User.select():\n    raise AssertionError(user)",
    "dicts": "assert list(User.select().dicts()) == []",
    "whether": "assert not User.select().exists()",
    "by SQL": "print(db.execute_sql('SELECT balance FROM \"user\"').fetchone()[0] + 1)",
    "columns": "assert db.get_columns('user') == []",
    "tables": "assert not db.table_exists('user')",
    "what was stored": "print(User.create(name='Eve').id)",
    "what was changed": "assert User.update(balance=1).execute() == 0",
    "a key to what is read":
        "User.update(balance=User.get(User.name == 'Zoe').balance).where(User.id == 1).execute()",
    "a connection of its own": "db.close()\ndb.connect()\ndb.close()",
    "a connection for a while": "with db.connection_context():\n    User.create(name='Eve')",
    "a pragma": "print(db.execute_sql('SELECT 1').fetchall())",
}  # fmt: skip


def test_what_an_old_file_reads_is_empty(shop, database, tmp_path):
    for number, body in enumerate(READS.values(), 1):
        end = f"migrator.create_model(QueueInfo)\nmigrator.create_table('read_{number}')"
        written(tmp_path / "m", f"{body}\n{end}", name=f"{number:03}_old")
    router = applied(database, tmp_path / "m")
    is_open = not shop.db.is_closed()
    ends = {f"read_{number}" for number in range(1, len(READS) + 1)}
    assert {"queueinfo", *ends} == set(router.schema_of(router.todo))
    assert (not shop.db.is_closed()) == is_open
    assert rows(database) == [("Ann", 5)]


def test_other_threads_go_on(shop, database, tmp_path):
    """A server that answers while a file is replayed writes its rows."""
    shop.inside, shop.go_on = threading.Event(), threading.Event()
    written(tmp_path / "m", "import shop\nshop.inside.set()\nassert shop.go_on.wait(10)")
    router = applied(database, tmp_path / "m")
    schema: list[Any] = []
    thread = threading.Thread(target=lambda: schema.append(router.schema_of(["001_old"])))
    thread.start()
    assert shop.inside.wait(10)
    shop.User.create(name="Bob")
    shop.go_on.set()
    thread.join(10)
    assert len(schema) == 1
    assert rows(database) == [("Ann", 5), ("Bob", 5)]


def test_a_module_that_a_file_imports_is_whole(application, database, tmp_path):
    """What an application does when it is imported is not the file's, and is done."""
    application(
        "class User(pw.Model):\n    name = pw.CharField()\n    class Meta:\n        database = db\n"
        "class QueueInfo(User): pass\nInsisting = another = None\ndb.create_tables([User])\n"
    ).User.drop_table()
    del sys.modules["shop"]
    written(tmp_path / "m", "User.create(name='Eve')")
    applied(database, tmp_path / "m").statements()
    Router(database, tmp_path / "m").check([])
    assert database.execute_sql('SELECT count(*) FROM "user"').fetchone() == (0,)


@pytest.mark.parametrize(
    ("body", "hinted"),
    [
        ("user = list(User.select())[0]", True),
        ("db.execute_sql('SELECT 1').fetchall()[0]", True),
        ("raise RuntimeError('no rows here')", False),
        ("migrator.orm['nothing']", False),
        ("migrator.add_fields('nothing', x=pw.IntegerField())", False),
        ("migrator.drop_table('nothing')", False),
    ],
)
def test_the_hint_about_rows_is_given_where_rows_were_read(body, hinted, shop, database, tmp_path):
    written(tmp_path / "m", body)
    router = applied(database, tmp_path / "m")
    with pytest.raises(MigrationError, match=r"001_old\.py") as caught:
        router.schema_of(["001_old"])
    assert ("belongs into migrator.run(function)" in str(caught.value)) == hinted


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_commands_touch_nothing(project: Path):  # noqa: F811
    """The same from the command line: the project's own models, an applied file, four commands."""
    created = "@migrator.create_model\nclass Post(pw.Model):\n    title = pw.CharField()"
    head, drop = "from models import Post, database as db\n", 'migrator.remove_model("post")'
    write_migration(project / "migrations", "001_old", created, head=head, rollback=drop)
    conf = project / "migrations" / "conf.py"
    conf.write_text(conf.read_text().replace("app.db", "blog.db"))
    run(project, "pw_migrate", "migrate")
    again = "from models import Post\nPost.create(title='again')"
    write_migration(project / "migrations", "002_rows", again)
    with closing(sqlite3.connect(project / "blog.db")) as connection, connection:
        noted = "INSERT INTO migratehistory (name, migrated_at) VALUES ('002_rows', 'now')"
        connection.execute(noted)
    models = project / "models.py"
    models.write_text(models.read_text() + "    body = pw.TextField(null=True)\n")
    run(project, "python", "-m", "migrator", "check", code=1)
    run(project, "python", "-m", "migrator", "sql")
    run(project, "pw_migrate", "list")
    run(project, "pw_migrate", "create", "body", "--auto")
    run(project, "pw_migrate", "migrate")
    with closing(sqlite3.connect(project / "blog.db")) as connection:
        assert connection.execute("SELECT count(*) FROM post").fetchone() == (0,)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_another_database_object_meets_the_lock_of_the_run(shop, database, tmp_path):
    """SQLite lets one connection write; what to do is said, and helps."""
    written(tmp_path / "m", WRITES["an update"])
    shop.db.timeout = 0.1
    with pytest.raises(MigrationError, match=r"001_old.py: .*locked.*as DATABASE in conf.py"):
        Router(database, tmp_path / "m").run()
    assert rows(database) == [("Ann", 5)]
    assert Router(shop.db, tmp_path / "m").run() == ["001_old"]
    assert rows(database) == [("Ann", 15)]
