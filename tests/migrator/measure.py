"""Put a tool through one kind of change, and say what it got wrong."""

import json
import logging
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import peewee as pw
import peewee_migrate.router

from migrator import Router
from tests.migrator.facts import facts
from tests.migrator.kinds import Kind, Rows


class Tool(Protocol):
    """Something that writes and applies migrations."""

    def create(self, models: list[Any], rename: dict[str, str]) -> bool:
        """Write a migration; False if it found no change."""

    def apply(self) -> None: ...

    def rollback(self) -> None: ...

    def created(self, reference: pw.Database, models: list[Any]) -> dict[str, Any]:
        """The facts of a database in which the same tables were made directly."""


class Ours:
    """This package."""

    name = "migrator"

    def __init__(self, database: pw.Database, folder: Path) -> None:
        quiet = logging.getLogger("quiet")
        quiet.setLevel(logging.CRITICAL)
        self.router = Router(database, folder, logger=quiet)

    def create(self, models: list[Any], rename: dict[str, str]) -> bool:
        return self.router.create("change", auto=Models(models), rename=rename) is not None

    def apply(self) -> None:
        self.router.run()

    def rollback(self) -> None:
        self.router.rollback()

    def created(self, reference: pw.Database, models: list[Any]) -> dict[str, Any]:
        return created(reference, models)


class Stock(Ours):
    """peewee-migrate as it comes."""

    name = "peewee-migrate"

    def __init__(self, database: pw.Database, folder: Path) -> None:
        self.database, self.folder = database, folder

    @property
    def router(self) -> Any:
        quiet = logging.getLogger("quiet")
        quiet.setLevel(logging.CRITICAL + 1)
        return peewee_migrate.router.Router(self.database, self.folder, logger=quiet)

    def create(self, models: list[Any], rename: dict[str, str]) -> bool:
        return self.router.create("change", auto=list(models)) is not None


class Models(list[Any]):
    """A list of models that is a list even when it is empty."""

    def __bool__(self) -> bool:
        return True


def problems(kind: Kind, tool: Tool, database: pw.Database, reference: pw.Database) -> list[str]:
    """What is wrong after a change and its rollback; nothing if the tool passes."""
    models = kind.reference or (kind.before, kind.after)
    wanted_before, wanted_after = (tool.created(reference, make()) for make in models)
    tool.create(kind.before(), {})
    tool.apply()
    ignore = ("migratehistory", "alembic_version", "schema_migration")
    if facts(database, ignore) != wanted_before:
        return [f"before: {difference(facts(database, ignore), wanted_before)}"]
    fill(database, kind.rows)
    if not tool.create(kind.after(), kind.rename):
        # what changes nothing for the tool's own models need not be found
        return [] if wanted_after == wanted_before else ["not found"]
    tool.apply()
    out = []
    if facts(database, ignore) != wanted_after:
        out.append(f"schema: {difference(facts(database, ignore), wanted_after)}")
    out += lost(kind, database, kind.rename, set())
    if tool.create(kind.after(), {}):
        out.append("found again")
        return out
    tool.rollback()
    if facts(database, ignore) != wanted_before:
        out.append(f"schema after rollback: {difference(facts(database, ignore), wanted_before)}")
    return out + [f"after rollback: {told}" for told in lost(kind, database, {}, set(kind.lost))]


def created(reference: pw.Database, models: list[Any]) -> dict[str, Any]:
    """What `create_tables` gives, on a database that is emptied for it."""
    empty(reference)
    for schema in {model._meta.schema for model in models} - {None}:
        reference.execute_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    with reference.bind_ctx(models):
        reference.create_tables(models)
        for model in models:
            for field in model._meta.sorted_fields:
                if isinstance(field, pw.ForeignKeyField) and field.deferred:
                    close_circle(reference, model, field)
    return facts(reference)


