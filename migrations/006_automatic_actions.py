"""006_automatic_actions

- history: drop constraint CHECK (cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal', 'config', 'plan', 'still', 'timeout', 'confirm', 'import'))
- history: add constraint CHECK (cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal', 'config', 'plan', 'still', 'timeout', 'confirm', 'import', 'remind'))
- history: add index history_automatic (created_at) where cmd IN ('remind', 'timeout')
- guild: set removed_at, where no release wrote it down
"""

from datetime import UTC, datetime

import peewee as pw

from migrator import Index, Migrator, check

# The releases before took seen_at from a server that removed the bot, and kept nothing else. Where
# an organiser set something all the same, only the commands are installed, and in use.
LEFT = """
UPDATE guild SET removed_at = ?
WHERE seen_at IS NULL AND removed_at IS NULL AND guild_id NOT IN
    (SELECT guild_id FROM history WHERE cmd = 'config' AND guild_id IS NOT NULL)
"""


def date_removals(database: pw.Database) -> None:
    """Let the days begin now after which the rows go that a server left."""
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    database.execute_sql(LEFT.replace("?", database.param), (now,))


def migrate(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.drop_constraint(
        "history",
        check(
            "cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal', 'config', 'plan', 'still', 'timeout', 'confirm', 'import')"
        ),
    )
    migrator.add_constraint(
        "history",
        check(
            "cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal', 'config', 'plan', 'still', 'timeout', 'confirm', 'import', 'remind')"
        ),
    )
    migrator.add_index(
        "history",
        Index("history_automatic", "created_at", where="cmd IN ('remind', 'timeout')"),
    )
    migrator.run(date_removals, database)


def rollback(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.drop_index(
        "history",
        Index("history_automatic", "created_at", where="cmd IN ('remind', 'timeout')"),
    )
    migrator.drop_constraint(
        "history",
        check(
            "cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal', 'config', 'plan', 'still', 'timeout', 'confirm', 'import', 'remind')"
        ),
    )
    # loses when members were reminded
    migrator.sql("DELETE FROM history WHERE cmd = 'remind'")
    migrator.add_constraint(
        "history",
        check(
            "cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal', 'config', 'plan', 'still', 'timeout', 'confirm', 'import')"
        ),
    )
