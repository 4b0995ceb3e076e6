"""The numbered files of a project's migrations."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import MigrationError

NUMBERED = re.compile(r"(\d{3,})_(.+)\.py")


@dataclass(frozen=True)
class MigrationFile:
    number: int
    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def sha256(self) -> str:
        """A hash of the text; how lines end does not matter."""
        return hashlib.sha256(self.text.replace("\r\n", "\n").encode()).hexdigest()

    def functions(self) -> tuple[Callable[..., Any], Callable[..., Any] | None]:
        """The file's `migrate` and `rollback`."""
        scope: dict[str, Any] = {"__name__": self.name, "__file__": str(self.path)}
        try:
            exec(compile(self.text, str(self.path), "exec", dont_inherit=True), scope)  # noqa: S102
        except Exception as error:
            raise MigrationError(f"{self.path.name}: {type(error).__name__}: {error}") from error
        if "migrate" not in scope:
            raise MigrationError(f"{self.path.name} has no migrate()")
        return scope["migrate"], scope.get("rollback")


def files_in(folder: Path) -> list[MigrationFile]:
    """List the migrations of a folder, lowest number first; a folder that is not there has none."""
    if not folder.is_dir():
        return []
    found = [
        MigrationFile(int(match[1]), path)
        for path in folder.iterdir()
        if (match := NUMBERED.fullmatch(path.name))
    ]
    return sorted(found, key=lambda file: (file.number, file.name))


def refuse_twins(files: list[MigrationFile]) -> None:
    """Refuse two files with one number: nobody knows which comes first."""
    for one, other in zip(files, files[1:], strict=False):
        if one.number == other.number:
            raise MigrationError(
                f"{one.path.name} and {other.path.name} have one number; rename the later one to"
                f" {files[-1].number + 1:03}_{NUMBERED.fullmatch(other.path.name)[2]}.py"  # pyright: ignore[reportOptionalSubscript]
            )
