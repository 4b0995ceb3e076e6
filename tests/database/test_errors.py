"""Which failures are lost connections, and what a failure means to those who wait."""

import peewee
import pytest

from database import ConnectionLost, OutcomeUnknown, QuotaExceeded, is_lost
from database.errors import classified
from tests.database.marks import QUOTA

CONNECTING = 'connection to server at "ep-x.neon.tech" (10.0.0.1), port 5432 failed: '


@pytest.mark.parametrize(
    "text",
    [
        "server closed the connection unexpectedly\n\tThis probably means the server terminated",
        "SSL connection has been closed unexpectedly\n",
        "terminating connection due to administrator command",
        "could not connect to server: Connection refused",
        CONNECTING + "Connection refused\n\tIs the server running on that host",
        CONNECTING + "timeout expired",
        CONNECTING + "FATAL:  sorry, too many clients already",
        CONNECTING + "FATAL:  remaining connection slots are reserved for roles with SUPERUSER",
        CONNECTING + "FATAL:  the database system is starting up",
        CONNECTING + "No route to host",
        CONNECTING + "SSL error: unexpected eof while reading",
        'connection to server on socket "/tmp/.s.PGSQL.5432" failed: No such file or directory',
        "ERROR:  Couldn't connect to compute node",
        "SSL SYSCALL error: EOF detected",
        "SSL SYSCALL error: Connection reset by peer",
        "SSL error: unexpected eof while reading",
        "could not receive data from server: Connection timed out",
        "could not send data to server: Broken pipe",
        "no connection to the server",
        'could not translate host name "ep-x.neon.tech" to address: Temporary failure in name res',
        "database is locked",
    ],
)
def test_a_lost_connection_is_known_by_its_words(text: str) -> None:
    assert is_lost(peewee.OperationalError(text))


@pytest.mark.parametrize("text", ["connection already closed", "cursor already closed"])
def test_a_connection_that_is_closed_already_is_lost(text: str) -> None:
    assert is_lost(peewee.InterfaceError(text))


@pytest.mark.parametrize(
    "error",
    [
        peewee.OperationalError(
            CONNECTING + 'FATAL:  password authentication failed for user "u"\n'
        ),
        peewee.OperationalError(CONNECTING + 'FATAL:  database "x" does not exist'),
        peewee.OperationalError(CONNECTING + 'FATAL:  role "x" does not exist'),
        peewee.OperationalError(CONNECTING + f"ERROR:  {QUOTA}"),
        peewee.OperationalError(CONNECTING + "ERROR:  Endpoint ID is not specified. Either"),
        peewee.OperationalError("canceling statement due to statement timeout"),
        peewee.OperationalError("canceling statement due to lock timeout"),
        peewee.OperationalError("no such table: session"),
        peewee.OperationalError("disk I/O error"),
        peewee.OperationalError("attempt to write a readonly database"),
        peewee.OperationalError("database or disk is full"),
        peewee.IntegrityError("UNIQUE constraint failed: refused"),
        peewee.ProgrammingError('relation "timeout expired" does not exist'),
        ConnectionRefusedError("connection refused"),
    ],
)
def test_other_failures_are_not_taken_for_a_lost_connection(error: Exception) -> None:
    assert not is_lost(error)


def test_what_failed_is_told_apart_in_one_line_without_losing_its_cause() -> None:
    error = peewee.OperationalError("server closed the connection\n\tsecond line")
    told = classified(error, outcome_unknown=False)
    assert type(told) is ConnectionLost
    assert (str(told), told.__cause__) == ("server closed the connection", error)
    assert type(classified(error, outcome_unknown=True)) is OutcomeUnknown
    assert type(classified(peewee.OperationalError(QUOTA), outcome_unknown=False)) is QuotaExceeded
    bug = ZeroDivisionError()
    assert classified(bug, outcome_unknown=True) is bug
