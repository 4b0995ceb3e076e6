"""Copies of a database: whole, or not there at all."""

import logging
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

log = logging.getLogger(__name__)


@contextmanager
def unfinished(copy: Path) -> Iterator[Path]:
    """Create an empty file beside `copy` for its owner's eyes, to take its name once it is whole.

    It is removed if it does not; a process that is killed leaves it to `remove_unfinished`.
    """
    part = Path(f"{copy}.{os.getpid()}")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def copy_sqlite(file: Path, part: Path) -> None:
    """Copy a SQLite file as it is at one moment, while others read and write it."""
    # never a new file in place of one that is missing
    source = closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True))
    with source as opened, closing(sqlite3.connect(part)) as target:
        # raises if somebody locks the file for long; `backup` would try again for ever
        opened.execute("SELECT count(*) FROM sqlite_master")
        opened.backup(target)


def remove_unfinished(folder: Path, name: str) -> None:
    """Remove what a process that was killed left of copies whose names match `name`."""
    for part in folder.glob(name):
        found = re.search(r"\.([0-9]+)(-journal|-wal|-shm)?$", part.name)
        if found and not is_running(int(found[1])):
            part.unlink(missing_ok=True)
            log.info("removed an unfinished copy of the database: %s", part.name)


def is_running(process: int) -> bool:
    """Return whether a process, of whomever, is running."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
