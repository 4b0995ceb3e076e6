"""A file whose age tells the next start how long nobody was there."""

import hashlib
import logging
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from settings import PROJECT, Settings

log = logging.getLogger(__name__)


class Heartbeat:
    """The file; one for each database, shared by all processes on this machine that use it."""

    def __init__(self, settings: Settings) -> None:
        name = hashlib.blake2b(settings.database.encode(), digest_size=6).hexdigest()
        # systemd's StateDirectory= says where a service may keep such things
        self.path = Path(os.environ.get("STATE_DIRECTORY") or PROJECT) / f".alive-{name}"
        self._works = True

    def last(self) -> datetime | None:
        """Say when a process was last alive; None if nobody knows."""
        try:
            return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)
        except OSError:
            return None

    def touch(self) -> None:
        """Note that this process is alive; a read-only disk is told of once."""
        try:
            self.path.touch()
            os.utime(self.path, (time.time(), time.time()))
        except OSError as error:
            if self._works:
                log.warning("cannot keep %s, so outages go unnoticed: %s", self.path.name, error)
            self._works = False
