"""Histories that stock peewee-migrate made are taken over: what is applied is history."""

# ruff: noqa: E501 (a case a line)

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import peewee as pw
import pytest
from playhouse.sqlite_ext import FTS5Model, SearchField

from migrator import MigrationError, Router
from tests.migrator.facts import facts
from tests.migrator.files import applied, apply, write_migration
from tests.migrator.kinds import aged, person, table
from tests.migrator.measure import Stock

SHOP = "from shop import User, Post\n"
USER = """
class User(pw.Model):
    name = pw.CharField(unique=True)
    age = pw.IntegerField(null=True, index=True)
    class Meta:
        database = db

class Post(pw.Model):
    author = pw.ForeignKeyField(User, backref="posts")
    class Meta:
        database = db
"""
CHANGES = {
    "add_fields": ("migrator.add_fields(User, note=pw.TextField(default='x'), boss=pw.ForeignKeyField(User, null=True))",
                   {"note": pw.TextField(default="x"), "boss": pw.ForeignKeyField("self", null=True)}),
    "add_fields, NULL": ("migrator.add_fields(User, note=pw.TextField(null=True))", {"note": pw.TextField(null=True)}),
    "change_fields": ("migrator.change_fields(User, age=pw.BigIntegerField(null=True, index=True))",
                      {"age": pw.BigIntegerField(null=True, index=True)}),
    "rename_field": ("migrator.drop_index(User, 'age')\nmigrator.rename_field(User, 'age', 'years')",
                     {"age": None, "years": pw.IntegerField(null=True)}),
    "remove_fields": ("migrator.remove_fields(User, 'age')", {"age": None}),
    "add_index": ("migrator.drop_index(User, 'age')\nmigrator.add_index(User, 'age', unique=True)",
                  {"age": pw.IntegerField(null=True, unique=True)}),
    "drop_index": ("migrator.drop_index(User, 'age')", {"age": pw.IntegerField(null=True)}),
    "add_not_null": ("migrator.sql('UPDATE \"user\" SET age = 1')\nmigrator.add_not_null(User, 'age')",
                     {"age": pw.IntegerField(index=True)}),
    "drop_not_null": ("migrator.drop_not_null(User, 'name')", {"name": pw.CharField(unique=True, null=True)}),
    "add_default": ("migrator.add_default(User, 'age', 3)", {}),
    "add_constraint": ("migrator.add_constraint(User, 'grown', 'CHECK (age > 1)')\nmigrator.drop_constraints(User, 'grown')", {}),
    "rename_table": ("migrator.rename_table(User, 'people')", {"table_name": "people"}),
    "remove_model": ("migrator.remove_model(Post)", {}),
}  # fmt: skip


@pytest.fixture
def shop(application: Callable[[str], ModuleType], database: pw.Database) -> ModuleType:
    module = application(USER)
    module.db.create_tables([module.User, module.Post])
    module.User.create(name="Ann", age=7)
    return module


def expected(*, table_name: str = "user", **changes: Any) -> Any:
    """The class of the users' table after a change."""
    fields = {"name": pw.CharField(unique=True), "age": pw.IntegerField(null=True, index=True)}
    kept = {key: field for key, field in (fields | changes).items() if field is not None}
    return table(table_name, **kept)


@pytest.mark.parametrize("what", CHANGES)
def test_a_table_that_no_migration_made_is_changed(what, shop, database, tmp_path):
    said, changes = CHANGES[what]
    model = expected(**changes)
    write_migration(tmp_path / "m", "001_change", said, head=SHOP)
    router = Router(database, tmp_path / "m")
    assert "001_change" in "\n".join(router.statements())
    assert router.run() == ["001_change"]
    assert not router.run()
    name = model._meta.table_name
    found = database.execute_sql(f'SELECT name FROM "{name}"').fetchall()
    assert found == [("Ann",)]
    differences = [line for line in router.check([model]) if line.startswith("the database lacks")]
    if what == "rename_table":  # stock keeps the old names of the indexes
        differences = [line for line in differences if "index" not in line]
    assert differences == []
    if what == "remove_model":
        assert not database.table_exists("post")


