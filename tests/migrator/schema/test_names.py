"""Names and words of SQL: what a column is, what is one spelling, what a database keeps."""

from collections.abc import Iterator
from typing import Any

import peewee as pw
import pytest

from migrator import MigrationError, Router
from tests.migrator.conftest import opened
from tests.migrator.files import apply
from tests.migrator.kinds import check, table


def changed(router: Router, before: list[Any], after: list[Any], **options: Any) -> str:
    """Apply one schema and then the other; returns the second file."""
    apply(router, "first", before)
    name = router.create("second", auto=after, **options)
    router.run()
    assert router.check(after) == []
    return (router.migrate_dir / f"{name}.py").read_text(encoding="utf-8")


def both_ways(router: Router, before: list[Any], after: list[Any], **options: Any) -> str:
    text = changed(router, before, after, **options)
    router.rollback()
    assert not [line for line in router.check(before) if "the database lacks" in line]
    router.run()
    assert router.check(after) == []
    return text


# words that stand beside a column: an index's or a CHECK's SQL, and the column of that name
WORDS = [
    ("desc", "created DESC"),
    ("asc", "created ASC, id DESC"),
    ("first", "created DESC NULLS FIRST"),
    ("nocase", "created COLLATE nocase"),
    ("text", "CAST(id AS text)"),
]
CHECKS = [
    ("date", "CAST(created AS date) > '2000-01-01'", None),
    ("date", "created::date > DATE '2000-01-01'", "postgresql"),
    ("zone", "(created::timestamp AT TIME ZONE 'UTC') > '2000-01-01'", "postgresql"),
    ("year", "EXTRACT(year FROM created::date) > 1999", "postgresql"),
    ("end", "CASE WHEN created IS NULL THEN 0 ELSE 1 END = 1", None),
    ("like", "created LIKE '2%' AND created NOT LIKE '9%'", None),
]


def event(word: str, *, index: str | None = None, expression: str | None = None) -> list[Any]:
    made = [
        table(
            "event",
            created=pw.CharField(**check(expression) if expression else {}),
            **{f"{word}_": pw.CharField(null=True, column_name=word)},
        )
    ]
    if index:
        made[0].add_index(pw.SQL(f"CREATE INDEX event_by ON event ({index})"))
    return made


@pytest.mark.parametrize(("word", "part"), WORDS, ids=str)
def test_a_word_of_an_index_is_no_column(dialect, word, part, router):
    if dialect == "sqlite" and "NULLS" in part:
        pytest.skip("only Postgres has it")
    if dialect == "postgresql":
        part = part.replace("nocase", '"C"').replace("CAST(id AS text)", "(CAST(id AS text))")
    text = both_ways(
        router,
        event(word, index=part),
        event("other", index=part),
        rename={f"event.{word}": "other"},
    )
    assert "rename_column" in text
    assert "index" not in text.split('"""', 2)[2]


@pytest.mark.parametrize("case", CHECKS, ids=str)
def test_a_word_of_a_check_is_no_column(dialect, case, router):
    word, expression, only = case
    if only not in (None, dialect):
        pytest.skip(f"only {only} reads it")
    before, after = event(word, expression=expression), event("other", expression=expression)
    text = both_ways(router, before, after, rename={f"event.{word}": "other"})
    assert "constraint" not in text.split('"""', 2)[2]
    apply(router, "third", [table("event", created=pw.CharField(**check(expression)))])


def test_a_column_is_still_one_beside_such_words(router):
    said = "CASE WHEN created IS NOT NULL AND created LIKE '2%' THEN 1 ELSE 0 END = 1"
    text = both_ways(
        router,
        event("other", index="created DESC", expression=said),
        [
            table(
                "event",
                at=pw.CharField(**check(said.replace("created", "at"))),
                other_=pw.CharField(null=True, column_name="other"),
                index=[pw.SQL("CREATE INDEX event_by ON event (at DESC)")],
            )
        ],
        rename={"event.created": "at"},
    )
    assert "drop" not in text
    assert "add" not in text


