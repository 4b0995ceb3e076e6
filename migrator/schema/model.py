"""A database schema as plain values: what models declare, migrations record and databases have."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ..errors import MigrationError
from .sql import Dialect
from .tokens import single_spaced


@dataclass(frozen=True)
class PerDatabase:
    """A piece of SQL that the two databases spell differently."""

    sqlite: str | None
    postgresql: str | None


Text = str | PerDatabase


def text_for(dialect: Dialect, text: Text | None) -> str | None:
    if isinstance(text, PerDatabase):
        return text.sqlite if dialect == "sqlite" else text.postgresql
    return text


class Identity:
    """Tells a renamed thing from a new one; never compared, never written."""


@dataclass(frozen=True)
class Column:
    """A column; `type` is Peewee's name (`VARCHAR(9)`, `DATETIME`, `AUTO`) or any SQL type.

    `default` is what Python fills in, `server_default` what the database does (SQL).
    """

    name: str
    type: Text
    null: bool = False
    default: Any = None
    server_default: Text | None = None
    collation: Text | None = None
    identity: str | None = None  # GENERATED <identity> AS IDENTITY
    generated: Text | None = None  # GENERATED ALWAYS AS <generated>
    extra: Text | None = None  # whatever else its field writes, such as AUTOINCREMENT
    attribute: str | None = field(default=None, compare=False, repr=False)
    origin: Identity = field(default_factory=Identity, compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        # 1, True and 1.0 are one to Python; a default of one is not a default of the other
        return isinstance(other, Column) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self.name)

    def _values(self) -> tuple[Any, ...]:
        return self.name, type(self.default), *(getattr(self, name) for name in ATTRIBUTES)

    def changes_to(self, new: "Column") -> dict[str, tuple[Any, Any]]:
        """Return the attributes that differ, each with its value here and its value there."""
        pairs = {name: (getattr(self, name), getattr(new, name)) for name in ATTRIBUTES}
        return {
            name: (old, becomes)
            for name, (old, becomes) in pairs.items()
            if (type(old), old) != (type(becomes), becomes)
        }


# what makes two columns of one name different
ATTRIBUTES = [item.name for item in fields(Column) if item.compare and item.name != "name"]


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key; `columns` and `target_columns` may be one name or a tuple of names."""

    columns: tuple[str, ...] | str
    table: str
    target_columns: tuple[str, ...] | str
    on_delete: str | None = None
    on_update: str | None = None
    deferrable: str | None = None  # INITIALLY DEFERRED or INITIALLY IMMEDIATE
    name: str | None = None

    def __post_init__(self) -> None:
        for attribute in ("columns", "target_columns"):
            value = getattr(self, attribute)
            object.__setattr__(
                self, attribute, (value,) if isinstance(value, str) else tuple(value)
            )


@dataclass(frozen=True)
class Constraint:
    """A constraint of a table in SQL: CHECK (…), UNIQUE (…), EXCLUDE …"""

    sql: Text
    name: str | None = None


def check(expression: Text, name: str | None = None) -> Constraint:
    """Return a CHECK constraint over `expression`."""
    if isinstance(expression, PerDatabase):
        return Constraint(
            PerDatabase(f"CHECK ({expression.sqlite})", f"CHECK ({expression.postgresql})"), name
        )
    return Constraint(f"CHECK ({expression})", name)


@dataclass(frozen=True)
class Index:
    """An index over `parts`: column names, or SQL such as `LOWER("name")` or `"at" DESC`."""

    name: str
    parts: tuple[Text, ...] | str
    unique: bool = False
    where: Text | None = None
    using: str | None = None
    extra: Text | None = None  # INCLUDE (…), NULLS NOT DISTINCT, WITH (…)

    def __post_init__(self) -> None:
        parts = (self.parts,) if isinstance(self.parts, str | PerDatabase) else tuple(self.parts)
        object.__setattr__(self, "parts", parts)


Element = Constraint | ForeignKey | Index
KINDS = {Constraint: "constraints", ForeignKey: "foreign_keys", Index: "indexes"}


@dataclass(frozen=True)
class Table:
    """A table with all that belongs to it; `virtual` follows CREATE VIRTUAL TABLE … USING.

    `model` names the application's class that it was made from, which goes on changing.
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    options: Text | None = None
    virtual: str | None = None
    origin: Identity = field(default_factory=Identity, compare=False, repr=False)
    model: str | None = field(default=None, compare=False, repr=False)

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    def allows_null(self, column: Column) -> bool:
        """Return whether the database lets the column be NULL: a primary key never is."""
        return column.null and column.name not in self.primary_key

    @property
    def elements(self) -> tuple[Element, ...]:
        """What rests on the columns."""
        return (*self.constraints, *self.foreign_keys, *self.indexes)

    def without(self, element: Element) -> "Table":
        kind = KINDS[type(element)]
        return replace(self, **{kind: tuple(x for x in getattr(self, kind) if x != element)})

    def plus(self, element: Element) -> "Table":
        kind = KINDS[type(element)]
        return replace(self, **{kind: (*getattr(self, kind), element)})


class Schema(Mapping[str, Table]):
    """Tables by name (`schema.table` for a named schema); a change makes a new one."""

    def __init__(self, tables: Iterable[Table] = ()) -> None:
        self._tables = {table.name: table for table in tables}

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def table(self, name: str) -> Table:
        """Return a table; raise MigrationError if there is none of that name."""
        if name not in self:
            raise MigrationError(f"there is no table {name!r}")
        return self[name]

    def column(self, table: str, name: str) -> Column:
        """Return a column; raise MigrationError if there is none of that name."""
        for column in self.table(table).columns:
            if column.name == name:
                return column
        raise MigrationError(f"{table!r} has no column {name!r}")

    def put(self, table: Table, instead_of: str | None = None) -> "Schema":
        tables = dict(self._tables)
        if instead_of is None or instead_of == table.name:
            tables[table.name] = table
            return Schema(tables.values())
        return Schema(table if name == instead_of else kept for name, kept in tables.items())

    def drop(self, name: str) -> "Schema":
        return Schema(table for key, table in self._tables.items() if key != name)

    def by_origin(self, origin: Identity) -> Table | None:
        return next((table for table in self.values() if table.origin is origin), None)


def one_text(sqlite: Text | None, postgresql: Text | None) -> Any:
    """Return one text where both databases agree; None where neither has one."""
    lite, post = (text and single_spaced(str(text)) for text in (sqlite, postgresql))
    return lite if lite == post else PerDatabase(lite, post)
