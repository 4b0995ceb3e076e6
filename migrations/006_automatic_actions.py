"""006_automatic_actions

- history: drop constraint CHECK (cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal', 'config', 'plan', 'still', 'timeout', 'confirm', 'import'))
- history: add constraint CHECK (cmd IN ('start', 'end', 'cancel', 'note', 'fix', 'undo', 'break', 'task', 'add', 'edit', 'delete', 'me', 'goal', 'config', 'plan', 'still', 'timeout', 'confirm', 'import', 'remind'))
- history: add index history_automatic (created_at) where cmd IN ('remind', 'timeout')
"""

import peewee as pw

from migrator import Index, Migrator, check


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
