"""`sql` writes what `run` would do, and does nothing."""

import peewee as pw

from migrator import Router
from tests.migrator.facts import facts
from tests.migrator.files import apply
from tests.migrator.kinds import PETS, aged, check, table, with_pets
from tests.migrator.measure import fill


def after() -> list[object]:
    owner = table(
        "person", name=pw.TextField(unique=True), age=pw.IntegerField(default=3, **check("age > 0"))
    )
    pet = table(
        "pet", title=pw.CharField(null=True), owner=pw.ForeignKeyField(owner, on_delete="CASCADE")
    )
    return [owner, pet, table("toy", pet=pw.ForeignKeyField(pet))]


def script(router: Router) -> list[str]:
    """The statements, without the remarks."""
    lines = [
        line for line in "\n".join(router.statements()).splitlines() if not line.startswith("--")
    ]
    return [statement for statement in "\n".join(lines).split(";\n") if statement.strip()]


def test_the_script_does_what_a_run_does(database, reference, tmp_path):
    routers = [Router(one, tmp_path) for one in (database, reference)]
    routers[0].create("first", auto=with_pets())
    for router, one in zip(routers, (database, reference), strict=True):
        router.run()
        fill(one, PETS)
    routers[0].create("second", auto=after(), rename={"pet.name": "title"})
    untouched = facts(database)
    statements = script(routers[0])
    assert facts(database) == untouched
    assert routers[0].behind == ["002_second"]
    for statement in statements:
        database.execute_sql(
            statement.rstrip(";\n").replace("%", "%%")
            if "%" in statement
            else statement.rstrip(";\n")
        )
    routers[1].run()
    assert facts(database) == facts(reference)
    assert routers[0].behind == []
    assert routers[0].run() == []  # the hash is the file's
    assert database.execute_sql("SELECT title FROM pet ORDER BY id").fetchall() == [
        ("Rex",),
        ("Tom",),
    ]


def test_from_nothing_several_migrations_in_one_script(database, reference, tmp_path):
    router, other = Router(database, tmp_path), Router(reference, tmp_path)
    router.create("first", auto=with_pets())
    router.create("second", auto=after(), rename={"pet.name": "title"})
    for statement in script(router):
        database.execute_sql(statement.rstrip(";\n"))
    other.run()
    assert facts(database) == facts(reference)


def test_what_cannot_be_shown_is_remarked(database, tmp_path):
    (tmp_path / "001_rows.py").write_text(
        "def fill():\n    raise ValueError\n"
        "def migrate(migrator, database, *, fake=False):\n"
        "    migrator.run(fill)\n    migrator.sql('SELECT 1')\n",
        encoding="utf-8",
    )
    text = "\n".join(Router(database, tmp_path).statements())
    assert "-- here fill() reads or writes rows" in text
    assert "\nSELECT 1;" in text


def test_guards_are_remarked(router):
    apply(router, "first", aged(null=True))
    router.create("second", auto=aged())
    assert '-- SELECT count(*) FROM "person" WHERE "age" IS NULL' in "\n".join(router.statements())


def test_nothing_pending_is_no_script(database, tmp_path):
    assert Router(database, tmp_path).statements() == []
