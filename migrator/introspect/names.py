"""What can only be asked of a database: how it named what was given no name."""

from ..schema.model import Constraint, ForeignKey


class Names:
    """What the database itself calls things that were never given a name."""

    server_version = 160000

    def primary_key(self, table: str) -> str | None:
        return None

    def foreign_key(self, table: str, key: ForeignKey) -> str | None:
        return None

    def constraint(self, table: str, constraint: Constraint) -> str | None:
        return None

    def sequence(self, table: str, column: str) -> str | None:
        return None

    def has_schema(self, schema: str) -> bool:
        return False

    def taken(self, table: str) -> set[str]:
        """The names of the table's constraints."""
        return set()
