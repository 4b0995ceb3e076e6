"""The tools that ours is held against: stock peewee-migrate, and alembic with its own models."""

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import peewee as pw
import peewee_migrate.router


class Stock:
    """peewee-migrate as it comes."""

    def __init__(self, database: pw.Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.known: list[Any] = []

    @property
    def router(self) -> Any:
        quiet = logging.getLogger("quiet")
        quiet.setLevel(logging.CRITICAL + 1)
        return peewee_migrate.router.Router(self.database, self.folder, logger=quiet)

    def create(self, models: list[Any], rename: dict[str, str]) -> bool:
        # an empty list of models would mean "scan the working folder" to stock
        written = self.router.create("change", auto=list(models) or [pw.Model] and list(models))
        return written is not None

    def apply(self) -> None:
        self.router.run()

    def rollback(self) -> None:
        self.router.rollback()


__all__ = ["Stock", "suppress"]