def test_a_column_that_becomes_a_word_is_quoted(database, tmp_path):
    text = both_ways(
        Router(database, tmp_path),
        [table("event", age=pw.IntegerField(**check("age > 0")))],
        [table("event", order=pw.IntegerField(**check('"order" > 0')))],
        rename={"event.age": "order"},
    )
    assert "constraint" not in text.split('"""', 2)[2].split("def rollback")[0]


def test_brackets_are_quotes(tmp_path):
    """SQLite reads `[name]` as a name; tables made by other tools are full of it."""
    database = opened(f"sqlite:///{tmp_path / 'x.db'}")
    database.execute_sql(
        "CREATE TABLE [event] ([id] INTEGER NOT NULL PRIMARY KEY, [created at] TEXT NOT NULL"
        " CHECK ([created at] > ''), [age] INTEGER NOT NULL)"
    )
    database.execute_sql("CREATE INDEX [event_age] ON [event] ([age])")
    database.execute_sql("INSERT INTO event VALUES (1, 'now', 3)")

    def event(**options: Any) -> list[Any]:
        created = pw.TextField(column_name="created at", **check("\"created at\" > ''"))
        return [table("event", created=created, age=pw.IntegerField(index=True, **options))]

    router = Router(database, tmp_path / "migrations")
    router.create("first", auto=event())
    assert "adopt=True" in (tmp_path / "migrations" / "001_first.py").read_text()
    router.run()
    assert router.check(event()) == []
    apply(router, "second", event(null=True))
    assert database.execute_sql("SELECT * FROM event").fetchall() == [(1, "now", 3)]
    database.close()


def test_a_dot_in_the_name_of_a_table_is_refused(router):
    with pytest.raises(MigrationError, match=r"^app\.event has a dot in its name, .* schema ="):
        router.create("first", auto=[table("app.event", age=pw.IntegerField())])
    assert router.todo == []


LONG = "of_a_name_that_is_much_longer_than_sixty_three_bytes_and_is_cut_by_postgres"


def test_a_name_longer_than_postgres_keeps(router, database):
    def models(suffix: str = "", **options: Any) -> list[Any]:
        owner = table(f"owner_{LONG}", **{f"age_{LONG}{suffix}": pw.IntegerField(index=True)})
        field = owner._meta.sorted_fields[1]
        field.constraints = [pw.Check(f"{field.column_name} > 0", f"check_{LONG}")]
        pet = table(
            f"pet_{LONG}",
            **{f"owner_{LONG}": pw.ForeignKeyField(owner, **options)},
            meta={"constraints": [pw.Check("id > 0", f"positive_{LONG}")]},
        )
        return [owner, pet]

    changed(router, models(), models(on_delete="CASCADE", constraint_name=f"key_{LONG}"))
    owner, pet = models()
    with database.bind_ctx([owner, pet]):
        parent = owner.create(**{f"age_{LONG}": 7})
        pet.create(**{f"owner_{LONG}": parent})
        apply(router, "third", [*models(null=True)])
        assert router.check(models(null=True)) == []
        assert pet.select().count() == 1
    router.rollback()
    assert router.run() == ["003_third"]
    assert router.run() == []


@pytest.mark.parametrize("what", ["column", "table", "both"])
def test_a_rename_of_case_alone(router, database, tmp_path, what):
    """Nobody can drop "Name" and add "name" on SQLite: it is one name."""
    before = [table("Event", name_=pw.CharField(column_name="Name", unique=True))]
    name = "Event" if what == "column" else "event"
    column = "Name" if what == "table" else "name"
    after = [table(name, name_=pw.CharField(column_name=column, unique=True))]
    apply(router, "first", before)
    with database.bind_ctx(before):
        before[0].create(name_="Ann")
    written = router.create("second", auto=after)
    text = (tmp_path / f"{written}.py").read_text(encoding="utf-8")
    assert "drop_column" not in text
    assert "drop_table" not in text
    router.run()
    assert router.check(after) == []
    with database.bind_ctx(after):
        assert [row.name_ for row in after[0].select()] == ["Ann"]
    router.rollback()
    with database.bind_ctx(before):
        assert [row.name_ for row in before[0].select()] == ["Ann"]


