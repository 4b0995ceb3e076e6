"""From one schema to another on Postgres: ALTERs, each no heavier on a table in use than it must be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from .ddl import Spelling, columns_of, expression_of, given_name
from .errors import MigrationError
from .guards import Guards
from .moves import Hints, Moves, Pair, plainly_null, same_but_name
from .schema import Column, Constraint, ForeignKey, Index, Schema, Table
from .sql import listed, literal, mentions, quote, quote_path
from .steps import DISTINCT, Guard, Statement, Step
from .values import Values

SERIALS = {"AUTO": "INTEGER", "BIGAUTO": "BIGINT", "SERIAL": "INTEGER", "BIGSERIAL": "BIGINT"}


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


@dataclass
class Postgres:
    """The plan, phase by phase."""

    before: Schema
    after: Schema
    spelling: Spelling
    hints: Hints
    names: Names = field(default_factory=Names)

    def __post_init__(self) -> None:
        self.moves = Moves(self.before, self.after)
        self.values = Values(self.spelling, self.hints)
        is_old = self.names.server_version < 160000
        self.valid = "pg_temp.pg_input_is_valid" if is_old else "pg_input_is_valid"
        self.guards = Guards(self.values, self.moves, self.valid)
        self.retyped = {
            (pair.new.name, new.name)
            for pair in self.moves.pairs
            for old, new in pair.columns
            if self.base_type(old) != self.base_type(new) or old.collation != new.collation
        }

    def steps(self) -> Iterator[Step]:
        yield from self.checks_first()
        yield from self.drop_foreign_keys()
        yield from self.drop_what_rests()
        yield from self.drop_tables()
        yield from self.rename()
        yield from self.create_tables()
        yield from self.change_columns()
        yield from self.add_what_rests()
        yield from self.add_foreign_keys()
        yield from self.drop_sequences()

    # what stands in the way

    def checks_first(self) -> Iterator[Step]:
        found = list(self.all_guards())
        if self.valid.startswith("pg_temp") and any(self.valid in guard.sql for guard in found):
            yield Statement(READS_AS)
        yield from found

    def all_guards(self) -> Iterator[Guard]:
        for pair in self.moves.pairs:
            yield from self.guards.columns(pair)
        for pair in self.moves.pairs:
            for constraint in self.new_constraints(pair):
                yield from self.guards.constraint(pair, constraint)
            for key in self.new_keys(pair):
                yield from self.guards.foreign_key(pair, key, self.after.get(key.table))

    # what is the same before and after

    def base_type(self, column: Column) -> str:
        kind = self.spelling.type(column).upper()
        return SERIALS.get(kind, kind)

    def disturbed(self, table: Table, columns: set[str]) -> bool:
        return any((table.name, name) in self.retyped for name in columns)

    def kept_constraints(self, pair: Pair) -> list[tuple[Constraint, Constraint]]:
        out = []
        for constraint in pair.old.constraints:
            carried = self.moves.constraint(pair, constraint)
            if carried in pair.new.constraints and not self.disturbed(
                pair.new, columns_of(pair.new, carried)
            ):
                out.append((constraint, carried))
        return out

    def new_constraints(self, pair: Pair) -> list[Constraint]:
        kept = [carried for _, carried in self.kept_constraints(pair)]
        return [constraint for constraint in pair.new.constraints if constraint not in kept]

    def kept_indexes(self, pair: Pair) -> list[tuple[Index, Index]]:
        out = []
        for index in pair.old.indexes:
            carried = self.moves.index(pair, index)
            if carried is None or self.disturbed(pair.new, columns_of(pair.new, carried)):
                continue
            twin = next((new for new in pair.new.indexes if same_but_name(new, carried)), None)
            if carried in pair.new.indexes:
                out.append((index, carried))
            elif twin and twin not in [new for _, new in out]:
                out.append((index, twin))
        return out

    def kept_keys(self, pair: Pair) -> list[tuple[ForeignKey, ForeignKey]]:
        out = []
        for key in pair.old.foreign_keys:
            carried = self.moves.key(pair, key)
            if carried in pair.new.foreign_keys and not self.key_disturbed(pair, carried):
                out.append((key, carried))
        return out

    def key_disturbed(self, pair: Pair, key: ForeignKey) -> bool:
        target = self.moves.pair_to(key.table)
        if self.disturbed(pair.new, set(key.columns)):
            return True
        if target is None:
            return key.table in self.after
        if self.disturbed(target.new, set(key.target_columns)):
            return True
        return self.rests_on_lost_unique(target, key)

    def rests_on_lost_unique(self, target: Pair, key: ForeignKey) -> bool:
        if key.target_columns in ((), target.new.primary_key):
            return self.moves.primary_key(target) != target.new.primary_key
        kept = [new for _, new in self.kept_indexes(target) if new.unique]
        constraints = [carried for _, carried in self.kept_constraints(target)]
        return not any(index.parts == key.target_columns for index in kept) and not any(
            columns_of(target.new, constraint) == set(key.target_columns)
            for constraint in constraints
        )

    def new_keys(self, pair: Pair) -> list[ForeignKey]:
        kept = [carried for _, carried in self.kept_keys(pair)]
        return [key for key in pair.new.foreign_keys if key not in kept]

    # dropping

    def drop_foreign_keys(self) -> Iterator[Step]:
        for pair in self.moves.pairs:
            kept = [old for old, _ in self.kept_keys(pair)]
            for key in pair.old.foreign_keys:
                if key not in kept:
                    yield self.drop_constraint(pair.old.name, self.key_name(pair.old, key))
        gone = {table.name for table in self.moves.dropped}
        for table in self.moves.dropped:
            for key in table.foreign_keys:
                if key.table in gone and key.table != table.name:
                    yield self.drop_constraint(table.name, self.key_name(table, key))

    def drop_what_rests(self) -> Iterator[Step]:
        for pair in self.moves.pairs:
            kept = [old for old, _ in self.kept_indexes(pair)]
            for index in pair.old.indexes:
                if index not in kept:
                    yield Statement(self.spelling.drop_index(pair.old, index.name))
            alive = [old for old, _ in self.kept_constraints(pair)]
            for constraint in pair.old.constraints:
                if constraint not in alive:
                    name = self.constraint_name(pair.old, constraint)
                    yield self.drop_constraint(pair.old.name, name)
            if pair.old.primary_key and self.moves.primary_key(pair) != pair.new.primary_key:
                given = given_name(pair.old.name, None, "pkey")
                name = self.names.primary_key(pair.old.name) or given
                yield self.drop_constraint(pair.old.name, name)

    def drop_constraint(self, table: str, name: str) -> Statement:
        return Statement(f"ALTER TABLE {quote_path(table)} DROP CONSTRAINT {quote(name)}")

    def key_name(self, table: Table, key: ForeignKey) -> str:
        given = given_name(table.name, "_".join(key.columns), "fkey")
        return key.name or self.names.foreign_key(table.name, key) or given

    def constraint_name(self, table: Table, constraint: Constraint) -> str:
        found = constraint.name or self.names.constraint(table.name, constraint)
        return found or self.given_constraint_name(table, constraint)

    def given_constraint_name(self, table: Table, constraint: Constraint) -> str:
        columns = [name for name in table.column_names if name in columns_of(table, constraint)]
        if expression_of(constraint, "postgresql") is None:
            return given_name(table.name, "_".join(columns), "key")
        return given_name(table.name, columns[0] if len(columns) == 1 else None, "check")

    def drop_tables(self) -> Iterator[Step]:
        for table in self.moves.dropped:
            yield Statement(f"DROP TABLE {quote_path(table.name)}")
        for pair in self.moves.pairs:
            for column in pair.dropped:
                yield self.alter(pair.old, f"DROP COLUMN {quote(column.name)}")

    def drop_sequences(self) -> Iterator[Step]:
        for name in sorted(sequences(self.before) - sequences(self.after)):
            yield Statement(f"DROP SEQUENCE IF EXISTS {quote_path(name)}")

    # renaming and creating

    def alter(self, table: Table, change: str) -> Statement:
        return Statement(f"ALTER TABLE {quote_path(table.name)} {change}")

    def rename(self) -> Iterator[Step]:
        for old, new in ordered(self.moves.table_names):
            yield from self.rename_table(old, new)
        for pair in self.moves.pairs:
            for old, new in ordered(pair.names):
                yield self.alter(pair.new, f"RENAME COLUMN {quote(old)} TO {quote(new)}")
            for index, kept in self.kept_indexes(pair):
                if index.name != kept.name:
                    schema = pair.new.name.rpartition(".")[0]
                    path = quote_path(f"{schema}.{index.name}" if schema else index.name)
                    yield Statement(f"ALTER INDEX {path} RENAME TO {quote(kept.name)}")

    def rename_table(self, old: str, new: str) -> Iterator[Step]:
        was_in, _, was = old.rpartition(".")
        is_in, _, name = new.rpartition(".")
        if was != name:
            yield Statement(f"ALTER TABLE {quote_path(old)} RENAME TO {quote(name)}")
        if was_in != is_in:
            yield from self.create_schemas([new])
            here = f"{was_in}.{name}" if was_in else name
            schema = quote(is_in or "public")
            yield Statement(f"ALTER TABLE {quote_path(here)} SET SCHEMA {schema}")

    def create_schemas(self, tables: list[str]) -> Iterator[Step]:
        for schema in sorted({name.rpartition(".")[0] for name in tables} - {""}):
            if not self.names.has_schema(schema):
                yield Statement(f"CREATE SCHEMA IF NOT EXISTS {quote(schema)}")

    def create_tables(self) -> Iterator[Step]:
        yield from self.create_schemas([table.name for table in self.moves.created])
        for name in sorted(sequences(self.after) - sequences(self.before)):
            yield Statement(f"CREATE SEQUENCE IF NOT EXISTS {quote_path(name)}")
        for table in self.moves.created:
            if table.virtual is not None:
                raise MigrationError(f"{table.name} is a virtual table, which only SQLite has")
            yield Statement(self.spelling.create_table(table, keys=False))

    # columns

    def change_columns(self) -> Iterator[Step]:
        for pair in self.moves.pairs:
            for old, new in pair.columns:
                yield from self.change_column(pair, old, new)
            for column in pair.added:
                yield from self.add_column(pair, column)
            yield from self.change_options(pair)

    def change_column(self, pair: Pair, old: Column, new: Column) -> Iterator[Step]:
        column = f"ALTER COLUMN {quote(new.name)}"
        if old.generated is not None and new.generated is None:
            yield self.alter(pair.new, f"{column} DROP EXPRESSION")
        yield from self.stop_counting(pair, old, new)
        retyped = (pair.new.name, new.name) in self.retyped
        was, becomes = (self.spelling.text(item.server_default) for item in (old, new))
        if was is not None and (becomes is None or retyped):
            yield self.alter(pair.new, f"{column} DROP DEFAULT")
        if retyped:
            yield self.alter(pair.new, f"{column} {self.new_type(old, new)}")
        if becomes is not None and (becomes != was or retyped):
            yield self.alter(pair.new, f"{column} SET DEFAULT {becomes}")
        yield from self.change_null(pair, old, new)
        yield from self.start_counting(pair, old, new)

    def new_type(self, old: Column, new: Column) -> str:
        kind = f"TYPE {self.base_type(new)}"
        if new.collation or old.collation:
            kind += f" COLLATE {self.spelling.text(new.collation) or quote('default')}"
        value = self.values.converted(old, new, quote(new.name))
        return kind if value == quote(new.name) else f"{kind} USING {value}"

    def change_null(self, pair: Pair, old: Column, new: Column) -> Iterator[Step]:
        was, becomes = plainly_null(pair.old, old), plainly_null(pair.new, new)
        column = f"ALTER COLUMN {quote(new.name)}"
        if was and not becomes:
            fill = self.values.fill(new)
            if fill is not None:
                yield self.fill(pair.new, new, fill)
            yield self.alter(pair.new, f"{column} SET NOT NULL")
        elif becomes and not was:
            yield self.alter(pair.new, f"{column} DROP NOT NULL")

    def fill(self, table: Table, column: Column, value: str) -> Statement:
        path, name = quote_path(table.name), quote(column.name)
        if self.hints.fill(column) is DISTINCT:
            return Statement(
                f"UPDATE {path} AS t SET {name} = s.v FROM (SELECT ctid AS c, {value} AS v"  # noqa: S608
                f" FROM {path}) AS s WHERE t.ctid = s.c"
            )
        return Statement(f"UPDATE {path} SET {name} = {value} WHERE {name} IS NULL")  # noqa: S608

    def add_column(self, pair: Pair, column: Column) -> Iterator[Step]:
        """Add a column; a constant needs no rewrite of the table (Postgres 11 and later)."""
        null = plainly_null(pair.new, column)
        value = None if column.generated is not None else self.values.fill_added(pair.new, column)
        server = self.spelling.text(column.server_default)
        if self.values.counts_itself(column) or value is None or value == server:
            definition = self.spelling.column(column, null=null)
            yield self.alter(pair.new, f"ADD COLUMN {definition}")
            return
        if self.hints.fill(column) is DISTINCT or mentions_columns(value, pair.new):
            yield self.alter(pair.new, f"ADD COLUMN {self.spelling.column(column, null=True)}")
            yield self.fill(pair.new, column, value)
            if not null:
                yield self.alter(pair.new, f"ALTER COLUMN {quote(column.name)} SET NOT NULL")
            return
        filled = replace(column, server_default=value)
        yield self.alter(pair.new, f"ADD COLUMN {self.spelling.column(filled, null=null)}")
        change = f"SET DEFAULT {server}" if server is not None else "DROP DEFAULT"
        yield self.alter(pair.new, f"ALTER COLUMN {quote(column.name)} {change}")

    def change_options(self, pair: Pair) -> Iterator[Step]:
        was, becomes = (self.spelling.text(table.options) for table in (pair.old, pair.new))
        if was == becomes:
            return
        if any(text and not text.upper().startswith("WITH") for text in (was, becomes)):
            raise MigrationError(
                f"{pair.new.name}: Postgres cannot change {was!r} to {becomes!r} in place;"
                " write what should happen with migrator.sql()"
            )
        gone = option_names(was) - option_names(becomes)
        if gone:
            yield self.alter(pair.new, f"RESET ({', '.join(sorted(gone))})")
        if becomes:
            yield self.alter(pair.new, f"SET {becomes[4:].strip()}")

    # columns that count by themselves

    def counter(self, column: Column) -> str | None:
        if column.identity:
            return f"identity {column.identity}"
        return "serial" if (self.spelling.text(column.type) or "").upper() in SERIALS else None

    def sequence(self, table: Table, column: Column) -> str:
        schema = table.name.rpartition(".")[0]
        name = given_name(table.name, column.name, "seq")
        return f"{schema}.{name}" if schema else name

    def stop_counting(self, pair: Pair, old: Column, new: Column) -> Iterator[Step]:
        was, becomes = self.counter(old), self.counter(new)
        if was == becomes or was is None:
            return
        column = f"ALTER COLUMN {quote(new.name)}"
        if was == "serial":
            found = self.names.sequence(pair.old.name, old.name)
            yield self.alter(pair.new, f"{column} DROP DEFAULT")
            yield Statement(f"DROP SEQUENCE {found or quote_path(self.sequence(pair.old, old))}")
        elif becomes is None or becomes == "serial":
            yield self.alter(pair.new, f"{column} DROP IDENTITY")
        else:
            yield self.alter(pair.new, f"{column} SET GENERATED {new.identity}")

    def start_counting(self, pair: Pair, old: Column, new: Column) -> Iterator[Step]:
        was, becomes = self.counter(old), self.counter(new)
        table, column = pair.new, f"ALTER COLUMN {quote(new.name)}"
        kind = self.base_type(new)
        if becomes == "serial" and was == "serial" and kind != self.base_type(old):
            found = self.names.sequence(pair.old.name, old.name)
            yield Statement(
                f"ALTER SEQUENCE {found or quote_path(self.sequence(pair.old, old))} AS {kind}"
            )
        if becomes is None or was == becomes or (new.identity and old.identity):
            return
        if becomes == "serial":
            name = self.sequence(table, new)
            owner = f"{quote_path(table.name)}.{quote(new.name)}"
            yield Statement(f"CREATE SEQUENCE {quote_path(name)} AS {kind} OWNED BY {owner}")
            following = f"nextval({literal(quote_path(name), 'postgresql')}::regclass)"
            yield self.alter(table, f"{column} SET DEFAULT {following}")
        else:
            yield self.alter(table, f"{column} ADD GENERATED {new.identity} AS IDENTITY")
        where = literal(quote_path(table.name), "postgresql"), literal(new.name, "postgresql")
        yield Statement(
            f"SELECT setval(pg_get_serial_sequence({where[0]}, {where[1]}),"  # noqa: S608
            f" COALESCE(max({quote(new.name)}), 0) + 1, false) FROM {quote_path(table.name)}"
        )

    # adding

    def add_what_rests(self) -> Iterator[Step]:
        for pair in self.moves.pairs:
            key = pair.new.primary_key
            if key and self.moves.primary_key(pair) != key:
                yield self.alter(pair.new, f"ADD PRIMARY KEY ({listed(key)})")
            yield from self.add_constraints(pair)
            kept = [new for _, new in self.kept_indexes(pair)]
            for index in pair.new.indexes:
                if index not in kept:
                    yield Statement(self.spelling.create_index(pair.new, index))
        for table in self.moves.created:
            for index in table.indexes:
                yield Statement(self.spelling.create_index(table, index))

    def add_constraints(self, pair: Pair) -> Iterator[Step]:
        """Add constraints; a CHECK is valid for new rows at once and looks at the old ones later."""
        taken = self.names.taken(pair.old.name) | {
            constraint.name for constraint in pair.new.constraints if constraint.name
        }
        for constraint in self.new_constraints(pair):
            if expression_of(constraint, "postgresql") is None:
                yield self.alter(pair.new, f"ADD {self.spelling.constraint(constraint)}")
                continue
            name = constraint.name or free(self.given_constraint_name(pair.new, constraint), taken)
            taken.add(name)
            named = self.spelling.constraint(replace(constraint, name=name))
            yield self.alter(pair.new, f"ADD {named} NOT VALID")
            yield self.validate(pair.new, name)

    def validate(self, table: Table, name: str) -> Statement:
        return replace(self.alter(table, f"VALIDATE CONSTRAINT {quote(name)}"), later=True)

    def add_foreign_keys(self) -> Iterator[Step]:
        for pair in self.moves.pairs:
            taken = self.names.taken(pair.old.name)
            for key in self.new_keys(pair):
                given = given_name(pair.new.name, "_".join(key.columns), "fkey")
                name = key.name or free(given, taken)
                taken.add(name)
                named = self.spelling.foreign_key(replace(key, name=name))
                yield self.alter(pair.new, f"ADD {named} NOT VALID")
                yield self.validate(pair.new, name)
        for table in self.moves.created:
            for key in table.foreign_keys:
                yield self.alter(table, f"ADD {self.spelling.foreign_key(key)}")


READS_AS = """\
CREATE FUNCTION pg_temp.pg_input_is_valid(value text, kind text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SELECT %L::%s', value, kind);
  RETURN true;
EXCEPTION WHEN others THEN
  RETURN false;
END $$"""


def ordered(names: dict[str, str]) -> list[tuple[str, str]]:
    """Renames in an order in which no name is taken twice; a circle goes by way of a third name."""
    waiting = {old: new for old, new in names.items() if old != new}
    out: list[tuple[str, str]] = []
    while waiting:
        free_now = [old for old, new in waiting.items() if new not in waiting]
        if free_now:
            out += [(old, waiting.pop(old)) for old in free_now]
        else:
            old = next(iter(waiting))
            schema, dot, bare = old.rpartition(".")
            halfway = f"{schema}{dot}_{bare}_on_its_way"
            out.append((old, halfway))
            waiting[halfway] = waiting.pop(old)
    return out


def free(name: str, taken: set[str]) -> str:
    """The name, numbered if it is taken, as Postgres numbers them."""
    if name not in taken:
        return name
    return next(f"{name}{number}" for number in count(1) if f"{name}{number}" not in taken)


def sequences(schema: Schema) -> set[str]:
    """The sequences that columns were given by name."""
    found = set()
    for table in schema.values():
        for column in table.columns:
            text = column.server_default
            if isinstance(text, str) and (
                match := re.fullmatch(r"NEXTVAL\('([^']+)'\)", text, re.IGNORECASE)
            ):
                found.add(match[1])
    return found


def option_names(options: str | None) -> set[str]:
    return set(re.findall(r"([\w.]+)\s*=", options or ""))


def mentions_columns(sql: str, table: Table) -> bool:
    return bool(mentions(sql) & {name.lower() for name in table.column_names})
