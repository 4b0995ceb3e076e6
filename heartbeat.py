"""The heartbeat: a file whose age shows the next start how long the bot was down."""

import hashlib
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

import clock
from settings import PROJECT, Settings

log = logging.getLogger(__name__)


def state_file(kind: str, database: str) -> Path:
    """Return the file whose time of change is when something was last done for a database."""
    name = hashlib.blake2b(database.encode(), digest_size=6).hexdigest()
    # systemd's StateDirectory= says where a service may keep such things
    return Path(os.environ.get("STATE_DIRECTORY") or PROJECT) / f".{kind}-{name}"


def changed_at(file: Path) -> datetime | None:
    """Return when a file was last touched; None if that is unknown."""
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return None


class Heartbeat:
    """The file of a database, shared by all processes on this machine that use it."""

    def __init__(self, settings: Settings) -> None:
        # its name on disk stays: after an update or a rollback both releases must find one file
        self.path = state_file("alive", settings.database)
        self._works = True

    def last(self) -> datetime | None:
        """Return when a process last ran; None if that is unknown."""
        return changed_at(self.path)

    def touch(self) -> None:
        """Record that this process runs; a read-only disk is logged once."""
        try:
            self.path.touch()
            at = clock.now().timestamp()
            os.utime(self.path, (at, at))
        except OSError as error:
            if self._works:
                log.warning("cannot keep %s, so outages go unnoticed: %s", self.path.name, error)
            self._works = False
