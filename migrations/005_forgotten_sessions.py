"""005_forgotten_sessions

- session: drop constraint CHECK (closed_by IN ('removal'))
- history: drop constraint CHECK (cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal'))
- add table posting
- add session.active_at: DATETIME, null
- add session.planned_end_at: DATETIME, null
- add session.reminded_at: DATETIME, null
- add session.confirmed_at: DATETIME, null
- add session.untold: VARCHAR(16), null
- add guild.removed_at: DATETIME, null
- add guild.week_starts: SMALLINT, null
- add guild.posts: BOOL, not null, default yes, server default true
- add guild.ask_hours: SMALLINT, null
- add guild.remind_hours: SMALLINT, null
- add guild.close_hours: SMALLINT, null
- add guild.summary_channel_id: BIGINT, null
- add guild.summary_day: SMALLINT, null
- add guild.summary_hour: SMALLINT, null
- add guild.summary_by: BIGINT, null
- add guild.summary_since: DATETIME, null
- add guild.summary_failed_at: DATETIME, null
- add member.remind_hours: SMALLINT, null
- add member.last_language: VARCHAR(5), null
- add member.delete_at: DATETIME, null
- session: add constraint CHECK (closed_by IN ('removal', 'timeout'))
- session: add constraint CHECK (untold IN ('reminder', 'timeout'))
- session: add index session_untold (guild_id, user_id) where untold IS NOT NULL
- guild: add constraint CHECK (week_starts BETWEEN 0 AND 6)
- guild: add constraint CHECK (ask_hours BETWEEN 0 AND 168)
- guild: add constraint CHECK (close_hours BETWEEN 0 AND 168)
- guild: add constraint CHECK (remind_hours BETWEEN 0 AND 168)
- guild: add constraint CHECK (remind_hours = 0 OR close_hours = 0 OR remind_hours < close_hours)
- guild: add constraint CHECK (summary_day BETWEEN 0 AND 6)
- guild: add constraint CHECK (summary_hour BETWEEN 0 AND 23)
- history: add constraint CHECK (cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal', 'config', 'plan', 'still', 'timeout', 'confirm', 'import'))
- member: add constraint CHECK (remind_hours BETWEEN 0 AND 168)
- member: add index member_delete_at (delete_at) where delete_at IS NOT NULL
- membership: add index membership_of_user (user_id)
- goal: add index goal_of_user (user_id)
"""

import peewee as pw

from migrator import Column, Index, Migrator, check


