"""How a database fails: what is lost, what may have been saved, what will not come back."""

import peewee

# psycopg2 gives no SQLSTATE for any of these (docs/decisions.md), so their words must do
LOST = (
    "server closed the connection",
    "SSL connection has been closed",
    "connection already closed",
    "terminating connection",
    "could not connect",
    "could not translate host name",  # no network yet, as on a Raspberry Pi that just started
    "couldn't connect",
    "connection to server",
    "could not receive data",
    "could not send data",
    "timeout expired",
    "refused",
    "too many clients",
    "remaining connection slots",
    "SSL SYSCALL",
    "SSL error",
    "no connection to the server",
    "EOF detected",
    "the database system is",
    "database is locked",
)
PERMANENT = (
    "password authentication",
    "does not exist",
    "compute time quota",
    "endpoint ID is not specified",
    "pg_hba.conf",  # the server refuses this client, user or way of encrypting
    "server does not support SSL",
    "certificate",
    "channel binding",
    "connection is insecure",
)
# SQLSTATEs: lock not available, deadlock, serialization failure. The transaction is gone, the
# connection is not, and the same job may well succeed now.
CONFLICTS = {"55P03", "40P01", "40001"}
# A server that turned read-only, as after a failover; a transaction that idled too long; a
# prepared statement that is gone, so that the server's process is another: none of them is an
# operational error of psycopg2's.
LOST_STATES = {"25006", "25P03", "26000"}


class ConnectionLost(Exception):
    """The database could not be reached and nothing was changed."""


class QuotaExceeded(ConnectionLost):
    """The database's plan is used up (Neon's free hours); asking again will not help today."""


class FileReplaced(ConnectionLost):
    """SQLite's file was deleted or replaced: what is written now, nobody would read again."""


class OutcomeUnknown(ConnectionLost):
    """The connection was lost while committing and did not come back: it may have been saved."""


def as_peewee(error: Exception) -> Exception:
    """Return the error of Peewee's that a driver's stands for.

    Peewee wraps what fails while a query runs, but not what fails while its rows are fetched.
    """
    if type(error).__module__.partition(".")[0] not in ("sqlite3", "psycopg2"):
        return error
    kinds = (getattr(peewee, kind.__name__, None) for kind in type(error).__mro__)
    kind = next(kind for kind in (*kinds, peewee.DatabaseError) if kind is not None)
    return kind(error, *error.args)


def sqlstate(error: BaseException) -> str | None:
    """Return Postgres' code of an error, if it came with one."""
    return getattr(getattr(error, "orig", None), "pgcode", None)


def is_out_of_step(error: BaseException) -> bool:
    """Return whether an open connection to Postgres brought what libpq does not understand.

    Whatever the server itself refuses has a SQLSTATE.
    """
    ours = type(getattr(error, "orig", None)).__module__.startswith("psycopg2")
    return ours and is_failure(error) and sqlstate(error) is None


def is_failure(error: BaseException) -> bool:
    """Return whether the database failed, and not what was asked of it."""
    # SQLite's driver has no class of its own for a damaged file
    damaged = type(error) is peewee.DatabaseError
    operational = isinstance(error, peewee.OperationalError | peewee.InterfaceError)
    return damaged or operational or sqlstate(error) in LOST_STATES


def is_lost(error: BaseException) -> bool:
    """Return whether the connection was lost, so that the same job may succeed on another one."""
    if sqlstate(error) in LOST_STATES:
        return True
    if not isinstance(error, peewee.OperationalError | peewee.InterfaceError):
        return False
    text = str(error).lower()
    if any(words.lower() in text for words in PERMANENT):
        return False
    return isinstance(error, peewee.InterfaceError) or any(w.lower() in text for w in LOST)


def is_conflict(error: BaseException) -> bool:
    """Return whether other transactions were in the way, so that the same job may succeed now."""
    return sqlstate(error) in CONFLICTS


def is_quota_exceeded(error: BaseException) -> bool:
    """Recognise Neon's refusal once the free hours of the month are used."""
    return "compute time quota" in str(error)


def classified(error: BaseException, *, outcome_unknown: bool) -> BaseException:
    """Return what a failed job means to people: nothing changed, or it may have been saved."""
    if not is_failure(error):
        return error
    kind = (
        QuotaExceeded
        if is_quota_exceeded(error)
        else OutcomeUnknown
        if outcome_unknown
        else ConnectionLost
    )
    failure = kind(first_line(error))
    failure.__cause__ = error
    return failure


def first_line(error: BaseException) -> str:
    """One line of what went wrong, for a log."""
    return str(error).strip().partition("\n")[0]
