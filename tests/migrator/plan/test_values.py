"""Rows are converted or filled, or the change is refused before anything is touched."""

# ruff: noqa: E501 (a case a line)

import datetime
from pathlib import Path
from typing import Any

import peewee as pw
import pytest

from migrator import MigrationError, Router
from tests.migrator.facts import facts
from tests.migrator.files import apply
from tests.migrator.kinds import InstantField, aged, check, person, table, with_pets
from tests.migrator.measure import fill


def text_age(**options: Any) -> list[Any]:
    return person(age=pw.TextField(null=True), **options)


def ages(*values: Any) -> dict[str, list[dict[str, Any]]]:
    return {
        "person": [{"id": n, "name": f"n{n}", "age": value} for n, value in enumerate(values, 1)]
    }


def migrated(
    database: pw.Database, folder: Path, before: list[Any], rows: Any, after: list[Any]
) -> Router:
    """Apply both steps; what the first leaves can be compared after a refusal."""
    router = Router(database, folder)
    apply(router, "before", before)
    fill(database, rows)
    router.create("after", auto=after)
    return router


def column(database: pw.Database, name: str) -> list[Any]:
    return [
        row[0]
        for row in database.execute_sql(f'SELECT "{name}" FROM person ORDER BY id').fetchall()
    ]


