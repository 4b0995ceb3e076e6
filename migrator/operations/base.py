"""What an operation is: one change, as one statement of a migration file asks for it."""

import re
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, ClassVar

from ..schema.model import Column, Identity, Schema, Text


class Distinct:
    """Fill every row with a value of its own: for a unique column whose values nobody knows."""

    def __repr__(self) -> str:
        return "DISTINCT"


DISTINCT = Distinct()


@dataclass(frozen=True)
class Hints:
    """What operations say of rows: `fills` where a value is missing, `usings` (SQL) to convert."""

    fills: dict[Identity, Any] = field(default_factory=dict)
    usings: dict[Identity, Text] = field(default_factory=dict)

    def fill(self, column: Column) -> Any:
        """Return what rows without a value get in the column: what was said, or its default."""
        return self.fills.get(column.origin, column.default)

    def __or__(self, other: "Hints") -> "Hints":
        return Hints(self.fills | other.fills, self.usings | other.usings)


def arguments(value: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments that make a dataclass anew; defaults are left out."""
    args, options = [], {}
    for item in fields(value):
        given = getattr(value, item.name)
        if item.default is MISSING and item.default_factory is MISSING:
            args.append(given)
        elif item.default is not MISSING and given is not item.default:
            options[item.name] = given
    return args, options


@dataclass(frozen=True)
class Operation:
    """One change; the fields are the arguments of the Migrator's method of the same name.

    The SQL is planned from the schemas before and after (plan/), for several operations in a row
    at once: SQLite makes a table anew once, however many operations change it.
    """

    is_planned: ClassVar[bool] = True  # together with those before and after it

    def state_forwards(self, schema: Schema) -> Schema:
        """Return the schema after the operation.

        Raise MigrationError if it does not fit the schema.
        """
        return schema

    def describe(self) -> str:
        """Return the change in words, for the file and the screen."""
        raise NotImplementedError

    def loses(self, before: Schema) -> str | None:
        """Return what rows lose by it, in words."""
        return None

    def hints(self, before: Schema) -> Hints:
        """Return what is said of rows."""
        return Hints()

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return the Migrator's method and its arguments, as a file writes them."""
        name = re.sub(r"(?<!^)([A-Z])", r"_\1", type(self).__name__).lower()
        return name, *arguments(self)


@dataclass(frozen=True)
class Queued:
    """Operations that are carried out as one, and the schema before and after them."""

    operations: tuple[Operation, ...]
    before: Schema
    after: Schema
    hints: Hints

    def can_precede(self, other: "Queued") -> bool:
        """Return whether one plan can carry out both."""
        planned = (*self.operations, *other.operations)
        return self.after is other.before and all(item.is_planned for item in planned)

    def then(self, other: "Queued") -> "Queued":
        """Return both as one."""
        return replace(
            self,
            operations=self.operations + other.operations,
            after=other.after,
            hints=self.hints | other.hints,
        )
