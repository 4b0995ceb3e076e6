"""What a database says of its tables, asked without any of the migrator's own code."""

import re
from collections.abc import Collection
from typing import Any

import peewee as pw

GIVEN = re.compile(r"_(pkey|fkey|check|key|not_null)\d*$")


def facts(
    database: pw.Database, ignore: Collection[str] = ("migratehistory",), *, names: bool = False
) -> dict[str, Any]:
    """Every table with its columns, keys, constraints and indexes, in no order.

    What a database calls something that nobody named is told only with `names`.
    """
    lite = isinstance(database, pw.SqliteDatabase)
    found = sqlite_facts(database) if lite else postgres_facts(database, names)
    return {name: told for name, told in found.items() if name not in ignore}


def plain(text: str | None) -> str | None:
    """SQL without case, quotes of names, white space and outer parentheses."""
    if text is None:
        return None
    kept = re.split(r"('(?:[^']|'')*')", text)
    out = "".join(
        piece if place % 2 else re.sub(r'[\s"`]+', "", piece).lower()
        for place, piece in enumerate(kept)
    )
    while out.startswith("(") and balanced(out[1:-1]) and out.endswith(")"):
        out = out[1:-1]
    return out


def balanced(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return depth == 0


def in_parentheses(sql: str, start: int) -> str:
    depth = 0
    for place in range(start, len(sql)):
        depth += (sql[place] == "(") - (sql[place] == ")")
        if depth == 0:
            return sql[start + 1 : place]
    raise ValueError(sql)


def sqlite_facts(database: pw.Database) -> dict[str, Any]:
    def ask(sql: str) -> list[Any]:
        return database.execute_sql(sql).fetchall()

    master = ask(
        "SELECT type, name, tbl_name, sql FROM sqlite_master"
        " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    indexes = {name: sql for kind, name, _, sql in master if kind == "index"}
    out = {}
    for kind, name, _, sql in master:
        if kind != "table":
            continue
        keys: dict[int, list[Any]] = {}
        for number, _, parent, here, there, update, delete, _ in ask(
            f'PRAGMA foreign_key_list("{name}")'
        ):
            keys.setdefault(number, [parent, update, delete, [], []])
            keys[number][3].append(here)
            keys[number][4].append(there)
        found = []
        for _, index, unique, origin, partial in ask(f'PRAGMA index_list("{name}")'):
            if origin == "pk":
                continue
            parts = [
                (row[2], row[3], row[4]) for row in ask(f'PRAGMA index_xinfo("{index}")') if row[5]
            ]
            where = plain(indexes[index].upper().split(" WHERE ", 1)[1]) if partial else None
            expressions = (
                plain(indexes[index].split("(", 1)[1]) if any(p[0] is None for p in parts) else None
            )
            label = index if origin == "c" else None
            found.append((label, unique, origin, tuple(parts), where, expressions))
        checks = [
            (named_before(sql, match.start()), plain(in_parentheses(sql, match.end() - 1)))
            for match in re.finditer(r"\bCHECK\s*\(", sql, re.IGNORECASE)
        ]
        columns = {
            row[1]: (row[2].upper(), bool(row[3]) or bool(row[5]), plain(row[4]), row[5], row[6])
            for row in ask(f'PRAGMA table_xinfo("{name}")')
        }
        words = sorted(
            word.upper()
            for word in re.findall(
                r"COLLATE \S+?\b|AUTOINCREMENT|DEFERRABLE INITIALLY \w+|STRICT|WITHOUT ROWID"
                r"|GENERATED ALWAYS AS",
                sql,
                re.IGNORECASE,
            )
        )
        named_keys = sorted(re.findall(r'CONSTRAINT "?(\w+)"? FOREIGN KEY', sql))
        out[name] = {
            "columns": columns,
            "foreign keys": sorted(map(repr, keys.values())),
            "named keys": named_keys,
            "indexes": sorted(map(repr, found)),
            "checks": sorted(map(repr, checks)),
            "words": words,
        }
    return out


def named_before(sql: str, place: int) -> str | None:
    match = re.search(r'CONSTRAINT\s+"?(\w+)"?\s*$', sql[:place], re.IGNORECASE)
    return match[1] if match else None


def postgres_facts(database: pw.Database, names: bool) -> dict[str, Any]:
    def ask(sql: str, *params: Any) -> list[Any]:
        return database.execute_sql(sql, params).fetchall()

    tables = ask(
        "SELECT c.oid, CASE WHEN nspname = 'public' THEN relname ELSE nspname || '.' || relname END"
        " FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace"
        " WHERE relkind = 'r' AND nspname NOT LIKE 'pg\\_%%' AND nspname <> 'information_schema'"
    )
    unowned = ask(
        "SELECT relname FROM pg_class WHERE relkind = 'S' AND NOT EXISTS (SELECT 1"
        " FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('a', 'i')) ORDER BY 1"
    )
    out = {}
    for oid, name in tables:
        columns = ask(
            "SELECT attname, format_type(atttypid, atttypmod), attnotnull,"
            " regexp_replace(pg_get_expr(adbin, adrelid), 'nextval\\(.*\\)', 'nextval'), collname,"
            " attidentity::text, attgenerated::text,"
            " (SELECT format_type(seqtypid, NULL) FROM pg_sequence WHERE seqrelid"
            "  = pg_get_serial_sequence(attrelid::regclass::text, attname)::regclass)"
            " FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
            " LEFT JOIN pg_collation AS co ON co.oid = attcollation"
            " WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped",
            oid,
        )
        constraints = ask(
            "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
            " WHERE conrelid = %s AND contype <> 'n'",
            oid,
        )
        indexes = ask(
            "SELECT relname, regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', ''),"
            " indisunique, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE indrelid = %s"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
            oid,
        )
        out[name] = {
            "columns": {row[0]: tuple(row[1:]) for row in columns},
            "constraints": sorted(
                repr((label if names or not GIVEN.search(label) else None, plain(told), valid))
                for label, told, valid in constraints
            ),
            "indexes": sorted(map(repr, indexes)),
            "owned": unowned,
        }
    return out