def test_a_table_that_nobody_made_is_named(application, database, tmp_path):
    application(USER)
    write_migration(tmp_path / "m", "001_change", CHANGES["add_fields"][0], head=SHOP)
    said = r"001_change.py: there is no table user: neither a migration nor the database has it"
    with pytest.raises(MigrationError, match=said):
        Router(database, tmp_path / "m").run()
    assert database.get_tables() == []


@pytest.mark.parametrize("what", CHANGES)
def test_such_a_history_is_taken_over(what, shop, database, tmp_path):
    """What stock applied is known, and the table becomes the migrations' by adopting it."""
    write_migration(tmp_path / "m", "001_change", CHANGES[what][0], head=SHOP)
    router = applied(database, tmp_path / "m")
    assert router.run() == []
    before = facts(database)
    router.create("adopt", auto=[shop.User, shop.Post])
    path = tmp_path / "m" / "002_adopt.py"
    text = path.read_text(encoding="utf-8")
    assert "        adopt=True,\n" in text
    path.write_text(text.replace("        adopt=True,\n", ""), encoding="utf-8")
    with pytest.raises(MigrationError, match=r"already exists.*adopt=True"):
        router.run()
    path.write_text(text, encoding="utf-8")
    assert router.run() == ["002_adopt"]
    assert facts(database) == before
    assert router.check([shop.User, shop.Post]) == []
    assert router.create("nothing", auto=[shop.User, shop.Post]) is None
    router.rollback()
    assert facts(database) == before


def test_a_table_made_by_a_statement_of_the_same_file(application, database, tmp_path):
    application(USER)
    body = (
        "migrator.sql('CREATE TABLE \"user\" (id INTEGER PRIMARY KEY, name VARCHAR(255) NOT NULL)')\n"
        f"{CHANGES['add_fields'][0]}\n"
        "migrator.run(lambda: migrator.orm['user'].create(id=1, name='Ann'))"
    )
    write_migration(tmp_path / "m", "001_change", body, head=SHOP)
    router = Router(database, tmp_path / "m")
    assert "as it will be found" in "\n".join(router.statements())
    router.run()
    assert database.execute_sql('SELECT name, note FROM "user"').fetchall() == [("Ann", "x")]


# two files with one number
TWINS = {"003_left": "pass", "003_right": "migrator.create_model(Bird)", "004_last": "pass"}
BIRD = "class Bird(pw.Model):\n    name = pw.CharField()\n    class Meta:\n        table_name = 'bird'\n"


def twins(folder: Path) -> None:
    for name, body in TWINS.items():
        write_migration(folder, name, body, head=BIRD)


def test_two_applied_files_with_one_number_are_history(router, database, tmp_path):
    twins(tmp_path)
    Stock(database, tmp_path).apply()
    bird = table("bird", name=pw.CharField())
    assert (router.run(), router.check([bird]), router.statements()) == ([], [], [])
    assert router.create("more", auto=[bird, *aged()]) == "005_more"
    assert router.run() == ["005_more"]
    router.rollback()
    router.rollback()
    assert router.done == ["003_left", "003_right"]


def test_a_twin_that_is_not_applied_is_refused_and_the_advice_helps(router, tmp_path):
    twins(tmp_path)
    (tmp_path / "003_left.py").rename(tmp_path / "left")
    assert router.run() == ["003_right", "004_last"]
    (tmp_path / "left").rename(tmp_path / "003_left.py")
    said = "003_left.py and 003_right.py have one number: rename 003_left.py, which is not applied, to 005_left.py"
    for command in (router.run, router.statements, lambda: router.create("x"), router.rollback):
        with pytest.raises(MigrationError, match=said):
            command()
    (tmp_path / "003_left.py").rename(tmp_path / "005_left.py")
    assert router.run() == ["005_left"]


def test_two_new_files_with_one_number_are_refused(router, tmp_path):
    twins(tmp_path)
    (tmp_path / "004_last.py").rename(tmp_path / "002_first.py")
    said = "rename 003_right.py, which is not applied, to 004_right.py"
    with pytest.raises(MigrationError, match=said):
        router.run()
    (tmp_path / "003_right.py").rename(tmp_path / "004_right.py")
    assert router.run() == ["002_first", "003_left", "004_right"]


