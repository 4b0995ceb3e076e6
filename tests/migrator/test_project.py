"""Somebody else's project: two things copied beside their models.py, and the plain commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import command, forked

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

MODELS = """
import peewee as pw
database = pw.SqliteDatabase("blog.db")
class BaseModel(pw.Model):
    class Meta:
        database = database
class Post(BaseModel):
    title = pw.CharField()
"""


def readme_conf() -> str:
    """The conf.py that the README tells to copy."""
    text = (ROOT / "migrator" / "README.md").read_text(encoding="utf-8")
    return text.split("```python\n# migrations/conf.py\n", 1)[1].split("```", 1)[0]


@pytest.fixture
def project(
    tmp_path: Path, dialect: str, urls: tuple[str, str], request: pytest.FixtureRequest
) -> Path:
    shutil.copytree(ROOT / "migrator", tmp_path / "migrator")
    (tmp_path / "models.py").write_text(MODELS, encoding="utf-8")
    (tmp_path / "migrations").mkdir()
    conf = readme_conf()
    assert 'DATABASE = "sqlite:///app.db"' in conf
    if dialect == "postgresql":
        request.getfixturevalue("database")  # emptied
        conf = conf.replace("sqlite:///app.db", urls[0])
    (tmp_path / "migrations" / "conf.py").write_text(conf, encoding="utf-8")
    return tmp_path


def run(project: Path, *words: str, code: int = 0) -> str:
    """Run a command in the project's folder; what it said."""
    done = forked(lambda: command(*words), project)
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_commands_start(project: Path):
    for words in (["pw_migrate", "create", "first", "--auto"], ["python", "-m", "migrator", "sql"]):
        done = subprocess.run(
            [BIN / words[0], *words[1:]],
            cwd=project,
            capture_output=True,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            check=False,
        )
        assert (done.returncode, "post" in done.stdout) == (0, True), done.stderr


# The commands themselves do the same on either; what they run is shown on both elsewhere.
@pytest.mark.parametrize(
    "dialect", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)
def test_the_plain_commands(project: Path):
    said = run(project, "pw_migrate", "create", "first", "--auto")
    assert "add table post" in said
    assert "[ ] 001_first" in run(project, "pw_migrate", "list")
    assert 'CREATE TABLE "post"' in run(project, "python", "-m", "migrator", "sql")
    assert "not applied: 001_first" in run(project, "python", "-m", "migrator", "check", code=1)
    assert "[x] 001_first" in run(project, "pw_migrate", "migrate")
    assert "agree" in run(project, "python", "-m", "migrator", "check")
    assert "No changes found" in run(project, "pw_migrate", "create", "again", "--auto")
    assert "No changes found" in run(project, "python", "-m", "migrator", "create", "again")
    models = project / "models.py"
    models.write_text(
        models.read_text().replace("title =", "body = pw.TextField(default='')\n    title =")
    )
    said = run(project, "python", "-m", "migrator", "check", code=1)
    assert "no migration says: add post.body" in said
    run(project, "pw_migrate", "create", "body", "--auto", "--auto-source", "models")
    run(project, "pw_migrate", "migrate")
    assert "there is no migration 9" in run(project, "pw_migrate", "migrate", "--name", "9", code=1)
    assert "merge would lose" in run(project, "pw_migrate", "merge", code=1)
    run(project, "pw_migrate", "rollback", "--count", "2")
    assert "Done: 0, Pending: 2" in run(project, "pw_migrate", "list")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_goes_wrong_exits_1(project: Path):
    (project / "models.py").write_text("import nothing_there")
    said = run(project, "pw_migrate", "create", "first", "--auto", code=1)
    assert (
        "Error: models cannot be imported: ModuleNotFoundError: No module named 'nothing_there'"
        in said
    )
    (project / "models.py").unlink()
    assert "--auto-source" in run(project, "pw_migrate", "create", "first", "--auto", code=1)
    (project / "migrations" / "001_bad.py").write_text(
        "def migrate(migrator, database, *, fake=False):\n"
        "    migrator.sql('SELECT * FROM nowhere')\n"
    )
    said = run(project, "pw_migrate", "migrate", code=1)
    assert "001_bad.py: SELECT * FROM nowhere" in said


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_rename_from_the_command_line(project: Path):
    run(project, "pw_migrate", "create", "first", "--auto")
    models = project / "models.py"
    models.write_text(models.read_text().replace("title", "headline"))
    run(project, "python", "-m", "migrator", "create", "second", "--rename", "post.title=headline")
    text = (project / "migrations" / "002_second.py").read_text()
    assert 'migrator.rename_column("post", "title", "headline")' in text
    assert "drop_column" not in text
