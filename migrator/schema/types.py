"""What a type's name means: Peewee's own names on each database, and which family a type is of."""

import re
from collections.abc import Mapping

# what a column that counts by itself is a column of
SERIALS = {"AUTO": "INTEGER", "BIGAUTO": "BIGINT", "SERIAL": "INTEGER", "BIGSERIAL": "BIGINT"}

FAMILIES = {
    "integer": {"INT", "INTEGER", "BIGINT", "SMALLINT", "AUTO", "BIGAUTO", "SERIAL", "BIGSERIAL",
                "INT2", "INT4", "INT8", "TINYINT", "MEDIUMINT"},
    "number": {"DECIMAL", "NUMERIC", "REAL", "FLOAT", "DOUBLE", "DOUBLE PRECISION"},
    "text": {"TEXT", "VARCHAR", "CHAR", "CHARACTER VARYING", "CHARACTER", "CITEXT", "BPCHAR"},
    "boolean": {"BOOL", "BOOLEAN"},
    "bytes": {"BLOB", "BYTEA"},
    "binary uuid": {"UUIDB"},
    "date": {"DATE"},
    "time": {"TIME", "TIME WITHOUT TIME ZONE", "TIMETZ"},
    "datetime": {"DATETIME", "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE"},
    "instant": {"TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"},
    "uuid": {"UUID"},
    "json": {"JSON", "JSONB"},
}  # fmt: skip
FAMILY = {name: family for family, names in FAMILIES.items() for name in names}
INTEGER_WIDTH = {"SMALLINT": 2, "INT2": 2, "INT": 4, "INTEGER": 4, "INT4": 4, "AUTO": 4,
                 "SERIAL": 4, "BIGINT": 8, "INT8": 8, "BIGAUTO": 8, "BIGSERIAL": 8}  # fmt: skip


def base(kind: str) -> str:
    """Return the name without length and array marks: `VARCHAR` of `VARCHAR(9)`."""
    return kind.partition("(")[0].partition("[")[0].strip()


def spelled(kind: str, names: Mapping[str, str]) -> str:
    """Return the type as a database whose names are `names` spells it."""
    name = base(kind)
    return names.get(name, name) + kind[len(name) :]


def verbatim(kind: str, names: Mapping[str, str]) -> str:
    """Return the type so that it is spelled as it stands: Peewee's names are in capitals."""
    return kind if spelled(kind, names) == kind else kind.lower()


def family(kind: str) -> str:
    """Return `integer`, `text` …; a type that is not known, or an array, is a family of its own."""
    return kind.upper() if "[" in kind else FAMILY.get(base(kind).upper(), base(kind).upper())


def length(kind: str) -> int | None:
    """Return the n of `VARCHAR(n)`."""
    found = re.search(r"\((\d+)\)", kind)
    return int(found[1]) if found else None


def widens(old: str, new: str) -> bool:
    """Return whether every value of the old type is one of the new, unchanged."""
    if old.upper() == new.upper():
        return True
    if family(old) == family(new) == "integer":
        return INTEGER_WIDTH.get(base(old).upper(), 8) <= INTEGER_WIDTH.get(base(new).upper(), 0)
    if family(old) == family(new) == "text":
        limit = length(new)
        return limit is None or (length(old) or limit + 1) <= limit
    return family(new) == "text" and length(new) is None


def unserial(kind: str) -> str:
    """Return the type that a column has, whatever it was created as."""
    return SERIALS.get(kind.upper(), kind)
