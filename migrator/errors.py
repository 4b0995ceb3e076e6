"""What goes wrong, said so that it can be put right."""

import click


class MigrationError(click.ClickException):
    """A migration cannot be written or applied; the message says which, where and why.

    `pw_migrate` shows it as one line and exits 1.
    """


class DatabaseAhead(MigrationError):
    """The database has migrations newer than any file here: an older release meets a newer database."""