def test_a_new_database_gets_the_files_of_one_number_too(database, tmp_path):
    """Later files were written after both: their order is theirs by name, as for stock."""
    twins(tmp_path)
    assert Router(database, tmp_path).run() == ["003_left", "003_right", "004_last"]


def test_a_table_that_a_file_makes_at_once(database, tmp_path):
    """A class of create_model that makes its table itself, to put rows there in migrate()."""
    body = (
        f"{BIRD}migrator.create_model(Bird)\n"
        "migrator.add_fields('bird', age=pw.IntegerField(default=3))\n"
        "Bird._meta.database = migrator.database\nBird.create_table(True)\nBird.create(name='Ann')"
    )
    write_migration(tmp_path, "001_bird", body)
    router = Router(database, tmp_path)
    assert "CREATE TABLE" in "\n".join(router.statements())
    assert router.run() == ["001_bird"]
    assert router.check([table("bird", name=pw.CharField(), age=pw.IntegerField(default=3))]) == []
    assert database.execute_sql("SELECT name, age FROM bird").fetchall() == [("Ann", 3)]


def test_a_model_that_is_created_again_is_left(router, tmp_path):
    """A class that was copied and kept its table's name: stock says IF NOT EXISTS."""
    write_migration(tmp_path, "001_bird", "migrator.create_model(Bird)", head=BIRD)
    again = f"@migrator.create_model\n{BIRD.replace('Bird', 'Owl').replace(' name', ' eyes')}"
    write_migration(tmp_path, "002_again", again)
    assert router.run() == ["001_bird", "002_again"]
    assert router.check([table("bird", name=pw.CharField())]) == []


def test_the_order_in_which_files_were_applied_is_the_history(router, database, tmp_path):
    """A branch that was merged late: its file has a lower number and needs what a later one made."""
    write_migration(tmp_path, "002_bird", "migrator.create_model(Bird)", head=BIRD)
    write_migration(tmp_path, "003_pass", "pass")
    Stock(database, tmp_path).apply()
    write_migration(
        tmp_path, "001_late", "migrator.add_fields('bird', age=pw.IntegerField(null=True))"
    )
    Stock(database, tmp_path).apply()
    bird = table("bird", name=pw.CharField(), age=pw.IntegerField(null=True))
    assert (router.run(), router.check([bird])) == ([], [])
    router.rollback()
    assert router.done == ["002_bird", "003_pass"]


# columns of types that the ORM has no field for
ODD = {
    "sqlite": {"bare": "pw.BareField"},
    "postgresql": {"data": "BinaryJSONField", "span": "IntervalField"},
}


@pytest.mark.parametrize(
    "how",
    [
        "add_fields('person', age=pw.IntegerField(null=True, constraints=[pw.Check('age > 0')]))",
        "change_fields('person', name=pw.TextField(null=True))",
        "add_fields('person', boss=pw.ForeignKeyField('self', field='id', null=True))",
    ],
)
def test_a_neighbour_of_any_type(how, database, dialect, tmp_path):
    odd = ODD[dialect]
    head = "from playhouse.postgres_ext import BinaryJSONField, IntervalField\n"
    fields = {"name": "pw.CharField"} | odd
    person = "class Person(pw.Model):\n    class Meta:\n        table_name = 'person'\n"
    person += "".join(f"    {name} = {field}(null=True)\n" for name, field in fields.items())
    write_migration(tmp_path, "001_first", "migrator.create_model(Person)", head=head + person)
    write_migration(tmp_path, "002_second", f"migrator.{how}")
    Router(database, tmp_path).run()
    columns = {column.name: column for column in database.get_columns("person")}
    assert set(columns) - {"id", "name", "age", "boss_id"} == set(odd)
    assert {"age", "boss_id"} & set(columns) or "text" in columns["name"].data_type.lower()


