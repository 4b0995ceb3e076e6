"""`python -m migrator check` and `python -m migrator sql`, beside pw_migrate's own commands."""

import os
import sys

import click
import peewee_migrate.cli

from .autogenerate.fills import read_value
from .errors import MigrationError
from .router import Router

sys.path.insert(0, os.getcwd())
peewee_migrate.cli.Router = Router  # pyright: ignore[reportPrivateImportUsage]
DIRECTORY = click.option(
    "--directory", default="migrations", help="Directory where migrations are stored"
)
DATABASE = click.option("--database", default=None, help="Database connection")
SOURCE = click.option("--auto-source", default=None, help="The module that the models are in")


@click.group()
def cli() -> None:
    """Check migrations, or show their SQL."""


def router_of(directory: str, database: str | None) -> Router:
    router = peewee_migrate.cli.get_router(directory, database)
    if not isinstance(router, Router):
        raise MigrationError(f"{directory}/conf.py names another Router than migrator.Router")
    return router


@cli.command()
@DIRECTORY
@DATABASE
@SOURCE
def check(directory: str, database: str | None, auto_source: str | None) -> None:
    """Print how models, migrations and the database differ; exit 1 if they do."""
    differences = router_of(directory, database).check(auto_source or True)
    for difference in differences:
        click.echo(difference)
    if differences:
        raise SystemExit(1)
    click.echo("Models, migrations and database agree.")


@cli.command()
@click.argument("name")
@DIRECTORY
@DATABASE
@SOURCE
@click.option("--rename", multiple=True, help="table.column=new_name, or table=new_table")
@click.option("--fill", multiple=True, help="table.column=value that rows get in a new column")
def create(
    name: str,
    *,
    directory: str,
    database: str | None,
    auto_source: str | None,
    rename: tuple[str, ...],
    fill: tuple[str, ...],
) -> None:
    """Write the next migration from the models, told what was renamed and what rows get."""
    if not all("=" in told for told in (*rename, *fill)):
        raise MigrationError(
            "--rename wants table.column=new_name or table=new_table, --fill table.column=value"
        )
    renames = dict(told.split("=", 1) for told in rename)
    fills = {path: read_value(text) for path, text in (told.split("=", 1) for told in fill)}
    router_of(directory, database).create(
        name, auto=auto_source or True, rename=renames or None, fill=fills
    )


@cli.command()
@DIRECTORY
@DATABASE
def sql(directory: str, database: str | None) -> None:
    """Print the statements of the pending migrations."""
    for text in router_of(directory, database).statements():
        click.echo(text)


cli(prog_name="python -m migrator")
