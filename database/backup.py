"""Back the database up while the bot runs: `python -m database.backup FOLDER [--keep 14]`.

Exit codes: 0, done; 78, the operator must correct something first; 69, try again later.
"""

import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from database.connection import Postgres, connection_for
from database.copies import copy_sqlite, remove_unfinished, unfinished
from heartbeat import state_file
from settings import SettingsError, database_setting, without_password

FATAL, UNREACHABLE = 78, 69  # as main has them
KEEP = 14
STAMP = "%Y%m%dT%H%M%SZ"


class Failed(Exception):
    """There is no new backup, and all older ones are there; the text is a sentence for people."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def back_up(url: str, folder: Path, keep: int = KEEP) -> Path:
    """Copy the database at a URL into a folder, and keep the newest copies; return the new one.

    Raises Failed.
    """
    handle = connection_for(url)
    postgres = isinstance(handle, Postgres)
    name = re.sub(r"\W", "_", handle.database if postgres else Path(handle.database).stem)
    suffix = ".dump" if postgres else ".db"
    copy = folder / f"{name}-{datetime.now(UTC):{STAMP}}{suffix}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_unfinished(folder, f"{name}-*{suffix}.*")
        with unfinished(copy) as part:
            if postgres:
                dump(handle.connect_params | {"dbname": handle.database}, part)
            else:
                copy_sqlite_checked(Path(handle.database), part)
            part.replace(copy)
        for old in made(folder, name, suffix)[:-keep]:
            old.unlink()
    except OSError as error:
        raise Failed(FATAL, f"cannot keep a backup in {folder}: {error.strerror}") from error
    return copy


def made(folder: Path, name: str, suffix: str) -> list[Path]:
    """List the backups of a database in a folder, the oldest first."""
    ours = re.compile(rf"{re.escape(name)}-\d{{8}}T\d{{6}}Z{re.escape(suffix)}")
    return sorted(path for path in folder.iterdir() if ours.fullmatch(path.name))


def copy_sqlite_checked(file: Path, part: Path) -> None:
    """Copy a SQLite file, and read all of the copy; raise Failed if any of it is damaged."""
    if not file.is_file():
        raise Failed(FATAL, f"there is no database {file}")
    try:
        copy_sqlite(file, part)
        with closing(sqlite3.connect(part)) as copy:
            ((found,),) = copy.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.OperationalError as error:  # locked by somebody, or a full disk
        raise Failed(UNREACHABLE, f"cannot copy the database: {error}") from error
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise Failed(FATAL, f"the database is damaged: {' '.join(found.split())}")


def dump(parameters: dict[str, Any], part: Path) -> None:
    """Write a database into a file by pg_dump; its password stands in no command line."""
    program = shutil.which("pg_dump")
    if program is None:
        raise Failed(
            FATAL, "pg_dump is not here: install PostgreSQL's client, at least as new as the server"
        )
    secret = {"PGPASSWORD": parameters["password"]} if parameters.get("password") else {}
    address = " ".join(f"{k}='{quoted(v)}'" for k, v in parameters.items() if k != "password")
    done = subprocess.run(  # noqa: S603  a fixed program; the address is one argument
        [program, "--format=custom", f"--file={part}", f"--dbname={address}", "--no-password"],
        env=os.environ | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(UNREACHABLE, " ".join(done.stderr.split()) or "pg_dump was ended")


def quoted(value: object) -> str:
    """Write a value as libpq reads it between quotes."""
    return re.sub(r"([\\'])", r"\\\1", str(value))


def main() -> int:
    """Back up the database that the settings name; return the exit code."""
    reader = argparse.ArgumentParser(prog="python -m database.backup", description=__doc__)
    reader.add_argument("folder", type=Path, help="where the backups are kept")
    reader.add_argument("--keep", type=int, default=KEEP, metavar="N", help=f"newest ({KEEP})")
    said = reader.parse_args()
    if said.keep < 1:
        reader.error("--keep must be at least 1")
    os.umask(0o077)  # what it writes is for its operator's eyes
    try:
        url = database_setting()
        copy = back_up(url, said.folder, said.keep)
    except SettingsError as error:
        return ended(FATAL, str(error))
    except Failed as error:
        return ended(error.code, str(error))
    try:
        state_file("backup", without_password(url)).touch()
    except OSError as error:
        return ended(0, f"{copy} is made, but /help cannot know of it: {error.strerror}")
    return ended(0, f"{copy}: {copy.stat().st_size:,} bytes")


def ended(code: int, sentence: str) -> int:
    """Print how it ended; return the exit code."""
    print(sentence, file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
