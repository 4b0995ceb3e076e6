"""008_posting_settled

- add posting.settled_at: DATETIME, null
- posting: what was taken before is settled
"""

import peewee as pw

from migrator import Column, Migrator


def migrate(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.add_column("posting", Column("settled_at", "DATETIME", null=True))
    # nobody is told of what is long over
    migrator.sql("UPDATE posting SET settled_at = taken_at")


def rollback(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    # loses the values of posting.settled_at
    migrator.drop_column("posting", "settled_at")
