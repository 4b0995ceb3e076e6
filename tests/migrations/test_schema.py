"""From nothing and back to nothing, and never another schema than the models declare."""

import inspect

import peewee
import pytest

import database
import models
from database import startup
from tests.migrations.catalog import contents_of, execute, rows_of, schema_of
from tests.migrations.project import NAMES


def tables() -> list[type[peewee.Model]]:
    """Find every model that models.py declares, those of tomorrow too."""
    found = [
        value
        for value in vars(models).values()
        if inspect.isclass(value) and issubclass(value, peewee.Model)
    ]
    return [model for model in found if model not in (peewee.Model, models.BaseModel)]


def create_tables(url: str) -> None:
    """Do what Peewee does without any migration."""
    handle = database.connection_for(url)
    with handle.bind_ctx(tables()), handle.connection_context():
        handle.create_tables(tables(), safe=False)


def test_migrated_and_created_are_the_same(database_url, fresh_url, prepare):
    prepare(database_url)
    create_tables(fresh_url)
    migrated = schema_of(database_url)
    assert set(migrated["tables"]) == {model._meta.table_name for model in tables()}
    assert migrated == schema_of(fresh_url)


def test_the_bot_from_nothing_and_again(database_url, prepare, caplog):
    caplog.set_level("INFO", "database.startup")
    prepare(database_url)
    assert caplog.messages == [f"migrations applied: {', '.join(NAMES)}"]
    before = contents_of(database_url)
    caplog.clear()
    prepare(database_url)
    prepare(database_url, migrate=False)
    assert caplog.messages == [
        "migrations applied: none, all were",
        "migrations applied: none, MIGRATE is off and all were",
    ]
    assert contents_of(database_url) == before


def test_pw_migrate_from_nothing_again_and_back(database_url, fresh_url, prepare, project):
    def pw_migrate(*arguments: str) -> str:
        return project.pw_migrate(*arguments, url=database_url)

    files, nothing = project.files, schema_of(database_url)
    count, first, rest = len(NAMES), NAMES[0], NAMES[1:]
    assert "No changes found" in pw_migrate("create", "more", "--auto", "--auto-source", "models")
    assert "".join(f"- [x] {name}\n" for name in NAMES) + "OK\n" in pw_migrate("migrate")
    before = contents_of(database_url)
    again = pw_migrate("migrate")
    assert "OK" in again
    assert "[x]" not in again
    assert f"Done: {count}, Pending: 0" in pw_migrate("list")
    assert "agree" in project.check(database_url)
    assert contents_of(database_url) == before
    prepare(fresh_url)
    assert schema_of(database_url) == schema_of(fresh_url)

    pw_migrate("rollback", "--count", str(count - 1))
    assert set(schema_of(database_url)["tables"]) == {"history"}
    listed = "".join(f"- [ ] {name}\n" for name in rest)
    assert f"- [x] {first}\n{listed}" in pw_migrate("list")
    pw_migrate("rollback")
    assert schema_of(database_url) == nothing
    pw_migrate("migrate")
    assert schema_of(database_url) == schema_of(fresh_url)
    assert project.files == files


def test_a_rollback_keeps_what_the_article_knows(database_url, prepare, project):
    prepare(database_url)
    execute(
        database_url,
        """INSERT INTO history (user_id, user_name, cmd, created_at, interaction_id, after) VALUES
        ('1', 'a', 'start', '2026-01-02 03:04:05.678900', 7, '{"id": 7}'),
        ('1', 'a', 'cancel', '2026-01-02 03:05:05.000000', 8, NULL),
        ('1', 'a', 'end', '2026-01-02 03:06:05.000000', NULL, NULL);
        INSERT INTO session (id, guild_id, user_id, user_name, started_at)
        VALUES (7, 1, 1, 'a', '2026-01-02 03:04:05.678900')""",
    )
    columns = ("user_id", "user_name", "cmd", "created_at")
    written = rows_of(database_url, "history", *columns)
    said = project.pw_migrate("rollback", "--count", str(len(NAMES) - 1), url=database_url)
    assert "deletes 1 rows of history WHERE cmd NOT IN ('start', 'end')" in said
    assert "drops every row of session" in said
    assert rows_of(database_url, "history") == [row for row in written if row[2] != "'cancel'"]
    prepare(database_url)
    assert len(rows_of(database_url, "session")) == 1


def test_check_finds_what_is_not_there_yet(database_url, project):
    said = project.check(database_url, code=1)
    assert all(f"not applied: {name}" in said for name in NAMES)
    for model in tables():
        assert model._meta.table_name in said


def test_a_model_without_a_migration_is_noticed(database_url, fresh_url, prepare, monkeypatch):
    """What keeps the comparison above from passing when nobody wrote the migration."""

    class Shoe(models.BaseModel):
        size = peewee.SmallIntegerField()

    monkeypatch.setattr(models, "Shoe", Shoe, raising=False)
    prepare(database_url)
    create_tables(fresh_url)
    migrated, created = schema_of(database_url)["tables"], schema_of(fresh_url)["tables"]
    assert set(created) - set(migrated) == {"shoe"}
    with pytest.raises(startup.DatabaseUnusable, match="shoe"):
        prepare(database_url, migrate=False)
