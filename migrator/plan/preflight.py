"""What must hold before a table is touched; each check names the row that is in the way."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..schema.model import Column, Constraint, ForeignKey
from ..schema.references import expression_of
from ..schema.sql import listed, quote, quote_path
from ..schema.types import family, length, unserial, widens
from .mapping import Pair, SchemaMapping
from .rows import NUMBERS, UUID_BYTES, RowMapping
from .steps import PreflightCheck


@dataclass(frozen=True)
class PreflightChecks:
    rows: RowMapping
    mapping: SchemaMapping
    valid: str = "pg_input_is_valid"

    @property
    def lite(self) -> bool:
        return self.rows.lite

    def all(self) -> Iterator[PreflightCheck]:
        for pair in self.mapping.pairs:
            yield from self.columns(pair)
        for pair in self.mapping.pairs:
            for constraint in self.mapping.added(pair, "constraints"):
                yield from self.constraint(pair, constraint)
            yield from self.uniques(pair)
            for key in self.mapping.added(pair, "foreign_keys"):
                yield from self.foreign_key(pair, key)

    def columns(self, pair: Pair) -> Iterator[PreflightCheck]:
        """Check what happens to the columns of one table."""
        for old, new in pair.columns:
            yield from self.conversion(pair, old, new)
            if pair.old.allows_null(old) and not pair.new.allows_null(new):
                yield from self.nulls(pair, old, new)
        for column in pair.added:
            yield from self.addition(pair, column)

    def conversion(self, pair: Pair, old: Column, new: Column) -> Iterator[PreflightCheck]:
        ddl = self.rows.ddl
        was, becomes = ddl.type(old), ddl.type(new)
        declared = ddl.text(old.type) or "", ddl.text(new.type) or ""
        if self.lite:
            was, becomes = declared
        meant = family(declared[0]), family(declared[1])
        to_bytes = "binary uuid" in meant and meant[0] != meant[1]
        if new.origin in self.rows.hints.usings or (widens(was, becomes) and not to_bytes):
            return
        column = quote(old.name)
        if to_bytes or meant == ("bytes", "uuid"):
            becomes = declared[1]
            bad = self.uuid_bad(column, meant, becomes)
        elif self.lite:
            bad = self.lite_bad(column, becomes)
        else:
            bad = self.post_bad(column, was, becomes)
        shown = column if self.lite else f"{column}::text"
        keys = pair.old.primary_key
        yield PreflightCheck(
            f"SELECT {', '.join([shown, *map(quote, keys)])} FROM {quote_path(pair.old.name)}"  # noqa: S608
            f" WHERE {column} IS NOT NULL AND {bad} LIMIT 1",
            f"{pair.old.name}.{old.name} cannot become {becomes}: {{0}} does not convert",
            keys,
        )

    def uuid_bad(self, column: str, meant: tuple[str, str], becomes: str) -> str:
        """Return whether a value is no UUID, or becomes too long a text."""
        if meant not in UUID_BYTES or (length(becomes) or 32) < 32:
            return "true"
        if meant[0] in ("uuid", "binary uuid"):
            return "false"
        if self.lite:
            return self.lite_bad(column, becomes)
        if meant[0] == "bytes":
            return f"octet_length({column}) <> 16"
        return f"NOT {self.valid}({column}, 'uuid')"

    def lite_bad(self, column: str, becomes: str) -> str:
        return f"NOT migrator_convertible({column}, '{becomes}')"

    def post_bad(  # noqa: PLR0911 (one line a pair)
        self, column: str, was: str, becomes: str
    ) -> str:
        """Return whether the database cannot read the text, or reads another value back from it."""
        becomes = unserial(becomes)
        families = family(was), family(becomes)
        if families[1] == "boolean" and families[0] in NUMBERS:
            return f"{column} NOT IN (0, 1)"
        if families[0] == "boolean" and families[1] in NUMBERS:
            return "false"
        if families[0] == "bytes" and families[1] not in ("text", "bytes"):
            return "true"
        if set(families) == {"datetime", "instant"} or "bytes" in families:
            return "false"
        if families == ("json", "json"):
            return "false"
        text = f"{column}::text"
        readable = f"{self.valid}({text}, '{becomes}')"
        if families == ("number", "integer"):
            whole = f"trunc({column}::numeric)"
            return f"({column} <> {whole} OR NOT {self.valid}({whole}::text, '{becomes}'))"
        if families[0] == "text" and families[1] != "text":
            return f"NOT {readable}"
        back = self.rows.cast(becomes, was, self.rows.cast(was, becomes, column))
        return f"(CASE WHEN {readable} THEN ({back})::text IS DISTINCT FROM {text} ELSE true END)"

    def nulls(self, pair: Pair, old: Column, new: Column) -> Iterator[PreflightCheck]:
        if self.rows.fill(new) is None:
            yield PreflightCheck(
                f"SELECT count(*) FROM {quote_path(pair.old.name)}"  # noqa: S608
                f" WHERE {quote(old.name)} IS NULL HAVING count(*) > 0",
                f"{pair.old.name}.{old.name} is to be NOT NULL and has no default;"
                " {0} rows are NULL there",
            )

    def addition(self, pair: Pair, column: Column) -> Iterator[PreflightCheck]:
        has_value = self.rows.autoincrements(column) or column.generated is not None
        if pair.new.allows_null(column) or has_value or self.rows.fill(column) is not None:
            return
        yield PreflightCheck(
            f"SELECT count(*) FROM {quote_path(pair.old.name)} HAVING count(*) > 0",  # noqa: S608
            f"{pair.new.name}.{column.name} is NOT NULL and has no default; {{0}} rows need a value"
            " (give the column a default, or the migration a fill=)",
        )

    def constraint(self, pair: Pair, constraint: Constraint) -> Iterator[PreflightCheck]:
        """Check a CHECK that is added to rows that exist."""
        expression = expression_of(constraint, self.rows.ddl.dialect)
        if expression is None:
            return
        keys = tuple(name for name in pair.new.primary_key if name in pair.names.values())
        shown = ", ".join(["count(*) OVER ()", *map(quote, keys)])
        bare = quote(pair.new.name.rpartition(".")[2])
        yield PreflightCheck(
            f"SELECT {shown} FROM {self.rows.preview(pair, pair.new)} AS {bare}"  # noqa: S608
            f" WHERE NOT ({expression}) LIMIT 1",
            f"{pair.new.name}: {{0}} rows do not fulfil {braced(expression)}",
            keys,
        )

    def unique(
        self, pair: Pair, columns: tuple[str, ...], where: str | None = None
    ) -> PreflightCheck:
        """Check what is to tell rows apart: columns only, for an expression speaks for itself."""
        names = listed(columns)
        known = " AND ".join(f"{quote(name)} IS NOT NULL" for name in columns)
        wanted = f"{known} AND ({where})" if where else known
        bare = quote(pair.new.name.rpartition(".")[2])
        return PreflightCheck(
            f"SELECT count(*), {names} FROM {self.rows.preview(pair, pair.new)} AS {bare}"  # noqa: S608
            f" WHERE {wanted} GROUP BY {names} HAVING count(*) > 1 LIMIT 1",
            f"{pair.new.name} ({braced(names)}) is to be unique; {{0}} rows are alike",
            columns,
        )

    def uniques(self, pair: Pair) -> Iterator[PreflightCheck]:
        """Check the unique indexes and the primary key that are new to a table with rows."""
        for index in self.mapping.added(pair, "indexes"):
            if index.unique and set(index.parts) <= set(pair.new.column_names):
                where = self.rows.ddl.text(index.where)
                yield self.unique(pair, tuple(map(str, index.parts)), where)
        key = pair.new.primary_key
        counted = {column.name for column in pair.added if self.rows.autoincrements(column)}
        if key and not counted & set(key) and pair.primary_key != key:
            yield self.unique(pair, key)

    def foreign_key(self, pair: Pair, key: ForeignKey) -> Iterator[PreflightCheck]:
        """Check a foreign key that is added to rows that exist."""
        parent = self.mapping.after.get(key.table)
        if parent is None or parent.virtual is not None:  # whose columns SQLite alone knows
            return
        targets = key.target_columns or parent.primary_key
        parents = self.rows.preview(self.mapping.by_new.get(key.table), parent)
        children = self.rows.preview(pair, pair.new)
        matches = " AND ".join(
            f"parent.{quote(there)} = child.{quote(here)}"
            for here, there in zip(key.columns, targets, strict=True)
        )
        known = " AND ".join(f"child.{quote(name)} IS NOT NULL" for name in key.columns)
        keys = tuple(name for name in pair.new.primary_key if name in pair.names.values())
        shown = ", ".join(f"child.{quote(name)}" for name in (*key.columns, *keys))
        yield PreflightCheck(
            f"SELECT {shown} FROM {children} AS child WHERE {known} AND NOT EXISTS"  # noqa: S608
            f" (SELECT 1 FROM {parents} AS parent WHERE {matches}) LIMIT 1",
            f"{pair.new.name} ({listed(key.columns)}) points to no row of {key.table}: {{0}}",
            keys,
        )


def braced(text: str) -> str:
    """Return text that `str.format` leaves as it is."""
    return text.replace("{", "{{").replace("}", "}}")
