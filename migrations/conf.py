"""What `pw_migrate` reads: the database, and where the models are."""

import sys
from pathlib import Path

# pw_migrate executes this file as text from the folder it was started in: the project's root
sys.path.insert(0, str(Path.cwd()))

import models
from database import point_at
from settings import database_setting

point_at(database_setting())
DATABASE = models.database.obj
