"""What `create` knows already: it asks or refuses there, and says what to write."""

from pathlib import Path
from subprocess import CompletedProcess

import peewee as pw
import pytest

from migrator import MigrationError, Router
from tests.migrator.conftest import opened
from tests.migrator.files import apply
from tests.migrator.kinds import PEOPLE, aged, check, person, sql, table, with_pets
from tests.migrator.measure import fill
from tests.support.processes import at_terminal, command, forked


@pytest.fixture
def router(database: pw.Database, tmp_path: Path) -> Router:
    """A table of two people, applied."""
    router = Router(database, tmp_path)
    apply(router, "first", person())
    fill(database, PEOPLE)
    return router


def test_a_not_null_column_that_nothing_fills_is_refused(router):
    with pytest.raises(
        MigrationError,
        match=r"^person\.age is NOT NULL and has no default: .*null=True.*--fill person\.age=",
    ):
        router.create("second", auto=aged())
    assert router.todo == ["001_first"]
    with pytest.raises(MigrationError, match=r"fill: no column person\.nose is added"):
        router.create("second", auto=aged(), fill={"person.nose": 1, "person.age": 2})
    assert router.create("second", auto=aged(**sql("DEFAULT 3"))) == "002_second"


def test_rows_get_what_is_told(router, database):
    told = {"person.age": 41, "person.on": True}
    models = person(
        age=pw.IntegerField(), on=pw.BooleanField(), boss=pw.ForeignKeyField("self", null=True)
    )
    name = router.create("second", auto=models, fill=told)
    assert "fill=41" in (router.migrate_dir / f"{name}.py").read_text()
    router.run()
    assert router.check(models) == []
    with database.bind_ctx(models):
        assert [(row.age, row.on) for row in models[0].select()] == [(41, True)] * 2
    router.rollback()


def test_a_column_of_a_table_in_the_same_file_needs_nothing(database, tmp_path):
    router = Router(database, tmp_path)
    assert router.create("first", auto=aged()) == "001_first"


@pytest.mark.parametrize(
    ("answer", "written"),
    [("41", "fill=41"), ("''", None), ("", None)],
    ids=["a value", "a text", "nothing"],
)
def test_at_a_terminal_it_asks_for_a_value(tmp_path, answer, written):
    router = Router(pw.SqliteDatabase(None), tmp_path)
    router.create("first", auto=person())
    said = at_terminal(
        lambda: router.create("second", auto=aged()), tmp_path, "What do rows get", answer
    )
    found = list(tmp_path.glob("002*.py"))
    if written is None:
        assert not found
        assert "person.age" in said
    else:
        assert written in found[0].read_text()


def test_the_fill_is_told_to_the_command(tmp_path):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "conf.py").write_text('DATABASE = "sqlite:///x.db"\n')
    project = "import peewee as pw\nclass Person(pw.Model):\n    name = pw.CharField()\n"
    models = tmp_path / "models.py"
    models.write_text(project)

    def run(*more: str) -> "CompletedProcess[str]":
        words = "python", "-m", "migrator", "create", "more", *more
        return forked(lambda: command(*words), tmp_path)

    assert run().returncode == 0
    models.write_text(project + "    age = pw.IntegerField()\n    on = pw.BooleanField()\n")
    refused = run()
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: person.age is NOT NULL")
    assert run("--fill", "person.age").returncode == 1
    assert run("--fill", "person.age=0", "--fill", "person.on=False").returncode == 0
    written = (tmp_path / "migrations" / "002_more.py").read_text()
    assert "fill=0" in written
    assert "fill=False" in written


def test_a_key_to_a_model_outside_the_source_is_refused(database, tmp_path):
    owner, pet = with_pets()
    router = Router(database, tmp_path)
    with pytest.raises(
        MigrationError,
        match=r"^pet\.owner points to person, which is none of the models found: .*IGNORE",
    ):
        router.create("first", auto=[pet])
    assert router.todo == []
    with database.bind_ctx([owner]):
        owner.create_table()
    others = Router(database, tmp_path, ignore=["person"])
    apply(others, "first", [pet])


def test_a_key_that_waits_for_its_model_is_refused(database, tmp_path):
    pet = table("pet", owner=pw.DeferredForeignKey("Somebody", null=True))
    with pytest.raises(
        MigrationError, match=r"^pet\.owner: no model is named somebody, .*DeferredForeignKey"
    ):
        Router(database, tmp_path).create("first", auto=[pet])


