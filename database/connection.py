"""From a URL to a handle, with what each kind of database needs; opens nothing by itself."""

import threading
from typing import Any

import peewee
from playhouse.db_url import connect

import models


class Postgres(peewee.PostgresqlDatabase):
    """Postgres with bounds on every transaction of the bot, in its first query's round trip.

    SET LOCAL, because a pooler in transaction mode refuses startup options and leaks SET.
    """

    LATER = "with the first query"
    BEGIN = "BEGIN; SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '5s'; "

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._thread = threading.local()
        super().__init__(*args, **kwargs)

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin at once, or LATER."""
        if isolation_level == self.LATER:
            self._thread.begins = True
        else:
            super().begin(isolation_level)

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run a statement, and what begins its transaction."""
        return super().execute_sql(self.BEGIN + sql if self._takes_begin() else sql, params)

    def commit(self) -> None:
        """Commit, if anything was asked at all."""
        if not self._takes_begin():
            super().commit()

    def rollback(self) -> None:
        """Roll back, if anything was asked at all."""
        if not self._takes_begin():
            super().rollback()

    def _takes_begin(self) -> bool:
        waits = getattr(self._thread, "begins", False)
        self._thread.begins = False
        return waits


def connection_for(url: str) -> peewee.Database:
    """Make the handle for a URL that `settings.database_address` has accepted; opens nothing."""
    if url.startswith("sqlite"):
        return peewee.SqliteDatabase(
            url.removeprefix("sqlite:///"),
            autoconnect=False,
            pragmas={
                "journal_mode": "wal",
                "foreign_keys": 1,
                "busy_timeout": 5000,
                "synchronous": "full",  # `normal` loses acknowledged commits in a power cut
            },
        )
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


def point_at(url: str) -> None:
    """Bind the models to the database at `url`; connects when first asked."""
    models.database.initialize(connection_for(url))
