"""Expressions of SQL: when two mean the same, and which columns they speak of."""

import re
from collections.abc import Iterator, Mapping

from .sql import quote
from .tokens import Token, closing, tokens, unwrapped, words


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