def test_marks_of_parameters_in_texts(database, dialect, tmp_path):
    """`?` and `%s` in a string are text, beside a parameter too."""
    per_cent = "%" if dialect == "sqlite" else "%%"
    models = [
        table(
            "person",
            name=pw.CharField(**check("name <> 'why?' AND name <> '?'")),
            age=pw.IntegerField(null=True),
            index=[
                lambda m: m.index(
                    m.name,
                    where=(m.age > 18) & pw.SQL(f"name NOT LIKE '50{per_cent}s?'"),
                    name="old",
                )
            ],
        )
    ]
    router = Router(database, tmp_path)
    name = router.create("first", auto=models)
    text = (tmp_path / f"{name}.py").read_text()
    assert "name <> 'why?' AND name <> '?'" in text
    assert "> 18" in text
    assert "NOT LIKE '50%s?'" in text or dialect == "sqlite"
    assert router.run() == ["001_first"]
    assert router.check(models) == []


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_a_role_without_temporary_tables(router, database, urls, tmp_path):
    name = database.database
    database.execute_sql("DROP ROLE IF EXISTS plain")
    database.execute_sql("CREATE ROLE plain LOGIN")
    database.execute_sql(f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC')
    database.execute_sql("GRANT USAGE ON SCHEMA public TO plain")
    for kind in ("TABLES", "SEQUENCES"):
        database.execute_sql(f"GRANT ALL ON ALL {kind} IN SCHEMA public TO plain")
    try:
        other = opened(urls[0])
        with other:
            other.execute_sql("SET ROLE plain")
            with pytest.raises(
                MigrationError, match=r"permission denied .*temporary.*GRANT TEMPORARY ON DATABASE"
            ) as caught:
                Router(other, tmp_path).check(person())
        assert "\n" not in str(caught.value)
    finally:
        database.execute_sql(f'GRANT TEMPORARY ON DATABASE "{name}" TO PUBLIC')
        database.execute_sql("DROP OWNED BY plain")
        database.execute_sql("DROP ROLE plain")


def test_one_hint_for_several_columns(database, tmp_path, caplog):
    router = Router(database, tmp_path)
    router.create("first", auto=person(a=pw.CharField(null=True), b=pw.CharField(null=True)))
    after = person(x=pw.CharField(null=True), y=pw.CharField(null=True))
    name = router.create("second", auto=after)
    doc = " ".join((tmp_path / f"{name}.py").read_text().split('"""')[1].split())
    assert doc.count("was renamed to") == 1
    assert "If person.a or person.b was renamed to x or y, write migrator.rename_column(" in doc
    asked = [line for line in caplog.messages if "renamed to" in line]
    assert asked == [
        "was person.a or person.b renamed to x or y? It is written as dropped and added"
    ]


@pytest.mark.parametrize(
    ("field", "line"),
    [
        (lambda: pw.IntegerField(default=7), 'constraints=[pw.SQL("DEFAULT 7")]'),
        (lambda: pw.CharField(default="it's"), "constraints=[pw.SQL(\"DEFAULT 'it''s'\")]"),
        (lambda: pw.IntegerField(null=True, default=7), None),
        (lambda: pw.IntegerField(default=7, **sql("DEFAULT 7")), None),
    ],
    ids=["a number", "a text", "nullable", "a server default"],
)
def test_what_the_release_before_cannot_insert_is_said(router, caplog, field, line):
    router.create("second", auto=person(age=field()))
    said = [words for words in caplog.messages if "release before" in words]
    if line is None:
        assert said == []
    else:
        assert len(said) == 1
        assert said[0].startswith("person.age is NOT NULL without a default in the database:")
        assert line in said[0]
    router.run()


def test_the_line_makes_it_one_that_can(router, database, caplog):
    router.create("second", auto=person(age=pw.IntegerField(default=7)))
    line = next(words for words in caplog.messages if "release before" in words)
    constraint = line.split("constraints=[", 1)[1].split("]")[0]
    (router.migrate_dir / "002_second.py").unlink()
    models = person(age=pw.IntegerField(default=7, constraints=[eval(constraint, {"pw": pw})]))
    apply(router, "second", models)
    fill(database, {"person": [{"id": 3, "name": "Cleo"}]})
    with database.bind_ctx(models):
        assert [row.age for row in models[0].select()] == [7, 7, 7]
