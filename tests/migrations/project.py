"""A copy of the project in a folder of its own, worked on as its operator does: in a shell."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import command, forked

HOUSE = Path(__file__).resolve().parents[2]
NAMES = tuple(sorted(path.stem for path in HOUSE.glob("migrations/[0-9]*.py")))
LATER = f"{len(NAMES) + 1:03}_later"  # the name of one that is not written yet

# two of these are started, and let go together once both stand there
START = """
import logging, sys
logging.basicConfig(level="INFO", format="%(name)s: %(message)s", stream=sys.stdout)
import settings
from database import startup
known = settings.load()
print("ready", flush=True)
sys.stdin.readline()
startup.prepare(known)
"""

# what such a one may say
MORE = """
import peewee as pw
from migrator import Column, Migrator

def migrate(migrator: Migrator, database: pw.Database, *, fake: bool = False) -> None:
    migrator.add_column("member", Column("shoe", "INTEGER", null=True))
"""


def copies(url: str) -> list[Path]:
    """Find what was kept aside of a database; of Postgres nothing is."""
    if not url.startswith("sqlite"):
        return []
    path = Path(url.removeprefix("sqlite:///"))
    return sorted(path.parent.glob(f"{path.name}.before*"))


@dataclass(frozen=True)
class Project:
    """The copy; whatever runs in it starts from its root and sees no setting but DATABASE_URL."""

    root: Path

    @classmethod
    def copied_to(cls, root: Path) -> "Project":
        root.mkdir()
        for path in (*HOUSE.glob("*.py"), HOUSE / "pyproject.toml"):
            shutil.copy2(path, root)
        for folder in ("database", "migrations", "migrator"):
            shutil.copytree(HOUSE / folder, root / folder)
        return cls(root)

    @property
    def migrations(self) -> Path:
        return self.root / "migrations"

    @property
    def files(self) -> set[str]:
        """Everything in it but compiled code."""
        paths = (path.relative_to(self.root) for path in self.root.rglob("*"))
        return {str(path) for path in paths if "__pycache__" not in path.parts}

    def environment(self, url: str | None) -> dict[str, str]:
        known = ("PATH", "HOME", "TMPDIR")
        kept = {name: os.environ[name] for name in known if name in os.environ}
        mine = {"DATABASE_URL": url} if url else {}
        return kept | mine | {"DISCORD_TOKEN": "nobody.asks.for.it"}

    def run(self, *words: str, url: str | None = None, code: int = 0) -> str:
        """Run a command; returns what it says, and insists on its exit code."""
        done = forked(lambda: command(*words), self.root, self.environment(url))
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def pw_migrate(self, *arguments: str, url: str | None = None, code: int = 0) -> str:
        return self.run("pw_migrate", *arguments, url=url, code=code)

    def check(self, url: str, code: int = 0) -> str:
        return self.run("python", "-m", "migrator", "check", url=url, code=code)

    def start(self, url: str) -> subprocess.Popen[str]:
        """Start a process that prepares the database when it is sent a line."""
        process = subprocess.Popen(
            [sys.executable, "-c", START],
            cwd=self.root,
            env=self.environment(url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout.readline() == "ready\n"
        return process
