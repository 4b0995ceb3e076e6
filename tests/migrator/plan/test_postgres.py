"""On Postgres: locks that are short, waits that end, and nothing that outlives a transaction."""

import re
from collections.abc import Iterator
from pathlib import Path

import peewee as pw
import pytest

from migrator import MigrationError, Router
from tests.migrator.conftest import Idle, one, opened
from tests.migrator.facts import facts
from tests.migrator.files import apply
from tests.migrator.kinds import InstantField, aged, check, person, with_pets
from tests.migrator.measure import fill
from tests.migrator.run.test_script import script


@pytest.fixture
def postgres_database(postgres_urls: tuple[str, str], idle: Idle) -> Iterator[pw.Database]:
    yield from one(postgres_urls[0], idle)


@pytest.fixture
def router(postgres_database: pw.Database, tmp_path: Path) -> Router:
    """A table of people, applied."""
    router = Router(postgres_database, tmp_path, lock_timeout=0.3)
    apply(router, "first", aged())
    fill(postgres_database, {"person": [{"id": n, "name": "a", "age": n} for n in (1, 2, 3)]})
    return router


def heard(database: pw.Database) -> list[str]:
    """Every statement from now on."""
    said: list[str] = []
    database.query_hooks.append(lambda event: said.append(event.sql))
    return said


def storage(database: pw.Database) -> int:
    return database.execute_sql(
        "SELECT relfilenode FROM pg_class WHERE relname = 'person'"
    ).fetchone()[0]


def test_not_null_with_a_constant_rewrites_nothing(router, postgres_database):
    before = storage(postgres_database)
    apply(router, "second", person(age=pw.IntegerField(), more=pw.IntegerField(default=7)))
    assert storage(postgres_database) == before
    found = postgres_database.execute_sql(
        "SELECT more, column_default FROM person, information_schema.columns"
        " WHERE table_name = 'person' AND column_name = 'more'"
    ).fetchall()
    assert found == [(7, None)] * 3


def test_a_check_looks_at_old_rows_after_the_commit(router, postgres_database):
    router.create("second", auto=aged(**check("age > 0")))
    said = heard(postgres_database)
    router.run()
    added = next(n for n, sql in enumerate(said) if "NOT VALID" in sql)
    recorded = next(
        n for n, sql in enumerate(said) if sql.startswith('INSERT INTO "migratehistory"')
    )
    validated = next(n for n, sql in enumerate(said) if "VALIDATE CONSTRAINT" in sql)
    assert added < recorded < validated
    assert "', True" in repr(facts(postgres_database)["person"]["constraints"])
    assert not router.check(aged(**check("age > 0")))


def test_a_check_that_takes_the_place_of_another_takes_its_name(router, postgres_database):
    router.create("second", auto=aged(**check("age > 0")))
    router.create("third", auto=aged(**check("age >= 1")))
    assert sum("VALIDATE" in statement for statement in script(router)) == 1
    router.run()
    found = postgres_database.execute_sql(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'person'::regclass AND contype = 'c'"
    ).fetchall()
    assert found == [("person_age_check",)]


def test_readers_are_let_in_while_it_looks(router, postgres_database, postgres_urls):
    """The lock of VALIDATE is one that lets others read and write."""
    router.create("second", auto=aged(**check("age > 0")))
    held: list[tuple[str, ...]] = []

    def look(event: object) -> None:
        if "VALIDATE CONSTRAINT" in str(event):
            rows = postgres_database.connection().cursor()
            rows.execute(
                "SELECT mode FROM pg_locks JOIN pg_class ON oid = relation WHERE relname = 'person'"
                " AND pid = pg_backend_pid()"
            )
            held.extend(rows.fetchall())

    postgres_database.query_hooks.append(look)
    router.run()
    assert held == [("ShareUpdateExclusiveLock",)]


