"""Whatever a field's default is, it is written and applied, or named with what to do."""

# ruff: noqa: E501, DTZ001, DTZ005, PLW0108 (a case a line; what projects write)

import datetime
import enum
import uuid
from decimal import Decimal
from typing import Any

import peewee as pw
import pytest
from playhouse import postgres_ext, sqlite_ext

from migrator import MigrationError
from tests.migrator.facts import facts
from tests.migrator.files import apply
from tests.migrator.kinds import person, table
from tests.migrator.measure import created


class Plain(enum.Enum):
    RED = "red"


class Numbered(enum.IntEnum):
    ONE = 1


class Worded(enum.StrEnum):
    RED = "red"


class Raw(pw.Field):
    """A field that hands on what it gets."""

    field_type = "TEXT"


class OfEnum(pw.TextField):
    """What many projects write."""

    def db_value(self, value: Any) -> Any:
        return value


MOMENT = datetime.datetime(2020, 1, 2, 3, 4, 5)
DEFAULTS: dict[str, Any] = {
    "Enum in text": lambda: pw.CharField(default=Plain.RED),
    "Enum in a field of its own": lambda: OfEnum(default=Worded.RED),
    "StrEnum": lambda: pw.CharField(default=Worded.RED),
    "IntEnum": lambda: pw.IntegerField(default=Numbered.ONE),
    "Enum among choices": lambda: pw.CharField(choices=[("red", "Red")], default=Worded.RED),
    "dict": lambda: pw.JSONField(default=dict),
    "{…}": lambda: pw.JSONField(default={"a": [1, "x'y", None]}),
    "list": lambda: pw.JSONField(default=list),
    "[]": lambda: pw.JSONField(default=[]),
    "bytes": lambda: pw.BlobField(default=b"\x00'\xff"),
    "bytes, computed": lambda: pw.BlobField(default=lambda: b"\x00\xff"),
    "Decimal": lambda: pw.DecimalField(default=Decimal("1.50000")),
    "UUID": lambda: pw.UUIDField(default=uuid.UUID(int=7)),
    "binary UUID": lambda: pw.BinaryUUIDField(default=uuid.UUID(int=7)),
    "binary UUID, computed": lambda: pw.BinaryUUIDField(default=lambda: uuid.UUID(int=7)),
    "date": lambda: pw.DateField(default=datetime.date(2020, 1, 2)),
    "time": lambda: pw.TimeField(default=datetime.time(1, 2)),
    "moment": lambda: pw.DateTimeField(default=MOMENT),
    "inf": lambda: pw.DoubleField(default=float("inf")),
    "-inf": lambda: pw.DoubleField(default=float("-inf")),
    "True": lambda: pw.BooleanField(default=True),
    "SQL": lambda: pw.IntegerField(default=pw.fn.abs(-3)),
    "SQL, computed": lambda: pw.IntegerField(default=lambda: pw.fn.abs(-3)),
    "a bare function": lambda: pw.DateTimeField(default=pw.fn.now),
    "a called function": lambda: pw.DateTimeField(default=pw.fn.now()),
    "JSON of sqlite_ext": lambda: sqlite_ext.JSONField(default={"a": 1}),
    "JSON of sqlite_ext, dict": lambda: sqlite_ext.JSONField(default=dict),
    "JSON of postgres_ext": lambda: postgres_ext.JSONField(default={"a": 1}),
    "JSON of postgres_ext, list": lambda: postgres_ext.JSONField(default=list),
    "JSONB": lambda: postgres_ext.BinaryJSONField(default={"a": "x'y"}),
    "JSONB, dict": lambda: postgres_ext.BinaryJSONField(default=dict),
    "an array": lambda: postgres_ext.ArrayField(pw.TextField, default=['a"b', "c,d", "e\\f"], index=False),
    "an empty array": lambda: postgres_ext.ArrayField(pw.IntegerField, default=list),
    "an empty array, []": lambda: postgres_ext.ArrayField(pw.IntegerField, default=[]),
    "a timedelta": lambda: postgres_ext.IntervalField(default=datetime.timedelta(days=-1, seconds=3, microseconds=5)),
    "a zone": lambda: postgres_ext.DateTimeTZField(default=MOMENT.replace(tzinfo=datetime.UTC)),
}  # fmt: skip
OF_POSTGRES = ("a bare function", "a called function", "JSON of postgres_ext", "JSONB", "an array", "an empty array", "a timedelta", "a zone")  # fmt: skip
OF_SQLITE = ("JSON of sqlite_ext",)


def is_for(what: str, dialect: str) -> bool:
    return not what.startswith(OF_SQLITE if dialect == "postgresql" else OF_POSTGRES)


