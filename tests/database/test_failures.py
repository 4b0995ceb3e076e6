"""What else a database does: it is read-only, full, damaged, or another one than before."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import database
import models
from database import ConnectionLost, FileReplaced, executor
from database.executor import FILE_SECONDS
from tests.database.marks import kept, texts, write


async def test_a_server_that_turned_read_only_is_asked_again(postgres, pg, monkeypatch):
    name = models.database.obj.database
    read_only = f'ALTER DATABASE "{name}" SET default_transaction_read_only'
    postgres.execute(f"{read_only} = on")
    with pytest.raises(ConnectionLost, match="read-only"):
        await database.run(write, "a")
    monkeypatch.setattr(executor, "TRIES", 100)  # how long the server takes is its own affair
    unit = asyncio.ensure_future(database.run(write, "b"))
    postgres.execute(f"{read_only} = off")
    assert await unit == "b"
    assert kept() == {"b"}


def fill_the_disk() -> None:
    models.database.execute_sql("PRAGMA max_page_count = 1")  # it stays at what there is
    while True:
        write(os.urandom(5000).hex())


async def test_a_full_disk_is_told_by_its_own_words(lite):
    with pytest.raises(ConnectionLost, match=r"^database or disk is full$"):
        await database.run(fill_the_disk)
    assert await database.run(texts) == set()


async def test_a_full_disk_does_not_take_the_others_of_its_commit(lite):
    units = [asyncio.ensure_future(database.run(*one)) for one in ((write, "a"), (fill_the_disk,))]
    first, full = await asyncio.gather(*units, return_exceptions=True)
    assert first == "a"
    assert str(full) == "database or disk is full"
    assert kept() == {"a"}


async def test_damage_that_is_met_while_running_is_a_failure_of_the_database(lite):
    for n in range(200):
        await database.run(write, f"{n}" * 100)
    await asyncio.to_thread(database.close, 5)
    zero_the_middle(Path(lite.removeprefix("sqlite:///")))
    with pytest.raises(ConnectionLost, match="malformed"):
        await database.run(texts)


def zero_the_middle(file: Path) -> None:
    """Do what a dying SD card does to a file."""
    pages = file.stat().st_size // 4096
    with file.open("r+b") as opened:
        for page in range(pages * 3 // 4, pages * 3 // 4 + 8):
            opened.seek(page * 4096)
            opened.write(bytes(4096))


def delete(file: Path) -> None:
    for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        path.unlink(missing_ok=True)


def replace(file: Path) -> None:
    """Put a copy in its place, as somebody does who restores a backup."""
    copy = file.with_suffix(".copy")
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    delete(file)
    shutil.move(copy, file)


@pytest.mark.parametrize("happens", [delete, replace])
@pytest.mark.parametrize("idle", [False, True])
async def test_a_file_that_is_gone_takes_nothing_more(lite, happens, idle):
    file = Path(lite.removeprefix("sqlite:///"))
    await database.run(write, "before")
    if idle:  # the connection was given back
        executor = database.current_executor()
        executor.close(5)
        database.executor._executors.clear()
    happens(file)
    with pytest.raises(FileReplaced, match=r"deleted|replaced by another file"):
        await database.run(write, "after")
    assert await asyncio.to_thread(file.exists) == (happens is replace), "no new file was made"
    said = await asyncio.wait_for(database.replaced(), FILE_SECONDS / 2)  # before it is looked at
    assert str(file) in said


async def test_a_file_that_is_gone_is_noticed_without_a_command(lite, monkeypatch):
    monkeypatch.setattr(executor, "FILE_SECONDS", 0.05)
    await database.run(write, "before")
    watch = asyncio.ensure_future(database.replaced())
    await asyncio.sleep(0.2)
    assert not watch.done()
    delete(Path(lite.removeprefix("sqlite:///")))
    assert "was deleted" in await asyncio.wait_for(watch, FILE_SECONDS / 2)


async def test_a_look_at_the_file_may_be_given_up(executor_url):
    watch = asyncio.ensure_future(database.replaced())
    await asyncio.sleep(0.05)
    watch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watch
    assert await database.run(write, "a") == "a"
