"""SQL as text: its tokens, names and literals, as SQLite and Postgres both read them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

Dialect = Literal["sqlite", "postgresql"]

TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<string>[eEbBxX]?'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    | (?P<quoted>"(?:[^"]|"")*"|`[^`]*`|(?<![\w\]\[")])\[[^\W\d][^][,'"():]*\])
    | (?P<word>[^\W\d][\w$]*)
    | (?P<number>\d[\w.]*|\.\d\w*)
    | (?P<mark>::|\|\||<=|>=|<>|!=|==|->>|->|\#>>|\#>|<<|>>|@>|<@|&&|[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int
    keyword: str  # a word in capitals, or a mark; empty for quoted names and strings

    @property
    def name(self) -> str:
        """The identifier that the token spells."""
        if self.kind == "quoted":
            quote = self.text[0]
            return self.text[1:-1].replace(quote * 2, quote)
        return self.text


def tokens(sql: str) -> list[Token]:
    found = []
    for match in TOKEN.finditer(sql):
        kind, text = match.lastgroup or "", match[0]
        if kind != "comment":
            keyword = text.upper() if kind in ("word", "mark") else ""
            found.append(Token(kind if kind != "tag" else "string", text, *match.span(), keyword))
    return found


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def quote_path(path: str) -> str:
    """Quote `schema.table` or `table`."""
    return ".".join(quote(part) for part in path.split(".", 1))


def listed(names: Iterable[str]) -> str:
    """Return names quoted, with commas between."""
    return ", ".join(quote(name) for name in names)


def squeezed(sql: str) -> str:
    """Return the same text with one space wherever white space was, strings left alone."""
    return joined(tokens(sql))


def joined(found: list[Token]) -> str:
    """Return the tokens as text, with one space wherever white space was."""
    out, last = "", 0
    for token in found:
        if out and token.start > last:
            out += " "
        out += token.text
        last = token.end
    return out


def unwrapped(sql: str) -> str:
    """Return the expression without parentheses around the whole of it."""
    found = tokens(sql)
    while len(found) > 2 and found[0].text == "(" and closing(found, 0) == len(found) - 1:
        found = found[1:-1]
    return sql[found[0].start : found[-1].end] if found else ""


def closing(found: list[Token], opening: int) -> int:
    """Return the place of the parenthesis that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(found)):
        depth += (found[place].text == "(") - (found[place].text == ")")
        if depth == 0:
            return place
    raise ValueError("a parenthesis is never closed")


def meaning(sql: str) -> str:
    """Return a form in which two spellings of an expression are equal: case, quotes, spaces aside.

    Postgres writes `x IN ('a', 'b')` as `= ANY (ARRAY[…])`, and after a dump was restored with the
    casts and parentheses of the array at other places, so these are left out.
    """
    found, out, array = tokens(unwrapped(sql)), [], 0
    for place, token in enumerate(found):
        before = found[place - 1] if place else token
        if before.keyword == "ANY" and token.text == "(":
            array = closing(found, place)
        is_type = before.text == "::" or (before.keyword, token.keyword) == ("CHARACTER", "VARYING")
        if place < array and (is_type or token.text in ("(", ")", "[", "]", "::")):
            continue
        out.append(token.text if token.kind == "string" else token.name.lower())
    return " ".join(out)


def words(text: str) -> set[str]:
    return set(text.split())


# no column's names without quotes: in both databases, and in one of them
RESERVED = words(
    "ALL AND AS CASE CHECK COLLATE CONSTRAINT CREATE DEFAULT DEFERRABLE DISTINCT ELSE FALSE FOREIGN"
    " FROM GROUP HAVING IN INTO IS LIMIT NOT NULL ON OR ORDER PRIMARY REFERENCES RETURNING SELECT"
    " TABLE THEN TO TRUE UNION UNIQUE USING WHEN WHERE"
)
RESERVED_IN_ONE = RESERVED | words(
    "ADD ALTER ANALYSE ANALYZE ANY ARRAY ASC ASYMMETRIC AUTOINCREMENT BETWEEN BOTH CAST COLUMN"
    " COMMIT CROSS CURRENT_CATALOG CURRENT_DATE CURRENT_ROLE CURRENT_TIME CURRENT_TIMESTAMP"
    " CURRENT_USER DELETE DESC DO DROP END ESCAPE EXCEPT EXISTS FETCH FOR FREEZE FULL GRANT ILIKE"
    " INDEX INITIALLY INNER INSERT INTERSECT ISNULL JOIN LATERAL LEADING LEFT LIKE LOCALTIME"
    " LOCALTIMESTAMP NATURAL NOTHING NOTNULL OFFSET ONLY OUTER OVERLAPS PLACING RIGHT SESSION_USER"
    " SET SIMILAR SOME SYMMETRIC TRAILING TRANSACTION UPDATE USER VALUES VARIADIC WINDOW"
    " WITH"
)
BEFORE_VALUE = words(
    "AND BETWEEN CASE DISTINCT ELSE ESCAPE FOR FROM GLOB ILIKE IN IS LIKE MATCH NOT OR REGEXP"
    " SYMMETRIC THEN TO WHEN WHERE"
)


