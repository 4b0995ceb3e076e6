"""What becomes of rows: how a value is converted, and what fills a column that has none."""

from dataclasses import dataclass
from typing import Any

import peewee as pw

from ..operations.base import DISTINCT, Hints
from ..schema.compiler import DDLCompiler
from ..schema.model import Column, PerDatabase, Table
from ..schema.references import is_unique
from ..schema.sql import literal, quote, quote_path
from ..schema.types import family, unserial
from .mapping import Pair

NUMBERS = {"integer", "number"}
# between a UUID and its sixteen bytes, on SQLite and on Postgres
UUID_BYTES = {
    ("uuid", "binary uuid"): ("unhex(replace({}, '-', ''))", "uuid_send({})"),
    ("text", "binary uuid"): ("unhex(replace({}, '-', ''))", "uuid_send({}::uuid)"),
    ("binary uuid", "uuid"): ("nullif(lower(hex({})), '')", "encode({}, 'hex')::uuid"),
    ("bytes", "uuid"): ("nullif(lower(hex({})), '')", "encode({}, 'hex')::uuid"),
    ("binary uuid", "text"): ("nullif(lower(hex({})), '')", "encode({}, 'hex')"),
    ("binary uuid", "bytes"): ("{}", "{}"),
    ("bytes", "binary uuid"): ("{}", "{}"),
}
MOMENTS = {"date", "datetime", "instant", "time"}


