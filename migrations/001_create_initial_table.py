"""001_create_initial_table

- add table history
"""

import peewee as pw

from migrator import Column, Migrator


def migrate(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.create_table(
        "history",
        Column("user_id", "VARCHAR(19)"),
        Column("user_name", "TEXT"),
        Column("cmd", "VARCHAR(5)"),
        Column("created_at", "DATETIME"),
        primary_key=("user_id", "cmd", "created_at"),
        adopt=True,  # a database that the article's alembic made has it already
    )


def rollback(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    # loses every row of history
    migrator.drop_table("history")
