"""What goes wrong, said so that it can be put right."""

import click
import peewee


class MigrationError(click.ClickException):
    """A migration cannot be written or applied; the message says which, where and why.

    `pw_migrate` shows it as one line and exits 1.
    """


class DatabaseUnreachable(MigrationError, peewee.OperationalError):
    """The database could not be connected to; `pw_migrate` exits 69 (EX_UNAVAILABLE)."""

    exit_code = 69


class DatabaseAhead(MigrationError):
    """The database has migrations newer than every file: an old release met a newer database."""
