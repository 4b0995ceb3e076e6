"""What goes wrong, said so that it can be put right."""

import click


class MigrationError(click.ClickException):
    """A migration cannot be written or applied; the message says which, where and why.

    `pw_migrate` shows it as one line and exits 1.
    """


class DatabaseAhead(MigrationError):
    """The database has migrations newer than every file: an old release met a newer database."""
