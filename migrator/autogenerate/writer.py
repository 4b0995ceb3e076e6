"""Write a migration file: what changes in words, the statements, and the way back."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import TextWrapper
from typing import Any

import click
import peewee as pw

from ..errors import MigrationError
from ..model_classes.declared import declared
from ..model_classes.defaults import stored
from ..model_classes.orm import table_name
from ..operations.base import DISTINCT, Operation
from ..operations.columns import AddColumn
from ..operations.tables import AdoptTable, DropTable
from ..plan.sqlite_functions import is_convertible
from ..run.files import files_in
from ..run.null_database import null_database
from ..schema.compiler import dialect_of
from ..schema.model import PerDatabase, Schema
from ..schema.sql import literal
from .compare import compare, in_order
from .fills import computed, computed_at_import, needs_value, read_value, rollback_default
from .layout import line_length
from .renames import asked, is_interactive, possibilities, question, told
from .serializer import HELP, body, definition, imports, serialize, with_losses


@dataclass
class Writer:
    """Writes one file; `tell` is how it speaks to whoever asked for it.

    `live` looks up which of some tables the database has, and describes them.
    """

    database: pw.Database
    migrator_class: Callable[..., Any]
    tell: Callable[..., None]
    live: Callable[[Schema], Schema]
    forward: list[Operation] = field(default_factory=list)
    back: list[Operation] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    ways: tuple[Schema, Schema] = (Schema(), Schema())

    @property
    def losses(self) -> list[str]:
        return [loss for _, loss in with_losses(self.forward, self.ways[0]) if loss]

    def compare(
        self,
        before: Schema,
        models: list[type[pw.Model]],
        rename: Mapping[str, str] | None,
        fill: Mapping[str, Any],
    ) -> bool:
        """Work out both ways between the schema and the models; False if there is no difference.

        Raise MigrationError if no models are left, for a rename or a `fill` of what is not there,
        and for a new NOT NULL column without a value.
        """
        after = declared(models, self.database)
        if before and not after and not models:
            raise MigrationError(
                f"no models found, but migrations made {', '.join(before)}: name the module that"
                " has them with --auto-source (auto=…)"
            )
        for path, kind in computed_at_import(before, after):
            self.tell(
                f"{path}: its default is {kind} the models are imported, so that every"
                " `create` finds a change: name the function without calling it",
                warning=True,
            )
        for table in before.values():
            if table.model is not None:
                self.tell(
                    f"{table.name} is made from {table.model} as it is today: what changes in the"
                    " class is seen by `check` alone. Write the class, with the fields that it had"
                    " then, into the file that creates the table",
                    warning=True,
                )
        adopted = self.adopted(before, after, (rename or {}).values())
        known = before
        for operation in adopted:
            known = operation.state_forwards(known)
        at_terminal = rename is None and is_interactive()
        renames = asked(
            known,
            after,
            told(known, after, rename or {}),
            lambda question: at_terminal and click.confirm(question, default=False),
        )
        found = possibilities(known, after, renames)
        for table in dict.fromkeys(item.table for item in found):
            one_of = [item for item in found if item.table == table]
            self.tell(f"{question(one_of)} It is written as dropped and added", warning=True)
            self.hints.append(one_of[0].hint(one_of))
        self.ways = before, after
        self.forward = [*adopted, *compare(known, after, renames, computed(models))]
        self.back = [
            *compare(after, known, renames.inverse(), rollback_default, fills_nulls=False),
            *(DropTable(operation.table.name) for operation in reversed(adopted)),
        ]
        hinted = {f"{item.table}.{item.new}" for item in found}
        self.fill_rows(models, dict(fill), hinted)
        return bool(self.forward)

    def adopted(self, before: Schema, after: Schema, renamed: Collection[str]) -> list[AdoptTable]:
        """Return what takes over the new tables that the database has already, as it has them."""
        known = {name.lower() for name in before}
        new = {
            name: table
            for name, table in after.items()
            if name.lower() not in known and name not in renamed
        }
        found = [
            table
            for table in (self.live(Schema(new.values())).values() if new else ())
            if table.name in new and table.virtual == new[table.name].virtual
        ]
        for table in found:
            self.tell(
                f"{table.name} is in the database, and no migration made it: it is taken as it is",
                warning=True,
            )
        return [AdoptTable(table) for table in in_order(found)]

    def fill_rows(
        self, models: list[type[pw.Model]], told: dict[str, Any], hinted: set[str]
    ) -> None:
        """Write what rows get in new NOT NULL columns, and who cannot insert there any more.

        What may be a rename is left to the reader of its hint.
        """
        fields = {
            f"{table_name(model)}.{field.column_name}": field
            for model in models
            for field in model._meta.sorted_fields
        }
        for place, operation in enumerate(self.forward):
            if not isinstance(operation, AddColumn):
                continue
            column, path = operation.column, f"{operation.table}.{operation.column.name}"
            value = operation.fill
            if path in told:
                value = self.checked_value(path, fields[path], told.pop(path))
            if needs_value(self.ways[1][operation.table], column):
                if value is None and column.default is None and path not in hinted:
                    value = self.asked_value(path, fields[path])
                known = column.default if value is None else value
                dialect = dialect_of(self.database)
                is_plain = not isinstance(known, PerDatabase) and known not in (None, DISTINCT)
                default = f"DEFAULT {literal(known, dialect) if is_plain else '…'}"
                self.tell(
                    f"{path} is NOT NULL without a default in the database: the release before this"
                    f" one cannot insert into {operation.table}. In its field, constraints="
                    f"[pw.SQL({serialize(default)})] or null=True would let it",
                    warning=True,
                )
            self.forward[place] = replace(operation, fill=value)
        if told:
            raise MigrationError(f"fill: no column {', '.join(told)} is added")

    def asked_value(self, path: str, field: pw.Field) -> Any:
        """Ask what rows get, or refuse: whether there are any is not known here."""
        answer = (
            click.prompt(f"{path} is NOT NULL. What do rows get", default="", show_default=False)
            if is_interactive()
            else ""
        )
        if answer:
            return self.checked_value(path, field, read_value(answer))
        raise MigrationError(
            f"{path} is NOT NULL and has no default: what do rows get that exist? Write default= or"
            f" null=True in its field, or say it: --fill {path}=… (fill= in Python)"
        )

    def checked_value(self, path: str, field: Any, value: Any) -> Any:
        """Return what the database gets for a value that was told; refuse what it cannot hold."""
        if isinstance(value, str) and not is_convertible(value, field.field_type):
            raise MigrationError(f"{path}: {value!r} is no {field.field_type}")
        return stored(field, value)

    def save(self, folder: Path, name: str) -> str:
        """Write the file under the next number; return its name."""
        files = files_in(folder)
        number = files[-1].number + 1 if files else 1
        words = "_".join(name.split())
        if not re.fullmatch(r"[\w-]+", words):
            raise MigrationError(f"{name!r} is no name for a file: use letters, digits and _")
        full = f"{number:03}_{words}"
        text = self.text(full, line_length(folder))
        self.verify(full, text)
        for operation in self.forward:
            self.tell(operation.describe())
        for loss in self.losses:
            self.tell(f"This migration loses {loss}", warning=True)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{full}.py").write_text(text, encoding="utf-8")
        self.tell(f"{folder / full}.py is written")
        return full

    def verify(self, name: str, text: str) -> None:
        """Replay what was written, both ways; it must lead where it should."""
        before, after = self.ways
        scope: dict[str, Any] = {"__name__": name}
        exec(compile(text, f"{name}.py", "exec", dont_inherit=True), scope)  # noqa: S102
        for function, begin, end in (("migrate", before, after), ("rollback", after, before)):
            migrator = self.migrator_class(null_database(self.database), begin)
            scope[function](migrator, migrator.database, fake=True)
            left = compare(migrator.schema, end)
            if left:
                raise MigrationError(
                    f"{name}: a fault of the migrator: {function}() would not "
                    + "; ".join(operation.describe() for operation in left)
                )

    def text(self, name: str, width: int) -> str:
        """Return the whole text of the file; a line has at most `width` columns."""
        wrapped = TextWrapper(width, subsequent_indent="  ", break_long_words=False).fill
        changes = [wrapped(f"- {operation.describe()}") for operation in self.forward]
        doc = [name, "\n".join(changes) or HELP]
        if self.losses:
            doc.append(wrapped("Loses " + ", ".join(self.losses) + "."))
        doc += [wrapped(hint) for hint in self.hints]
        words = "\n\n".join(doc).replace("\\", "\\\\").replace('"""', "'''")
        before, after = self.ways
        forward, back = body(self.forward, before, width), body(self.back, after, width)
        parts = [
            f'"""{words}\n"""\n\n{imports(forward + back, width)}',
            definition("migrate", forward, width),
            definition("rollback", back, width),
        ]
        return "\n\n".join(parts)
