"""peewee-migrate, made as trustworthy as alembic: see README.md."""

from .errors import DatabaseAhead, MigrationError
from .migrator import Migrator
from .router import Router
from .schema import Column, Constraint, ForeignKey, Index, PerDatabase, check
from .steps import DISTINCT

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
