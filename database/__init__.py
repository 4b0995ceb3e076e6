"""The one way in to the database: point at it, migrate it, run a transaction in a thread."""

from database.connection import Postgres, connection_for, point_at
from database.errors import (
    ConnectionLost,
    OutcomeUnknown,
    QuotaExceeded,
    first_line,
    is_quota_exceeded,
    lost,
)
from database.executor import (
    BATCH,
    POSTGRES_THREADS,
    TRIES,
    DatabaseExecutor,
    Job,
    Transaction,
    close,
    door,
    run,
)

__all__ = [
    "BATCH",
    "POSTGRES_THREADS",
    "TRIES",
    "ConnectionLost",
    "DatabaseExecutor",
    "Job",
    "OutcomeUnknown",
    "Postgres",
    "QuotaExceeded",
    "Transaction",
    "close",
    "connection_for",
    "door",
    "first_line",
    "is_quota_exceeded",
    "lost",
    "point_at",
    "run",
]
