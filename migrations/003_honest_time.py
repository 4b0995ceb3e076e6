"""Breaks, goals, and what members choose for a server; more words for the log.

- history: drop constraint CHECK (cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo'))
- add table break
- add table goal
- add table membership
- add session.edited_at: DATETIME, null
- add member.day_starts: SMALLINT, null
- session: add index session_of_guild (guild_id, ended_at, started_at, user_id, removed_at, id)
- session: add index session_of_user (user_id, started_at)
- history: add constraint CHECK (cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal'))
- member: add constraint CHECK (day_starts BETWEEN 0 AND 6)
"""

import peewee as pw

from migrator import Column, ForeignKey, Index, Migrator, check


def migrate(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.drop_constraint(
        "history",
        check("cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo')"),
    )
    migrator.create_table(
        "break",
        Column("session_id", "BIGINT", attribute="session"),
        Column("guild_id", "BIGINT"),
        Column("started_at", "DATETIME"),
        Column("ended_at", "DATETIME", null=True),
        check("ended_at >= started_at"),
        ForeignKey("session_id", "session", "id", on_delete="CASCADE"),
        Index("break_one_open", "session_id", unique=True, where="ended_at IS NULL"),
        Index("break_of_guild", ("guild_id", "ended_at")),
        primary_key=("session_id", "started_at"),
    )
    migrator.create_table(
        "goal",
        Column("guild_id", "BIGINT"),
        Column("user_id", "BIGINT"),
        Column("from_on", "DATE"),
        Column("minutes", "INT"),
        Column("per", "VARCHAR(4)"),
        check("minutes >= 0"),
        check("per IN ('day', 'week')"),
        primary_key=("guild_id", "user_id", "from_on"),
    )
    migrator.create_table(
        "membership",
        Column("guild_id", "BIGINT"),
        Column("user_id", "BIGINT"),
        Column("listed", "BOOL", server_default="false", default=False),
        Column("private", "BOOL", server_default="false", default=False),
        Column("left_at", "DATETIME", null=True),
        Index("membership_unseen", ("guild_id", "user_id"), where="private OR left_at IS NOT NULL"),
        primary_key=("guild_id", "user_id"),
    )
    migrator.add_column("session", Column("edited_at", "DATETIME", null=True))
    migrator.add_column("member", Column("day_starts", "SMALLINT", null=True))
    migrator.add_index(
        "session",
        Index(
            "session_of_guild",
            ("guild_id", "ended_at", "started_at", "user_id", "removed_at", "id"),
        ),
    )
    migrator.add_index("session", Index("session_of_user", ("user_id", "started_at")))
    migrator.add_constraint(
        "history",
        check(
            "cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal')"
        ),
    )
    migrator.add_constraint("member", check("day_starts BETWEEN 0 AND 6"))


def rollback(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.drop_constraint(
        "history",
        check(
            "cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal')"
        ),
    )
    migrator.drop_constraint("member", check("day_starts BETWEEN 0 AND 6"))
    migrator.drop_index(
        "session",
        Index(
            "session_of_guild",
            ("guild_id", "ended_at", "started_at", "user_id", "removed_at", "id"),
        ),
    )
    migrator.drop_index("session", Index("session_of_user", ("user_id", "started_at")))
    # loses the values of member.day_starts
    migrator.drop_column("member", "day_starts")
    # loses the values of session.edited_at
    migrator.drop_column("session", "edited_at")
    # loses the rows of the commands that the release before does not know
    migrator.sql(
        "DELETE FROM history WHERE cmd NOT IN ('start', 'end', 'cancel', 'note', 'fix', 'undo')"
    )
    migrator.add_constraint(
        "history",
        check("cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo')"),
    )
    # loses every row of membership
    migrator.drop_table("membership")
    # loses every row of goal
    migrator.drop_table("goal")
    # loses every row of break
    migrator.drop_table("break")
