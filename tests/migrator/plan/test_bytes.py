"""Bytes and binary UUIDs stay readable, whatever their column was or becomes."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import peewee as pw
import pytest
from playhouse import postgres_ext

from migrator import MigrationError, Router
from tests.migrator.facts import facts
from tests.migrator.kinds import person, table
from tests.migrator.measure import created


def of(field: pw.Field) -> Any:
    return table("person", name=pw.CharField(), value=field)


def insert(database: pw.Database, model: Any, *rows: Any) -> None:
    with database.bind_ctx([model]):
        for row in rows:
            model.create(name="a", value=row)


def values(database: pw.Database, model: Any) -> list[Any]:
    with database.bind_ctx([model]):
        found = [row.value for row in model.select().order_by(model.id)]
    return [bytes(value) if isinstance(value, memoryview) else value for value in found]


@pytest.mark.parametrize(
    "default", [uuid4, lambda: UUID(int=uuid4().int)], ids=["uuid4", "a function"]
)
@pytest.mark.parametrize("unique", [True, False])
def test_a_binary_uuid_is_added(default: Any, unique: bool, database: pw.Database, tmp_path: Path):
    router = Router(database, tmp_path)
    router.create("first", auto=person())
    router.run()
    database.execute_sql("INSERT INTO person (name) VALUES ('a'), ('b'), ('c')")
    model = of(pw.BinaryUUIDField(default=default, unique=unique))
    router.create("second", auto=[model])
    router.run()
    found = values(database, model)
    assert all(isinstance(value, UUID) for value in found)
    assert len(set(found)) == (3 if unique else 1)
    assert router.check([model]) == []
    router.create("third", auto=person())
    router.run()
    router.rollback()
    found = values(database, model)
    assert all(isinstance(value, UUID) for value in found)
    assert len(set(found)) == (3 if unique else 1)


ONE, TWO = UUID(int=7), uuid4()
CONVERSIONS: dict[str, Any] = {
    "UUID to binary": (pw.UUIDField, pw.BinaryUUIDField, [ONE, TWO], [ONE, TWO]),
    "binary to UUID": (pw.BinaryUUIDField, pw.UUIDField, [ONE, TWO], [ONE, TWO]),
    "text to binary": (pw.TextField, pw.BinaryUUIDField, [str(ONE), TWO.hex], [ONE, TWO]),
    "binary to text": (pw.BinaryUUIDField, pw.TextField, [ONE, TWO], [ONE.hex, TWO.hex]),
    "blob to binary": (pw.BlobField, pw.BinaryUUIDField, [ONE.bytes, TWO.bytes], [ONE, TWO]),
    "binary to blob": (pw.BinaryUUIDField, pw.BlobField, [ONE, TWO], [ONE.bytes, TWO.bytes]),
    "blob to UUID": (pw.BlobField, pw.UUIDField, [ONE.bytes], [ONE]),
    "text to blob": (pw.TextField, pw.BlobField, ["é", ""], ["é".encode(), b""]),
    "varchar to blob": (pw.CharField, pw.BlobField, ["é"], ["é".encode()]),
    "blob to text": (pw.BlobField, pw.TextField, ["é".encode()], ["é"]),
    "int to blob": (pw.IntegerField, pw.BlobField, [5], [b"5"]),
}


@pytest.mark.parametrize("what", CONVERSIONS)
def test_a_conversion_and_its_rollback(
    what: str, database: pw.Database, reference: pw.Database, tmp_path: Path
):
    before, after, rows, wanted = CONVERSIONS[what]
    old, new = of(before(null=True)), of(after(null=True))
    router = Router(database, tmp_path)
    router.create("first", auto=[old])
    router.run()
    insert(database, old, *rows, None)
    router.create("second", auto=[new])
    assert router.statements()
    router.run()
    assert values(database, new) == [*wanted, None]
    assert facts(database) == created(reference, [new])
    assert router.check([new]) == []
    if what not in ("int to blob", "blob to UUID"):
        router.rollback()
        back = [str(UUID(row)) if what == "text to binary" else row for row in rows]
        found = values(database, old)[:-1]
        found = [str(UUID(row)) if what == "text to binary" else row for row in found]
        assert found == back


REFUSED: dict[str, Any] = {
    "text that is none": (pw.TextField, pw.BinaryUUIDField, "soon"),
    "bytes that are none": (pw.BlobField, pw.BinaryUUIDField, b"\x00\xff"),
    "bytes that are no UUID": (pw.BlobField, pw.UUIDField, b"\x00\xff"),
    "a number": (pw.IntegerField, pw.BinaryUUIDField, 5),
    "to a number": (pw.BinaryUUIDField, pw.IntegerField, ONE),
    "bytes to a number": (pw.BlobField, pw.IntegerField, b"\x00\xff"),
    "too short a text": (pw.BinaryUUIDField, lambda: pw.CharField(max_length=20), ONE),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_uuid_is_refused(what: str, database: pw.Database, tmp_path: Path):
    before, after, row = REFUSED[what]
    old = of(before())
    router = Router(database, tmp_path)
    router.create("first", auto=[old])
    router.run()
    insert(database, old, row)
    untouched = facts(database)
    router.create("second", auto=[of(after())])
    with pytest.raises(
        MigrationError, match=r"002_second.py: person.value cannot become .*does not convert"
    ):
        router.run()
    assert facts(database) == untouched
    assert values(database, old) == [row]


def test_keys_to_a_binary_uuid_are_converted(database: pw.Database, tmp_path: Path):
    def models(field: Any) -> list[Any]:
        owner = table("owner", id=field(primary_key=True), name=pw.CharField())
        return [owner, table("pet", owner=pw.ForeignKeyField(owner))]

    router = Router(database, tmp_path)
    old, new = models(pw.UUIDField), models(pw.BinaryUUIDField)
    router.create("first", auto=old)
    router.run()
    with database.bind_ctx(old):
        old[0].create(id=ONE, name="Ann")
        old[1].create(owner=ONE)
    router.create("second", auto=new)
    router.run()
    with database.bind_ctx(new):
        assert [pet.owner.id for pet in new[1].select()] == [ONE]
    router.rollback()
    with database.bind_ctx(old):
        assert [pet.owner.id for pet in old[1].select()] == [ONE]


def test_json_of_postgres_ext_is_what_create_tables_makes(
    database: pw.Database, reference: pw.Database, tmp_path: Path
):
    def models(field: Any, other: Any) -> list[Any]:
        return [table("person", one=field(), two=other())]

    router = Router(database, tmp_path)
    json, jsonb = postgres_ext.JSONField, pw.JSONField
    for number, pair in enumerate([(json, jsonb), (jsonb, json), (json, json)]):
        router.create(f"step{number}", auto=models(*pair))
        router.run()
        assert facts(database) == created(reference, models(*pair))
        assert router.check(models(*pair)) == []
        if number == 0:
            database.execute_sql(
                "INSERT INTO person (one, two) VALUES ('{\"b\":1, \"a\" : 2}', '[]')"
            )
    router.rollback()
    router.rollback()
    assert facts(database) == created(reference, models(json, jsonb))
