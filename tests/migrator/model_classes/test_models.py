"""Which classes are tables, and which kinds of database are served."""

import logging
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import click
import cysqlite
import peewee as pw
import pytest
from playhouse.apsw_ext import APSWDatabase
from playhouse.cysqlite_ext import CySqliteDatabase
from playhouse.sqliteq import SqliteQueueDatabase

from migrator import MigrationError, Router
from tests.migrator.files import apply
from tests.migrator.kinds import check, table, with_pets
from tests.support.processes import forked

HEAD = """
import peewee as pw
class BaseModel(pw.Model):
    class Meta:
        database = pw.SqliteDatabase("x.db")
"""


def tables(folder: Path, source: str = "models", **files: str) -> tuple[list[str], str]:
    """Write modules, and create; returns the tables in the file, and what was said."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(HEAD + textwrap.dedent(text), encoding="utf-8")

    def create() -> None:
        logging.basicConfig(force=True)
        router = Router(pw.SqliteDatabase(None), "migrations")
        router.create("first", auto=source)
        click.echo(" ".join(sorted(router.schema_of(router.todo))))

    done = forked(create, folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.split(), done.stderr


def test_what_a_library_brings_is_no_table(tmp_path: Path):
    text = """
        from playhouse.sqlite_ext import *
        from playhouse.signals import Model as Signalling
        class Reader(BaseModel):
            name = pw.CharField()
        class Note(Signalling):
            title = pw.CharField()
            readers = pw.ManyToManyField(Reader)
        class Found(FTS5Model):
            title = SearchField()
    """
    found, _ = tables(tmp_path, models=text)
    assert found == ["found", "note", "note_reader_through", "reader"]


def test_the_base_of_another_module_is_no_table(tmp_path: Path):
    found, _ = tables(
        tmp_path,
        "app.models",
        app__base="class Stamped(BaseModel):\n    at = pw.DateTimeField(null=True)\n",
        app__pets="from .base import Stamped\nclass Pet(Stamped):\n    name = pw.CharField()\n",
        app__models="""
            from . import pets
            from .base import Stamped
            class Person(BaseModel):
                name = pw.CharField()
        """,
    )
    assert found == ["person"]


def test_a_base_that_points_to_itself_is_no_table(tmp_path: Path):
    text = """
        class Tree(BaseModel):
            parent = pw.ForeignKeyField("self", null=True)
        class Page(Tree):
            title = pw.CharField()
    """
    assert tables(tmp_path, models=text)[0] == ["page"]


@pytest.mark.parametrize("is_table", [False, True])
def test_a_parent_that_may_be_a_table_is_spoken_of(tmp_path: Path, is_table: bool):
    meta = "class Meta:\n                is_table = True" if is_table else ""
    text = f"""
        class Animal(BaseModel):
            name = pw.CharField()
            {meta}
        class Dog(Animal):
            breed = pw.CharField()
        class TimestampMixin(BaseModel):
            at = pw.DateTimeField(null=True)
        class Cat(TimestampMixin):
            name = pw.CharField()
    """
    found, said = tables(tmp_path, models=text)
    assert found == (["animal", "cat", "dog"] if is_table else ["cat", "dog"])
    assert ("Animal has fields and Dog inherits from it: taken for a base" in said) != is_table
    assert "TimestampMixin" not in said


class Kinds:
    """Other databases of Peewee over SQLite."""

    @staticmethod
    def apsw(path: str) -> pw.Database:
        assert apsw.sqlite_lib_version()
        return APSWDatabase(path, pragmas={"foreign_keys": 1})

    @staticmethod
    def cysqlite(path: str) -> pw.Database:
        assert cysqlite.sqlite_version_info
        return CySqliteDatabase(path, pragmas={"foreign_keys": 1})

    @staticmethod
    def queue(path: str) -> pw.Database:
        return SqliteQueueDatabase(path, pragmas={"foreign_keys": 1})


@pytest.fixture(params=["apsw", "cysqlite", "queue"])
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[pw.Database]:
    database: Any = getattr(Kinds, request.param)(str(tmp_path / "x.db"))
    yield database
    if isinstance(database, SqliteQueueDatabase):
        database.stop()
    database.close()


def test_other_databases_over_sqlite(another: pw.Database, tmp_path: Path):
    another.register_function(lambda value: value > 0, "is_positive", 1)
    before = with_pets(parent={"age": pw.TextField(null=True)})
    after = with_pets(
        parent={"age": pw.IntegerField(default=1, **check("is_positive(age)"))}, on_delete="CASCADE"
    )
    router = Router(another, tmp_path / "migrations")
    apply(router, "first", before)
    with another.bind_ctx(before):
        owner = before[0].create(name="Ann", age="7")
        before[1].create(name="Rex", owner=owner)
        assert router.check(before) == []
    router.create("second", auto=after)
    assert "INSERT INTO" in "\n".join(router.statements())
    assert router.run() == ["002_second"]
    assert router.run() == []
    assert router.check(after) == []
    with another.bind_ctx(after):
        assert [(pet.name, pet.owner.age) for pet in after[1].select()] == [("Rex", 7)]
    applied = router.done
    bad = with_pets(parent={"age": pw.IntegerField(null=True, **check("age > 100"))})
    router.create("third", auto=bad)
    with pytest.raises(MigrationError, match="1 rows do not fulfil age > 100"):
        router.run()
    assert router.done == applied
    (tmp_path / "migrations" / "003_third.py").unlink()
    router.rollback()
    with another.bind_ctx(before):
        assert [pet.owner.age for pet in before[1].select()] == ["7"]


def test_a_database_in_memory_must_be_connected(tmp_path: Path):
    """It is empty again as soon as the connection is closed."""
    database = pw.SqliteDatabase(":memory:")
    router = Router(database, tmp_path)
    models = [table("event", age=pw.IntegerField())]
    router.create("first", auto=models)
    with pytest.raises(MigrationError, match=r"in memory.* connect it first"):
        router.run()
    database.connect()
    assert router.run() == ["001_first"]
    assert router.check(models) == []
    database.close()
    with pytest.raises(MigrationError, match=r"the database has no name yet: init\(\) it first"):
        Router(pw.SqliteDatabase(None), tmp_path).run()
