"""What a database is asked to do: statements, and pre-flight checks before anything is touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Statement:
    """One statement; a `later` one runs in a transaction of its own after the commit."""

    sql: str
    later: bool = False


@dataclass(frozen=True)
class PreflightCheck:
    """A query that must find nothing.

    `refusal` may speak of the row found, by `{0}` and so on; `keys` name the columns that follow.
    """

    sql: str
    refusal: str
    keys: tuple[str, ...] = ()

    def message(self, row: Sequence[Any]) -> str:
        told = len(row) - len(self.keys)
        said = self.refusal.format(*(repr(value) for value in row[:told]))
        where = ", ".join(
            f"{key} = {value!r}" for key, value in zip(self.keys, row[told:], strict=True)
        )
        return f"{said} (where {where})" if where else said


Step = Statement | PreflightCheck