def close_circle(reference: pw.Database, model: Any, field: pw.ForeignKeyField) -> None:
    """The key that Peewee leaves out of CREATE TABLE, as its documentation adds it."""
    if isinstance(reference, pw.PostgresqlDatabase):
        model._schema.create_foreign_key(field)
        return
    name = model._meta.table_name
    create = reference.execute_sql(
        f"SELECT sql FROM sqlite_master WHERE name = '{name}'"
    ).fetchone()[0]
    target = field.rel_model._meta.table_name
    label = field.get_constraint_name()
    key = f', CONSTRAINT "{label}" FOREIGN KEY ("{field.column_name}")'
    key += f' REFERENCES "{target}" ("{field.rel_field.column_name}")'
    key += f" ON DELETE {field.on_delete})" if field.on_delete else ")"
    indexes = reference.execute_sql(
        f"SELECT sql FROM sqlite_master WHERE tbl_name = '{name}' AND type = 'index'"
        " AND sql IS NOT NULL"
    ).fetchall()
    reference.execute_sql(f'DROP TABLE "{name}"')
    reference.execute_sql(create.rstrip()[:-1] + key)
    for (sql,) in indexes:
        reference.execute_sql(sql)


def empty(database: pw.Database) -> None:
    if isinstance(database, pw.SqliteDatabase):
        database.execute_sql("PRAGMA foreign_keys = OFF")
        for (name,) in database.execute_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall():
            database.execute_sql(f'DROP TABLE "{name}"')
        database.execute_sql("PRAGMA foreign_keys = ON")
        return
    found = database.execute_sql(
        "SELECT nspname FROM pg_namespace"
        " WHERE nspname NOT LIKE 'pg\\_%%' AND nspname <> 'information_schema'"
    ).fetchall()
    for (name,) in found:
        database.execute_sql(f'DROP SCHEMA "{name}" CASCADE')
    database.execute_sql("CREATE SCHEMA public")


def path(name: str) -> str:
    return ".".join(f'"{part}"' for part in name.split("."))


def fill(database: pw.Database, rows: Rows) -> None:
    mark = database.param
    for name, many in rows.items():
        for row in many:
            columns = ", ".join(f'"{column}"' for column in row)
            marks = ", ".join([mark] * len(row))
            database.execute_sql(
                f"INSERT INTO {path(name)} ({columns}) VALUES ({marks})", tuple(row.values())
            )
        if isinstance(database, pw.PostgresqlDatabase) and "id" in (many or [{}])[0]:
            sequence = f"pg_get_serial_sequence('{path(name)}', 'id')"
            database.execute_sql(f"SELECT setval({sequence}, max(id)) FROM {path(name)}")


def lost(kind: Kind, database: pw.Database, rename: dict[str, str], unknown: set[str]) -> list[str]:
    """Rows that are not as they were, in the columns that are there."""
    out = []
    for old_name, many in kind.rows.items():
        name = rename.get(old_name, old_name)
        if {name, old_name} & unknown or not exists(database, name):
            continue
        cursor = database.execute_sql(f"SELECT * FROM {path(name)}")
        columns = [column[0] for column in cursor.description]
        found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        wanted = [
            {
                rename.get(f"{old_name}.{column}", column): value
                for column, value in row.items()
                if column not in unknown
            }
            for row in many
        ]
        shown = {column for row in wanted for column in row} & set(columns)
        wanted = [
            {column: value for column, value in row.items() if column in shown} for row in wanted
        ]
        found = [
            {column: value for column, value in row.items() if column in shown} for row in found
        ]
        if kind.converts:
            wanted, found = loosely(wanted), loosely(found)
        if not same(found, wanted):
            out.append(f"rows of {name}: {found} instead of {wanted}")
    return out


def same(found: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> bool:
    left = list(wanted)
    for row in found:
        if row not in left:
            return False
        left.remove(row)
    return not left


def loosely(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows whose values are their text, without what types add to it."""

    def text(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, dict):
            return json.dumps(value)
        if isinstance(value, UUID):
            return value.hex
        return str(value).replace("-", "").replace("+00:00", "")

    return [{column: text(value) for column, value in row.items()} for row in rows]


def exists(database: pw.Database, name: str) -> bool:
    schema, _, table = name.rpartition(".")
    return database.table_exists(table, schema or None)


def difference(found: dict[str, Any], wanted: dict[str, Any]) -> str:
    out = []
    for name in sorted(found.keys() | wanted.keys()):
        one, other = found.get(name), wanted.get(name)
        if one is None or other is None:
            out.append(f"{name}: {'missing' if one is None else 'too much'}")
        elif one != other:
            for part in one:
                if one[part] != other[part]:
                    out.append(f"{name} {part}: {one[part]} instead of {other[part]}")
    return "; ".join(out)
