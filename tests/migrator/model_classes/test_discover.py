"""Models are found, errors are told, and no mistake looks like a project without models."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import peewee as pw
import pytest

from migrator import MigrationError, Router
from tests.migrator.files import apply
from tests.migrator.kinds import person, table

MODELS = """
import peewee as pw
database = pw.SqliteDatabase("x.db")
class BaseModel(pw.Model):
    class Meta:
        database = database
class Stamped(BaseModel):
    at = pw.DateTimeField(null=True)
class Person(Stamped):
    name = pw.CharField()
class Parent(BaseModel):
    title = pw.CharField()
class Child(Parent):
    parent = pw.ForeignKeyField(Parent)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to be the working one, with none of another project's modules in the way."""
    monkeypatch.chdir(tmp_path)
    before, paths = dict(sys.modules), list(sys.path)
    sys.path.insert(0, str(tmp_path))
    for name in list(sys.modules):
        if name.partition(".")[0] in {"models", "app", "others"}:
            del sys.modules[name]
    yield tmp_path
    for name in set(sys.modules) - set(before):
        del sys.modules[name]
    sys.modules.update(before)
    sys.path[:] = paths


def router(project: Path) -> Router:
    return Router(pw.SqliteDatabase(project / "x.db"), project / "migrations")


def made(project: Path) -> list[str]:
    return sorted(router(project).schema_of(router(project).todo))


def test_models_py_is_found_and_bases_are_no_tables(project: Path):
    (project / "models.py").write_text(MODELS, encoding="utf-8")
    router(project).create("first", auto=True)
    assert made(project) == ["child", "parent", "person"]


def test_a_table_stays_one_when_others_inherit_from_it(project: Path):
    alone = MODELS.split("class Person", maxsplit=1)[0]
    (project / "models.py").write_text(alone, encoding="utf-8")
    router(project).create("first", auto=True)
    assert made(project) == ["stamped"]
    (project / "others.py").write_text(MODELS, encoding="utf-8")
    router(project).create("second", auto="others")
    assert made(project) == ["child", "parent", "person", "stamped"]


@pytest.mark.parametrize("place", ["models/__init__.py", "models/people.py", "app/models.py"])
def test_a_package_is_found(project: Path, place: str):
    path = project / place
    path.parent.mkdir()
    (path.parent / "__init__.py").write_text("")
    path.write_text(MODELS, encoding="utf-8")
    router(project).create("first", auto=True)
    assert made(project) == ["child", "parent", "person"]


def test_a_base_in_a_list_is_no_table_either(tmp_path: Path):
    base = type("BaseModel", (pw.Model,), {})
    router = Router(pw.SqliteDatabase(None), tmp_path)
    router.create("first", auto=[base, *person()])
    assert list(router.schema_of(router.todo)) == ["person"]


def test_several_places_are_a_question(project: Path):
    for name in ("one", "two"):
        (project / name).mkdir()
        (project / name / "models.py").write_text(MODELS)
    with pytest.raises(MigrationError, match=r"one.models, two.models: name the module"):
        router(project).create("first", auto=True)


def test_no_models_at_all_is_an_error(project: Path):
    with pytest.raises(MigrationError, match=r"there is no models.py in .*--auto-source"):
        router(project).create("first", auto=True)
    assert not (project / "migrations").exists()


def test_a_module_without_models_drops_nothing(project: Path):
    (project / "models.py").write_text(MODELS, encoding="utf-8")
    router(project).create("first", auto="models")
    (project / "empty.py").write_text("")
    with pytest.raises(MigrationError, match="no models found, but migrations made"):
        router(project).create("second", auto="empty")
    assert router(project).todo == ["001_first"]


@pytest.mark.parametrize("text", ["import nothing_there", "1 / 0", "def ("])
@pytest.mark.parametrize("place", ["models.py", "models/broken.py"])
def test_what_cannot_be_imported_is_an_error(project: Path, text: str, place: str):
    path = project / place
    path.parent.mkdir(exist_ok=True)
    if path.parent != project:
        (path.parent / "__init__.py").write_text(MODELS)
    path.write_text(text)
    with pytest.raises(MigrationError, match="cannot be imported: "):
        router(project).create("first", auto=True)


def test_ignored_tables_are_neither_made_nor_dropped(project: Path):
    (project / "models.py").write_text(MODELS, encoding="utf-8")
    router(project).create("first", auto="models")
    ignoring = Router(
        pw.SqliteDatabase(project / "x.db"), project / "migrations", ignore=["person"]
    )
    assert ignoring.create("second", auto="models") is None


def test_two_models_of_one_table_must_agree(tmp_path: Path):
    router = Router(pw.SqliteDatabase(None), tmp_path)
    both = [table("person", name=pw.CharField()), table("person", name=pw.TextField())]
    with pytest.raises(
        MigrationError, match=r"Person and .*\.Person describe the table person, and differently"
    ):
        router.create("first", auto=both)
    both[1].__module__ = "old"
    left = Router(router.database, tmp_path, ignore=["old.Person"])
    assert left.create("zero", auto=both) == "001_zero"
    (tmp_path / "001_zero.py").unlink()
    assert router.create("first", auto=[*person(), *person()]) == "001_first"


def test_an_index_that_is_declared_twice_is_made_once(database: pw.Database, tmp_path: Path):
    [author] = person()
    book = table(
        "book", author=pw.ForeignKeyField(author), index=[lambda model: model.index(model.author)]
    )
    router = Router(database, tmp_path)
    apply(router, "first", [author, book])


def test_two_indexes_of_one_name_are_refused(tmp_path: Path):
    router = Router(pw.SqliteDatabase(None), tmp_path)
    [author] = person()
    book = table(
        "book",
        author=pw.ForeignKeyField(author),
        index=[lambda model: model.index(model.author, unique=True)],
    )
    with pytest.raises(
        MigrationError,
        match=r"book: index book_author_id \(author_id\) and book: unique index book_author_id"
        r" \(author_id\) have one name: say unique=True or index=False",
    ):
        router.create("first", auto=[author, book])
    shared = {"index": [lambda model: model.index(model.name, name="shared")]}
    one, other = (table(name, name=pw.TextField(), **shared) for name in ("one", "other"))
    with pytest.raises(
        MigrationError, match=r"one: index shared .* other: index shared .* one name"
    ):
        router.create("first", auto=[one, other])
    with pytest.raises(MigrationError, match=r"table shared and one: index shared .* one name"):
        router.create("first", auto=[one, table("shared")])


def test_another_database_is_refused(tmp_path: Path):
    with pytest.raises(MigrationError, match="MySQLDatabase: only SQLite and Postgres"):
        Router(pw.MySQLDatabase("x"), tmp_path).create("first", auto=person())


def test_a_file_never_needs_the_models(project: Path):
    """An own field type may be renamed or removed: old files say what it was to the database."""
    text = (
        MODELS
        + "class MyField(pw.Field):\n    field_type = 'CITEXT'\n"
        + "Person._meta.add_field('mine', MyField(null=True))\n"
    )
    (project / "models.py").write_text(text, encoding="utf-8")
    name = router(project).create("first", auto="models")
    (project / "models.py").unlink()
    written = (project / "migrations" / f"{name}.py").read_text(encoding="utf-8")
    assert "CITEXT" in written
    assert "models" not in written
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "migrations"], check=True, cwd=project
    )
    assert router(project).run() == ["001_first"]