def test_a_check_over_two_columns_comes_along(router, database, tmp_path):
    router.create("first", auto=aged())
    until = "until=pw.IntegerField(null=True, constraints=[pw.Check('until > age')])"
    write_migration(tmp_path, "002_more", f"migrator.add_fields('person', {until})")
    router.run()
    with pytest.raises(pw.IntegrityError):
        database.execute_sql("INSERT INTO person (name, age, until) VALUES ('a', 2, 1)")


def test_an_applied_file_without_migrate_did_nothing(router, database, tmp_path):
    (tmp_path / "001_empty.py").write_text('"""Nothing yet."""\n', encoding="utf-8")
    Stock(database, tmp_path).apply()
    assert router.check([]) == []
    apply(router, "more", aged())


def test_a_new_file_without_migrate_says_what_to_write(router, database, tmp_path):
    path = tmp_path / "001_empty.py"
    path.write_text("def migrat(migrator, database, fake=False):\n    pass\n", encoding="utf-8")
    said = r"001_empty.py has no migrate\(\): write `def migrate\(migrator, database, \*, fake=False\):`"
    for command in (router.run, router.statements, lambda: router.run(fake=True)):
        with pytest.raises(MigrationError, match=said):
            command()
    assert database.get_tables() == []
    write_migration(tmp_path, "001_empty", "pass")
    assert router.run() == ["001_empty"]


# the application's class of today

TODAY = USER.replace("    age =", "    email = pw.CharField(null=True)\n    age =")
LIVE = {
    "001_first": "migrator.create_model(User)\nmigrator.create_model(Post)",
    "002_email": "migrator.add_fields(User, email=pw.CharField(null=True))\nmigrator.rename_field(User, 'years', 'age')",
    "003_index": "migrator.add_index(User, 'age')\nmigrator.remove_fields(User, 'gone')",
}


def test_a_class_of_today_and_the_fields_that_were_added_to_it(application, database, tmp_path):
    """Stock replays it, and fails on an empty database; here both work."""
    shop = application(TODAY)
    for name, body in LIVE.items():
        write_migration(tmp_path / "m", name, body, head=SHOP)
    router = Router(database, tmp_path / "m")
    assert router.run() == list(LIVE)
    assert router.check([shop.User, shop.Post]) == []
    database.execute_sql("DROP TABLE migratehistory")
    router = applied(database, tmp_path / "m")
    assert router.check([shop.User, shop.Post]) == []
    more = "migrator.add_fields(User, more=pw.IntegerField(default=4))"
    write_migration(tmp_path / "m", "004_more", more, head=SHOP)
    shop.User.create(name="Ann")
    assert router.run() == ["004_more"]
    assert database.execute_sql('SELECT name, more FROM "user"').fetchall() == [("Ann", 4)]


def test_create_says_that_a_class_of_today_hides_its_changes(
    application, database, tmp_path, caplog
):
    """And what it says to do works: the class as it was, written into the file."""
    shop = application(USER)
    write_migration(tmp_path / "m", "001_first", LIVE["001_first"], head=SHOP)
    router = Router(database, tmp_path / "m")
    router.run()
    changed = expected(email=pw.CharField(null=True))
    shop.User._meta.add_field("email", pw.CharField(null=True))
    assert router.create("email", auto=[shop.User, shop.Post]) is None
    assert "user is made from shop.User as it is today" in caplog.text
    assert router.check([shop.User, shop.Post]) == [
        "the database lacks: add user.email: VARCHAR(255), null"
    ]
    frozen = USER.replace("database = db", "table_name = 'user'", 1)
    frozen = frozen.replace("database = db", "table_name = 'post'")
    write_migration(tmp_path / "m", "001_first", LIVE["001_first"], head=frozen)
    post = table("post", author=pw.ForeignKeyField(changed, backref="posts"))
    assert router.create("email", auto=[changed, post]) == "002_email"
    assert router.run() == ["002_email"]
    assert router.check([changed, post]) == []


