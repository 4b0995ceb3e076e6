"""conf.py finds the database as the bot does: DATABASE_URL, `.env`, else a file in the project."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.migrations.catalog import schema_of

SILENT = "postgresql://u:hush@127.0.0.1:1/moku"  # nobody listens there


def migrated(path: Path) -> bool:
    return path.is_file() and "session" in schema_of(f"sqlite:///{path}")["tables"]


def test_without_any_setting(project):
    """By the command itself, where all other tests fork one."""
    assert not (project.root / "mokumoku.db").exists()
    command = Path(sys.executable).with_name("pw_migrate"), "migrate"
    subprocess.run(command, cwd=project.root, env=project.environment(None), check=True)
    assert migrated(project.root / "mokumoku.db")


def test_env_file(project, tmp_path):
    written = f"DISCORD_TOKEN=\nDATABASE_URL = 'sqlite:///{tmp_path}/もくもく.db'  # here\n"
    (project.root / ".env").write_text(written, encoding="utf-8")
    project.pw_migrate("migrate")
    assert migrated(tmp_path / "もくもく.db")
    assert not (project.root / "mokumoku.db").exists()


def test_a_relative_path_is_in_the_project_and_the_environment_wins(project):
    (project.root / ".env").write_text("DATABASE_URL=sqlite:///other.db\n", encoding="utf-8")
    project.pw_migrate("migrate", url="sqlite:///mine.db")
    assert migrated(project.root / "mine.db")
    assert not (project.root / "other.db").exists()


def test_a_url_that_cannot_be_used_is_told_in_a_line(project):
    said = project.pw_migrate("migrate", url="mysql://somewhere/else", code=1)
    assert said == "DATABASE_URL must begin with sqlite:/// or postgresql://\n"


@pytest.mark.parametrize(
    ("command", "url", "told"),
    [
        ("migrate", SILENT, "moku: connection to server at"),
        ("check", SILENT, "moku: connection to server at"),
        ("rollback", "sqlite:////nowhere/moku.db", "/nowhere/moku.db: No such file or directory"),
        ("sql", "sqlite:////proc", "/proc: unable to open database file"),
    ],
)
def test_an_unreachable_database_is_told_in_a_line(project, command, url, told):
    tool = "python -m migrator" if command in ("check", "sql") else "pw_migrate"
    said = project.run(*tool.split(), command, url=url, code=69)
    assert said.splitlines()[-1].startswith(f"Error: cannot connect to the database {told}")
    assert "hush" not in said
    assert "Traceback" not in said


def test_create_makes_no_database(project):
    said = project.pw_migrate("create", "more", "--auto", "--auto-source", "models")
    assert "No changes found" in said
    assert not (project.root / "mokumoku.db").exists()
