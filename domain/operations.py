"""How a process of the bot fares, for whoever runs it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database tells; today is the bot's own day."""

    migration: str
    open: int
    reminders: int
    closes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a process fares; `counts` are None while the database does not answer."""

    version: str
    since: datetime
    gateway: bool
    latency: float  # seconds, to the gateway and back
    median: float  # seconds that half of the latest jobs took at most
    slow: float  # and 19 of 20
    jobs: int
    waiting: int
    counts: Counts | None
    due: datetime | None
    backup: datetime | None