def test_a_table_that_is_another_says_how_to_adopt_it(router, database, reference, tmp_path):
    """A table by raw CREATE TABLE in an old file, whose columns are not the model's.

    The file is written where that table is not.
    """
    key = "SERIAL" if isinstance(database, pw.PostgresqlDatabase) else "INTEGER"
    columns = f"id {key} NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, note TEXT"
    write_migration(tmp_path, "001_raw", f"migrator.sql('CREATE TABLE person ({columns})')")
    Stock(database, tmp_path).apply()
    database.execute_sql("INSERT INTO person (name, note) VALUES ('Ann', 'x')")
    Router(reference, tmp_path).create("adopt", auto=aged(default=3))
    path = tmp_path / "002_adopt.py"
    path.write_text(path.read_text().replace("    )\n", "        adopt=True,\n    )\n"))
    with pytest.raises(MigrationError) as caught:
        router.run()
    assert str(caught.value) == (
        "002_adopt.py: there is a table person which is another: it has no age; it has note besides."
        " Write create_table(…, adopt=True) with the columns that it has (id, name, note), and"
        " add_column() and drop_column() after it"
    )
    text = path.read_text()
    age = '        Column("age", "INT", default=3),\n'
    assert age in text
    text = text.replace(age, '        Column("note", "TEXT", null=True),\n').replace(
        "        adopt=True,\n    )\n",
        '        adopt=True,\n    )\n    migrator.drop_column("person", "note")\n'
        '    migrator.add_column("person", Column("age", "INT", default=3))\n',
    )
    path.write_text(text, encoding="utf-8")
    assert router.run() == ["002_adopt"]
    assert database.execute_sql("SELECT name, age FROM person").fetchall() == [("Ann", 3)]
    assert router.check(aged(default=3)) == []
    assert router.create("nothing", auto=aged(default=3)) is None


def test_stock_named_its_person(database, tmp_path):
    """The plain history, to know that the ones above fail for their own reasons."""
    stock = Stock(database, tmp_path)
    stock.create(person(), {})
    stock.apply()
    assert Router(database, tmp_path).check(person()) == []


# statements of the files' own that change tables which the migrations made
CAT = """
migrator.create_table(
    "cat",
    Column("id", "AUTO"), Column("name", "VARCHAR(9)"), Column("age", "INT", null=True),
    Index("cat_name", "name", unique=True), Index("cat_age", "age"),
    primary_key=("id",),
)"""


def cat(name: str = "cat", *index: Any, **fields: Any) -> Any:
    given = {"name": pw.CharField(max_length=9), "age": pw.IntegerField(null=True), **fields}
    return table(name, **{key: field for key, field in given.items() if field}, index=list(index))


def by_name(unique: bool = True) -> Any:
    return lambda model: model.index(model.name, unique=unique, name="cat_name")


def by_age(model: Any) -> Any:
    return model.index(model.age, name="cat_age")


STATEMENTS = {
    "drop index": (['DROP INDEX IF EXISTS "cat_age"'], lambda: cat("cat", by_name())),
    "create index": (
        ["DROP INDEX cat_name", "CREATE INDEX cat_name ON cat (name)"],
        lambda: cat("cat", by_name(unique=False), by_age),
    ),
    "add column": (
        ["ALTER TABLE cat ADD COLUMN note TEXT", "UPDATE cat SET note = 'x'"],
        lambda: cat("cat", by_name(), by_age, note=pw.TextField(null=True)),
    ),
    "drop column": (
        ["DROP INDEX cat_age", "alter table cat drop column age"],
        lambda: cat("cat", by_name(), age=None),
    ),
    "rename column": (
        ['ALTER TABLE "cat" RENAME COLUMN "age" TO "years"'],
        lambda: cat(
            "cat",
            by_name(),
            lambda model: model.index(model.years, name="cat_age"),
            age=None,
            years=pw.IntegerField(null=True),
        ),
    ),
    "rename table": (["ALTER TABLE cat RENAME TO pet"], lambda: cat("pet", by_name(), by_age)),
    "drop table": (["DROP TABLE cat"], lambda: None),
    "rows": (["INSERT INTO cat (name) VALUES ('DROP cat')"], lambda: cat("cat", by_name(), by_age)),
    "another table": (["CREATE TABLE dog (id INTEGER)", "DROP TABLE dog"], lambda: cat("cat", by_name(), by_age)),
}  # fmt: skip


