"""peewee-migrate, made as trustworthy as alembic: see README.md.

A project makes a `Router` and calls its `create`, `run`, `rollback`, `check` and `statements`; a
migration file gets a `Migrator` and makes the values `Column`, `ForeignKey`, `Index`, `Constraint`
(or `check`) and `PerDatabase`. Whatever goes wrong is a `MigrationError`.
"""

from .errors import DatabaseAhead, DatabaseUnreachable, MigrationError
from .migrator import Migrator
from .operations.base import DISTINCT
from .router import Router
from .schema.model import Column, Constraint, ForeignKey, Index, PerDatabase, check

__all__ = [
    "DISTINCT",
    "Column",
    "Constraint",
    "DatabaseAhead",
    "DatabaseUnreachable",
    "ForeignKey",
    "Index",
    "MigrationError",
    "Migrator",
    "PerDatabase",
    "Router",
    "check",
]