def columns_in(sql: str) -> Iterator[Token]:
    """Yield the names in an expression that may be columns: those at the place of a value.

    A word that follows a value is none: `x DESC`, `x COLLATE "C"`, `x::date`, `CAST(x AS text)`.
    """
    found, value_follows = tokens(sql), True
    end = [Token("mark", "", 0, 0, "")] * 2
    padded = [*end, *found, *end]
    for place, token in enumerate(found):
        one, before, _, after = padded[place : place + 4]
        word = token.keyword
        if token.kind == "mark":
            value_follows = token.text not in (")", "]", "::")
        elif token.kind not in ("word", "quoted"):
            value_follows = False
        elif after.text in ("(", "."):
            continue
        elif not value_follows:
            value_follows = word in BEFORE_VALUE or (one.keyword, before.keyword, word) == (
                "AT",
                "TIME",
                "ZONE",
            )
        elif word in RESERVED or (word == "ARRAY" and after.text == "["):
            value_follows = word in BEFORE_VALUE
        elif not word or after.kind != "string":
            value_follows = False
            is_unit = (one.keyword, after.keyword) == ("EXTRACT", "FROM")
            if not is_unit and (word, after.keyword) != ("EXCLUDE", "USING"):
                yield token


def mentions(sql: str) -> set[str]:
    """Return the names that may be columns in an expression, in lower case."""
    return {token.name.lower() for token in columns_in(sql)}


def renamed(sql: str, names: Mapping[str, str]) -> str:
    """Return the expression with columns called by their new names; everything else stays."""
    lowered = {old.lower(): new for old, new in names.items()}
    for token in reversed(list(columns_in(sql))):
        if token.kind == "quoted":
            new = quote(names.get(token.name, token.name))
        else:
            new = lowered.get(token.text.lower(), token.text)
            plain = re.fullmatch(r"[a-z_][a-z0-9_]*", new) and new.upper() not in RESERVED_IN_ONE
            new = new if plain or new == token.text else quote(new)
        sql = sql[: token.start] + new + sql[token.end :]
    return sql


def literal(value: Any, dialect: Dialect) -> str:  # noqa: C901, PLR0911, PLR0912 (one line a type)
    """Return a Python value as the SQL that spells it.

    Raise ValueError for a value that has no spelling.
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper() if dialect == "postgresql" else str(int(value))
        case float() | Decimal() if abs(value) == float("inf"):
            if dialect == "sqlite":
                return "9e999" if value > 0 else "-9e999"
            return "'Infinity'" if value > 0 else "'-Infinity'"
        case int() | Decimal():
            return str(value)
        case float():
            return repr(value)
        case timedelta() if dialect == "postgresql":
            return f"'{value.days} days {value.seconds}.{value.microseconds:06} seconds'"
        case bytes() | bytearray() | memoryview():
            digits = bytes(value).hex()
            return f"'\\x{digits}'" if dialect == "postgresql" else f"x'{digits}'"
        case datetime():
            return f"'{value.isoformat(' ')}'"
        case date() | time():
            return f"'{value.isoformat()}'"
        case UUID():
            return f"'{value}'" if dialect == "postgresql" else f"'{value.hex}'"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case list() | tuple() if dialect == "postgresql":
            return literal(array(value), dialect)
    raise ValueError(f"{value!r} cannot be written as SQL")


def array(values: Any) -> str:
    """Return a list as Postgres reads an array from text."""
    spelled = []
    for value in values:
        if isinstance(value, list | tuple):
            spelled.append(array(value))
        elif value is None:
            spelled.append("NULL")
        else:
            text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
            spelled.append('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
    return "{" + ",".join(spelled) + "}"