@pytest.mark.parametrize("what", STATEMENTS)
def test_a_statement_of_its_own_is_followed(what, router, tmp_path):
    statements, model = STATEMENTS[what]
    write_migration(tmp_path, "001_cat", CAT)
    write_migration(tmp_path, "002_sql", "\n".join(f"migrator.sql({sql!r})" for sql in statements))
    assert router.run() == ["001_cat", "002_sql"]
    models = [found for found in [model()] if found]
    if models:
        assert router.check(models) == []
        assert router.create("nothing", auto=models) is None
        models[0]._meta.fields["name"].max_length = 20
        apply(router, "wider", models)  # the table can be made anew
    else:
        assert router.schema_of(router.todo) == {}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_an_index_over_text_in_quotes_is_kept(database, tmp_path):
    """SQLite takes the name of a column that is not there, in double quotes, for text."""
    write_migration(tmp_path, "001_cat", CAT)
    body = "migrator.sql('CREATE INDEX later ON cat (name, \"colour\")')\n"
    body += 'migrator.change_column("cat", "name", type=("VARCHAR(9)", "TEXT"))'
    write_migration(tmp_path, "002_sql", body)
    assert Router(database, tmp_path).run() == ["001_cat", "002_sql"]
    assert "later" in {index.name for index in database.get_indexes("cat")}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_such_an_index_of_a_table_that_is_found(shop, database, tmp_path):
    database.execute_sql('CREATE INDEX later ON "user" (name, "colour")')
    said = "migrator.add_fields(User, note=pw.TextField(default='x'))"
    write_migration(tmp_path / "m", "001_change", said, head=SHOP)
    assert Router(database, tmp_path / "m").run() == ["001_change"]
    assert "later" in {index.name for index in database.get_indexes("user")}


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_a_constraint_of_its_own_is_followed(router, tmp_path):
    write_migration(tmp_path, "001_cat", CAT)
    body = 'migrator.sql("ALTER TABLE cat ADD CONSTRAINT old CHECK (age < 99), ADD UNIQUE (age)")\n'
    body += 'migrator.sql("ALTER TABLE cat ALTER COLUMN age SET STATISTICS 7")'
    write_migration(tmp_path, "002_sql", body)
    router.run()
    rules = [pw.Check("age < 99", "old"), pw.SQL("UNIQUE (age)")]
    model = cat("cat", by_name(), by_age)
    model._meta.constraints = rules
    assert router.check([model]) == []
    assert router.create("nothing", auto=[model]) is None
    write_migration(
        tmp_path, "003_sql", 'migrator.sql("ALTER TABLE cat DROP CONSTRAINT IF EXISTS old")'
    )
    router.run()
    model._meta.constraints = rules[1:]
    assert router.check([model]) == []


@pytest.mark.parametrize("enforced", [0, 1])
def test_a_key_to_a_table_of_fts(enforced, tmp_path):
    """SQLite takes it for none, which matters to a project that has foreign keys enforced."""

    class Document(FTS5Model):
        content = SearchField()

    class Word(pw.Model):
        document = pw.ForeignKeyField(Document)

    database = pw.SqliteDatabase(tmp_path / "x.db", pragmas={"foreign_keys": enforced})
    router = Router(database, tmp_path)
    router.create("first", auto=[Document, Word])
    if enforced:
        with pytest.raises(MigrationError, match=r'"word" referencing "document": it points to'):
            router.run()
    else:
        assert router.run() == ["001_first"]
        assert router.check([Document, Word]) == []
        database.execute_sql("INSERT INTO document (rowid, content) VALUES (1, 'a')")
        database.execute_sql("INSERT INTO word (document_id) VALUES (1)")
        Word._meta.add_field("note", pw.TextField(default="x", constraints=[pw.Check("note > ''")]))
        apply(router, "second", [Document, Word])
        assert database.execute_sql("SELECT * FROM word").fetchall() == [(1, 1, "x")]
        router.rollback()
        assert database.execute_sql("SELECT * FROM word").fetchall() == [(1, 1)]
    database.close()
