"""SQL as text: its tokens, names and literals, as SQLite and Postgres both read them."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

Dialect = Literal["sqlite", "postgresql"]

TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<string>[eEbBxX]?'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    | (?P<quoted>"(?:[^"]|"")*"|`[^`]*`)
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

    @property
    def keyword(self) -> str:
        """The word in capitals, or the mark itself; quoted names and strings are no keywords."""
        return self.text.upper() if self.kind in ("word", "mark") else ""

    @property
    def name(self) -> str:
        """The identifier that the token spells."""
        if self.kind == "quoted":
            quote = self.text[0]
            return self.text[1:-1].replace(quote * 2, quote)
        return self.text


def tokens(sql: str) -> list[Token]:
    return [
        Token(match.lastgroup if match.lastgroup != "tag" else "string", match[0], *match.span())
        for match in TOKEN.finditer(sql)
        if match.lastgroup and match.lastgroup != "comment"
    ]


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def quote_path(path: str) -> str:
    """Quote `schema.table` or `table`."""
    return ".".join(quote(part) for part in path.split(".", 1))


def listed(names: Iterable[str]) -> str:
    """Names quoted, with commas between."""
    return ", ".join(quote(name) for name in names)


def squeezed(sql: str) -> str:
    """The same text with one space wherever white space was, strings left alone."""
    out, last = "", 0
    for token in tokens(sql):
        if out and token.start > last:
            out += " "
        out += token.text
        last = token.end
    return out


def unwrapped(sql: str) -> str:
    """The expression without parentheses around the whole of it."""
    found = tokens(sql)
    while len(found) > 2 and found[0].text == "(" and closing(found, 0) == len(found) - 1:
        found = found[1:-1]
    return sql[found[0].start : found[-1].end] if found else ""


def closing(found: list[Token], opening: int) -> int:
    """The place of the parenthesis that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(found)):
        depth += (found[place].text == "(") - (found[place].text == ")")
        if depth == 0:
            return place
    raise ValueError("a parenthesis is never closed")


def meaning(sql: str) -> str:
    """A form in which two spellings of one expression are equal: case, quotes and spaces aside."""
    return " ".join(
        token.text if token.kind == "string" else token.name.lower()
        for token in tokens(unwrapped(sql))
    )


def mentions(sql: str) -> set[str]:
    """The names that may be columns in an expression, in lower case."""
    found = tokens(sql)
    return {
        token.name.lower()
        for token, after in zip(found, [*found[1:], None], strict=True)
        if token.kind == "quoted"
        or (token.kind == "word" and not (after is not None and after.text == "("))
    }


def renamed(sql: str, names: Mapping[str, str]) -> str:
    """The expression with columns called by their new names; strings and functions stay."""
    found = tokens(sql)
    lowered = {old.lower(): new for old, new in names.items()}
    for token, after in reversed(list(zip(found, [*found[1:], None], strict=True))):
        is_call = after is not None and after.text == "("
        if token.kind == "quoted" and token.name in names:
            new = quote(names[token.name])
        elif token.kind == "word" and not is_call and token.text.lower() in lowered:
            new = lowered[token.text.lower()]
            new = new if re.fullmatch(r"[a-z_][a-z0-9_]*", new) else quote(new)
        else:
            continue
        sql = sql[: token.start] + new + sql[token.end :]
    return sql


def literal(value: Any, dialect: Dialect) -> str:  # noqa: C901, PLR0911 (one line a type)
    """A Python value as the SQL that spells it.

    Raises ValueError for a value that has no spelling.
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper() if dialect == "postgresql" else str(int(value))
        case int() | Decimal():
            return str(value)
        case float():
            return repr(value)
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
            return "ARRAY[" + ", ".join(literal(item, dialect) for item in value) + "]"
    raise ValueError(f"{value!r} cannot be written as SQL")