REFUSED = {
    "text to int": (text_age, ages("30", "x7"), lambda: aged(null=True), "'x7' does not convert.*id = 2"),
    "a number with a point to int": (lambda: person(age=pw.DoubleField()), ages(1.0, 1.5), aged,
                                     r"person.age cannot become INT\w*: '?1.5'? does not convert.*id = 2"),
    "too long": (text_age, ages("short", "much too long"), lambda: person(age=pw.CharField(max_length=5, null=True)),
                 r"cannot become VARCHAR\(5\): 'much too long'"),
    "text to date": (text_age, ages("2026-01-02", "soon"), lambda: person(age=pw.DateField(null=True)), "'soon'"),
    "text to JSON": (text_age, ages("[1]", "{"), lambda: person(age=pw.JSONField(null=True)), "'{'"),
    "an integer to a moment": (aged, ages(1), lambda: person(age=pw.DateTimeField()), "1'? does not convert"),
    "2 to boolean": (aged, ages(1, 2), lambda: person(age=pw.BooleanField()), "2'? does not convert"),
    "NULLs": (lambda: aged(null=True), ages(1, None, None), aged, "2 rows are NULL"),
    "a CHECK": (aged, ages(5, -1, -2), lambda: aged(**check("age > 0")), "2 rows do not fulfil age > 0.*id = 2"),
    "a CHECK over a new column": (person, {"person": [{"id": 1, "name": "a"}]},
                                  lambda: aged(default=0, **check("age > 0")), "1 rows do not fulfil"),
    "a foreign key": (
        lambda: [*person(), table("pet", owner_id=pw.IntegerField(index=True))],
        {"person": [{"id": 1, "name": "a"}], "pet": [{"id": 1, "owner_id": 1}, {"id": 2, "owner_id": 9}]},
        lambda: [(owner := person()[0]), table("pet", owner=pw.ForeignKeyField(owner))],
        r"pet \(\"owner_id\"\) points to no row of person: 9.*id = 2",
    ),
    "a unique index": (aged, ages(5, 5), lambda: aged(unique=True),
                       r'person \("age"\) is to be unique; 2 rows are alike \(where age = 5\)'),
    "a primary key": (lambda: [table("person", id=pw.IntegerField(), name=pw.CharField(), meta={"primary_key": False})],
                      {"person": [{"id": 5, "name": "a"}, {"id": 5, "name": "b"}]}, person, "2 rows are alike .where id = 5"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_row_in_the_way_refuses_the_change(name, database, tmp_path):
    before, rows, after, words = REFUSED[name]
    router = migrated(database, tmp_path, before(), rows, after())
    untouched = facts(database)
    with pytest.raises(MigrationError, match=f"(?s)002_after.py: .*{words}"):
        router.run()
    assert facts(database) == untouched
    assert len(database.execute_sql("SELECT * FROM person").fetchall()) == len(rows["person"])


def test_a_new_not_null_column_without_a_fill_is_refused(router, database, tmp_path):
    """`create` asks for one; a file may have lost it."""
    rows = {"person": [{"id": 1, "name": "a"}]}
    apply(router, "before", person())
    fill(database, rows)
    router.create("after", auto=aged(), fill={"person.age": 1})
    path = tmp_path / "002_after.py"
    path.write_text(path.read_text().replace(", fill=1)", ")"))
    untouched = facts(database)
    with pytest.raises(MigrationError, match=r"(?s)002_after.py: .*1 rows need a value"):
        router.run()
    assert facts(database) == untouched
    assert len(database.execute_sql("SELECT * FROM person").fetchall()) == len(rows["person"])


CONVERTED = {
    "text to int": (text_age, ages("30", "007", " 42 ", None), lambda: aged(null=True), [30, 7, 42, None]),
    "bigint to smallint": (lambda: person(age=pw.BigIntegerField()), ages(30, -5),
                           lambda: person(age=pw.SmallIntegerField()), [30, -5]),
    "double to int": (lambda: person(age=pw.DoubleField()), ages(30.0), aged, [30]),
    "int to text": (aged, ages(30), text_age, ["30"]),
    "boolean to int": (lambda: person(age=pw.BooleanField()), ages(True, False), aged, [1, 0]),
    "boolean to smallint": (lambda: person(age=pw.BooleanField()), ages(True, False),
                            lambda: person(age=pw.SmallIntegerField()), [1, 0]),
    "NULL filled": (lambda: aged(null=True), ages(30, None), lambda: aged(default=7), [30, 7]),
    "NULL filled by the server's default": (
        lambda: aged(null=True), ages(30, None),
        lambda: aged(constraints=[pw.SQL("DEFAULT 8")]), [30, 8]),
    "NULL filled by a computed default": (
        lambda: aged(null=True), ages(30, None), lambda: aged(default=lambda: 9), [30, 9]),
    "new with a constant": (person, {"person": [{"id": 1, "name": "a"}]}, lambda: aged(default=7), [7]),
    "new and nullable with a constant": (
        person, {"person": [{"id": 1, "name": "a"}]}, lambda: aged(default=7, null=True), [7]),
}  # fmt: skip


@pytest.mark.parametrize("name", CONVERTED)
def test_values_are_converted_and_filled(name, database, tmp_path):
    before, rows, after, wanted = CONVERTED[name]
    migrated(database, tmp_path, before(), rows, after()).run()
    assert column(database, "age") == wanted


def test_a_moment_without_zone_is_utc(database, tmp_path, dialect):
    rows = {"person": [{"id": 1, "name": "a", "at": "2026-01-02 12:30:00"}]}
    if dialect == "postgresql":
        database.execute_sql("SET TIME ZONE 'Asia/Tokyo'")
    router = migrated(
        database, tmp_path, person(at=pw.DateTimeField()), rows, person(at=InstantField())
    )
    router.run()
    if dialect == "postgresql":
        noon = datetime.datetime(2026, 1, 2, 12, 30, tzinfo=datetime.UTC)
        assert column(database, "at") == [noon]
    router.rollback()
    assert [str(value) for value in column(database, "at")] == ["2026-01-02 12:30:00"]


def test_only_midnight_becomes_a_date(database, tmp_path):
    rows = ages("2026-01-02 00:00:00", "2026-01-03 00:00:00")
    router = migrated(
        database, tmp_path, person(age=pw.DateTimeField()), rows, person(age=pw.DateField())
    )
    database.execute_sql("UPDATE person SET age = '2026-01-03 12:30:00' WHERE id = 2")
    with pytest.raises(MigrationError, match="2026-01-03 12:30:00' does not convert"):
        router.run()
    database.execute_sql("DELETE FROM person WHERE id = 2")
    router.run()
    assert [str(value) for value in column(database, "age")] == ["2026-01-02"]


def test_a_computed_default_is_computed_once(database, tmp_path):
    counted = iter(range(7, 99))
    rows = {"person": [{"id": n, "name": "a"} for n in (1, 2, 3)]}
    router = migrated(database, tmp_path, person(), rows, aged(default=lambda: next(counted)))
    router.run()
    assert column(database, "age") == [7, 7, 7]
    assert "fill=7" in (tmp_path / "002_after.py").read_text(encoding="utf-8")


def test_a_dropped_not_null_column_comes_back_with_its_default(database, tmp_path):
    router = migrated(database, tmp_path, aged(default=7), ages(30), person())
    router.run()
    router.rollback()
    assert column(database, "age") == [7]


NEUTRAL = {
    "a number": (aged, ages(30, 40), [0, 0]),
    "a text": (lambda: person(age=pw.TextField()), ages("a", "b"), ["", ""]),
    "a unique number": (lambda: aged(unique=True), ages(30, 40), [1, 2]),
    "a checked number": (lambda: aged(**check("age BETWEEN 18 AND 99")), ages(30, 40), [18, 18]),
    "a checked word": (lambda: person(age=pw.TextField(**check("age IN ('x', 'y')"))), ages("x", "y"), ["x", "x"]),
}  # fmt: skip


@pytest.mark.parametrize("name", NEUTRAL)
def test_what_nobody_knows_any_more_comes_back_neutral(name, database, tmp_path):
    before, rows, wanted = NEUTRAL[name]
    router = migrated(database, tmp_path, before(), rows, person())
    router.run()
    router.rollback()
    assert column(database, "age") == wanted


def test_no_owner_is_made_up(database, tmp_path):
    rows = {"person": [{"id": 1, "name": "a"}], "pet": [{"id": 1, "name": "Rex", "owner_id": 1}]}
    after = [*person(), table("pet", name=pw.CharField())]
    router = migrated(database, tmp_path, with_pets(), rows, after)
    router.run()
    with pytest.raises(
        MigrationError, match=r"pet.owner_id is NOT NULL and has no default; 1 rows need"
    ):
        router.rollback()
    database.execute_sql("DELETE FROM pet")
    router.rollback()
    assert router.done == ["001_before"]


def test_a_conversion_may_be_told(database, tmp_path):
    router = migrated(database, tmp_path, text_age(), ages("30 years", None), aged(null=True))
    path = tmp_path / "002_after.py"
    text = path.read_text(encoding="utf-8").replace(
        'type=("TEXT", "INT"))',
        """type=("TEXT", "INT"), using="CAST(substr(age, 1, 2) AS INTEGER)")""",
        1,
    )
    path.write_text(text, encoding="utf-8")
    router.run()
    assert column(database, "age") == [30, None]


def test_sqlite_keeps_what_no_migration_knows(tmp_path):
    database = pw.SqliteDatabase(tmp_path / "x.db", pragmas={"foreign_keys": 1})
    router = migrated(database, tmp_path / "m", aged(), ages(1), aged(**check("age > 0")))
    database.execute_sql("CREATE INDEX mine ON person (age)")
    database.execute_sql("CREATE TABLE log (n INTEGER)")
    database.execute_sql("CREATE VIEW adults AS SELECT * FROM person WHERE age >= 18")
    database.execute_sql(
        "CREATE TRIGGER t AFTER INSERT ON person BEGIN INSERT INTO log VALUES (new.age); END"
    )
    router.run()
    database.execute_sql("INSERT INTO person (name, age) VALUES ('b', 20)")
    assert database.execute_sql("SELECT n FROM log").fetchall() == [(20,)]
    assert database.execute_sql("SELECT name FROM adults").fetchall() == [("b",)]
    assert "mine" in [index.name for index in database.get_indexes("person")]
    assert database.foreign_keys == 1
    database.execute_sql("ALTER TABLE person ADD COLUMN stranger TEXT")
    router.create("third", auto=aged())
    with pytest.raises(
        MigrationError, match="person has columns that no migration knows, stranger"
    ):
        router.run()
    database.close()


def test_sqlite_lets_no_key_dangle_but_forgives_old_ones(tmp_path):
    database = pw.SqliteDatabase(tmp_path / "x.db", pragmas={"foreign_keys": 1})
    rows = {"person": [{"id": 1, "name": "a"}], "pet": [{"id": 1, "name": "Rex", "owner_id": 1}]}
    router = migrated(
        database,
        tmp_path / "m",
        with_pets(),
        rows,
        with_pets(parent={"age": pw.IntegerField(default=1)}),
    )
    database.execute_sql("PRAGMA foreign_keys = OFF")
    database.execute_sql("INSERT INTO pet (name, owner_id) VALUES ('stray', 99)")
    database.execute_sql("PRAGMA foreign_keys = ON")
    router.run()  # the stray was there before
    path = tmp_path / "m" / "003_bad.py"
    path.write_text(
        "def migrate(migrator, database, *, fake=False):\n    migrator.sql('DELETE FROM person')\n",
        encoding="utf-8",
    )
    with pytest.raises(MigrationError, match="1 rows of pet point to no row of person"):
        router.run()
    assert database.execute_sql("SELECT count(*) FROM person").fetchone() == (1,)
    database.close()
