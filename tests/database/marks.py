"""A table of the tests' own, and units that write to it, fail, or are watched."""

import sqlite3
from typing import Any

import peewee
import psycopg2.extensions
from peewee import IntegerField, TextField

import models

QUOTA = "Your account or project has exceeded the compute time quota. Upgrade your plan"


class Mark(models.BaseModel):
    """A row to be written, or not."""

    text = TextField(unique=True)
    count = IntegerField(default=0)


def write(text: str) -> str:
    Mark.create(text=text)
    return text


def texts() -> set[str]:
    return {mark.text for mark in Mark.select()}


def kept() -> set[str]:
    """What is really there, seen over a connection of its own."""
    handle = models.database.obj
    assert handle is not None
    with handle.connection_context():
        return texts()


def write_and_fail(text: str, error: Exception) -> None:
    Mark.create(text=text)
    raise error


class Failing:
    """A unit that fails with an error the first few times."""

    def __init__(self, error: Exception, times: int = 1) -> None:
        self.error, self.times, self.calls = error, times, 0

    def __call__(self) -> str:
        self.calls += 1
        Mark.create(text=f"try {self.calls}")
        if self.calls <= self.times:
            raise self.error
        return "done"


def recorded() -> list[str]:
    """Record from now on every statement that reaches the database."""
    sent: list[str] = []
    handle = models.database.obj

    class Cursor(psycopg2.extensions.cursor):
        def execute(self, query: str, params: object = None) -> None:
            sent.append(query)
            super().execute(query, params)

    class Connection(sqlite3.Connection):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.set_trace_callback(sent.append)

    lite = isinstance(handle, peewee.SqliteDatabase)
    handle.connect_params |= {"factory": Connection} if lite else {"cursor_factory": Cursor}
    return sent
