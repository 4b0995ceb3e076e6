"""The file whose age tells the next start how long the downtime was."""

import logging
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import settings
from heartbeat import Heartbeat

NEON = "postgresql://u:{}@host/neondb?sslmode=require"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    return tmp_path


def heartbeat(monkeypatch: pytest.MonkeyPatch, url: str = "sqlite:////srv/a.db") -> Heartbeat:
    monkeypatch.setenv("DISCORD_TOKEN", "x")
    monkeypatch.setenv("DATABASE_URL", url)
    return Heartbeat(settings.load(Path("/nowhere/.env")))


def test_nobody_knows_before_the_first_time(folder, monkeypatch):
    assert heartbeat(monkeypatch).last() is None
    assert list(folder.iterdir()) == []


def test_releases_before_and_after_share_one_file(folder, monkeypatch):
    heartbeat(monkeypatch).touch()
    (found,) = folder.iterdir()
    assert found.name.startswith(".alive-"), "after a rollback, an old file would be a downtime"


def test_the_next_start_finds_when_the_last_process_was_alive(folder, monkeypatch):
    one = heartbeat(monkeypatch)
    one.touch()
    long_ago = time.time() - 3600
    os.utime(one.path, (long_ago, long_ago))
    found = heartbeat(monkeypatch).last()
    assert found is not None
    assert abs(found - datetime.fromtimestamp(long_ago, UTC)) < timedelta(seconds=1)
    one.touch()
    found = one.last()
    assert found is not None
    assert datetime.now(UTC) - found < timedelta(seconds=5)
    assert one.path.parent == folder


def test_each_database_has_a_mark_of_its_own_that_does_not_tell_its_password(folder, monkeypatch):
    first = heartbeat(monkeypatch, NEON.format("sesame"))
    assert first.path == heartbeat(monkeypatch, NEON.format("another")).path
    assert first.path != heartbeat(monkeypatch, "postgresql://u:sesame@host/other").path
    assert "sesame" not in str(first.path)


def test_without_a_folder_of_its_own_it_stands_in_the_project(monkeypatch):
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    assert heartbeat(monkeypatch).path.parent == settings.PROJECT


def test_a_disk_that_cannot_be_written_is_told_of_once(folder, monkeypatch, caplog):
    monkeypatch.setenv("STATE_DIRECTORY", str(folder / "not" / "there"))
    one = heartbeat(monkeypatch)
    with caplog.at_level(logging.WARNING):
        one.touch()
        one.touch()
    assert len(caplog.records) == 1
    assert "outages go unnoticed" in caplog.text
    assert one.last() is None
