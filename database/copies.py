"""Copies of a database: whole or not there at all."""

import logging
import os
import re
from pathlib import Path

log = logging.getLogger(__name__)


def remove_unfinished(file: Path) -> None:
    """Remove what a process that was killed left of copies that it had not finished."""
    for part in file.parent.glob(f"{file.name}.before-*"):
        found = re.search(r"\.([0-9]+)(-journal|-wal|-shm)?$", part.name)
        if found and not is_running(int(found[1])):
            part.unlink(missing_ok=True)
            log.info("removed an unfinished copy of the database: %s", part.name)


def is_running(process: int) -> bool:
    """Tell whether a process, of whomever, is running."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
