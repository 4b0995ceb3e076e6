"""004_seen_guilds

- add guild.seen_at: DATETIME, null
"""

import peewee as pw

from migrator import Column, Migrator


def migrate(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.add_column("guild", Column("seen_at", "DATETIME", null=True))


def rollback(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    # loses the values of guild.seen_at
    migrator.drop_column("guild", "seen_at")
