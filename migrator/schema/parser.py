"""Read CREATE TABLE and CREATE INDEX, as Peewee writes them and SQLite keeps them, into values."""

from dataclasses import dataclass, field, replace

from .model import Column, Constraint, ForeignKey, Index, Table
from .sql import listed
from .tokens import TokenStream, words

TABLE_PARTS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE"}
COLUMN_PARTS = words(
    "CONSTRAINT NOT NULL PRIMARY UNIQUE CHECK DEFAULT COLLATE REFERENCES GENERATED AS AUTOINCREMENT"
    " UNINDEXED DEFERRABLE"
)


@dataclass
class Draft:
    """A table while it is read."""

    columns: list[Column] = field(default_factory=list)
    primary_key: tuple[str, ...] = ()
    constraints: list[Constraint] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)


def parse_table(sql: str) -> Table:
    """Read CREATE TABLE, or CREATE VIRTUAL TABLE.

    Raise ValueError for anything else.
    """
    stream = TokenStream.over(sql)
    is_virtual = stream.sees("CREATE", "VIRTUAL")
    while not stream.takes("TABLE"):
        stream.token()
    stream.takes("IF", "NOT", "EXISTS")
    name = stream.path()
    if is_virtual:
        stream.takes("USING")
        return Table(name, (), virtual=stream.text())
    if not stream.sees("("):
        raise ValueError(f"not a CREATE TABLE with columns: {sql}")
    draft = Draft()
    for piece in stream.group().pieces():
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
        options=stream.text() or None,
    )


def read_table_part(stream: TokenStream, draft: Draft) -> None:
    name = stream.token().name if stream.takes("CONSTRAINT") else None
    if stream.takes("PRIMARY", "KEY"):
        draft.primary_key = stream.names()
    elif stream.takes("FOREIGN", "KEY"):
        columns = stream.names()
        draft.foreign_keys.append(read_references(stream, columns, name))
    else:
        draft.constraints.append(Constraint(stream.text(), name))


def read_column(stream: TokenStream, draft: Draft) -> None:
    name = stream.token().name
    is_typed = stream.more and stream.found[stream.at].keyword not in COLUMN_PARTS
    kind = stream.until(COLUMN_PARTS) if is_typed else ""
    column, label = Column(name, kind, null=True), None
    while stream.more:
        if stream.takes("CONSTRAINT"):
            label = stream.token().name
            continue
        if not read_relation(stream, column.name, label, draft):
            column = read_property(stream, column, draft)
        label = None
    draft.columns.append(column)


def read_relation(stream: TokenStream, column: str, label: str | None, draft: Draft) -> bool:
    """Read a part of a column that belongs to its table: CHECK, UNIQUE, REFERENCES."""
    if stream.takes("CHECK"):
        draft.constraints.append(Constraint(f"CHECK ({stream.group().text()})", label))
    elif stream.takes("UNIQUE"):
        draft.constraints.append(Constraint(f"UNIQUE ({listed([column])})", label))
        skip_conflict_clause(stream)
    elif stream.sees("REFERENCES"):
        draft.foreign_keys.append(read_references(stream, (column,), label))
    else:
        return False
    return True


def read_property(  # noqa: PLR0911 (one return a clause)
    stream: TokenStream, column: Column, draft: Draft
) -> Column:
    if stream.takes("NOT", "NULL"):
        skip_conflict_clause(stream)
        return replace(column, null=False)
    if stream.takes("NULL"):
        return column
    if stream.takes("PRIMARY", "KEY"):
        draft.primary_key = (column.name,)
        _ = stream.takes("ASC") or stream.takes("DESC")
        skip_conflict_clause(stream)
        return column
    if stream.takes("DEFAULT"):
        return replace(column, server_default=stream.until(COLUMN_PARTS))
    if stream.takes("COLLATE"):
        return replace(column, collation=stream.until(COLUMN_PARTS))
    if stream.takes("GENERATED", "BY", "DEFAULT", "AS", "IDENTITY"):
        return replace(column, identity=identity_options("BY DEFAULT", stream))
    if stream.takes("GENERATED", "ALWAYS", "AS", "IDENTITY"):
        return replace(column, identity=identity_options("ALWAYS", stream))
    if stream.takes("GENERATED", "ALWAYS", "AS") or stream.takes("AS"):
        return replace(column, generated=stream.until(COLUMN_PARTS))
    extra = stream.until(COLUMN_PARTS)
    return replace(column, extra=f"{column.extra} {extra}" if column.extra else extra)


def identity_options(kind: str, stream: TokenStream) -> str:
    if stream.sees("("):
        stream.group()
    return kind


def skip_conflict_clause(stream: TokenStream) -> None:
    if stream.takes("ON", "CONFLICT"):
        stream.token()


def read_references(stream: TokenStream, columns: tuple[str, ...], name: str | None) -> ForeignKey:
    stream.takes("REFERENCES")
    table = stream.path()
    targets = stream.names() if stream.more and stream.sees("(") else ()
    actions: dict[str, str | None] = {"DELETE": None, "UPDATE": None}
    deferrable = None
    while stream.more:
        if stream.takes("ON"):
            moment = stream.token().keyword
            action = stream.token().keyword
            if action in ("SET", "NO"):
                action += " " + stream.token().keyword
            actions[moment] = None if action == "NO ACTION" else action
        elif stream.takes("MATCH"):
            stream.token()
        elif stream.takes("NOT", "DEFERRABLE"):
            read_timing(stream)
        elif stream.takes("DEFERRABLE"):
            deferrable = read_timing(stream)
        else:
            break
    return ForeignKey(
        columns, table, targets, actions["DELETE"], actions["UPDATE"], deferrable, name
    )


def read_timing(stream: TokenStream) -> str:
    if stream.takes("INITIALLY"):
        return f"INITIALLY {stream.token().keyword}"
    return "INITIALLY IMMEDIATE"


def parse_index(sql: str) -> tuple[str, Index]:
    """Read CREATE INDEX into the table's name and the index.

    Raise ValueError for anything else.
    """
    stream = TokenStream.over(sql)
    if not stream.takes("CREATE"):
        raise ValueError(f"not a CREATE INDEX: {sql}")
    unique = stream.takes("UNIQUE")
    if not stream.takes("INDEX"):
        raise ValueError(f"not a CREATE INDEX: {sql}")
    stream.takes("CONCURRENTLY")
    stream.takes("IF", "NOT", "EXISTS")
    name = stream.path().split(".")[-1]
    stream.takes("ON")
    stream.takes("ONLY")
    table = stream.path()
    using = stream.token().name if stream.takes("USING") else None
    parts = tuple(part_text(piece) for piece in stream.group().pieces())
    extra = stream.until({"WHERE"}) if stream.more and not stream.sees("WHERE") else None
    where = stream.text() if stream.takes("WHERE") else None
    return table, Index(name, parts, unique, where, using, extra)


def part_text(piece: TokenStream) -> str:
    """Return a part of an index; a plain column is its bare name."""
    if len(piece.found) == 1 and piece.found[0].kind in ("quoted", "word"):
        return piece.token().name
    return piece.text()
