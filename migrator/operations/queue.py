"""What a migration queues: changes of the schema, statements, and functions over rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..plan.mapping import Hints
from ..schema.model import Schema, Table


@dataclass
class Change:
    """Several changes of the schema in a row, which are carried out as one."""

    before: Schema
    after: Schema
    hints: Hints = field(default_factory=Hints)


@dataclass
class Raw:
    """A statement of the migration's own."""

    sql: str
    params: tuple[Any, ...]


@dataclass
class Call:
    """A function that reads or writes rows, and the schema it meets."""

    function: Callable[[], Any]
    name: str
    schema: Schema


@dataclass
class Adoption:
    """A table to be created unless it is there already."""

    table: Table


@dataclass
class Convergence:
    """A table to be made what the migrations say it is, whatever it was found as."""

    table: Table


Work = Change | Raw | Call | Adoption | Convergence
