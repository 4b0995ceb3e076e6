"""The parts of a schema in words."""

from typing import Any

from ..schema.model import ATTRIBUTES, Column, Constraint, Element, ForeignKey, Index, text_for


def describe_element(value: Element) -> str:
    """Describe a constraint, key or index."""
    match value:
        case ForeignKey():
            path = (
                f"({', '.join(value.columns)}) -> {value.table} ({', '.join(value.target_columns)})"
            )
            actions = [f"ON DELETE {value.on_delete}"] if value.on_delete else []
            actions += [f"ON UPDATE {value.on_update}"] if value.on_update else []
            actions += [f"DEFERRABLE {value.deferrable}"] if value.deferrable else []
            return " ".join(["foreign key", path, *actions])
        case Index():
            kind = "unique index" if value.unique else "index"
            parts = ", ".join(describe_value(part) for part in value.parts)
            where = f" where {describe_value(value.where)}" if value.where is not None else ""
            return f"{kind} {value.name} ({parts}){where}"
        case Constraint():
            name = f"constraint {value.name}: " if value.name else "constraint "
            return name + describe_value(value.sql)


def describe_column(value: Column) -> str:
    """Describe a column."""
    words = [describe_value(value.type), "null" if value.null else "not null"]
    words += [
        f"{attribute.replace('_', ' ')} {describe_value(getattr(value, attribute))}"
        for attribute in ATTRIBUTES[2:]
        if getattr(value, attribute) is not None
    ]
    return ", ".join(words)


def describe_key(columns: tuple[str, ...]) -> str:
    """Describe a primary key."""
    return f"({', '.join(columns)})" if columns else "none"


def describe_value(value: Any) -> str:
    """Describe a value or a piece of SQL, of both databases if they differ."""
    if value is None:
        return "none"
    if value is True or value is False:
        return "yes" if value else "no"
    lite, post = text_for("sqlite", value), text_for("postgresql", value)
    return str(lite) if lite == post else f"{lite} (SQLite) or {post} (Postgres)"
