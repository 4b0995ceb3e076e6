"""The files of stock peewee-migrate run on, whether stock applied them or not."""

from typing import Any

import peewee as pw
import pytest

from tests.migrator.kinds import aged, person, table
from tests.migrator.measure import Stock

WORDS = """
from contextlib import suppress
import peewee as pw
from peewee_migrate import Migrator

with suppress(ImportError):
    import playhouse.postgres_ext as pw_pext


def migrate(migrator: Migrator, database: pw.Database, *, fake=False):
    @migrator.create_model
    class User(pw.Model):
        id = pw.AutoField()
        name = pw.CharField(max_length=255, unique=True)
        age = pw.IntegerField(null=True)

        class Meta:
            table_name = "user"

    @migrator.create_model
    class Post(pw.Model):
        id = pw.AutoField()
        user = pw.ForeignKeyField(
            column_name='user_id', field='id', model=migrator.orm['user'], on_delete='CASCADE')
        title = pw.CharField(max_length=255)

        class Meta:
            table_name = "post"
            indexes = [(('user', 'title'), True)]
"""

MORE = """
import peewee as pw


def migrate(migrator, database, *, fake=False):
    migrator.add_fields(
        'user', rank=pw.IntegerField(default=1, index=True), note=pw.TextField(null=True))
    migrator.change_fields('user', age=pw.BigIntegerField(default=5))
    migrator.add_not_null('user', 'rank')
    migrator.rename_field('post', 'title', 'headline')
    migrator.drop_index('user', 'name')
    migrator.add_index('user', 'name', 'rank', unique=True)
    migrator.drop_not_null('post', 'headline')
    migrator.add_default('user', 'note', 'none')
    migrator.add_constraint('user', 'user_old', pw.Check('age < 200'))
    User = migrator.orm['user']

    def fill():
        User.insert(name='Ann', rank=2).execute()
        User.update(note='filled').where(User.rank == 2).execute()
    migrator.run(fill)
    migrator.sql("UPDATE \\"user\\" SET note = note || '!'")
    migrator.remove_fields('User', 'note')
    migrator.rename_table('post', 'article')
    Article = migrator.orm['article']

    def write():
        Article.create(user=User.get(User.name == 'Ann'), headline='Hello')
        assert Article.get().user.rank == 2
    migrator.python(write)


def rollback(migrator, database, *, fake=False):
    migrator.rename_table('article', 'post')
    migrator.drop_constraints('user', 'user_old')
    migrator.drop_index('user', 'name', 'rank')
    migrator.add_index('user', 'name', unique=True)
    migrator.rename_field('post', 'headline', 'title')
    migrator.add_not_null('post', 'title')
    migrator.drop_not_null('user', 'age')
    migrator.remove_fields('user', 'rank')
"""


def models() -> list[Any]:
    user = table(
        "user",
        name=pw.CharField(),
        age=pw.BigIntegerField(null=False, default=5),
        rank=pw.IntegerField(default=1, index=True),
        meta={"constraints": [pw.Check("age < 200", "user_old")]},
        index=[lambda m: m.index(m.name, m.rank, unique=True)],
    )
    article = table(
        "article",
        user=pw.ForeignKeyField(user, on_delete="CASCADE"),
        headline=pw.CharField(null=True),
        index=[lambda m: m.index(m.user, m.headline, unique=True, name="post_user_id_title")],
    )
    return [user, article]


def test_every_word_of_stock_is_understood(router, database, tmp_path):
    (tmp_path / "001_words.py").write_text(WORDS, encoding="utf-8")
    (tmp_path / "002_more.py").write_text(MORE, encoding="utf-8")
    assert router.run() == ["001_words", "002_more"]
    assert database.execute_sql('SELECT name, age, rank FROM "user"').fetchall() == [("Ann", 5, 2)]
    assert database.execute_sql("SELECT headline FROM article").fetchall() == [("Hello",)]
    differences = router.check(models())
    # stock keeps the old name of an index over a renamed field, and foreign keys have an index
    assert [text for text in differences if "_user_id" not in text] == []
    router.rollback()
    assert database.execute_sql("SELECT title FROM post").fetchall() == [("Hello",)]


def test_a_project_goes_on_from_where_stock_left_it(router, database, tmp_path):
    stock = Stock(database, tmp_path)
    stock.create(aged(null=True), {})
    stock.apply()
    database.execute_sql("INSERT INTO person (name, age) VALUES ('Ann', 30)")
    assert router.behind == []
    assert router.check(aged(null=True)) == []
    assert router.create("nothing", auto=aged(null=True)) is None
    router.create(
        "more", auto=person(age=pw.IntegerField(null=True, constraints=[pw.Check("age > 0")]))
    )
    assert router.run() == ["002_more"]
    router.rollback()
    router.rollback()
    assert not database.table_exists("person")


@pytest.mark.parametrize(
    "word", ["fake", "orm", "sql", "run", "python", "create_model", "remove_model"]
)
def test_the_face_of_stock_is_there(word, router):
    import peewee_migrate

    assert isinstance(router.migrator, peewee_migrate.Migrator)
    assert hasattr(router.migrator, word)
    with router.migrator.fake():
        pass
