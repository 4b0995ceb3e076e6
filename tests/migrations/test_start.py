"""At its start the bot migrates once, whole or not at all, and says in one line what is wrong."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest

import migrator
from database import connection_for, startup
from migrator import Router
from settings import PROJECT
from tests.migrations import article
from tests.migrations.catalog import contents_of, execute, rows_of
from tests.migrations.conftest import Prepare
from tests.migrations.project import LATER, MORE, NAMES, copies

BAD = {
    "a statement": MORE + '    migrator.sql("INSERT INTO nowhere VALUES (1)")\n',
    "a function": MORE + "    migrator.run(lambda: 1 / 0)\n",
    "a step": MORE + '    migrator.drop_column("member", "hat")\n',
    "a word": MORE + "    migrator.what_is_this()\n",
    "no Python": "def migrate(:\n",
}


@pytest.mark.parametrize("begun", ["nothing", "article"])
def test_two_processes_at_once(database_url, project, tmp_path, begun):
    if begun == "article":
        article.make_database(database_url, tmp_path / "alembic")
        article.write(database_url, article.SOME)
        before = contents_of(database_url)  # not of nothing: asking would make the file
    processes = [project.start(database_url) for _ in range(2)]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said

    applied = f"database.startup: migrations applied: {', '.join(NAMES)}\n"
    assert sum(applied in text for text in said) == 1, said
    assert (
        sum("database.startup: migrations applied: none, all were\n" in text for text in said) == 1
    ), said
    assert sorted(rows_of(database_url, "migratehistory", "name")) == [(f"'{n}'",) for n in NAMES]
    if begun == "article":
        assert len(rows_of(database_url, "session", "id")) == len(article.SOME) // 2
        for copy in copies(database_url):
            assert contents_of(f"sqlite:///{copy}") == before


def test_a_start_with_nothing_to_migrate_needs_no_migrator(database_url, prepare, monkeypatch):
    prepare(database_url)
    monkeypatch.setattr(migrator, "Router", None)
    prepare(database_url)
    assert sorted(rows_of(database_url, "migratehistory", "name")) == [(f"'{n}'",) for n in NAMES]


def test_an_edit_of_what_is_applied_is_noticed(database_url, prepare, folder):
    prepare(database_url)
    with (folder / f"{NAMES[-1]}.py").open("a") as file:
        file.write("# an edit\n")
    with pytest.raises(startup.DatabaseUnusable, match="was edited after it was applied"):
        prepare(database_url)


def test_what_was_left_to_validate_is_validated(postgres, prepare):
    prepare(url := postgres.create_database())
    its = "conrelid = 'session'::regclass AND contype = 'c'"
    execute(url, f"UPDATE pg_constraint SET convalidated = false WHERE {its}")
    prepare(url)
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT bool_and(convalidated) FROM pg_constraint WHERE {its}")
        assert cursor.fetchone() == (True,)
    postgres.drop_database(url)


def test_a_failing_migration_changes_nothing(article_url, prepare, folder):
    article.write(article_url, article.SOME)
    fails_and_leaves_everything(article_url, prepare, folder)
    prepare(article_url)
    fails_and_leaves_everything(article_url, prepare, folder)


def fails_and_leaves_everything(url: str, prepare: Prepare, folder: Path) -> None:
    untouched = contents_of(url)
    bad = folder / f"{LATER}.py"
    for fault, text in BAD.items():
        bad.write_text(text)
        with pytest.raises(startup.DatabaseUnusable, match=rf"^{LATER}\.py: [^\n]*$"):
            prepare(url)
        assert contents_of(url) == untouched, fault
    bad.unlink()


def test_a_connection_that_breaks_is_no_fault_of_the_migration(postgres, prepare, folder):
    """A supervisor is to start the bot again, which it would not after a migration that failed."""
    url = postgres.create_database()
    prepare(url)
    untouched = contents_of(url)
    (folder / f"{LATER}.py").write_text(
        MORE + '    migrator.sql("SELECT pg_terminate_backend(pg_backend_pid())")\n'
    )
    with pytest.raises(startup.DatabaseUnreachable) as refusal:
        prepare(url)
    assert "\n" not in str(refusal.value)
    assert contents_of(url) == untouched
    postgres.drop_database(url)


def test_a_file_that_is_no_database(tmp_path, prepare):
    path = tmp_path / "mokumoku.db"
    path.write_text("[settings]\nthis = is not a database, whatever its name says\n" * 99)
    with pytest.raises(startup.DatabaseUnusable, match="file is not a database"):
        prepare(f"sqlite:///{path}")


def test_pw_migrate_fails_as_well(database_url, project):
    (project.migrations / f"{LATER}.py").write_text(BAD["a statement"])
    untouched = contents_of(database_url)
    said = project.pw_migrate("migrate", url=database_url, code=1)
    assert f"Error: {LATER}.py" in said
    assert "Traceback" not in said
    assert contents_of(database_url) == untouched


def test_migrate_off_refuses_a_database_that_is_behind(database_url, prepare):
    untouched = contents_of(database_url)
    with pytest.raises(startup.DatabaseUnusable) as refusal:
        prepare(database_url, migrate=False)
    assert str(refusal.value) == f"the database is behind ({', '.join(NAMES)}) and MIGRATE is off"
    assert contents_of(database_url) == untouched


def test_migrate_off_refuses_another_schema(database_url, prepare):
    prepare(database_url)
    for spoilt, told in (
        ("DROP INDEX session_one_open", "session_one_open"),
        ("DROP TABLE outage", "outage"),
        ("ALTER TABLE member ADD COLUMN shoe INTEGER", "member.shoe"),
    ):
        execute(database_url, spoilt)
        with pytest.raises(startup.DatabaseUnusable) as refusal:
            prepare(database_url, migrate=False)
        said = str(refusal.value)
        assert said.startswith("the database is not what this version needs: ")
        assert told in said
        assert "\n" not in said


def test_a_newer_database_warns_and_goes_on(database_url, prepare, caplog):
    prepare(database_url)
    execute(
        database_url,
        "INSERT INTO migratehistory (name, migrated_at) VALUES ('999_future', '2030-01-01');"
        "ALTER TABLE member ADD COLUMN shoe INTEGER",
    )
    before = contents_of(database_url)
    for migrate in (True, False):
        caplog.clear()
        prepare(database_url, migrate=migrate)
        assert [(record.levelname, record.message) for record in caplog.records] == [
            ("WARNING", "the database is newer than this version of the bot: 999_future")
        ], migrate
        assert contents_of(database_url) == before, migrate


def test_a_later_migration_comes_on_top(article_url, prepare, project):
    """It is written from the models, and does not do again what 002 did to the rows."""
    article.write(article_url, article.SOME)
    prepare(article_url)
    execute(article_url, "UPDATE session SET task = 'math'")
    moment = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1)
    article.write(article_url, [("99", "later", "start", moment)])
    sessions, history = rows_of(article_url, "session"), rows_of(article_url, "history")

    source = project.root / "models.py"
    shoe = "\n\nclass Shoe(BaseModel):\n    size = SmallIntegerField(unique=True)\n"
    source.write_text(source.read_text(encoding="utf-8") + shoe, encoding="utf-8")
    project.pw_migrate("create", "later", "--auto", "--auto-source", "models", url=article_url)
    said = project.pw_migrate("migrate", url=article_url)
    assert "\n".join(line for line in said.splitlines() if "[x]" in line) == f"- [x] {LATER}"
    assert "agree" in project.check(article_url)
    assert rows_of(article_url, "session") == sessions
    assert rows_of(article_url, "history") == history
    assert rows_of(article_url, "shoe") == []


RELEASES = sorted(file.stem for file in (PROJECT / "migrations").glob("0*.py"))


@pytest.mark.parametrize("release", RELEASES[1:])
def test_a_dump_of_an_earlier_release_is_brought_up_to_date(database_url, prepare, release):
    handle = connection_for(database_url)
    with handle.connection_context():
        Router(handle, migrate_dir=PROJECT / "migrations").run(release)
    execute(
        database_url,
        "INSERT INTO session (id, guild_id, user_id, user_name, task, started_at)"
        " VALUES (7, 1, 2, 'Nanao', 'math', '2026-07-01 12:00:00.000000');"
        "INSERT INTO guild (guild_id) VALUES (1)",  # which it is in no more
    )
    prepare(database_url)
    assert rows_of(database_url, "session", "task") == [("'math'",)]
    undated = rows_of(database_url, "guild", "removed_at") == [("NULL",)]
    assert undated is (release >= "006")  # which dates it
    prepare(database_url, migrate=False)
