"""What the READMEs and the documents say can be held against the project, and is."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

import migrator
from database import connection_for
from devtools.postgres import PostgresServer

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.ja.md")
DOCUMENTS = (
    "CONTRIBUTING.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))),
)
NAMED = re.compile(r"`([\w/]+\.py)`, `(\w+)(?:\.(\w+))?[`[]")  # a file, and what in it


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def settings_in(text: str) -> set[str]:
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    table = next(part for part in section if part.startswith(("Settings", "設定")))
    return set(re.findall(r"^\| `([A-Z_]+)` \|", table, flags=re.MULTILINE))


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_in_the_table(readme: str):
    example = set(re.findall(r"^([A-Z_]+)=", text_of(".env.example"), flags=re.MULTILINE))
    assert settings_in(text_of(readme)) == example


def test_make_sets_every_setting():
    makefile = text_of("Makefile").replace("\\\n", " ")
    blank = next(line for line in makefile.splitlines() if line.startswith("BLANK"))
    assert set(re.findall(r"([A-Z_]+)=(?:\s|$)", blank)) == settings_in(text_of("README.md"))


@pytest.mark.parametrize("readme", READMES)
def test_what_it_links_to_is_there(readme: str):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text_of(readme))
    assert links
    for link in links:
        assert (ROOT / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_files_that_a_document_names_are_there(document: str):
    found = set(re.findall(r"`((?:[a-z]\w*/)+(?:\w+\.(?:py|json|md))?)`", text_of(document)))
    assert not [path for path in found if not (ROOT / path).exists()]


def test_what_the_architecture_names_in_a_file_is_there():
    found = NAMED.findall(text_of("docs/architecture.md"))
    assert len(found) >= 12  # the walk of /end
    for path, *names in found:
        nodes = list(ast.walk(ast.parse(text_of(path))))
        defined = {getattr(node, "name", None) for node in nodes}
        defined |= {node.id for node in nodes if isinstance(node, ast.Name)}
        assert {*filter(None, names)} <= defined, (path, names)


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_described(readme: str):
    described = set(re.findall(r"^\| `/(\w+)", text_of(readme), flags=re.MULTILINE))
    words = (ROOT / "cogs").glob("*.py")
    keys = {
        key for path in words for key in re.findall(r'described\("([A-Z]+)"\)', path.read_text())
    }
    assert described == {key.lower() for key in keys}


@pytest.mark.parametrize("readme", READMES)
def test_the_running_bot_needs_the_packages_named(readme: str):
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    needed = {pin.partition("==")[0] for pin in project["dependencies"]}
    assert len(needed) == 6
    assert needed == set(re.findall(r"^\| ([a-z0-9-]+) \|", text_of(readme), flags=re.MULTILINE))


@pytest.mark.parametrize("readme", READMES)
def test_going_back_takes_all_migrations_back(readme: str):
    count = len(list((ROOT / "migrations").glob("[0-9]*.py")))
    assert f"pw_migrate rollback --count {count}`" in text_of(readme)
    assert f"migrations/{count + 1:03}_add_colour.py" in text_of(readme)


@pytest.mark.parametrize("readme", READMES)
def test_the_select_for_neon_runs(readme: str, postgres: PostgresServer):
    statement = re.search(r"```sql\n(.+?)```", text_of(readme), flags=re.DOTALL)
    assert statement
    url = postgres.create_database()
    database = connection_for(url)
    migrator.Router(database, migrate_dir=ROOT / "migrations").run()
    with database.connection_context():
        database.execute_sql(
            "INSERT INTO session (id, guild_id, user_id, user_name, started_at, ended_at) VALUES "
            "(1, 123456789012345678, 3, 'nana', '2026-07-01 15:30', '2026-07-01 16:30'), "
            "(2, 123456789012345678, 3, 'nanao', '2026-07-01 17:30', '2026-07-01 18:00'), "
            "(3, 4, 3, 'nanao', '2026-07-01 19:30', '2026-07-01 20:30')"
        )
        rows = database.execute_sql(statement[1]).fetchall()
    # 15:30 UTC is the next day in Tokyo
    assert [(name, str(day), str(worked)) for name, day, worked in rows] == [
        ("nanao", "2026-07-02", "1:30:00")
    ]
    postgres.drop_database(url)


@pytest.mark.parametrize(
    ("document", "least"), [("docs/reliability.md", 60), ("tests/moved.md", 45)]
)
def test_every_test_that_a_document_names_is_there(document: str, least: int):
    file, named = "", 0
    for path, test in re.findall(r"`(tests/[\w/]+\.py|…)(?:::(\w+))?`", text_of(document)):
        file = file if path == "…" else path
        assert not test or f"def {test}(" in text_of(file), f"{file}::{test}"
        named += 1
    assert named > least