def test_a_run_that_was_killed_before_it_looked_is_finished_later(
    router, postgres_database, monkeypatch
):
    from migrator.run import runner

    router.create("second", auto=with_pets_from())
    with monkeypatch.context() as patch:
        patch.setattr(runner.Runner, "finish", lambda self, files: None)
        router.run()
    assert any("NOT VALID" in difference for difference in router.check(with_pets_from()))
    assert router.run() == []
    assert not router.check(with_pets_from())


def with_pets_from() -> list[object]:
    return with_pets(parent={"age": pw.IntegerField(**check("age > 0"))})


def test_a_table_in_use_ends_the_wait(router, postgres_database, postgres_urls):
    router.create("second", auto=person(age=pw.IntegerField(null=True)))
    untouched = facts(postgres_database)
    words = r"^a table was in use for 0\.3 s\. Nothing was changed; try again when less is going on"
    with opened(postgres_urls[0]) as other:
        other.execute_sql("SELECT * FROM person")
        with pytest.raises(MigrationError, match=words):
            router.run()
    assert facts(postgres_database) == untouched
    assert router.run() == ["002_second"]


# What would outlive its transaction, as LOCK TABLE alone of the locks does not.
SESSION = re.compile(
    r"^\s*(SET (?!LOCAL|TRANSACTION|CONSTRAINTS)|LISTEN|PREPARE|DECLARE|LOCK(?! TABLE))"
    r"|^\s*CREATE TEMP(?!.*migrator_probe)"
    r"|pg_(try_)?advisory_lock|set_config\([^)]*false\)",
    re.IGNORECASE,
)


def test_nothing_outlives_a_transaction(router, postgres_database):
    """So PgBouncer may be between, in transaction mode."""
    said = heard(postgres_database)
    wider = person(age=pw.TextField(**check("age <> ''")), at=InstantField(null=True))
    for name, models in (("second", wider), ("third", aged())):
        router.create(name, auto=models)
        router.run()
    router.rollback()
    assert len(said) > 40
    assert not [sql for text in said for sql in text.split("; ") if SESSION.search(sql)]
    assert any("pg_try_advisory_xact_lock" in sql for sql in said)
    left = postgres_database.execute_sql(
        "SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema()"
        " UNION SELECT proname FROM pg_proc WHERE pronamespace = pg_my_temp_schema()"
    )
    assert left.fetchall() == []


def test_before_postgres_16_a_function_reads_values(router, postgres_database, monkeypatch):
    from migrator.introspect import catalogs

    plain = catalogs.PostgresCatalog.__init__

    def older(self: catalogs.PostgresCatalog, database: pw.Database) -> None:
        plain(self, database)
        self.server_version = 150000

    monkeypatch.setattr(catalogs.PostgresCatalog, "__init__", older)
    apply(router, "second", person(age=pw.TextField()))
    postgres_database.execute_sql("UPDATE person SET age = 'x' WHERE id = 2")
    router.create("third", auto=aged())
    for _ in range(2):
        with pytest.raises(MigrationError, match="'x' does not convert"):
            router.run()
    postgres_database.execute_sql("UPDATE person SET age = '2'")
    assert router.run() == ["003_third"]


def test_constraints_named_by_others_are_found(postgres_database, tmp_path):
    """A table made by stock, or by hand, has names that no rule tells."""
    router = Router(postgres_database, tmp_path)
    models = with_pets(parent={"age": pw.IntegerField(null=True, **check("age > 0"))})
    apply(router, "first", models)
    for table, old in (
        ("person", "person_pkey"),
        ("person", "person_age_check"),
        ("pet", "pet_owner_id_fkey"),
    ):
        postgres_database.execute_sql(f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO odd_{old}")
    postgres_database.execute_sql("ALTER SEQUENCE person_id_seq RENAME TO odd_seq")
    after = person(id=pw.IntegerField(primary_key=True), age=pw.IntegerField(null=True))
    apply(router, "second", after)
    assert not router.check(after)
