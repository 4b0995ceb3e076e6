"""`check` sees every difference between models and database that somebody may make by hand."""

# ruff: noqa: E501 (a case a line)

from collections.abc import Iterator
from typing import Any

import peewee as pw
from playhouse.schema_diff import diff_models

from tests.migrator.conftest import undone
from tests.migrator.files import apply
from tests.migrator.kinds import InstantField, check, table


def models() -> list[Any]:
    owner = table(
        "owner",
        name=pw.CharField(max_length=50, unique=True),
        age=pw.IntegerField(index=True, **check("age > 0")),
        at=InstantField(null=True, constraints=[pw.SQL("DEFAULT CURRENT_TIMESTAMP")]),
        more=pw.JSONField(null=True),
        meta={"constraints": [pw.Check("age < 200", "owner_age")]},
        index=[
            lambda m: m.index(m.name, m.age.desc(), name="owner_oldest"),
            lambda m: m.index(pw.fn.LOWER(m.name), name="owner_low"),
            lambda m: m.index(m.age, unique=True, where=m.age > 100, name="owner_old"),
        ],
    )
    pet = table("pet", name=pw.CharField(), owner=pw.ForeignKeyField(owner, on_delete="CASCADE"))
    return [owner, pet]


# what somebody did on Postgres, or to the text of the table on SQLite, and what check says
DRIFTS: list[tuple[str, Any, Any, str]] = [
    ("a type", "ALTER TABLE owner ALTER age TYPE bigint", ('"age" INTEGER', '"age" BIGINT'), "owner.age: type"),
    ("a length", "ALTER TABLE owner ALTER name TYPE varchar(40)", ("VARCHAR(50)", "VARCHAR(40)"), "owner.name: type"),
    ("NOT NULL gone", "ALTER TABLE owner ALTER age DROP NOT NULL", ('"age" INTEGER NOT NULL', '"age" INTEGER'), "owner.age: null"),
    ("NOT NULL added", "ALTER TABLE owner ALTER more SET NOT NULL", ('"more" TEXT', '"more" TEXT NOT NULL'), "owner.more: null"),
    ("a default gone", "ALTER TABLE owner ALTER at DROP DEFAULT", (" DEFAULT CURRENT_TIMESTAMP", ""), "owner.at: server_default none -> CURRENT_TIMESTAMP"),
    ("a default added", "ALTER TABLE owner ALTER age SET DEFAULT 3", ('"age" INTEGER NOT NULL', '"age" INTEGER NOT NULL DEFAULT 3'), "owner.age: server_default 3 -> none"),
    ("a CHECK gone", "ALTER TABLE owner DROP CONSTRAINT owner_age_check", ("CHECK (age > 0)", "CHECK (1)"), "add constraint CHECK (age > 0)"),
    ("a CHECK altered", "ALTER TABLE owner DROP CONSTRAINT owner_age; ALTER TABLE owner ADD CONSTRAINT owner_age CHECK (age < 300)", ("age < 200", "age < 300"), "add constraint owner_age: CHECK (age < 200)"),
    ("a CHECK added", "ALTER TABLE owner ADD CHECK (age <> 13)", ("age < 200)", "age < 200), CHECK (age <> 13)"), "13"),
    ("a CHECK renamed", "ALTER TABLE owner RENAME CONSTRAINT owner_age TO other", ('"owner_age"', '"other"'), "constraint owner_age"),
    ("ON DELETE changed", "ALTER TABLE pet DROP CONSTRAINT pet_owner_id_fkey; ALTER TABLE pet ADD FOREIGN KEY (owner_id) REFERENCES owner (id)", (" ON DELETE CASCADE", ""), "add foreign key (owner_id) -> owner (id) ON DELETE CASCADE"),
    ("a foreign key gone", "ALTER TABLE pet DROP CONSTRAINT pet_owner_id_fkey", ('FOREIGN KEY ("owner_id") REFERENCES "owner" ("id") ON DELETE CASCADE', "CHECK (1)"), "add foreign key"),
    ("a key made deferrable", "ALTER TABLE pet ALTER CONSTRAINT pet_owner_id_fkey DEFERRABLE INITIALLY DEFERRED", ("ON DELETE CASCADE", "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"), "foreign key"),
    ("a column gone", "ALTER TABLE owner DROP more", "ALTER TABLE owner DROP COLUMN more", "add owner.more"),
    ("a column added", "ALTER TABLE owner ADD x int", "ALTER TABLE owner ADD COLUMN x INTEGER", "drop owner.x"),
    ("a collation", 'ALTER TABLE owner ALTER name TYPE varchar(50) COLLATE "C"', ('"name" VARCHAR(50) NOT NULL', '"name" VARCHAR(50) NOT NULL COLLATE NOCASE'), "owner.name: collation"),
    ("the primary key gone", "ALTER TABLE pet DROP CONSTRAINT pet_pkey", (" PRIMARY KEY", ""), "primary key none -> (id)"),
    ("a table gone", "DROP TABLE pet", "DROP TABLE pet", "add table pet"),
    ("an index gone", "DROP INDEX owner_age", "DROP INDEX owner_age", "add index owner_age"),
    ("an index added", "CREATE INDEX mine ON owner (more)", "CREATE INDEX mine ON owner (more)", "drop index mine"),
    ("unique gone", "DROP INDEX owner_name; CREATE INDEX owner_name ON owner (name)", "DROP INDEX owner_name; CREATE INDEX owner_name ON owner (name)", "add unique index owner_name"),
    ("a direction", "DROP INDEX owner_oldest; CREATE INDEX owner_oldest ON owner (name, age)", "DROP INDEX owner_oldest; CREATE INDEX owner_oldest ON owner (name, age)", "owner_oldest"),
    ("an expression", "DROP INDEX owner_low; CREATE INDEX owner_low ON owner (upper(name))", "DROP INDEX owner_low; CREATE INDEX owner_low ON owner (upper(name))", "owner_low"),
    ("a WHERE", "DROP INDEX owner_old; CREATE UNIQUE INDEX owner_old ON owner (age) WHERE age > 99", "DROP INDEX owner_old; CREATE UNIQUE INDEX owner_old ON owner (age) WHERE age > 99", "owner_old"),
    ("a kind of index", "DROP INDEX owner_age; CREATE INDEX owner_age ON owner USING hash (age)", None, "owner_age"),
    ("no sequence", "ALTER TABLE pet ALTER id DROP DEFAULT; DROP SEQUENCE pet_id_seq", None, "pet.id: type"),
    ("identity", "ALTER TABLE pet ALTER id DROP DEFAULT; DROP SEQUENCE pet_id_seq; ALTER TABLE pet ALTER id ADD GENERATED ALWAYS AS IDENTITY", None, "pet.id: type"),
    ("not validated", "ALTER TABLE owner DROP CONSTRAINT owner_age; ALTER TABLE owner ADD CONSTRAINT owner_age CHECK (age < 200) NOT VALID", None, "owner_age"),
    ("a key not validated", "ALTER TABLE pet DROP CONSTRAINT pet_owner_id_fkey; ALTER TABLE pet ADD FOREIGN KEY (owner_id) REFERENCES owner (id) ON DELETE CASCADE NOT VALID", None, "NOT VALID"),
]  # fmt: skip


