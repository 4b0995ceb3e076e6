"""What `pw_migrate` reads: the database, and the router that makes it trustworthy."""

import sys
from pathlib import Path

# pw_migrate runs this file as text, from the folder it was started in: the project's root
sys.path.insert(0, str(Path.cwd()))

import peewee_migrate.cli

import migrator
from database import connection_for
from settings import SettingsError, database_setting

peewee_migrate.cli.Router = migrator.Router
try:
    DATABASE = connection_for(database_setting())
except SettingsError as error:
    raise SystemExit(str(error)) from error
