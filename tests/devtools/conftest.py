"""Generated rows in a database, as the reference tests have them."""

from tests.reference.conftest import loaded

__all__ = ["loaded"]