@dataclass(frozen=True)
class RowMapping:
    """Expressions that compute the new rows of a table from its old ones."""

    ddl: DDLCompiler
    hints: Hints

    @property
    def lite(self) -> bool:
        return self.ddl.dialect == "sqlite"

    def fill(self, column: Column) -> str | None:
        """Return what a row without a value gets: Python's default, the server's, or nothing."""
        value = self.hints.fill(column)
        if value is DISTINCT:
            return self.distinct(column)
        if isinstance(value, pw.SQL):
            return value.sql
        if isinstance(value, PerDatabase):
            return self.ddl.text(value)
        if value is not None:
            return literal(value, self.ddl.dialect)
        return self.ddl.text(column.server_default)

    def fill_added(self, table: Table, column: Column) -> str | None:
        """Return what rows get in a new column; in a unique one, no value for all."""
        alike = table.allows_null(column) and is_unique(table, column.name)
        if alike and column.origin not in self.hints.fills:
            return None if column.server_default is None else "NULL"
        return self.fill(column)

    def distinct(self, column: Column) -> str:
        number = "row_number() OVER ()"
        kind, meant = self.ddl.type(column), family(self.ddl.text(column.type) or "")
        if meant in NUMBERS:
            return number
        lite = {
            "date": f"date('1970-01-01', {number} || ' days')",
            "datetime": f"datetime('1970-01-01', {number} || ' seconds')",
            "instant": f"datetime('1970-01-01', {number} || ' seconds')",
            "uuid": f"printf('%032x', {number})",
            "bytes": f"CAST(printf('%016d', {number}) AS BLOB)",
        }
        post = {
            "date": f"(DATE '1970-01-01' + ({number})::int)",
            "datetime": f"(TIMESTAMP '1970-01-01' + ({number}) * INTERVAL '1 second')",
            "instant": f"(TIMESTAMPTZ '1970-01-01 00:00Z' + ({number}) * INTERVAL '1 second')",
            "uuid": f"lpad(to_hex({number}), 32, '0')::uuid",
            "bytes": f"convert_to(lpad(({number})::text, 16, '0'), 'UTF8')",
        }
        meant = "bytes" if meant == "binary uuid" else meant
        if self.lite:
            return lite.get(meant, f"CAST({number} AS TEXT)")
        return post.get(meant, f"({number})::text::{kind}")

    def converted(self, old: Column, new: Column, source: str) -> str:
        """Return the old value, found at `source`, as the new column holds it."""
        using = self.hints.usings.get(new.origin)
        if using is not None:
            return f"({self.ddl.text(using)})"
        was, becomes = (family(self.ddl.text(column.type) or "") for column in (old, new))
        meant = (was, becomes)
        if meant in UUID_BYTES:
            return UUID_BYTES[meant][not self.lite].format(source)
        return self.cast(self.ddl.type(old), self.ddl.type(new), source)

    def cast(self, old: str, new: str, source: str) -> str:
        if old.upper() == new.upper():
            return source
        return self.lite_cast(new, source) if self.lite else self.post_cast(old, new, source)

    def lite_cast(self, new: str, source: str) -> str:
        kinds = {"integer": "INTEGER", "number": "NUMERIC", "text": "TEXT", "boolean": "INTEGER",
                 "bytes": "BLOB"}  # fmt: skip
        kind = kinds.get(family(new))
        if family(new) == "date":
            return f"date({source})"
        return f"CAST({source} AS {kind})" if kind else source

    def post_cast(self, old: str, new: str, source: str) -> str:
        pair = (family(old), family(new))
        new = unserial(new)
        if pair in (("datetime", "instant"), ("instant", "datetime")):
            return f"({source} AT TIME ZONE 'UTC')"
        if pair[0] == "boolean" and pair[1] in NUMBERS:
            return f"{source}::int::{new}"
        if pair[1] == "boolean" and pair[0] in NUMBERS:
            return f"({source} <> 0)"
        if pair[1] == "bytes" != pair[0]:
            return f"convert_to({source}::text, 'UTF8')"
        if pair == ("bytes", "text"):
            return f"convert_from({source}, 'UTF8')::{new}"
        direct = (
            "text" in pair or pair[0] == pair[1] or set(pair) <= NUMBERS or set(pair) <= MOMENTS
        )
        return f"{source}::{new}" if direct else f"{source}::text::{new}"

    def projected(self, pair: Pair) -> list[tuple[Column, str]]:
        """Return new columns and what computes them; what the database fills is left out."""
        kept = {new.name: old for old, new in pair.columns}
        out = []
        for column in pair.new.columns:
            if column.generated is not None:
                continue
            if (old := kept.get(column.name)) is not None:
                value = self.converted(old, column, quote(old.name))
                out.append((column, self.filled(pair, old, column, value)))
            elif not self.autoincrements(column):
                fill = self.fill_added(pair.new, column)
                if fill is not None:
                    out.append((column, fill))
        return out

    def filled(self, pair: Pair, old: Column, new: Column, value: str) -> str:
        if not pair.old.allows_null(old) or pair.new.allows_null(new):
            return value
        fill = self.fill(new)
        return value if fill is None else f"COALESCE({value}, {fill})"

    def autoincrements(self, column: Column) -> bool:
        return column.identity is not None or self.ddl.text(column.type) in ("AUTO", "BIGAUTO")

    def preview(self, pair: Pair | None, table: Table) -> str:
        """Return the rows that `table` is going to have, as a subquery."""
        if pair is None:
            columns = ", ".join(
                f"{self.nothing(column)} AS {quote(column.name)}" for column in table.columns
            )
            return f"(SELECT {columns} WHERE 1 = 0)"
        known = {
            column.name: self.as_stored(column, value) for column, value in self.projected(pair)
        }
        columns = ", ".join(
            f"{known.get(column.name, self.nothing(column))} AS {quote(column.name)}"
            for column in table.columns
        )
        return f"(SELECT {columns} FROM {quote_path(pair.old.name)})"  # noqa: S608

    def as_stored(self, column: Column, value: str) -> str:
        """Return the value as the column would hold it, for a comparison to see."""
        if self.lite:
            return self.lite_cast(self.ddl.text(column.type) or "", value)
        return f"({value})::{self.stored_type(column)}"

    def nothing(self, column: Column) -> str:
        return "NULL" if self.lite else f"NULL::{self.stored_type(column)}"

    def stored_type(self, column: Column) -> str:
        """Return the type that a Postgres column has, whatever it was created as."""
        return unserial(self.ddl.type(column))


def empty_value(kind: str) -> Any:
    """Return a value that says nothing, for a type; None where there is none."""
    values: dict[str, Any] = {
        "integer": 0,
        "number": 0,
        "text": "",
        "boolean": False,
        "bytes": b"",
        "binary uuid": bytes(16),
        "date": "1970-01-01",
        "time": "00:00:00",
        "datetime": "1970-01-01 00:00:00",
        "instant": "1970-01-01 00:00:00+00:00",
        "uuid": "0" * 32,
        "json": "{}",
    }
    return values.get(family(kind))
