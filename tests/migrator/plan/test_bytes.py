"""Bytes and binary UUIDs stay readable, whatever their column was or becomes."""

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any
from uuid import UUID, uuid4

import peewee as pw
import pytest
from playhouse import postgres_ext

from migrator import MigrationError
from tests.migrator.facts import facts
from tests.migrator.files import apply
from tests.migrator.kinds import person, table
from tests.migrator.measure import created


def of(field: pw.Field) -> Any:
    return table("person", name=pw.CharField(), value=field)


def values(database: pw.Database, model: Any) -> list[Any]:
    with database.bind_ctx([model]):
        found = [row.value for row in model.select().order_by(model.id)]
    return [plain(value) for value in found]


def plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.mark.parametrize(
    "default", [uuid4, lambda: UUID(int=uuid4().int)], ids=["uuid4", "a function"]
)
@pytest.mark.parametrize("unique", [True, False])
def test_a_binary_uuid_is_added(default, unique, router, database):
    apply(router, "first", person())
    database.execute_sql("INSERT INTO person (name) VALUES ('a'), ('b'), ('c')")
    model = of(pw.BinaryUUIDField(default=default, unique=unique))
    apply(router, "second", [model])
    found = values(database, model)
    assert all(isinstance(value, UUID) for value in found)
    assert len(set(found)) == (3 if unique else 1)
    assert router.check([model]) == []
    apply(router, "third", person())
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


ONE_WAY = ("int to blob", "blob to UUID")


@pytest.mark.parametrize("is_one_way", [False, True])
def test_conversions_and_their_rollback(is_one_way, router, database, reference):
    found = {
        what.replace(" ", "_"): case
        for what, case in CONVERSIONS.items()
        if (what in ONE_WAY) is is_one_way
    }
    old = table("person", **{name: case[0](null=True) for name, case in found.items()})
    new = table("person", **{name: case[1](null=True) for name, case in found.items()})
    rows = rows_of({name: case[2] for name, case in found.items()})
    wanted = rows_of({name: case[3] for name, case in found.items()})
    apply(router, "first", [old])
    with database.bind_ctx([old]):
        old.insert_many(rows).execute()
    router.create("second", auto=[new])
    assert router.statements()
    router.run()
    assert stored(database, new, found) == wanted
    assert facts(database) == created(reference, [new])
    assert router.check([new]) == []
    if not is_one_way:
        router.rollback()
        back = stored(database, old, found)
        for row in [*back, *rows]:  # a UUID in text is written in one way
            row["text_to_binary"] = row["text_to_binary"] and UUID(row["text_to_binary"])
        assert back == rows


def rows_of(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Rows with the values of each column, and NULL after them."""
    rows = zip_longest(*([*values, None] for values in columns.values()))
    return [dict(zip(columns, row, strict=True)) for row in rows]


def stored(database: pw.Database, model: Any, names: Iterable[str]) -> list[dict[str, Any]]:
    with database.bind_ctx([model]):
        found = [{name: getattr(row, name) for name in names} for row in model.select()]
    return [{name: plain(value) for name, value in row.items()} for row in found]


REFUSED: dict[str, Any] = {
    "text that is none": (pw.TextField, pw.BinaryUUIDField, "soon"),
    "bytes that are none": (pw.BlobField, pw.BinaryUUIDField, b"\x00\xff"),
    "bytes that are no UUID": (pw.BlobField, pw.UUIDField, b"\x00\xff"),
    "a number": (pw.IntegerField, pw.BinaryUUIDField, 5),
    "to a number": (pw.BinaryUUIDField, pw.IntegerField, ONE),
    "bytes to a number": (pw.BlobField, pw.IntegerField, b"\x00\xff"),
    "too short a text": (pw.BinaryUUIDField, lambda: pw.CharField(max_length=20), ONE),
}


def test_what_is_no_uuid_is_refused(router, database, subtests):
    names = {what: what.replace(" ", "_") for what in REFUSED}
    fields = {names[what]: before() for what, (before, _, _) in REFUSED.items()}
    old = table("person", **fields)
    apply(router, "first", [old])
    with database.bind_ctx([old]):
        old.create(**{names[what]: row for what, (_, _, row) in REFUSED.items()})
    untouched = facts(database)
    for what, (_, after, _) in REFUSED.items():
        with subtests.test(what):
            others = {name: type(field)() for name, field in fields.items()}
            router.create("second", auto=[table("person", **{**others, names[what]: after()})])
            words = f"002_second.py: person.{names[what]} cannot become .*does not convert"
            with pytest.raises(MigrationError, match=words):
                router.run()
            (router.migrate_dir / "002_second.py").unlink()
            assert facts(database) == untouched
    (row,) = stored(database, old, names.values())
    assert row == {names[what]: row for what, (_, _, row) in REFUSED.items()}


def test_keys_to_a_binary_uuid_are_converted(router, database):
    def models(field: Any) -> list[Any]:
        owner = table("owner", id=field(primary_key=True), name=pw.CharField())
        return [owner, table("pet", owner=pw.ForeignKeyField(owner))]

    old, new = models(pw.UUIDField), models(pw.BinaryUUIDField)
    apply(router, "first", old)
    with database.bind_ctx(old):
        old[0].create(id=ONE, name="Ann")
        old[1].create(owner=ONE)
    apply(router, "second", new)
    with database.bind_ctx(new):
        assert [pet.owner.id for pet in new[1].select()] == [ONE]
    router.rollback()
    with database.bind_ctx(old):
        assert [pet.owner.id for pet in old[1].select()] == [ONE]


def test_json_of_postgres_ext_is_what_create_tables_makes(router, database, reference):
    def models(field: Any, other: Any) -> list[Any]:
        return [table("person", one=field(), two=other())]

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
