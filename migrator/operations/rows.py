"""Operations on rows, which change no schema."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .base import Operation


@dataclass(frozen=True)
class RunSQL(Operation):
    """Run a statement; parameters are the driver's (`?` on SQLite, `%s` on Postgres)."""

    sql: str
    params: tuple[Any, ...] = ()
    is_planned = False

    def describe(self) -> str:
        return f"run {self.sql}"


@dataclass(frozen=True)
class RunPython(Operation):
    """Call a function that reads or writes rows; a replay never does."""

    function: Callable[[], Any]
    name: str
    is_planned = False

    def describe(self) -> str:
        return f"run {self.name}()"
