"""What a database that is connected can be asked about itself."""

from typing import Any

import peewee as pw

from ..schema.expressions import meaning
from ..schema.model import Constraint, ForeignKey
from ..schema.sql import literal, quote, quote_path


def rows(database: pw.Database, sql: str) -> list[tuple[Any, ...]]:
    """Run a query as it stands: no per cent sign in it is a parameter's."""
    if not isinstance(database, pw.PostgresqlDatabase):
        return database.execute_sql(sql).fetchall()
    cursor = database.execute_sql(sql.replace("%", "%%"))
    return cursor.fetchall() if cursor.description else []


def split(path: str) -> tuple[str, str]:
    schema, _, name = path.rpartition(".")
    return schema, name


def regclass(table: str) -> str:
    """Return the SQL that finds a Postgres table; one without a schema is in the schema in use."""
    schema, name = split(table)
    where = literal(quote(schema), "postgresql") if schema else "quote_ident(current_schema())"
    return f"to_regclass({where} || {literal(f'.{quote(name)}', 'postgresql')})"


def column_names(database: pw.Database, table: str) -> list[str]:
    """Return the names of a table's columns; none for a table that does not exist."""
    if isinstance(database, pw.PostgresqlDatabase):
        sql = (
            f"SELECT attname FROM pg_attribute WHERE attrelid = {regclass(table)}"  # noqa: S608
            " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        )
        return [name for (name,) in rows(database, sql)]
    schema, name = split(table)
    found = rows(database, f"PRAGMA {quote(schema or 'main')}.table_xinfo({quote(name)})")
    return [row[1] for row in found]


def table_exists(database: pw.Database, table: str) -> bool:
    return bool(column_names(database, table))


class PostgresCatalog:
    """The names in a Postgres that is connected; None for what is not there (yet)."""

    def __init__(self, database: pw.Database) -> None:
        self.database = database
        self.server_version = int(rows(database, "SHOW server_version_num")[0][0])

    def one(self, sql: str) -> Any:
        found = rows(self.database, sql)
        return found[0][0] if found else None

    @property
    def current_schema(self) -> str:
        return self.one("SELECT current_schema()")

    def primary_key(self, table: str) -> str | None:
        return self.one(
            f"SELECT conname FROM pg_constraint WHERE conrelid = {regclass(table)}"  # noqa: S608
            " AND contype = 'p'"
        )

    def foreign_key(self, table: str, key: ForeignKey) -> str | None:
        columns = ", ".join(literal(name, "postgresql") for name in key.columns)
        return self.one(
            f"SELECT conname FROM pg_constraint AS c WHERE conrelid = {regclass(table)}"  # noqa: S608
            f" AND contype = 'f' AND confrelid = {regclass(key.table)} AND ARRAY[{columns}]"
            " = ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS k (n, place)"
            " JOIN pg_attribute ON attrelid = conrelid AND attnum = k.n ORDER BY place)"
        )

    def constraint(self, table: str, constraint: Constraint) -> str | None:
        """Find a constraint by what it says: a copy of the table tells how the server spells it."""
        if self.one(f"SELECT {regclass(table)}") is None:
            return None
        sql = constraint.sql if isinstance(constraint.sql, str) else constraint.sql.postgresql
        rows(self.database, f"CREATE TEMP TABLE migrator_probe (LIKE {quote_path(table)})")
        try:
            rows(self.database, f"ALTER TABLE migrator_probe ADD CONSTRAINT probe {sql}")
            spelled = self.one(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = 'pg_temp.migrator_probe'::regclass AND conname = 'probe'"
            )
        finally:
            rows(self.database, "DROP TABLE pg_temp.migrator_probe")
        found = rows(
            self.database,
            "SELECT conname, replace(pg_get_constraintdef(oid), ' NOT VALID', '')"  # noqa: S608
            f" FROM pg_constraint WHERE conrelid = {regclass(table)} ORDER BY conname",
        )
        return next((name for name, sql in found if meaning(sql) == meaning(spelled)), None)

    def sequence(self, table: str, column: str) -> str | None:
        if self.one(f"SELECT {regclass(table)}") is None:
            return None
        path, name = literal(quote_path(table), "postgresql"), literal(column, "postgresql")
        return self.one(f"SELECT pg_get_serial_sequence({path}, {name})")

    def has_schema(self, schema: str) -> bool:
        return (
            self.one(f"SELECT to_regnamespace({literal(quote(schema), 'postgresql')})") is not None
        )

    def taken(self, table: str) -> set[str]:
        """Return the names of the table's constraints."""
        found = rows(
            self.database,
            f"SELECT conname FROM pg_constraint WHERE conrelid = {regclass(table)}",  # noqa: S608
        )
        return {name for (name,) in found}


class SqliteCatalog:
    """What hangs on a table in a SQLite that is connected."""

    def __init__(self, database: pw.Database) -> None:
        self.database = database

    def master(self, table: str, kind: str) -> list[tuple[str, str]]:
        schema, name = split(table)
        return rows(
            self.database,
            f"SELECT name, sql FROM {quote(schema or 'main')}.sqlite_master"  # noqa: S608
            f" WHERE lower(tbl_name) = lower({literal(name, 'sqlite')}) AND type = '{kind}'"
            " AND sql IS NOT NULL ORDER BY name",
        )

    def triggers(self, table: str) -> list[str]:
        """Return the SQL of its triggers."""
        return [sql for _, sql in self.master(table, "trigger")]

    def indexes(self, table: str) -> dict[str, str]:
        """Return the SQL of its indexes by name."""
        return dict(self.master(table, "index"))
