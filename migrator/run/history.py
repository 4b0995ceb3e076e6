"""The table of applied migrations: stock's, grown by a hash and the tables that were adopted."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import peewee as pw

from ..introspect.catalogs import column_names, rows
from ..schema.sql import literal, quote, quote_path


class Applied(NamedTuple):
    """A migration that the database has; one applied by stock peewee-migrate has no hash."""

    name: str
    sha256: str | None
    adopted: frozenset[str]


class History:
    """Reads and writes the rows; whoever writes holds the lock."""

    def __init__(self, database: pw.Database, table: str, schema: str | None) -> None:
        self.database = database
        self.path = f"{schema}.{table}" if schema else table
        meta = {"database": database, "table_name": table, "schema": schema}
        fields = {
            "id": pw.AutoField(),
            "name": pw.CharField(unique=True),
            "migrated_at": pw.DateTimeField(),
            "sha256": pw.CharField(max_length=64, null=True),
            "adopted": pw.TextField(null=True),
        }
        self.model: Any = type("Migration", (pw.Model,), {**fields, "Meta": type("Meta", (), meta)})

    def applied(self) -> list[Applied]:
        """List what was applied, oldest first; the table need not exist."""
        has = column_names(self.database, self.path)
        if not has:
            return []
        more = [name if name in has else f"NULL AS {name}" for name in ("sha256", "adopted")]
        found = rows(
            self.database,
            f"SELECT name, {', '.join(more)} FROM {quote_path(self.path)} ORDER BY id",  # noqa: S608
        )
        seen: dict[str, Applied] = {}
        for name, sha256, adopted in found:
            words = frozenset((adopted or "").split())
            seen.setdefault(name, Applied(name, sha256, words))
        return list(seen.values())

    def preparation(self) -> list[str]:
        """Return what makes the table, or adds two columns and a unique name to stock's."""
        manager, path = self.model._schema, quote_path(self.path)
        index = manager._create_index(self.model._meta.fields_to_index()[0], safe=True).query()[0]
        has = column_names(self.database, self.path)
        if not has:
            schema = self.path.rpartition(".")[0]
            is_named = schema and isinstance(self.database, pw.PostgresqlDatabase)
            make = [f"CREATE SCHEMA IF NOT EXISTS {quote(schema)}"] if is_named else []
            return [*make, manager._create_table(safe=False).query()[0], index]
        kinds = {"sha256": "VARCHAR(64)", "adopted": "TEXT"}
        missing = [name for name in kinds if name not in has]
        if not missing:
            return []
        once = f"DELETE FROM {path} WHERE id NOT IN (SELECT min(id) FROM {path} GROUP BY name)"  # noqa: S608
        added = [f"ALTER TABLE {path} ADD COLUMN {quote(name)} {kinds[name]}" for name in missing]
        return [*added, once, index]

    def prepare(self) -> None:
        for statement in self.preparation():
            rows(self.database, statement)

    def insertion(self, name: str, sha256: str | None, adopted: set[str], moment: str) -> str:
        """Return the statement that records a migration; `moment` is SQL."""
        values = [name, sha256, " ".join(sorted(adopted)) or None]
        written = ", ".join(literal(value, "sqlite") for value in values)
        return (
            f"INSERT INTO {quote_path(self.path)} (name, sha256, adopted, migrated_at)"  # noqa: S608
            f" VALUES ({written}, {moment})"
        )

    def record(self, name: str, sha256: str | None, adopted: set[str]) -> None:
        moment = literal(datetime.now(UTC).replace(tzinfo=None), "sqlite")
        rows(self.database, self.insertion(name, sha256, adopted, moment))

    def forget(self, name: str) -> None:
        self.model.delete().where(self.model.name == name).execute()
