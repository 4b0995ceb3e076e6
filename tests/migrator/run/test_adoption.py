"""A table that somebody else made is taken over, made what it should be, and never dropped."""

from pathlib import Path

import peewee as pw
import pytest

from migrator import MigrationError, Router
from tests.migrator.facts import facts
from tests.migrator.files import apply
from tests.migrator.kinds import table
from tests.migrator.measure import empty

ARTICLE = """
CREATE TABLE history (
    user_id VARCHAR(19) NOT NULL, user_name VARCHAR NOT NULL, cmd VARCHAR(5) NOT NULL,
    created_at {moment} NOT NULL, PRIMARY KEY (user_id, cmd, created_at))"""
ROW = "INSERT INTO history VALUES ('1', 'Ann', 'start', '2026-01-02 12:30:00')"

FIRST = """
from migrator import Column
def migrate(migrator, database, *, fake=False):
    migrator.create_table(
        "history",
        Column("user_id", "VARCHAR(19)"), Column("user_name", "TEXT"),
        Column("cmd", "VARCHAR(5)"), Column("created_at", "DATETIME"),
        primary_key=("user_id", "cmd", "created_at"),
        adopt=True,
    )
def rollback(migrator, database, *, fake=False):
    migrator.drop_table("history")
"""
SECOND = """
from migrator import Column, Index, check
def migrate(migrator, database, *, fake=False):
    migrator.converge("history")
    migrator.change_column("history", "cmd", type=("VARCHAR(5)", "VARCHAR(9)"))
    migrator.add_column("history", Column("guild", "BIGINT", null=True))
    migrator.add_constraint("history", check("cmd IN ('start', 'end')"))
    migrator.add_index("history", Index("history_guild", "guild"))
def rollback(migrator, database, *, fake=False):
    migrator.drop_index("history", Index("history_guild", "guild"))
    migrator.drop_constraint("history", check("cmd IN ('start', 'end')"))
    migrator.drop_column("history", "guild")
    migrator.change_column("history", "cmd", type=("VARCHAR(9)", "VARCHAR(5)"))
"""
AS_CLASS = """
import peewee as pw
def migrate(migrator, database, *, fake=False):
    @migrator.create_model(adopt=True)
    class History(pw.Model):
        user_id = pw.CharField(max_length=19)
        user_name = pw.TextField()
        cmd = pw.CharField(max_length=5)
        created_at = pw.DateTimeField()
        class Meta:
            table_name = "history"
            primary_key = pw.CompositeKey("user_id", "cmd", "created_at")
def rollback(migrator, database, *, fake=False):
    migrator.remove_model("history")
"""


def router(database: pw.Database, folder: Path, first: str = FIRST) -> Router:
    folder.mkdir(exist_ok=True)
    (folder / "001_article.py").write_text(first, encoding="utf-8")
    (folder / "002_ours.py").write_text(SECOND, encoding="utf-8")
    return Router(database, folder)


def article(database: pw.Database, dialect: str) -> None:
    moment = "TIMESTAMP WITHOUT TIME ZONE" if dialect == "postgresql" else "DATETIME"
    database.execute_sql(ARTICLE.format(moment=moment))
    database.execute_sql(ROW)


def names(database: pw.Database) -> list[str]:
    return [row[0] for row in database.execute_sql("SELECT user_name FROM history").fetchall()]


@pytest.mark.parametrize("first", [FIRST, AS_CLASS], ids=["table", "class"])
def test_it_takes_the_same_road_as_a_new_one(first, database, reference, dialect, tmp_path):
    article(database, dialect)
    adopting = router(database, tmp_path / "m", first)
    assert adopting.run() == ["001_article", "002_ours"]
    router(reference, tmp_path / "m", first).run()
    assert facts(database) == facts(reference)
    assert names(database) == ["Ann"]
    assert adopting.applied[0].adopted == {"history"}
    assert not router(reference, tmp_path / "m").applied[0].adopted


