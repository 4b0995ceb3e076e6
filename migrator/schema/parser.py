"""Read CREATE TABLE and CREATE INDEX, as Peewee writes them and SQLite keeps them, into values."""

from dataclasses import dataclass, field, replace

from .model import Column, Constraint, ForeignKey, Index, Table
from .sql import Token, closing, listed, squeezed, tokens

TABLE_PARTS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE"}
COLUMN_PARTS = {
    "CONSTRAINT",
    "NOT",
    "NULL",
    "PRIMARY",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
    "AUTOINCREMENT",
    "UNINDEXED",
    "DEFERRABLE",
}


@dataclass
class Reader:
    """A place in a text of SQL."""

    sql: str
    found: list[Token]
    at: int = 0

    @classmethod
    def over(cls, sql: str) -> "Reader":
        return cls(sql, tokens(sql))

    @property
    def more(self) -> bool:
        return self.at < len(self.found)

    def sees(self, *keywords: str) -> bool:
        ahead = self.found[self.at : self.at + len(keywords)]
        return [token.keyword for token in ahead] == list(keywords)

    def takes(self, *keywords: str) -> bool:
        if self.sees(*keywords):
            self.at += len(keywords)
            return True
        return False

    def token(self) -> Token:
        token = self.found[self.at]
        self.at += 1
        return token

    def path(self) -> str:
        name = self.token().name
        return f"{name}.{self.token().name}" if self.takes(".") else name

    def group(self) -> "Reader":
        """What stands between the parenthesis here and the one that closes it."""
        end = closing(self.found, self.at)
        inner = Reader(self.sql, self.found[self.at + 1 : end])
        self.at = end + 1
        return inner

    def text(self) -> str:
        """All that is left, as text."""
        rest, self.at = self.found[self.at :], len(self.found)
        return squeezed(self.sql[rest[0].start : rest[-1].end]) if rest else ""

    def pieces(self) -> list["Reader"]:
        """What is left, cut at the commas outside parentheses."""
        cut: list[list[Token]] = [[]]
        depth = 0
        for token in self.found[self.at :]:
            depth += (token.text == "(") - (token.text == ")")
            if token.text == "," and depth == 0:
                cut.append([])
            else:
                cut[-1].append(token)
        return [Reader(self.sql, piece) for piece in cut if piece]

    def names(self) -> tuple[str, ...]:
        return tuple(piece.token().name for piece in self.group().pieces())

    def until(self, stops: set[str]) -> str:
        """The text up to the next of `stops` outside parentheses; what is here is always taken."""
        start, depth = self.at, 0
        while self.more:
            token = self.found[self.at]
            if depth == 0 and self.at > start and token.keyword in stops:
                break
            depth += (token.text == "(") - (token.text == ")")
            self.at += 1
        return squeezed(self.sql[self.found[start].start : self.found[self.at - 1].end])


@dataclass
class Draft:
    """A table while it is read."""

    columns: list[Column] = field(default_factory=list)
    primary_key: tuple[str, ...] = ()
    constraints: list[Constraint] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)


def parse_table(sql: str) -> Table:
    """Read CREATE TABLE, or CREATE VIRTUAL TABLE.

    Raises ValueError for anything else.
    """
    reader = Reader.over(sql)
    is_virtual = reader.sees("CREATE", "VIRTUAL")
    while not reader.takes("TABLE"):
        reader.token()
    reader.takes("IF", "NOT", "EXISTS")
    name = reader.path()
    if is_virtual:
        reader.takes("USING")
        return Table(name, (), virtual=reader.text())
    if not reader.sees("("):
        raise ValueError(f"not a CREATE TABLE with columns: {sql}")
    draft = Draft()
    for piece in reader.group().pieces():
        if piece.found[0].keyword in TABLE_PARTS:
            read_table_part(piece, draft)
        else:
            read_column(piece, draft)
    return Table(
        name,
        tuple(draft.columns),
        draft.primary_key,
        tuple(draft.constraints),
        tuple(draft.foreign_keys),
        options=reader.text() or None,
    )


def read_table_part(reader: Reader, draft: Draft) -> None:
    name = reader.token().name if reader.takes("CONSTRAINT") else None
    if reader.takes("PRIMARY", "KEY"):
        draft.primary_key = reader.names()
    elif reader.takes("FOREIGN", "KEY"):
        columns = reader.names()
        draft.foreign_keys.append(read_references(reader, columns, name))
    else:
        draft.constraints.append(Constraint(reader.text(), name))


def read_column(reader: Reader, draft: Draft) -> None:
    name = reader.token().name
    kind = reader.until(COLUMN_PARTS) if reader.more and not starts_part(reader) else ""
    column, label = Column(name, kind, null=True), None
    while reader.more:
        if reader.takes("CONSTRAINT"):
            label = reader.token().name
            continue
        if not read_relation(reader, column.name, label, draft):
            column = read_property(reader, column, draft)
        label = None
    draft.columns.append(column)