def drift(database: pw.Database, done: Any) -> None:
    """Do by hand what nobody should, on SQLite by rewriting the table's own text."""
    if isinstance(done, str):
        for statement in done.split("; "):
            database.execute_sql(statement)
        return
    old, new = done
    for name, sql in database.execute_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
    ).fetchall():
        if sql and old in sql:
            changed = sql.replace(old, new)
            database.execute_sql("PRAGMA writable_schema = ON")
            database.execute_sql(
                "UPDATE sqlite_master SET sql = ? WHERE name = ? AND type = 'table'",
                (changed, name),
            )
            database.execute_sql("PRAGMA writable_schema = RESET")


def cases(dialect: str) -> Iterator[tuple[str, Any, str]]:
    """Return what is done on a database, and what is said of it."""
    for name, post, lite, words in DRIFTS:
        if (done := post if dialect == "postgresql" else lite) is not None:
            yield name, done, words


def test_every_drift_is_seen(router, database, dialect, subtests):
    apply(router, "first", models())
    for name, done, words in cases(dialect):
        with subtests.test(name), undone(database):
            drift(database, done)
            found = router.check(models())
            assert any(words in difference for difference in found), found
            assert all(difference.startswith("the database lacks: ") for difference in found)


BLIND = {"a type", "NOT NULL gone", "a CHECK gone", "ON DELETE changed", "a WHERE", "an expression"}


def test_schema_diff_is_blind_to_some(database, dialect, subtests):
    made = models()
    with database.bind_ctx(made):
        database.create_tables(made)
        for name, done, _ in cases(dialect):
            if name in BLIND:
                with subtests.test(name), undone(database):
                    drift(database, done)
                    assert not diff_models(database, made)


def test_models_are_held_against_migrations_too(router):
    apply(router, "first", models())
    more = [*models(), table("toy", name=pw.CharField())]
    assert router.check(more) == [
        "no migration says: add table toy",
        "the database lacks: add table toy",
    ]
    router.create("second", auto=more)
    assert router.check(more) == ["not applied: 002_second", "the database lacks: add table toy"]
    router.run()
    assert router.check(more) == []


def test_other_peoples_tables_are_left_alone(router, database):
    apply(router, "first", models())
    database.execute_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    assert router.check(models()) == []
