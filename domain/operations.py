"""The state of a process of the bot, for its operator."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database counts; today is a day of the bot's default zone."""

    migration: str
    open: int
    reminders: int
    closes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of a process; `counts` are None while the database does not answer."""

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
