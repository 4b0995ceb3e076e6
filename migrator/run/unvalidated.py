"""Constraints that hold for new rows and have not looked at the old ones yet."""

import re

import peewee as pw

from ..introspect.catalogs import rows
from ..introspect.postgres import as_truncated
from ..schema.compiler import given_constraint_name, given_name
from ..schema.model import Schema
from ..schema.sql import quote, quote_path


def unvalidated_constraints(database: pw.Database, schema: Schema) -> list[str]:
    """Return the statements that let Postgres look, also after a run that was killed before it."""
    found = rows(
        database,
        "SELECT CASE WHEN nspname = current_schema() THEN relname ELSE nspname || '.' || relname"
        " END, conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
        " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE NOT convalidated AND contype IN ('c', 'f') ORDER BY 1, 2",
    )
    schema = as_truncated(schema, "postgresql")
    return [
        f"ALTER TABLE {quote_path(table)} VALIDATE CONSTRAINT {quote(name)}"
        for table, name in found
        if table in schema and is_ours(schema, table, name)
    ]


def is_ours(schema: Schema, table: str, name: str) -> bool:
    """Return whether a migration made the constraint, by its own name or a given one."""
    found = schema[table]
    names = {
        constraint.name or given_constraint_name(found, constraint)
        for constraint in found.constraints
    } | {key.name or given_name(table, "_".join(key.columns), "fkey") for key in found.foreign_keys}
    return name in names or re.sub(r"\d+$", "", name) in names
