"""The one way in to the database: point at it, migrate it, run a transaction in a thread."""

from database.connection import Postgres, connection_for, bind_models
from database.errors import (
    ConnectionLost,
    FileReplaced,
    OutcomeUnknown,
    QuotaExceeded,
    first_line,
    is_lost,
    is_quota_exceeded,
)
from database.executor import (
    BATCH,
    POSTGRES_THREADS,
    TRIES,
    DatabaseExecutor,
    Load,
    close,
    current_executor,
    load,
    replaced,
    run,
    timeouts,
)
from database.transaction import Job, Transaction

__all__ = [
    "BATCH",
    "POSTGRES_THREADS",
    "TRIES",
    "ConnectionLost",
    "DatabaseExecutor",
    "FileReplaced",
    "Job",
    "Load",
    "OutcomeUnknown",
    "Postgres",
    "QuotaExceeded",
    "Transaction",
    "close",
    "connection_for",
    "current_executor",
    "first_line",
    "is_lost",
    "is_quota_exceeded",
    "load",
    "bind_models",
    "replaced",
    "run",
    "timeouts",
]