def starts_part(reader: Reader) -> bool:
    return reader.found[reader.at].keyword in COLUMN_PARTS


def read_relation(reader: Reader, column: str, label: str | None, draft: Draft) -> bool:
    """Read a part of a column that belongs to its table: CHECK, UNIQUE, REFERENCES."""
    if reader.takes("CHECK"):
        draft.constraints.append(Constraint(f"CHECK ({reader.group().text()})", label))
    elif reader.takes("UNIQUE"):
        draft.constraints.append(Constraint(f"UNIQUE ({listed([column])})", label))
        skip_conflict_clause(reader)
    elif reader.sees("REFERENCES"):
        draft.foreign_keys.append(read_references(reader, (column,), label))
    else:
        return False
    return True


def read_property(  # noqa: PLR0911 (one return a clause)
    reader: Reader, column: Column, draft: Draft
) -> Column:
    if reader.takes("NOT", "NULL"):
        skip_conflict_clause(reader)
        return replace(column, null=False)
    if reader.takes("NULL"):
        return column
    if reader.takes("PRIMARY", "KEY"):
        draft.primary_key = (column.name,)
        _ = reader.takes("ASC") or reader.takes("DESC")
        skip_conflict_clause(reader)
        return column
    if reader.takes("DEFAULT"):
        return replace(column, server_default=reader.until(COLUMN_PARTS))
    if reader.takes("COLLATE"):
        return replace(column, collation=reader.until(COLUMN_PARTS))
    if reader.takes("GENERATED", "BY", "DEFAULT", "AS", "IDENTITY"):
        return replace(column, identity=identity_options("BY DEFAULT", reader))
    if reader.takes("GENERATED", "ALWAYS", "AS", "IDENTITY"):
        return replace(column, identity=identity_options("ALWAYS", reader))
    if reader.takes("GENERATED", "ALWAYS", "AS") or reader.takes("AS"):
        return replace(column, generated=reader.until(COLUMN_PARTS))
    extra = reader.until(COLUMN_PARTS)
    return replace(column, extra=f"{column.extra} {extra}" if column.extra else extra)


def identity_options(kind: str, reader: Reader) -> str:
    if reader.sees("("):
        reader.group()
    return kind


def skip_conflict_clause(reader: Reader) -> None:
    if reader.takes("ON", "CONFLICT"):
        reader.token()


def read_references(reader: Reader, columns: tuple[str, ...], name: str | None) -> ForeignKey:
    reader.takes("REFERENCES")
    table = reader.path()
    targets = reader.names() if reader.more and reader.sees("(") else ()
    actions: dict[str, str | None] = {"DELETE": None, "UPDATE": None}
    deferrable = None
    while reader.more:
        if reader.takes("ON"):
            moment = reader.token().keyword
            action = reader.token().keyword
            if action in ("SET", "NO"):
                action += " " + reader.token().keyword
            actions[moment] = None if action == "NO ACTION" else action
        elif reader.takes("MATCH"):
            reader.token()
        elif reader.takes("NOT", "DEFERRABLE"):
            read_timing(reader)
        elif reader.takes("DEFERRABLE"):
            deferrable = read_timing(reader)
        else:
            break
    return ForeignKey(
        columns, table, targets, actions["DELETE"], actions["UPDATE"], deferrable, name
    )


def read_timing(reader: Reader) -> str:
    if reader.takes("INITIALLY"):
        return f"INITIALLY {reader.token().keyword}"
    return "INITIALLY IMMEDIATE"


def parse_index(sql: str) -> tuple[str, Index]:
    """Read CREATE INDEX into the table's name and the index.

    Raises ValueError for anything else.
    """
    reader = Reader.over(sql)
    if not reader.takes("CREATE"):
        raise ValueError(f"not a CREATE INDEX: {sql}")
    unique = reader.takes("UNIQUE")
    if not reader.takes("INDEX"):
        raise ValueError(f"not a CREATE INDEX: {sql}")
    reader.takes("CONCURRENTLY")
    reader.takes("IF", "NOT", "EXISTS")
    name = reader.path().split(".")[-1]
    reader.takes("ON")
    reader.takes("ONLY")
    table = reader.path()
    using = reader.token().name if reader.takes("USING") else None
    parts = tuple(part_text(piece) for piece in reader.group().pieces())
    extra = reader.until({"WHERE"}) if reader.more and not reader.sees("WHERE") else None
    where = reader.text() if reader.takes("WHERE") else None
    return table, Index(name, parts, unique, where, using, extra)


def part_text(piece: Reader) -> str:
    """A part of an index; a plain column is its bare name."""
    if len(piece.found) == 1 and piece.found[0].kind in ("quoted", "word"):
        return piece.token().name
    return piece.text()
