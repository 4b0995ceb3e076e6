"""What may stay as it is while its table changes, and what must go and come anew."""

from dataclasses import dataclass

from ..schema.compiler import DDLCompiler
from ..schema.model import Column, Constraint, ForeignKey, Index, Table
from ..schema.references import columns_of, same_but_name
from ..schema.types import unserial
from .mapping import Pair, SchemaMapping


@dataclass
class Unchanged:
    """Compares what rests on columns; over another type the same words are not the same."""

    mapping: SchemaMapping
    ddl: DDLCompiler

    def __post_init__(self) -> None:
        self.retyped = {
            (pair.new.name, new.name)
            for pair in self.mapping.pairs
            for old, new in pair.columns
            if self.base_type(old) != self.base_type(new) or old.collation != new.collation
        }

    def base_type(self, column: Column) -> str:
        """The type without what makes it count."""
        return unserial(self.ddl.type(column).upper())

    def disturbed(self, table: Table, columns: set[str]) -> bool:
        return any((table.name, name) in self.retyped for name in columns)

    def constraints(self, pair: Pair) -> list[tuple[Constraint, Constraint]]:
        out = []
        for constraint in pair.old.constraints:
            carried = self.mapping.constraint(pair, constraint)
            if carried in pair.new.constraints and not self.disturbed(
                pair.new, columns_of(pair.new, carried)
            ):
                out.append((constraint, carried))
        return out

    def new_constraints(self, pair: Pair) -> list[Constraint]:
        kept = [carried for _, carried in self.constraints(pair)]
        return [constraint for constraint in pair.new.constraints if constraint not in kept]

    def indexes(self, pair: Pair) -> list[tuple[Index, Index]]:
        out = []
        for index in pair.old.indexes:
            carried = self.mapping.index(pair, index)
            if carried is None or self.disturbed(pair.new, columns_of(pair.new, carried)):
                continue
            twin = next((new for new in pair.new.indexes if same_but_name(new, carried)), None)
            if carried in pair.new.indexes:
                out.append((index, carried))
            elif twin and twin not in [new for _, new in out]:
                out.append((index, twin))
        return out

    def keys(self, pair: Pair) -> list[tuple[ForeignKey, ForeignKey]]:
        out = []
        for key in pair.old.foreign_keys:
            carried = self.mapping.key(pair, key)
            if carried in pair.new.foreign_keys and not self.key_disturbed(pair, carried):
                out.append((key, carried))
        return out

    def key_disturbed(self, pair: Pair, key: ForeignKey) -> bool:
        target = self.mapping.pair_to(key.table)
        if self.disturbed(pair.new, set(key.columns)):
            return True
        if target is None:
            return key.table in self.mapping.after
        if self.disturbed(target.new, set(key.target_columns)):
            return True
        return self.rests_on_lost_unique(target, key)

    def rests_on_lost_unique(self, target: Pair, key: ForeignKey) -> bool:
        if key.target_columns in ((), target.new.primary_key):
            return self.mapping.primary_key(target) != target.new.primary_key
        kept = [new for _, new in self.indexes(target) if new.unique]
        constraints = [carried for _, carried in self.constraints(target)]
        return not any(index.parts == key.target_columns for index in kept) and not any(
            columns_of(target.new, constraint) == set(key.target_columns)
            for constraint in constraints
        )

    def new_keys(self, pair: Pair) -> list[ForeignKey]:
        kept = [carried for _, carried in self.keys(pair)]
        return [key for key in pair.new.foreign_keys if key not in kept]
