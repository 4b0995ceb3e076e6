"""007_break_index

- break: drop index break_of_guild (guild_id, ended_at)
- break: add index break_within_guild (guild_id, ended_at, started_at, session_id)
"""

import peewee as pw

from migrator import Index, Migrator


def migrate(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.drop_index("break", Index("break_of_guild", ("guild_id", "ended_at")))
    migrator.add_index(
        "break",
        Index("break_within_guild", ("guild_id", "ended_at", "started_at", "session_id")),
    )


def rollback(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.drop_index(
        "break",
        Index("break_within_guild", ("guild_id", "ended_at", "started_at", "session_id")),
    )
    migrator.add_index("break", Index("break_of_guild", ("guild_id", "ended_at")))