def people(dialect: str, *, are_for: bool = True) -> Any:
    """A table with a column for each of the defaults that a database has, or has not."""
    made = {what: make() for what, make in DEFAULTS.items() if is_for(what, dialect) is are_for}
    for what, field in made.items():
        field.help_text = what
    columns = {f"c{number}": field for number, field in enumerate(made.values())}
    return table("person", name=pw.CharField(), **columns)


def values(database: pw.Database, model: Any) -> dict[str, Any]:
    """The values of the one row, by what the defaults are."""
    with database.bind_ctx([model]):
        (row,) = model.select()
    fields = model._meta.sorted_fields
    return {field.help_text: getattr(row, field.name) for field in fields if field.help_text}


def test_rows_get_what_peewee_would_store(router, database, reference, dialect):
    model = people(dialect)
    apply(router, "first", [model])
    assert facts(database) == created(reference, [model])
    with database.bind_ctx([model]):
        model.create(name="new")
    stored = values(database, model)
    assert router.create("nothing", auto=[model]) is None
    assert router.check([model]) == []

    apply(router, "dropped", person())
    apply(router, "added", [model])
    filled = values(database, model)
    for what in ("a bare function", "a called function"):  # now()
        if what in stored:
            late = filled.pop(what) - stored.pop(what)
            assert abs(late) < datetime.timedelta(minutes=1)
    assert {key: (type(value), value) for key, value in filled.items()} == {
        key: (type(value), value) for key, value in stored.items()
    }
    assert len(filled) > 20
    assert facts(database) == created(reference, [model])
    assert router.create("nothing", auto=[model]) is None


def test_what_another_database_has_is_written_too(router, dialect):
    assert router.create("first", auto=[people(dialect, are_for=False)]) == "001_first"


def broken() -> int:
    raise RuntimeError("no request")


REFUSED: dict[str, Any] = {
    "an object": (lambda: Raw(default=object()), r"person.value: its default <object object at .*> cannot be written down \(it is of the type object\): let it be a number, a text"),
    "an object made": (lambda: Raw(default=lambda: object()), "person.value: its default <object.* cannot be written down"),
    "a set in JSON": (lambda: pw.JSONField(default={1, 2}), r"person.value: its default \{1, 2\} cannot be written down \(Object of type set is not JSON serializable\)"),
    "NaN": (lambda: pw.DoubleField(default=float("nan")), r"person.value: its default nan cannot be written down \(it is not a number\)"),
    "a callable that raises": (lambda: pw.IntegerField(default=broken), r"person.value: its default broken\(\) raises RuntimeError: no request. Rows that exist need its value"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_default_that_cannot_be_written_is_named(what, router):
    make, words = REFUSED[what]
    router.create("first", auto=person())
    with pytest.raises(MigrationError, match=words) as caught:
        router.create("second", auto=[table("person", name=pw.CharField(), value=make())])
    assert "\n" not in str(caught.value)
    assert router.todo == ["001_first"]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_default_that_only_postgres_has_is_named(router):
    router.create("first", auto=person())
    with pytest.raises(MigrationError, match=r"^\['a'\] cannot be written as SQL"):
        router.create("second", auto=person(value=postgres_ext.ArrayField(default=["a"])))


def test_a_callable_that_raises_hinders_nothing_that_needs_no_value(router):
    apply(router, "first", [table("person", value=pw.IntegerField(default=broken))])


CALLED_AT_IMPORT = {
    "a moment": lambda: pw.DateTimeField(default=datetime.datetime.now()),
    "a moment of UTC": lambda: pw.DateTimeField(default=datetime.datetime.now(datetime.UTC).replace(tzinfo=None)),
    "a moment with a zone": lambda: postgres_ext.DateTimeTZField(default=datetime.datetime.now(datetime.UTC)),
    "seconds": lambda: pw.DoubleField(default=datetime.datetime.now().timestamp()),
}  # fmt: skip


@pytest.mark.parametrize("what", CALLED_AT_IMPORT)
def test_a_call_at_import_is_pointed_out(what, caplog, router):
    router.create("first", auto=[table("person", value=CALLED_AT_IMPORT[what]())])
    assert "person.value: its default is the moment at which the models are imported" in caplog.text
    assert "without calling it" in caplog.text
    caplog.clear()
    router.create("second", auto=[table("person", value=pw.DateTimeField(default=MOMENT))])
    router.create(
        "third", auto=[table("person", value=pw.DateTimeField(default=datetime.datetime.now))]
    )
    assert "the moment at which" not in caplog.text


def test_a_random_uuid_at_import_is_pointed_out(caplog, router):
    router.create("first", auto=[table("person", value=pw.UUIDField(default=uuid.uuid4()))])
    router.create("second", auto=[table("person", value=pw.UUIDField(default=uuid.uuid4()))])
    assert "person.value: its default is another each time the models are imported" in caplog.text