def test_a_rollback_leaves_it(database, reference, dialect, tmp_path):
    article(database, dialect)
    adopting = router(database, tmp_path / "m")
    adopting.run()
    adopting.rollback()
    adopting.rollback()
    assert adopting.done == []
    assert names(database) == ["Ann"]
    assert adopting.run() == ["001_article", "002_ours"]  # and it is found again
    made = router(reference, tmp_path / "m")
    made.run()
    made.rollback()
    made.rollback()
    assert not reference.table_exists("history")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("user_id INT", "it has no cmd, created_at, user_name"),
        ("user_id INT, user_name INT, cmd INT, created_at INT, more INT", "it has more besides"),
    ],
)
def test_another_table_of_that_name_is_refused(columns, words, database, tmp_path):
    database.execute_sql(f"CREATE TABLE history ({columns})")
    untouched = facts(database)
    with pytest.raises(MigrationError, match=f"there is a table history which is another: {words}"):
        router(database, tmp_path / "m").run()
    assert facts(database) == untouched


def test_without_adopt_a_table_in_the_way_is_an_error(database, dialect, tmp_path):
    article(database, dialect)
    with pytest.raises(MigrationError, match=r"already exists.*adopt=True"):
        router(database, tmp_path / "m", FIRST.replace("adopt=True", "adopt=False")).run()
    assert names(database) == ["Ann"]
    empty(database)


def history(**fields: pw.Field) -> list[pw.Model]:
    fields = {
        "user_id": pw.BigIntegerField(),
        "user_name": pw.TextField(null=True),
        "cmd": pw.CharField(max_length=5, index=True),
        "created_at": pw.DateTimeField(),
        **fields,
    }
    key = pw.CompositeKey("user_id", "cmd", "created_at")
    return [table("history", **fields, meta={"primary_key": key})]


def test_create_takes_what_is_there_as_it_is(database, reference, dialect, tmp_path):
    article(database, dialect)
    before = facts(database)
    models = history(guild=pw.TextField(default="", index=True))
    adopting = Router(database, tmp_path)
    adopting.create("first", auto=models)
    text = (tmp_path / "001_first.py").read_text()
    assert "- adopt table history, or add it where it is not\n" in text
    kind = "character varying" if dialect == "postgresql" else "VARCHAR"
    assert f"- history.user_id: type {kind}(19) -> BIGINT\n" in text
    assert "        adopt=True,\n" in text
    assert adopting.run() == ["001_first"]
    assert adopting.check(models) == []
    assert adopting.create("again", auto=models) is None
    assert names(database) == ["Ann"]
    made = Router(reference, tmp_path)
    assert made.run() == ["001_first"]
    assert made.check(models) == []
    assert facts(reference) == facts(database)
    adopting.rollback()
    assert facts(database) == before
    assert names(database) == ["Ann"]
    assert adopting.run() == ["001_first"]
    made.rollback()
    assert facts(reference) == {}


def test_a_column_of_it_may_be_renamed(database, dialect, tmp_path):
    article(database, dialect)
    models = history(user_name=pw.TextField(null=True, column_name="name"))
    router = Router(database, tmp_path)
    apply(router, "first", models, rename={"history.user_name": "name"})
    assert database.execute_sql("SELECT name FROM history").fetchall() == [("Ann",)]


def test_create_needs_no_database(tmp_path):
    path = tmp_path / "none.db"
    Router(pw.SqliteDatabase(path), tmp_path / "m").create("first", auto=history())
    assert not path.exists()
    away = pw.PostgresqlDatabase("nothing", host=str(tmp_path))
    assert Router(away, tmp_path / "n").create("first", auto=history()) == "001_first"
    assert "adopt" not in (tmp_path / "n" / "001_first.py").read_text()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_type_that_peewee_calls_otherwise_is_left_as_it_is(database, tmp_path):
    """FLOAT and JSON are names of Peewee's for REAL and TEXT, and types of SQLite's own."""
    database.execute_sql(
        "CREATE TABLE price (id INTEGER NOT NULL PRIMARY KEY, net FLOAT NOT NULL, more JSON,"
        " old FLOAT)"
    )
    before = facts(database)
    models = [table("price", net=pw.FloatField(), more=pw.TextField())]
    router = Router(database, tmp_path)
    apply(router, "first", models)
    router.rollback()
    assert facts(database) == before