def migrate(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.drop_constraint("session", check("closed_by IN ('removal')"))
    migrator.drop_constraint(
        "history",
        check(
            "cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal')"
        ),
    )
    migrator.create_table(
        "posting",
        Column("guild_id", "BIGINT"),
        Column("kind", "VARCHAR(8)"),
        Column("from_on", "DATE"),
        Column("taken_at", "DATETIME"),
        check("kind IN ('week')"),
        primary_key=("guild_id", "kind", "from_on"),
    )
    migrator.add_column("session", Column("active_at", "DATETIME", null=True))
    migrator.add_column("session", Column("planned_end_at", "DATETIME", null=True))
    migrator.add_column("session", Column("reminded_at", "DATETIME", null=True))
    migrator.add_column("session", Column("confirmed_at", "DATETIME", null=True))
    migrator.add_column("session", Column("untold", "VARCHAR(16)", null=True))
    migrator.add_column("guild", Column("removed_at", "DATETIME", null=True))
    migrator.add_column("guild", Column("week_starts", "SMALLINT", null=True))
    migrator.add_column("guild", Column("posts", "BOOL", default=True, server_default="true"))
    migrator.add_column("guild", Column("ask_hours", "SMALLINT", null=True))
    migrator.add_column("guild", Column("remind_hours", "SMALLINT", null=True))
    migrator.add_column("guild", Column("close_hours", "SMALLINT", null=True))
    migrator.add_column("guild", Column("summary_channel_id", "BIGINT", null=True))
    migrator.add_column("guild", Column("summary_day", "SMALLINT", null=True))
    migrator.add_column("guild", Column("summary_hour", "SMALLINT", null=True))
    migrator.add_column("guild", Column("summary_by", "BIGINT", null=True))
    migrator.add_column("guild", Column("summary_since", "DATETIME", null=True))
    migrator.add_column("guild", Column("summary_failed_at", "DATETIME", null=True))
    migrator.add_column("member", Column("remind_hours", "SMALLINT", null=True))
    migrator.add_column("member", Column("last_language", "VARCHAR(5)", null=True))
    migrator.add_column("member", Column("delete_at", "DATETIME", null=True))
    migrator.add_constraint("session", check("closed_by IN ('removal', 'timeout')"))
    migrator.add_constraint("session", check("untold IN ('reminder', 'timeout')"))
    migrator.add_index(
        "session",
        Index("session_untold", ("guild_id", "user_id"), where="untold IS NOT NULL"),
    )
    migrator.add_constraint("guild", check("week_starts BETWEEN 0 AND 6"))
    migrator.add_constraint("guild", check("ask_hours BETWEEN 0 AND 168"))
    migrator.add_constraint("guild", check("close_hours BETWEEN 0 AND 168"))
    migrator.add_constraint("guild", check("remind_hours BETWEEN 0 AND 168"))
    migrator.add_constraint(
        "guild",
        check("remind_hours = 0 OR close_hours = 0 OR remind_hours < close_hours"),
    )
    migrator.add_constraint("guild", check("summary_day BETWEEN 0 AND 6"))
    migrator.add_constraint("guild", check("summary_hour BETWEEN 0 AND 23"))
    migrator.add_constraint(
        "history",
        check(
            "cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal', 'config', 'plan', 'still', 'timeout', 'confirm', 'import')"
        ),
    )
    migrator.add_constraint("member", check("remind_hours BETWEEN 0 AND 168"))
    migrator.add_index(
        "member",
        Index("member_delete_at", "delete_at", where="delete_at IS NOT NULL"),
    )
    migrator.add_index("membership", Index("membership_of_user", "user_id"))
    migrator.add_index("goal", Index("goal_of_user", "user_id"))


def rollback(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    # loses the history's rows of commands that the release before does not know, and the mark
    # of sessions that were ended by themselves
    migrator.sql(
        "DELETE FROM history"
        " WHERE cmd IN ('config', 'plan', 'still', 'timeout', 'confirm', 'import')"
    )
    migrator.sql("UPDATE session SET closed_by = NULL WHERE closed_by = 'timeout'")
    migrator.drop_constraint(
        "history",
        check(
            "cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal', 'config', 'plan', 'still', 'timeout', 'confirm', 'import')"
        ),
    )
    migrator.drop_index("goal", Index("goal_of_user", "user_id"))
    migrator.drop_index("membership", Index("membership_of_user", "user_id"))
    migrator.drop_constraint("guild", check("week_starts BETWEEN 0 AND 6"))
    migrator.drop_constraint("guild", check("ask_hours BETWEEN 0 AND 168"))
    migrator.drop_constraint("guild", check("close_hours BETWEEN 0 AND 168"))
    migrator.drop_constraint("guild", check("remind_hours BETWEEN 0 AND 168"))
    migrator.drop_constraint(
        "guild",
        check("remind_hours = 0 OR close_hours = 0 OR remind_hours < close_hours"),
    )
    migrator.drop_constraint("guild", check("summary_day BETWEEN 0 AND 6"))
    migrator.drop_constraint("guild", check("summary_hour BETWEEN 0 AND 23"))
    migrator.drop_index(
        "member",
        Index("member_delete_at", "delete_at", where="delete_at IS NOT NULL"),
    )
    migrator.drop_constraint("member", check("remind_hours BETWEEN 0 AND 168"))
    migrator.drop_index(
        "session",
        Index("session_untold", ("guild_id", "user_id"), where="untold IS NOT NULL"),
    )
    migrator.drop_constraint("session", check("closed_by IN ('removal', 'timeout')"))
    migrator.drop_constraint("session", check("untold IN ('reminder', 'timeout')"))
    # loses the values of guild.removed_at
    migrator.drop_column("guild", "removed_at")
    # loses the values of guild.week_starts
    migrator.drop_column("guild", "week_starts")
    # loses the values of guild.posts
    migrator.drop_column("guild", "posts")
    # loses the values of guild.ask_hours
    migrator.drop_column("guild", "ask_hours")
    # loses the values of guild.remind_hours
    migrator.drop_column("guild", "remind_hours")
    # loses the values of guild.close_hours
    migrator.drop_column("guild", "close_hours")
    # loses the values of guild.summary_channel_id
    migrator.drop_column("guild", "summary_channel_id")
    # loses the values of guild.summary_day
    migrator.drop_column("guild", "summary_day")
    # loses the values of guild.summary_hour
    migrator.drop_column("guild", "summary_hour")
    # loses the values of guild.summary_by
    migrator.drop_column("guild", "summary_by")
    # loses the values of guild.summary_since
    migrator.drop_column("guild", "summary_since")
    # loses the values of guild.summary_failed_at
    migrator.drop_column("guild", "summary_failed_at")
    # loses the values of member.remind_hours
    migrator.drop_column("member", "remind_hours")
    # loses the values of member.last_language
    migrator.drop_column("member", "last_language")
    # loses the values of member.delete_at
    migrator.drop_column("member", "delete_at")
    # loses the values of session.active_at
    migrator.drop_column("session", "active_at")
    # loses the values of session.planned_end_at
    migrator.drop_column("session", "planned_end_at")
    # loses the values of session.reminded_at
    migrator.drop_column("session", "reminded_at")
    # loses the values of session.confirmed_at
    migrator.drop_column("session", "confirmed_at")
    # loses the values of session.untold
    migrator.drop_column("session", "untold")
    migrator.add_constraint(
        "history",
        check(
            "cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal')"
        ),
    )
    migrator.add_constraint("session", check("closed_by IN ('removal')"))
    # loses every row of posting
    migrator.drop_table("posting")
