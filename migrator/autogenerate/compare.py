"""The difference of two schemas, statement by statement, in Python and in words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..operations import state
from ..plan.mapping import ordered, plainly_null
from ..schema.model import Column, Constraint, ForeignKey, Index, Schema, Table, text_for
from ..schema.references import same_but_name
from . import serializer
from .renames import NO_RENAMES, Renames

ATTRIBUTES = (
    "type",
    "null",
    "default",
    "server_default",
    "collation",
    "identity",
    "generated",
    "extra",
)

Fill = Callable[[Table, Column], Any]


@dataclass(frozen=True)
class Line:
    """One statement; `loses` says what is lost by it."""

    code: str
    words: str
    loses: str | None = None


def no_fill(table: Table, column: Column) -> Any:
    return None


class Difference:
    """The lines that lead from one schema to another; each can be done where it stands."""

    def __init__(
        self,
        before: Schema,
        after: Schema,
        renames: Renames = NO_RENAMES,
        fill: Fill = no_fill,
        *,
        fills_nulls: bool = True,
    ) -> None:
        self.schema, self.after, self.fill = before, after, fill
        self.fills_nulls = fills_nulls
        self.lines: list[Line] = []
        self.rename(renames)
        both = [name for name in after if name in self.schema]
        for name in both:
            self.drop_what_rests(name)
        for table in in_order([after[name] for name in after if name not in self.schema]):
            self.create(table)
        for name in both:
            self.columns(name)
        for name in both:
            self.add_what_rests(name)
        gone = [self.schema[name] for name in self.schema if name not in after]
        for table in reversed(in_order(gone)):
            self.drop(table)

    def say(self, schema: Schema, code: str, words: str, loses: str | None = None) -> None:
        self.schema = schema
        self.lines.append(Line(code, words, loses))

    # renames

    def rename(self, renames: Renames) -> None:
        taken = set(renames.tables.values()) - set(renames.tables)
        for name in sorted(taken & set(self.schema)):
            self.drop(self.schema[name])
        for old, new in ordered(dict(renames.tables)):
            code = serializer.statement("rename_table", old, new)
            schema = state.rename_table(self.schema, old, new)
            self.say(schema, code, f"rename table {old} to {new}")
        by_table: dict[str, dict[str, str]] = {}
        for (table, old), new in renames.columns.items():
            by_table.setdefault(renames.tables.get(table, table), {})[old] = new
        for table, names in by_table.items():
            self.rename_columns(table, names)

    def rename_columns(self, table: str, names: dict[str, str]) -> None:
        for name in sorted(set(names.values()) - set(names)):
            if name in self.schema[table].column_names:
                self.drop_column(table, self.schema[table].column(name))
        for old, new in ordered(names):
            code = serializer.statement("rename_column", table, old, new)
            schema = state.rename_column(self.schema, table, old, new)
            self.say(schema, code, f"rename {table}.{old} to {new}")

    # tables

    def create(self, table: Table) -> None:
        code = serializer.create_table(table)
        self.say(state.create_table(self.schema, table), code, f"add table {table.name}")

    def drop(self, table: Table) -> None:
        self.say(
            state.drop_table(self.schema, table.name),
            serializer.statement("drop_table", table.name),
            f"drop table {table.name}",
            loses=f"every row of {table.name}",
        )

    # what rests on columns

    def drop_what_rests(self, name: str) -> None:
        new = self.after[name]
        for key in self.schema[name].foreign_keys:
            if key not in new.foreign_keys:
                schema = state.drop(self.schema, name, key)
                code = serializer.statement("drop_foreign_key", name, key)
                self.say(schema, code, f"{name}: drop {shown(key)}")
        for index in self.schema[name].indexes:
            if index not in new.indexes:
                self.drop_index(name, index)
        for constraint in self.schema[name].constraints:
            if constraint not in new.constraints:
                schema = state.drop(self.schema, name, constraint)
                code = serializer.statement("drop_constraint", name, constraint)
                self.say(schema, code, f"{name}: drop {shown(constraint)}")

    def drop_index(self, name: str, index: Index) -> None:
        new = self.after[name]
        waiting = [item for item in new.indexes if item not in self.schema[name].indexes]
        twin = next((item for item in waiting if same_but_name(item, index)), None)
        schema = state.drop(self.schema, name, index)
        if twin is not None:
            code = serializer.statement("rename_index", name, index.name, twin.name)
            schema = state.add(schema, name, twin)
            self.say(schema, code, f"{name}: rename index {index.name} to {twin.name}")
            return
        code = serializer.statement("drop_index", name, index)
        self.say(schema, code, f"{name}: drop {shown(index)}")

    def add_what_rests(self, name: str) -> None:
        new = self.after[name]
        for constraint in new.constraints:
            if constraint not in self.schema[name].constraints:
                schema = state.add(self.schema, name, constraint)
                code = serializer.statement("add_constraint", name, constraint)
                self.say(schema, code, f"{name}: add {shown(constraint)}")
        for index in new.indexes:
            if index not in self.schema[name].indexes:
                schema = state.add(self.schema, name, index)
                code = serializer.statement("add_index", name, index)
                self.say(schema, code, f"{name}: add {shown(index)}")
        for key in new.foreign_keys:
            if key not in self.schema[name].foreign_keys:
                schema = state.add(self.schema, name, key)
                code = serializer.statement("add_foreign_key", name, key)
                self.say(schema, code, f"{name}: add {shown(key)}")

    # columns

    def columns(self, name: str) -> None:
        new = self.after[name]
        for column in new.columns:
            if column.name not in self.schema[name].column_names:
                self.add_column(name, column)
        for column in new.columns:
            self.change_column(name, column)
        found = self.schema[name].primary_key
        if found != new.primary_key:
            schema = state.set_primary_key(self.schema, name, new.primary_key)
            code = serializer.statement("change_primary_key", name, found, new.primary_key)
            words = f"{name}: primary key {named(found)} -> {named(new.primary_key)}"
            self.say(schema, code, words)
        for column in self.schema[name].columns:
            if column.name not in new.column_names:
                self.drop_column(name, column)
        self.change_options(name)

    def add_column(self, name: str, column: Column) -> None:
        fill = self.wanted_fill(name, column)
        options = {} if fill is None else {"fill": fill}
        code = serializer.statement("add_column", name, column, **options)
        schema = state.add_column(self.schema, name, column)
        self.say(schema, code, f"add {name}.{column.name}: {described(column)}")

    def wanted_fill(self, name: str, column: Column) -> Any:
        """What rows get that have no value, where nothing else says it."""
        table = self.after[name]
        if plainly_null(table, column) or column.identity or column.generated:
            return None
        return self.fill(table, column)

    def change_column(self, name: str, new: Column) -> None:
        old = self.schema[name].column(new.name)
        if old == new:
            return
        if new.generated is not None and old.generated != new.generated:
            self.drop_column(name, old)
            self.add_column(name, new)
            return
        changes = {
            attribute: (getattr(old, attribute), getattr(new, attribute))
            for attribute in ATTRIBUTES
            if replace(new, **{attribute: getattr(old, attribute)}).__eq__(new) is not True
        }
        options: dict[str, Any] = dict(changes)
        if "null" in changes and not new.null and self.fills_nulls:
            fill = self.wanted_fill(name, new)
            options |= {} if fill is None else {"fill": fill}
        code = serializer.statement("change_column", name, new.name, **options)
        schema = state.change_column(self.schema, name, new.name, new)
        told = ", ".join(
            f"{attribute} {spoken(was)} -> {spoken(becomes)}"
            for attribute, (was, becomes) in changes.items()
        )
        self.say(schema, code, f"{name}.{new.name}: {told}")

    def drop_column(self, name: str, column: Column) -> None:
        schema = state.drop_column(self.schema, name, column.name)
        code = serializer.statement("drop_column", name, column.name)
        loses = None if column.generated is not None else f"the values of {name}.{column.name}"
        self.say(schema, code, f"drop {name}.{column.name}", loses=loses)

    def change_options(self, name: str) -> None:
        old, new = self.schema[name], self.after[name]
        if (old.options, old.virtual) == (new.options, new.virtual):
            return
        if old.virtual != new.virtual:
            self.drop(old)
            self.create(new)
            return
        schema = self.schema.put(replace(old, options=new.options))
        code = serializer.statement("change_options", name, old.options, new.options)
        self.say(schema, code, f"{name}: options {spoken(old.options)} -> {spoken(new.options)}")


def in_order(tables: list[Table]) -> list[Table]:
    """Tables after those that their foreign keys point to, as far as there is no circle."""
    waiting = {table.name: table for table in sorted(tables, key=lambda table: table.name)}
    out: list[Table] = []
    while waiting:
        ready = [
            table
            for table in waiting.values()
            if not any(
                key.table in waiting and key.table != table.name for key in table.foreign_keys
            )
        ]
        for table in ready or [next(iter(waiting.values()))]:
            out.append(waiting.pop(table.name))
    return out


def shown(thing: Constraint | ForeignKey | Index) -> str:
    match thing:
        case ForeignKey():
            path = (
                f"({', '.join(thing.columns)}) -> {thing.table} ({', '.join(thing.target_columns)})"
            )
            actions = [f"ON DELETE {thing.on_delete}"] if thing.on_delete else []
            actions += [f"ON UPDATE {thing.on_update}"] if thing.on_update else []
            actions += [f"DEFERRABLE {thing.deferrable}"] if thing.deferrable else []
            return " ".join(["foreign key", path, *actions])
        case Index():
            kind = "unique index" if thing.unique else "index"
            parts = ", ".join(spoken(part) for part in thing.parts)
            where = f" where {spoken(thing.where)}" if thing.where is not None else ""
            return f"{kind} {thing.name} ({parts}){where}"
        case Constraint():
            name = f"constraint {thing.name}: " if thing.name else "constraint "
            return name + spoken(thing.sql)


def named(columns: tuple[str, ...]) -> str:
    return f"({', '.join(columns)})" if columns else "none"


def spoken(value: Any) -> str:
    if value is None:
        return "none"
    if value is True or value is False:
        return "yes" if value else "no"
    lite, post = text_for("sqlite", value), text_for("postgresql", value)
    return str(lite) if lite == post else f"{lite} (SQLite) or {post} (Postgres)"


def described(column: Column) -> str:
    words = [spoken(column.type), "null" if column.null else "not null"]
    words += [
        f"{attribute.replace('_', ' ')} {spoken(getattr(column, attribute))}"
        for attribute in ATTRIBUTES[2:]
        if getattr(column, attribute) is not None
    ]
    return ", ".join(words)
