"""From a URL to a handle, with what each kind of database needs; opens nothing by itself."""

import itertools
import os
import re
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import peewee

import models
from database.errors import FileReplaced


class Sqlite(peewee.SqliteDatabase):
    """A SQLite file that is noticed when it is deleted or replaced while it is in use."""

    _identity: tuple[int, int] | None = None

    def _connect(self) -> Any:
        self.check_file()  # SQLite would make a new file in place of one that was deleted
        try:
            with suppress(FileExistsError):  # for its operator's eyes; -wal and -shm follow
                os.close(os.open(self.database, os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            raise peewee.OperationalError(f"{self.database}: {error.strerror}") from error
        connection = super()._connect()  # pyright: ignore[reportAttributeAccessIssue]  no stubs
        self._identity = self._found()
        return connection

    def rollback(self) -> None:
        """Roll back, unless SQLite has done so by itself, as it does when the disk is full."""
        if self.connection().in_transaction:
            super().rollback()

    def check_file(self) -> None:
        """Raise FileReplaced if the file is no longer the one that was opened first."""
        if self._identity is None or self._found() == self._identity:
            return
        became = "replaced by another file" if self._found() else "deleted"
        raise FileReplaced(f"the database {self.database} was {became} while the bot was running")

    def _found(self) -> tuple[int, int] | None:
        try:
            file = Path(self.database).stat()
        except FileNotFoundError:
            return None
        return file.st_dev, file.st_ino


class Pending(threading.local):
    """What a thread has not sent to the database yet, and what it knows of its connection."""

    begins = False
    saves = False  # whether anything but `read` has been asked in this transaction
    writes: "tuple[str, list[Any], Callable[[Exception], Exception]] | None" = None

    def __init__(self) -> None:
        self.connected()

    def connected(self) -> None:
        """Forget what was known of an earlier connection."""
        self.servers = set[int]()  # the processes that answered
        self.prepared: dict[str, str] = {}  # the name of each statement
        self.numbers = itertools.count()  # a name that may have been given is not given again


class Postgres(peewee.PostgresqlDatabase):
    """Postgres in few round trips, with bounds on every transaction of the bot.

    A transaction begins with its first query, and its last writes go with its COMMIT.
    SET LOCAL, because a pooler in transaction mode refuses startup options and leaks SET.
    """

    LATER = "with the first query"
    PREPARED = 100  # statements of a connection, as Postgres keeps their plans in its memory
    # Each shorter than the next, and all than a try (executor.TRY_SECONDS): what a client that
    # vanished has locked is free again before those who wait for it give up.
    BOUNDS = "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10s'; "
    BEGIN = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '3s'; " + BOUNDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._pending = Pending()
        super().__init__(*args, **kwargs)
        # Peewee connects under a lock: a thread that cannot connect would hold up all others.
        # What it keeps is each thread's own.
        self._lock = nullcontext()

    @cached_property
    def lock_tables_sql(self) -> str:
        """Return SQL that locks every table of the bot, in alphabetical order: none is dropped."""
        tables = ", ".join(f'"{name}"' for name in models.table_names())
        return f"LOCK TABLE {tables} IN ACCESS SHARE MODE; "

    @property
    def has_only_read(self) -> bool:
        """Whether this transaction has only read, so that its end is of no importance."""
        return not (self._pending.saves or self._pending.writes)

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin at once, or LATER."""
        self._pending.saves = False
        if isolation_level == self.LATER:
            self._pending.begins = True
        else:
            super().begin(isolation_level)

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run a statement, and before it what begins its transaction and what is to be written."""
        self._pending.saves = True
        return self._send(sql, params)

    def _send(self, sql: str, params: Any) -> Any:
        if self._pending.writes:
            self._write()
        begin = self.BEGIN if self._takes_begin() else ""
        return super().execute_sql(begin + sql, params)

    def _connect(self) -> Any:
        self._pending.connected()
        return super()._connect()  # pyright: ignore[reportAttributeAccessIssue]  no stubs

    def read_value(self, sql: str, params: list[Any], lock: int | None = None) -> Any:
        """Select one value as `read` does, with a plan that is made once for a connection.

        To plan what a command reads takes Postgres longer than to run it (docs/benchmarks.md).
        What is prepared belongs to one process of the server, and a pooler gives each transaction
        another: so the first answer of a connection tells whether it is from the process that was
        connected to, which no pooler's is.
        """
        pending, select, name = self._pending, f"SELECT {sql}, pg_backend_pid()", ""
        known = sql in pending.prepared
        direct = pending.servers == {self.connection().get_backend_pid()}
        if params and direct and (known or len(pending.prepared) < self.PREPARED):
            name = pending.prepared[sql] if known else f"read_{next(pending.numbers)}"
            prepare = "" if known else f"PREPARE {name} AS {numbered(select)}; "
            select = f"{prepare}EXECUTE {name}({', '.join(['%s'] * len(params))})"
        ((value, server),) = self.read(select, params, lock).fetchall()
        pending.servers.add(server)
        if name:
            pending.prepared[sql] = name
        return value

    def read(self, sql: str, params: list[Any], lock: int | None = None) -> Any:
        """Run what only reads: bounded, but a transaction that has not begun is not begun.

        With a `lock` it is, and an advisory lock is held until its end, as are all tables from its
        beginning, in the order in which a migration takes them: so neither has what the other one
        waits for.
        """
        if lock is not None:
            first = f"{self.lock_tables_sql}SELECT pg_advisory_xact_lock(%s); "
            return self._send(first + sql, [lock, *params])
        if self._pending.writes or not self._pending.begins:
            return self._send(sql, params)
        # several statements in one string are a transaction of their own
        return super().execute_sql(self.BOUNDS + sql, params)

    def write_at_commit(
        self, sql: str, params: list[Any], explain: Callable[[Exception], Exception]
    ) -> None:
        """Send this with COMMIT, or before the next statement if there is one.

        What a rule of the database refuses is raised as what `explain` makes of it.
        """
        if self._pending.writes:
            self._write()
        self._pending.writes = sql, params, explain

    def _write(self, then: str = "") -> None:
        assert self._pending.writes
        sql, params, explain = self._pending.writes
        self._pending.writes = None
        try:
            self.execute_sql(sql + then, params)
        except (peewee.IntegrityError, peewee.DataError) as error:
            raise explain(error) from error

    def commit(self) -> None:
        """Commit, if anything was asked at all."""
        if self._pending.writes:
            self._write("; COMMIT")
        elif not self._takes_begin():
            super().commit()

    def rollback(self) -> None:
        """Roll back, if anything was asked at all and the connection is still there."""
        self._pending.writes = None
        if not self._takes_begin() and not self.connection().closed:
            super().rollback()

    def _takes_begin(self) -> bool:
        waits, self._pending.begins = self._pending.begins, False
        return waits


def numbered(sql: str) -> str:
    """Number the places for values, as PREPARE has them."""
    numbers = itertools.count(1)
    return re.sub("%s", lambda _: f"${next(numbers)}", sql)


def connection_for(url: str) -> peewee.Database:
    """Create the handle for a URL that `settings.database_address` has accepted; opens nothing."""
    if url.startswith("sqlite"):
        return Sqlite(
            url.removeprefix("sqlite:///"),
            autoconnect=False,
            pragmas={
                "journal_mode": "wal",
                "foreign_keys": 1,
                "busy_timeout": 5000,
                "synchronous": "full",  # `normal` loses acknowledged commits in a power cut
            },
        )
    from playhouse.db_url import connect  # with all of Peewee's databases, which nobody else needs

    defaults: dict[str, Any] = {
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 10000,
    }
    handle = connect(url, unquote_password=True, unquote_user=True, autoconnect=False)
    parameters = defaults | handle.connect_params
    return Postgres(handle.database, autoconnect=False, **parameters)


def bind_models(url: str) -> None:
    """Bind the models to the database at `url`; connects when first asked."""
    models.database.initialize(connection_for(url))
