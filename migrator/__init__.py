"""peewee-migrate, made as trustworthy as alembic: see README.md."""

from .errors import DatabaseAhead, MigrationError
from .migrator import Migrator
from .operations.base import DISTINCT
from .router import Router
from .schema.model import Column, Constraint, ForeignKey, Index, PerDatabase, check

__all__ = [
    "DISTINCT",
    "Column",
    "Constraint",
    "DatabaseAhead",
    "ForeignKey",
    "Index",
    "MigrationError",
    "Migrator",
    "PerDatabase",
    "Router",
    "check",
]
