"""What was renamed: told, asked for at a terminal, and never guessed."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from ..errors import MigrationError
from ..schema.model import Column, Schema, Table, text_for
from ..schema.types import family


@dataclass(frozen=True)
class Renames:
    """Old names to new: of tables, and of columns by the table's old name."""

    tables: Mapping[str, str]
    columns: Mapping[tuple[str, str], str]

    def inverse(self) -> "Renames":
        return Renames(
            {new: old for old, new in self.tables.items()},
            {
                (self.tables.get(table, table), new): old
                for (table, old), new in self.columns.items()
            },
        )


NO_RENAMES = Renames({}, {})


def told(before: Schema, after: Schema, rename: Mapping[str, str]) -> Renames:
    """Sort {"table": "new_table", "table.column": "new_name"} into tables and columns.

    Raise MigrationError for what is not there.
    """
    tables: dict[str, str] = {}
    columns: dict[tuple[str, str], str] = {}
    for old, new in rename.items():
        table, _, column = old.rpartition(".")
        if old in before:
            tables[old] = new
        elif table in before and column in before[table].column_names:
            columns[table, column] = new.rpartition(".")[2]
        else:
            raise MigrationError(f"rename: no migration made a table or column {old}")
    for old, new in tables.items():
        if new not in after:
            raise MigrationError(f"rename: no model has the table {new} that {old} was renamed to")
    for (table, old), new in columns.items():
        now = tables.get(table, table)
        if now not in after or new not in after[now].column_names:
            raise MigrationError(f"rename: {now} has no column {new} that {old} was renamed to")
    return Renames(tables, columns)


@dataclass(frozen=True)
class Possibility:
    """Something that is gone and something new that it may have become."""

    table: str | None  # of a column, by its present name
    old: str
    new: str

    @property
    def is_certain(self) -> bool:
        """Whether only the case of letters differs: to SQLite that is one name."""
        return self.old.lower() == self.new.lower()

    @property
    def path(self) -> str:
        return f"{self.table}.{self.old}" if self.table else self.old

    def hint(self, others: list["Possibility"]) -> str:
        """What to write if it was a rename, or one of `others` in the same table was."""
        if self.table is None:
            said = f'rename_table("{self.old}", "{self.new}")'
            back = f'rename_table("{self.new}", "{self.old}")'
            gone, come = f'drop_table("{self.old}")', f'create_table("{self.new}", …)'
        else:
            said = f'rename_column("{self.table}", "{self.old}", "{self.new}")'
            back = f'rename_column("{self.table}", "{self.new}", "{self.old}")'
            gone = f'drop_column("{self.table}", "{self.old}")'
            come = f'add_column("{self.table}", Column("{self.new}", …))'
        olds, news = either(others)
        return (
            f"If {olds} was renamed to {news}, write migrator.{said} in migrate(), and"
            f" migrator.{back} in rollback(), in place of {gone} and {come} and their inverse."
        )


def either(one_of: list[Possibility]) -> tuple[str, str]:
    """Return the old names and the new ones, as a sentence lists them."""
    return (
        " or ".join(dict.fromkeys(item.path for item in one_of)),
        " or ".join(dict.fromkeys(item.new for item in one_of)),
    )


def question(one_of: list[Possibility]) -> str:
    return "was {} renamed to {}?".format(*either(one_of))


def is_interactive() -> bool:
    """Return whether somebody sits at a terminal who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def asked(before: Schema, after: Schema, known: Renames, ask: Callable[[str], bool]) -> Renames:
    """Ask about everything else that may have been renamed, tables first."""
    tables = dict(known.tables)
    for possibility in possible_tables(before, after):
        if possibility.old in tables or possibility.new in tables.values():
            continue
        if possibility.is_certain or ask(question([possibility])):
            tables[possibility.old] = possibility.new
    columns = dict(known.columns)
    for possibility in possible_columns(before, after, tables):
        was = {new: old for old, new in tables.items()}.get(str(possibility.table), "")
        key = was or str(possibility.table), possibility.old
        taken = [new for (table, _), new in columns.items() if table == key[0]]
        if key in columns or possibility.new in taken:
            continue
        if possibility.is_certain or ask(question([possibility])):
            columns[key] = possibility.new
    return Renames(tables, columns)


def possibilities(before: Schema, after: Schema, renames: Renames) -> list[Possibility]:
    """Return what may be renames and is taken for dropping and adding."""
    found = [*possible_tables(before, after), *possible_columns(before, after, renames.tables)]
    known = {*renames.tables, *renames.tables.values()}
    known |= {f"{table}.{old}" for table, old in renames.columns}
    known |= {
        f"{renames.tables.get(table, table)}.{new}" for (table, _), new in renames.columns.items()
    }
    return [
        item
        for item in found
        if not known & {item.old, item.new, f"{item.table}.{item.old}", f"{item.table}.{item.new}"}
    ]


def possible_tables(before: Schema, after: Schema) -> Iterator[Possibility]:
    """Return tables that are gone with new ones that share half the columns, likest first."""
    gone = [table for name, table in before.items() if name not in after]
    new = [table for name, table in after.items() if name not in before]
    pairs = sorted(product(gone, new), key=lambda pair: -alike(*pair))
    found = [(Possibility(None, old.name, now.name), alike(old, now)) for old, now in pairs]
    return (item for item, share in found if share >= 0.5 or item.is_certain)


def alike(one: Table, other: Table) -> float:
    """Return the share of columns that two tables have in common, an id aside."""
    names = [set(table.column_names) - {"id"} for table in (one, other)]
    return len(names[0] & names[1]) / max(len(names[0] | names[1]), 1)


def possible_columns(
    before: Schema, after: Schema, tables: Mapping[str, str]
) -> Iterator[Possibility]:
    """Return columns that are gone, with new ones of the same table and kind, or the only one."""
    for name, table in before.items():
        now = tables.get(name, name)
        if now not in after:
            continue
        gone = [item for item in table.columns if item.name not in after[now].column_names]
        new = [item for item in after[now].columns if item.name not in table.column_names]
        pairs = list(product(gone, new))
        kinds = [kind(old) == kind(item) for old, item in pairs]
        found = [Possibility(now, old.name, item.name) for old, item in pairs]
        yield from (item for item in found if item.is_certain)
        yield from (
            item
            for item, same_kind in zip(found, kinds, strict=True)
            if not item.is_certain and (same_kind or len(pairs) == 1)
        )


def kind(column: Column) -> str:
    return family(text_for("sqlite", column.type) or "")
