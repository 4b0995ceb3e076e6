"""A backup is made while the bot runs, is whole, and can be restored as the documents say."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from database.connection import connection_for
from heartbeat import changed_at, state_file
from settings import PROJECT, without_password
from tests.migrations.catalog import execute, rows_of

Back = Callable[..., subprocess.CompletedProcess[str]]
SAY = "INSERT INTO member (user_id, zone) VALUES ({}, 'Asia/Tōkyō')"


@pytest.fixture
def programs(request: pytest.FixtureRequest) -> str:
    """Where pg_dump and pg_restore are."""
    pg_ctl = request.getfixturevalue("postgres").pg_ctl
    return str(Path(pg_ctl[0]).parent) if pg_ctl else os.environ["PATH"]


@pytest.fixture
def back(tmp_path: Path, programs: str) -> Back:
    """Run the operator's command."""

    def run(url: str, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
        state = {"DATABASE_URL": url, "STATE_DIRECTORY": str(tmp_path), "PATH": programs}
        return subprocess.run(
            [sys.executable, "-m", "database.backup", str(tmp_path / "backups"), *arguments],
            cwd=PROJECT,
            env=os.environ | state | changed,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "backups").iterdir())


def restore(url: str, copy: Path, programs: str) -> None:
    """Do what docs/operations.md says, with the bot stopped."""
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite:///"))
        for rest in ("-wal", "-shm"):
            file.with_name(file.name + rest).unlink(missing_ok=True)
        shutil.copy(copy, file)
        return
    command = "pg_restore --clean --if-exists --no-owner --single-transaction --dbname"
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert command in text
    environment = os.environ | {"PATH": programs}
    program = shutil.which("pg_restore", path=programs)
    subprocess.run(
        [str(program), *command.split()[1:], url, str(copy)], check=True, env=environment
    )


def test_a_backup_is_restored(database_url, tmp_path, prepare, back, programs):
    prepare(database_url)
    execute(database_url, SAY.format(7))
    before = rows_of(database_url, "member")
    handle = connection_for(database_url)
    with handle.connection_context(), handle.atomic():  # the bot, in the midst of something
        handle.execute_sql(SAY.format(8))
        done = back(database_url)
    (copy,) = kept(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{copy}: ")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert copy.parent.stat().st_mode & 0o777 == 0o700
    assert changed_at(mark_of(database_url, tmp_path)) is not None

    execute(database_url, "DELETE FROM member")
    execute(database_url, SAY.format(9))
    restore(database_url, copy, programs)
    prepare(database_url, migrate=False)  # it is what the bot needs
    assert rows_of(database_url, "member") == before


def mark_of(url: str, folder: Path) -> Path:
    return folder / state_file("backup", without_password(url)).name


def test_the_newest_are_kept_and_what_is_not_a_backup_of_it(database_url, tmp_path, prepare, back):
    prepare(database_url)
    assert back(database_url).returncode == 0
    (new,) = kept(tmp_path)
    name, suffix = new.stem.rpartition("-")[0], new.suffix
    old = [new.with_name(f"{name}-2026010{day}T000000Z{suffix}") for day in range(1, 6)]
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = new.with_name(f"{old[0].name}.{ended.pid}")
    others = [new.with_name(f"{name}-mine{suffix}"), new.with_name(f"my-{old[0].name}")]
    for path in (*old, left, *others):
        path.touch()
    new.unlink()
    assert back(database_url, "--keep", "3").returncode == 0
    assert set(kept(tmp_path)) > {*old[-2:], *others}
    assert len(kept(tmp_path)) == 5


def test_a_damaged_file_takes_no_backups_place(tmp_path, prepare, back):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    prepare(url)
    assert back(url).returncode == 0
    before = kept(tmp_path)
    with (tmp_path / "a.db").open("r+b") as file:
        file.seek(3 * 4096)
        file.write(bytes(4 * 4096))
    done = back(url, "--keep", "1")
    assert done.returncode == 78
    assert done.stderr.startswith("the database is damaged: ")
    assert kept(tmp_path) == before


def test_nothing_is_made_of_a_database_that_is_not_there(tmp_path, back):
    done = back(f"sqlite:///{tmp_path / 'a.db'}")
    assert (done.returncode, done.stderr) == (78, f"there is no database {tmp_path / 'a.db'}\n")
    assert not (tmp_path / "a.db").exists()
    assert kept(tmp_path) == []


def test_a_database_that_is_locked_is_for_later(tmp_path, prepare, back):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    prepare(url)
    with closing(sqlite3.connect(tmp_path / "a.db")) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        done = back(url)
    assert done.returncode == 69
    assert kept(tmp_path) == []


def test_without_pg_dump_one_sentence_says_so(tmp_path, back):
    done = back("postgresql://u:geheim@localhost/a", PATH=str(tmp_path))
    assert done.returncode == 78
    assert done.stderr.startswith("pg_dump is not here: ")
    assert done.stderr.count("\n") == 1


def test_a_postgres_that_is_not_there_is_for_later(tmp_path, back):
    done = back("postgresql://u:geheim@127.0.0.1:1/a?connect_timeout=5")
    assert done.returncode == 69
    assert "refused" in done.stderr
    assert "geheim" not in done.stdout + done.stderr
    assert kept(tmp_path) == []


def test_no_command_line_has_the_password(tmp_path, back):
    """Everybody on a machine may read how a program was called."""
    fake = tmp_path / "bin" / "pg_dump"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/called\necho "$PGPASSWORD" > {tmp_path}/given\n'
    )
    fake.chmod(0o700)
    done = back(
        "postgresql://o'neil:ge%20heim@host/a?sslmode=require",
        PATH=f"{fake.parent}:{os.environ['PATH']}",
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "given").read_text() == "ge heim\n"
    called = (tmp_path / "called").read_text()
    assert "heim" not in called
    assert r"user='o\'neil'" in called
    assert "sslmode='require'" in called
    assert "dbname='a'" in called


def test_a_folder_that_cannot_be_written_is_the_keepers(tmp_path, prepare, back):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    prepare(url)
    (tmp_path / "backups").write_text("")
    done = back(url)
    assert done.returncode == 78
    assert done.stderr.startswith("cannot keep a backup in ")