@pytest.fixture
def in_a_schema(postgres_urls: tuple[str, str], database: pw.Database) -> Iterator[pw.Database]:
    """A Postgres whose connections find the schema `app` before `public`."""
    database.execute_sql("CREATE SCHEMA app")
    found = opened(f"{postgres_urls[0]}")
    found.connect_params["options"] = "-c search_path=app,public"
    found.connect()
    yield found
    found.close()


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.parametrize("shared", [False, True])
def test_the_schema_in_use_need_not_be_public(in_a_schema, database, tmp_path, shared):
    """Another project in `public` may have tables of the same names, and a history of its own."""
    other = Router(database, tmp_path / "other")
    other.create("other", auto=[table("event", title=pw.CharField())])
    if shared:
        other.run()
    router = Router(in_a_schema, tmp_path / "migrations")
    before = [table("event", age=pw.IntegerField(**check("age IN (1, 2)")))]
    changed(router, before, [table("event", age=pw.BigIntegerField(unique=True))])
    assert router.run() == []
    assert router.done == ["001_first", "002_second"]
    router.rollback()
    assert router.behind == ["002_second"]
    assert other.run() == ([] if shared else ["001_other"])
    assert other.check([table("event", title=pw.CharField())]) == []
    router.run()
    for number, schema in enumerate(["apart", None]):
        meta = {"schema": schema} if schema else {}
        moved = [table("event", age=pw.BigIntegerField(unique=True), meta=meta)]
        names = ["event", "apart.event"]
        router.create(f"moved{number}", auto=moved, rename={names[number]: names[1 - number]})
        router.run()
        assert router.check(moved) == []
    router.rollback()
    router.rollback()
    router.rollback()
    adopted = Router(in_a_schema, tmp_path / "adopted", "adopted")
    adopted.create("first", auto=[table("event", age=pw.IntegerField(**check("age IN (1, 2)")))])
    assert "adopt=True" in (tmp_path / "adopted" / "001_first.py").read_text()
    assert adopted.run() == ["001_first"]


def test_a_mark_of_windows_editors_and_their_line_ends(router, tmp_path):
    name = router.create("first", auto=[table("event", age=pw.IntegerField())])
    path = tmp_path / f"{name}.py"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert router.run() == [name]
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").removeprefix(b"\xef\xbb\xbf"))
    assert router.run() == []
    router.rollback()


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "field", [pw.CharField, pw.TextField, pw.FixedCharField], ids=lambda field: field.__name__
)
def test_a_restored_dump_is_the_same(router, database, field):
    """pg_dump writes what Postgres says of a CHECK, and Postgres says another thing of that."""
    words = "cmd IN ('start', 'end')"
    models = [
        table(
            "event",
            cmd=field(max_length=9, **check(words))
            if field is not pw.TextField
            else field(**check(words)),
            meta={"constraints": [pw.Check(f"NOT ({words})  OR id > 0", "event_more")]},
            index=[lambda m: m.index(m.id, where=pw.SQL(words), name="event_some")],
        )
    ]
    apply(router, "first", models)
    restore(database)
    assert router.check(models) == []
    apply(router, "second", [table("event", cmd=pw.CharField(max_length=20))])


def restore(database: pw.Database) -> None:
    """Make constraints and indexes anew from what the catalogs say, as a dump does."""
    said = database.execute_sql(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'event'::regclass AND contype = 'c'"
    ).fetchall()
    for number, (name, sql) in enumerate(said):
        database.execute_sql(f"ALTER TABLE event DROP CONSTRAINT {name}")
        # whoever restored it by hand may have named it otherwise
        new = name if name == "event_more" else f"odd_{number}"
        database.execute_sql(f"ALTER TABLE event ADD CONSTRAINT {new} {sql}")
        now = database.execute_sql(
            f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{new}'"
        ).fetchone()[0]
        assert "ANY" in now
    (index,) = database.execute_sql("SELECT pg_get_indexdef('event_some'::regclass)").fetchone()
    database.execute_sql("DROP INDEX event_some")
    database.execute_sql(index)
