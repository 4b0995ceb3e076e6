"""The statements of pending migrations, written down instead of run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from ..errors import MigrationError
from ..introspect.catalogs import table_exists
from ..migrator import Migrator
from ..operations.base import Queued
from ..operations.rows import RunPython, RunSQL
from ..operations.tables import AdoptTable, ChangeFound
from ..plan.steps import PreflightCheck, Statement
from ..schema.model import Schema
from .executor import Execution
from .files import MigrationFile, recorded_hash
from .history import History
from .null_database import null_database
from .replay import remove_file_backrefs, replay


@dataclass
class Script(Execution):
    """An execution that asks the database for names and changes nothing."""

    lines: list[str] = field(default_factory=list)
    later: list[Statement] = field(default_factory=list)

    def write(self, sql: str) -> None:
        self.lines.append(f"{sql};")

    def remark(self, words: str) -> None:
        self.lines += [f"-- {line}" for line in words.split("\n")]

    def call(self, operation: RunPython, schema: Schema, migrator: Migrator) -> None:
        self.remark(
            f"here {operation.name}() reads or writes rows: Python, which no script can show"
        )

    def change_found(self, operation: ChangeFound, schema: Schema, migrator: Migrator) -> None:
        try:
            super().change_found(operation, schema, migrator)
        except MigrationError as error:  # what comes before it is only written down
            self.remark(f"here {operation.table.name} is changed as it will be found: {error}")

    def raw(self, item: RunSQL) -> None:
        if item.params:
            self.remark(f"with the parameters {item.params!r}")
        self.write(item.sql.rstrip("; \n"))

    def change(self, item: Queued) -> None:
        match item.operations:
            case (AdoptTable(table),) if table_exists(self.database, table.name):
                self.remark(f"{table.name} is there already: it is adopted")
                self.adopted.add(table.name)
                return
        for step in self.steps(item):
            if isinstance(step, PreflightCheck):
                self.remark(f"refused if this finds a row:\n{step.sql}")
            elif step.later:
                self.later.append(step)
            else:
                self.write(step.sql)
                # what is dropped again is not there to be looked at in the end
                looks = step.sql.replace("DROP CONSTRAINT", "VALIDATE CONSTRAINT")
                self.later = [later for later in self.later if later.sql != looks]


def script(
    files: list[MigrationFile],
    schema: Schema,
    execution: Script,
    migrator_class: Any,
    history: History,
) -> Iterator[str]:
    """Write the script that applies `files` to a database that is at `schema`."""
    if not files:
        return
    lite = execution.dialect == "sqlite"
    timeout = f"SET LOCAL lock_timeout = {int(execution.lock_timeout * 1000)};"
    yield "PRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;" if lite else f"BEGIN;\n{timeout}"
    for statement in history.preparation():
        yield f"{statement};"
    for file in files:
        migrator = cast(Migrator, migrator_class(null_database(execution.database), schema))
        replay(file, migrator, fake=False, is_new=True)
        migrator.created.clear()
        execution.remark(file.name)
        execution.run(migrator)
        remove_file_backrefs()
        sha256 = recorded_hash(file, schema, migrator.schema)
        execution.write(
            history.insertion(file.name, sha256, execution.adopted, "CURRENT_TIMESTAMP")
        )
        schema = migrator.schema
        yield "\n".join(["", *execution.lines])
        execution.lines = []
    yield "\nPRAGMA foreign_key_check;\nCOMMIT;" if lite else "\nCOMMIT;"
    for statement in execution.later:
        yield f"{statement.sql};"
