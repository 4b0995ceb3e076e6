"""Which columns constraints, keys and indexes refer to, and the same with columns renamed."""

from collections.abc import Mapping
from dataclasses import replace

from .expressions import mentions, renamed
from .model import Constraint, Element, ForeignKey, Index, PerDatabase, Table, Text, text_for
from .sql import Dialect
from .tokens import unwrapped


def names_in(text: Text | None) -> set[str]:
    """Return every name that a piece of SQL may mean a column by, in lower case."""
    found: set[str] = set()
    for dialect in ("sqlite", "postgresql"):
        piece = text_for(dialect, text)
        if piece is not None:
            found |= mentions(piece)
    return found


def columns_of(table: Table, thing: Element) -> set[str]:
    """Return the table's columns that a constraint, key or index rests on."""
    if isinstance(thing, ForeignKey):
        return set(thing.columns)
    if isinstance(thing, Constraint):
        found = names_in(thing.sql)
    else:
        found = names_in(thing.where) | names_in(thing.extra)
        for part in thing.parts:
            found |= {str(part).lower()} if part in table.column_names else names_in(part)
    return {name for name in table.column_names if name.lower() in found}


def expression_of(constraint: Constraint, dialect: Dialect) -> str | None:
    """Return what a CHECK demands; None for another kind of constraint."""
    sql = text_for(dialect, constraint.sql) or ""
    return unwrapped(sql[5:]) if sql[:5].upper() == "CHECK" else None


def is_unique(table: Table, column: str) -> bool:
    """Return whether the column is part of what tells rows apart."""
    uniques = [index for index in table.indexes if index.unique]
    uniques += [
        constraint
        for constraint in table.constraints
        if expression_of(constraint, "sqlite") is None
    ]
    return column in table.primary_key or any(
        column in columns_of(table, unique) for unique in uniques
    )


def text_renamed(text: Text, names: Mapping[str, str]) -> Text:
    if not names:
        return text
    if isinstance(text, PerDatabase):
        return PerDatabase(
            text.sqlite and renamed(text.sqlite, names),
            text.postgresql and renamed(text.postgresql, names),
        )
    return renamed(text, names)


def constraint_renamed(constraint: Constraint, names: Mapping[str, str]) -> Constraint:
    return replace(constraint, sql=text_renamed(constraint.sql, names))


def index_renamed(index: Index, names: Mapping[str, str], columns: list[str]) -> Index:
    def part(text: Text) -> Text:
        if isinstance(text, str) and text in columns:
            return names.get(text, text)
        return text_renamed(text, names)

    return replace(
        index,
        parts=tuple(part(text) for text in index.parts),
        where=index.where and text_renamed(index.where, names),
        extra=index.extra and text_renamed(index.extra, names),
    )


def ordered_renames(names: dict[str, str]) -> list[tuple[str, str]]:
    """Return renames so ordered that no name is taken twice; a circle goes by a third name."""
    waiting = {old: new for old, new in names.items() if old != new}
    out: list[tuple[str, str]] = []
    while waiting:
        free_now = [old for old, new in waiting.items() if new not in waiting]
        if free_now:
            out += [(old, waiting.pop(old)) for old in free_now]
        else:
            old = next(iter(waiting))
            schema, dot, bare = old.rpartition(".")
            halfway = f"{schema}{dot}_{bare}_on_its_way"
            out.append((old, halfway))
            waiting[halfway] = waiting.pop(old)
    return out
