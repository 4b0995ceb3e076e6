"""A SQLite file is copied aside before it is migrated, as it was and no later."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from database import startup
from tests.migrations import article
from tests.migrations.catalog import contents_of, execute, rows_of
from tests.migrations.project import LATER, MORE, NAMES, copies


def test_a_copy_is_kept_aside(tmp_path, prepare, folder):
    path = tmp_path / "mokumoku.db"
    url = f"sqlite:///{path}"
    prepare(url)
    assert copies(url) == []
    before = contents_of(url)
    (folder / f"{LATER}.py").write_text(MORE)
    prepare(url)
    (copy,) = copies(url)
    assert copy.name == f"mokumoku.db.before-{LATER}"
    assert contents_of(f"sqlite:///{copy}") == before
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_the_copy_has_what_a_running_bot_just_wrote(tmp_path, prepare, folder):
    """What is only in the write-ahead log belongs to the state before too."""
    url = f"sqlite:///{tmp_path / 'mokumoku.db'}"
    prepare(url)
    (folder / f"{LATER}.py").write_text(MORE)
    with closing(sqlite3.connect(tmp_path / "mokumoku.db")) as other:
        other.execute("INSERT INTO member (user_id) VALUES (7)")
        other.commit()
        assert (tmp_path / "mokumoku.db-wal").stat().st_size
        prepare(url)
    (copy,) = copies(url)
    assert rows_of(f"sqlite:///{copy}", "member", "user_id") == [("7",)]


def test_a_late_process_leaves_the_copy_alone(tmp_path, prepare):
    """It saw the database behind, and comes to copy when another one has migrated already."""
    url = f"sqlite:///{tmp_path / 'mokumoku.db'}"
    article.make_database(url, tmp_path / "alembic")
    article.write(url, article.SOME)
    before = contents_of(url)
    prepare(url)
    startup.copy_aside(tmp_path / "mokumoku.db", NAMES[-1])
    (copy,) = copies(url)
    assert contents_of(f"sqlite:///{copy}") == before


def test_a_second_try_keeps_the_newer_state(tmp_path, prepare, folder):
    url = f"sqlite:///{tmp_path / 'mokumoku.db'}"
    prepare(url)
    (folder / f"{LATER}.py").write_text(MORE + "    1 / 0\n")
    with pytest.raises(startup.DatabaseUnusable):
        prepare(url)
    execute(url, "INSERT INTO member (user_id) VALUES (7)")
    (folder / f"{LATER}.py").write_text(MORE)
    prepare(url)
    (copy,) = copies(url)
    assert rows_of(f"sqlite:///{copy}", "member", "user_id") == [("7",)]


def test_the_database_is_for_its_operators_eyes(tmp_path, prepare):
    prepare(f"sqlite:///{tmp_path / 'mokumoku.db'}")
    with closing(sqlite3.connect(tmp_path / "mokumoku.db")) as connection:
        connection.execute("INSERT INTO member (user_id) VALUES (7)")
        connection.commit()
        names = ("mokumoku.db", "mokumoku.db-wal", "mokumoku.db-shm")
        assert [mode_of(tmp_path / name) for name in names] == [0o600] * 3


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_a_copy_is_as_closed_as_its_original(tmp_path, prepare, folder, mode):
    url = f"sqlite:///{tmp_path / 'mokumoku.db'}"
    prepare(url)
    (tmp_path / "mokumoku.db").chmod(mode)
    (folder / f"{LATER}.py").write_text(MORE)
    prepare(url)
    (copy,) = copies(url)
    assert mode_of(copy) == mode


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_copies_that_were_never_finished_are_removed(tmp_path, prepare):
    url = f"sqlite:///{tmp_path / 'mokumoku.db'}"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    name = "mokumoku.db.before-003_honest_time"
    running = tmp_path / f"{name}.{os.getppid()}"
    left = [tmp_path / f"{name}.{ended.pid}", tmp_path / f"{name}.{ended.pid}-journal"]
    for path in (*left, running, tmp_path / name):
        path.touch()
    prepare(url)
    assert set(copies(url)) == {running, tmp_path / name}


def test_no_copy_no_migration(tmp_path, prepare, folder):
    url = f"sqlite:///{tmp_path / 'mokumoku.db'}"
    prepare(url)
    untouched = contents_of(url)
    (folder / f"{LATER}.py").write_text(MORE)
    (tmp_path / f"mokumoku.db.before-{LATER}").mkdir()
    with pytest.raises(
        startup.DatabaseUnusable, match=r"^cannot keep a copy of the database aside: "
    ):
        prepare(url)
    assert contents_of(url) == untouched
    assert [path.name for path in copies(url)] == [f"mokumoku.db.before-{LATER}"]
