"""A file may use the application's own classes; they are as they were before, and work."""

# ruff: noqa: E501 (a case a line)

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import peewee as pw
import pytest

from migrator import Router
from tests.migrator.facts import facts
from tests.migrator.files import applied, write_migration

MODELS = """
from playhouse.postgres_ext import DateTimeTZField

class User(pw.Model):
    name = pw.CharField(unique=True)
    photo = pw.BlobField(null=True)
    data = pw.JSONField(null=True)
    class Meta:
        database = db
        indexes = [(("name", "photo"), False)]

class Post(pw.Model):
    author = pw.ForeignKeyField(User, backref="posts")
    class Meta:
        database = db
"""
FIRST = "migrator.create_model(User)\nmigrator.create_model(Post)"

# what an old or a new file may do with the application's classes
USES = {
    "nothing more": "pass",
    "a field": "migrator.add_fields(User, age=pw.IntegerField(null=True))",
    "a field that is there": "migrator.add_fields(User, name=pw.CharField(unique=True))",
    "a field changed": "migrator.change_fields(User, name=pw.TextField())",
    "a field renamed": "migrator.rename_field(User, 'name', 'full_name')",
    "a field dropped": "migrator.remove_fields(User, 'photo')",
    "a table renamed": "migrator.rename_table(User, 'people')\nmigrator.remove_fields(User, 'photo')",
    "an index": "migrator.add_index(User, 'photo')\nmigrator.drop_index(User, 'name')",
    "NULL": "migrator.drop_not_null(User, 'name')\nmigrator.add_not_null(User, 'name')",
    "a default": "migrator.add_default(User, 'name', 'x')",
    "a constraint": "migrator.add_constraint(User, 'long', pw.Check('length(name) > 1'))",
    "a table dropped": "migrator.remove_model(Post)\nmigrator.remove_model(User)",
    "a key to it": "migrator.add_fields(Post, editor=pw.ForeignKeyField(User, null=True, backref='posts'))",
    "a class with a key to it": (
        "class Comment(pw.Model):\n    author = pw.ForeignKeyField(User, backref='posts')\n"
        "migrator.create_model(Comment)"
    ),
    "bound": "database.bind([User, Post])",
    "bound by hand": "User._meta.database = database\nUser._schema.database = database",
    "the orm": "migrator.orm['user']._meta.table_name\nmigrator.orm.User\nmigrator.orm.Post",
}  # fmt: skip


def written(folder: Path, *bodies: str) -> None:
    for number, body in enumerate(bodies, 1):
        write_migration(folder, f"{number:03}_step", body, head="from shop import User, Post\n")


def state(module: ModuleType) -> list[Any]:
    """What a class knows of its database, table and neighbours."""
    out = []
    for model in (module.User, module.Post):
        meta = model._meta
        out += [
            meta.database is module.db,
            model._schema.database is module.db,
            meta.table_name,
            meta.schema,
            list(meta.fields),
            list(meta.columns),
            list(map(str, meta.indexes)),
            sorted(vars(model)),
            list(meta.backrefs.values()),
            {key: len(value) for key, value in meta.model_backrefs.items() if value},
            vars(model).get("posts") and vars(model)["posts"].rel_model,
            [
                (
                    field.name,
                    field.column_name,
                    field.null,
                    field.index,
                    field.unique,
                    str(field.default),
                    field.model,
                )
                for field in meta.sorted_fields
            ],
            getattr(meta.fields.get("photo"), "_constructor", None) is module.db.get_binary_type(),
        ]
    return out  # fmt: skip


@pytest.fixture
def shop(application: Callable[[str], ModuleType], database: pw.Database) -> ModuleType:
    return application(MODELS)


def stores(module: ModuleType) -> None:
    """The application goes on to write and read its rows."""
    user = module.User.create(name="Ann", photo=b"\x00\xff", data={"a": [1]})
    assert user.id is not None
    assert list(user.posts) == []
    module.Post.create(author=user)
    assert [post.author.name for post in user.posts] == ["Ann"]
    found = module.User.get(module.User.name == "Ann")
    assert (bytes(found.photo), found.data) == (b"\x00\xff", {"a": [1]})
    module.Post.delete().execute()
    module.User.delete().execute()


def test_creating_its_table_leaves_a_class_alone(shop, database, tmp_path):
    before = state(shop)
    written(tmp_path / "m", FIRST)
    router = Router(database, tmp_path / "m")
    router.statements()
    assert state(shop) == before
    router.run()
    assert state(shop) == before
    stores(shop)
    for command in (router.run, router.statements, lambda: router.check([shop.User, shop.Post])):
        assert not command()
        assert state(shop) == before
        stores(shop)
    assert router.create("more", auto=[shop.User, shop.Post]) is None
    stores(shop)
    router.rollback()
    assert state(shop) == before


def test_its_table_is_what_create_tables_gives(shop, database, reference, tmp_path):
    written(tmp_path / "m", FIRST)
    Router(database, tmp_path / "m").run()
    with reference.bind_ctx([shop.User, shop.Post]):
        reference.create_tables([shop.User, shop.Post])
        assert facts(database) == facts(reference)


@pytest.mark.parametrize("use", USES)
def test_a_file_that_is_applied_leaves_its_classes_alone(use, shop, database, tmp_path):
    shop.db.create_tables([shop.User, shop.Post])
    before = state(shop)
    written(tmp_path / "m", FIRST, USES[use])
    router = applied(database, tmp_path / "m")
    router.schema_of(router.done)
    assert state(shop) == before
    router.check([shop.User, shop.Post])
    router.run()
    router.statements()
    assert state(shop) == before
    stores(shop)


@pytest.mark.parametrize("use", USES)
def test_applying_a_file_leaves_its_classes_alone(use, shop, database, tmp_path):
    before = state(shop)
    written(tmp_path / "m", FIRST, USES[use])
    if "bound" in use:  # it says so itself, of the database that it meant
        return
    assert Router(database, tmp_path / "m").run() == ["001_step", "002_step"]
    assert state(shop) == before


def test_rows_are_written_through_the_orm(shop, database, tmp_path):
    """In a step over rows the class of that moment is the migrator's own, by either name."""
    body = (
        f"{FIRST}\nmigrator.add_fields(User, rank=pw.IntegerField(default=3))\n"
        "def fill():\n    ann = migrator.orm['user'].create(name='Ann')\n"
        "    assert migrator.orm.User is migrator.orm['user'] is not User\n"
        "    migrator.orm.Post.create(author=ann)\n    assert ann.rank == 3\n"
        "migrator.run(fill)"
    )
    written(tmp_path / "m", body)
    Router(database, tmp_path / "m").run()
    assert [post.author.name for post in shop.Post.select()] == ["Ann"]
    assert not hasattr(shop.User, "rank")
