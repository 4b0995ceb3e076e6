"""The one way in to the database: point at it, migrate it, run a transaction in a thread."""

from database.connection import Postgres, bind_models, connection_for
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
    "bind_models",
    "close",
    "connection_for",
    "current_executor",
    "first_line",
    "is_lost",
    "is_quota_exceeded",
    "load",
    "replaced",
    "run",
    "timeouts",
]
