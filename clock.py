"""This process's clock; the sandbox and the tests may set it ahead."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_ahead: list[Path] = []


def follow(file: Path) -> None:
    """Set the clock ahead from now on, by as many seconds as stand in a file at that moment."""
    _ahead[:] = [file]


def now() -> datetime:
    """Return the time by this process, in UTC.

    Nobody's command has its time from here: that is Discord's.
    """
    seconds = float(_ahead[0].read_text(encoding="ascii")) if _ahead else 0.0
    return datetime.now(UTC) + timedelta(seconds=seconds)


def boot_time() -> float:
    """Return the seconds since this machine started, those in which it slept too.

    They go on evenly, whatever the machine believes the date to be.
    """
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
