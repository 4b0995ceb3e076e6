"""Kinds of change, each with models before and after and the rows that must live through it."""

# ruff: noqa: E501 (a case a line)

import datetime
import decimal
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import peewee as pw
from playhouse.postgres_ext import ArrayField
from playhouse.sqlite_ext import AutoIncrementField

Models = Callable[[], list[type[pw.Model]]]
Rows = dict[str, list[dict[str, Any]]]

NOON = datetime.datetime(2026, 1, 2, 12, 30)  # noqa: DTZ001 (what a plain DateTimeField holds)


class InstantField(pw.DateTimeField):
    """A field of the project's own."""

    field_type = "TIMESTAMPTZ"


@dataclass(frozen=True)
class Kind:
    """One kind of change; `lost` names columns whose values nobody can know after a rollback."""

    name: str
    before: Models
    after: Models
    rows: Rows = field(default_factory=dict)
    only: str | None = None
    rename: dict[str, str] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    converts: bool = False  # values are compared as text
    # what create_tables must be given to make the same, if not the models themselves
    reference: tuple[Models, Models] | None = None

    def __str__(self) -> str:
        return self.name


def table(
    name: str,
    /,
    *,
    index: list[Any] | None = None,
    meta: dict[str, Any] | None = None,
    **fields: Any,
) -> Any:
    """Make a model class; `index` takes functions from the class to an index, or SQL."""
    options = {"table_name": name, **(meta or {})}
    model = type(
        name.title().replace("_", ""), (pw.Model,), {**fields, "Meta": type("Meta", (), options)}
    )
    for item in index or []:
        model.add_index(item(model) if callable(item) else item)
    return model


def person(**fields: Any) -> list[Any]:
    meta, index = fields.pop("meta", None), fields.pop("index", None)
    return [
        table(
            "person",
            name=fields.pop("name", None) or pw.CharField(),
            **fields,
            meta=meta,
            index=index,
        )
    ]


def with_pets(**key: Any) -> list[Any]:
    """A parent and its children."""
    owner = table("person", name=pw.CharField(), **key.pop("parent", {}))
    pet = table("pet", name=pw.CharField(), owner=pw.ForeignKeyField(owner, **key))
    return [owner, pet]


PEOPLE: Rows = {"person": [{"id": 1, "name": "Ann"}, {"id": 2, "name": 'Bob\'s 100% "x" ?'}]}
AGED: Rows = {
    "person": [{"id": 1, "name": "Ann", "age": 30}, {"id": 2, "name": "Bob", "age": None}]
}
GROWN: Rows = {"person": [{"id": 1, "name": "Ann", "age": 30}, {"id": 2, "name": "Bob", "age": 40}]}
PETS: Rows = {
    **PEOPLE,
    "pet": [{"id": 1, "name": "Rex", "owner_id": 1}, {"id": 2, "name": "Tom", "owner_id": 2}],
}


def aged(**options: Any) -> list[Any]:
    return person(age=pw.IntegerField(**options))


def check(text: str, name: str | None = None) -> dict[str, Any]:
    return {"constraints": [pw.Check(text, name)]}


def sql(text: str) -> dict[str, Any]:
    return {"constraints": [pw.SQL(text)]}


COLUMNS = [
    Kind("add a nullable column", person, lambda: aged(null=True), PEOPLE),
    Kind("add NOT NULL with a constant default", person, lambda: aged(default=7), PEOPLE),
    Kind("add NOT NULL with a computed default",
         person, lambda: person(at=pw.DateTimeField(default=datetime.datetime.now)), PEOPLE),
    Kind("add NOT NULL with a server default", person, lambda: aged(**sql("DEFAULT 7")), PEOPLE),
    Kind("add a text with an awkward default",
         person, lambda: person(note=pw.CharField(default="it's 100% \"so\" ?")), PEOPLE),
    Kind("add a boolean with a default", person, lambda: person(on=pw.BooleanField(default=True)), PEOPLE),
    Kind("add a unique column", person, lambda: aged(null=True, unique=True), PEOPLE),
    Kind("add a unique UUID", person, lambda: person(key=pw.UUIDField(default=uuid.uuid4, unique=True)), PEOPLE),
    Kind("add an indexed column", person, lambda: aged(null=True, index=True), PEOPLE),
    Kind("add a column of an own type",
         person, lambda: person(at=InstantField(null=True)), PEOPLE),
    Kind("add a JSON column", person, lambda: person(more=pw.JSONField(default={"a": 1})), PEOPLE),
    Kind("add a decimal with a default",
         person, lambda: person(pay=pw.DecimalField(default=decimal.Decimal("1.5"))), PEOPLE),
    Kind("add a date with a default",
         person, lambda: person(day=pw.DateField(default=datetime.date(2026, 1, 2))), PEOPLE),
    Kind("add a column with a CHECK", person, lambda: aged(default=7, **check("age > 0")), PEOPLE),
    Kind("drop a nullable column", lambda: aged(null=True), person, AGED, lost=frozenset({"age"})),
    Kind("drop NOT NULL with a default", lambda: aged(default=7), person, GROWN, lost=frozenset({"age"})),
    Kind("drop NOT NULL without a default", aged, person, GROWN, lost=frozenset({"age"})),
    Kind("drop a unique NOT NULL column", lambda: aged(unique=True), person, GROWN, lost=frozenset({"age"})),
    Kind("drop an indexed column", lambda: aged(index=True), person, GROWN, lost=frozenset({"age"})),
    Kind("drop a column with a CHECK",
         lambda: aged(**check("age > 10")), person, GROWN, lost=frozenset({"age"})),
    Kind("rename a column", lambda: aged(null=True),
         lambda: person(years=pw.IntegerField(null=True)), AGED, rename={"person.age": "years"}),
    Kind("rename an indexed column", lambda: aged(index=True),
         lambda: person(years=pw.IntegerField(index=True)), GROWN, rename={"person.age": "years"}),
    Kind("rename a column and its type", lambda: aged(null=True),
         lambda: person(years=pw.BigIntegerField(null=True)), AGED, rename={"person.age": "years"}),
    Kind("rename a column in a CHECK and a partial index",
         lambda: person(age=pw.IntegerField(**check("age > 0")),
                        index=[lambda m: m.index(m.name, where=m.age > 18, name="grown")]),
         lambda: person(years=pw.IntegerField(**check("years > 0")),
                        index=[lambda m: m.index(m.name, where=m.years > 18, name="grown")]),
         GROWN, rename={"person.age": "years"}),
    Kind("swap two columns", lambda: person(a=pw.CharField(), b=pw.CharField()),
         lambda: person(a=pw.CharField(), b=pw.CharField(null=True)),
         {"person": [{"id": 1, "name": "x", "a": "1", "b": "2"}]},
         rename={"person.a": "b", "person.b": "a"}),
]  # fmt: skip

TYPES = [
    Kind("varchar longer", lambda: person(name=pw.CharField(max_length=50)),
         lambda: person(name=pw.CharField(max_length=90)), PEOPLE),
    Kind("varchar shorter, rows fit", lambda: person(name=pw.CharField(max_length=90)),
         lambda: person(name=pw.CharField(max_length=50)), PEOPLE),
    Kind("varchar to text", person, lambda: person(name=pw.TextField()), PEOPLE),
    Kind("text to varchar", lambda: person(name=pw.TextField()), person, PEOPLE),
    Kind("int to bigint", lambda: aged(null=True), lambda: person(age=pw.BigIntegerField(null=True)), AGED),
    Kind("bigint to int", lambda: person(age=pw.BigIntegerField(null=True)), lambda: aged(null=True), AGED),
    Kind("text to int", lambda: person(age=pw.TextField(null=True)), lambda: aged(null=True),
         {"person": [{"id": 1, "name": "Ann", "age": "30"}, {"id": 2, "name": "Bob", "age": None}]},
         converts=True),
    Kind("int to text", lambda: aged(null=True), lambda: person(age=pw.TextField(null=True)), AGED,
         converts=True),
    Kind("int to double", lambda: aged(null=True), lambda: person(age=pw.DoubleField(null=True)), AGED),
    Kind("decimal wider", lambda: person(pay=pw.DecimalField(max_digits=6, decimal_places=2)),
         lambda: person(pay=pw.DecimalField(max_digits=12, decimal_places=4)),
         {"person": [{"id": 1, "name": "Ann", "pay": 12.25}]}),
    Kind("int to boolean", lambda: person(on=pw.IntegerField()), lambda: person(on=pw.BooleanField()),
         {"person": [{"id": 1, "name": "Ann", "on": 1}, {"id": 2, "name": "Bob", "on": 0}]}),
    Kind("date to datetime", lambda: person(day=pw.DateField()), lambda: person(day=pw.DateTimeField()),
         {"person": []}),
    Kind("datetime to an own type", lambda: person(at=pw.DateTimeField()), lambda: person(at=InstantField()),
         {"person": [{"id": 1, "name": "Ann", "at": "2026-01-02 12:30:00"}]}, converts=True),
    Kind("text to JSON", lambda: person(more=pw.TextField()), lambda: person(more=pw.JSONField()),
         {"person": [{"id": 1, "name": "Ann", "more": '{"a": 1}'}]}, converts=True),
    Kind("text to UUID", lambda: person(key=pw.TextField()), lambda: person(key=pw.UUIDField()),
         {"person": [{"id": 1, "name": "Ann", "key": str(uuid.UUID(int=5))}]}, converts=True),
    Kind("a parent's key to bigint", with_pets,
         lambda: with_pets(parent={"id": pw.BigAutoField()}), PETS),
    Kind("NULL to NOT NULL with a default", lambda: aged(null=True), lambda: aged(default=7), GROWN),
    Kind("NOT NULL to NULL", aged, lambda: aged(null=True), GROWN),
    Kind("server default added", aged, lambda: aged(**sql("DEFAULT 7")), GROWN),
    Kind("server default changed", lambda: aged(**sql("DEFAULT 7")), lambda: aged(**sql("DEFAULT 8")), GROWN),
    Kind("server default dropped", lambda: aged(**sql("DEFAULT 7")), aged, GROWN),
    Kind("Python default changed", lambda: aged(default=7), lambda: aged(default=8), GROWN),
    Kind("type and server default together", lambda: person(age=pw.TextField(**sql("DEFAULT '7'"))),
         lambda: aged(**sql("DEFAULT 7")), {"person": [{"id": 1, "name": "Ann", "age": "30"}]},
         converts=True),
    Kind("collation added", person, lambda: person(name=pw.CharField(collation="NOCASE")), PEOPLE,
         only="sqlite"),
    Kind("collation changed", lambda: person(name=pw.CharField(collation='"C"')),
         lambda: person(name=pw.CharField(collation='"POSIX"')), PEOPLE, only="postgresql"),
    Kind("collation dropped", lambda: person(name=pw.CharField(collation='"C"')), person, PEOPLE,
         only="postgresql"),
    Kind("a generated column", aged,
         lambda: person(age=pw.IntegerField(),
                        twice=pw.IntegerField(null=True, **sql("GENERATED ALWAYS AS (age * 2) STORED"))),
         GROWN),
]  # fmt: skip

COMMANDS = [("start", "Start"), ("end", "End")]
CHOOSING: Rows = {"person": [{"id": 1, "name": "Ann", "cmd": "start"}]}


def choosing(*more: tuple[str, str]) -> list[Any]:
    return person(
        cmd=pw.CharField(choices=[*COMMANDS, *more], max_length=9), meta={"check_choices": True}
    )


def chosen(*words: str) -> list[Any]:
    listed = ", ".join(f"'{word}'" for word in words)
    return person(
        cmd=pw.CharField(max_length=9, **check(f"cmd IN ({listed})", "person_cmd_choices"))
    )


def one_of(*words: str) -> list[Any]:
    listed = ", ".join(f"'{word}'" for word in words)
    return person(cmd=pw.CharField(**check(f"cmd IN ({listed})")))


CHECKS = [
    Kind("field CHECK added", aged, lambda: aged(**check("age > 0")), GROWN),
    Kind("field CHECK dropped", lambda: aged(**check("age > 0")), aged, GROWN),
    Kind("field CHECK altered", lambda: aged(**check("age > 0")), lambda: aged(**check("age > 1")), GROWN),
    Kind("a second CHECK", lambda: aged(**check("age > 0")),
         lambda: aged(constraints=[pw.Check("age > 0"), pw.Check("age < 200")]), GROWN),
    Kind("a third word", lambda: one_of("start", "end"), lambda: one_of("start", "end", "undo"), CHOOSING),
    Kind("named CHECK added", aged, lambda: aged(**check("age > 0", "grown")), GROWN),
    Kind("named CHECK altered", lambda: aged(**check("age > 0", "grown")),
         lambda: aged(**check("age > 1", "grown")), GROWN),
    Kind("CHECK named", lambda: aged(**check("age > 0")), lambda: aged(**check("age > 0", "grown")), GROWN),
    Kind("table CHECK added", lambda: aged(null=True),
         lambda: person(age=pw.IntegerField(null=True), meta=check("age > 0 OR name = 'it''s 100%%'")), AGED),
    Kind("table CHECK dropped", lambda: person(age=pw.IntegerField(), meta=check("age < 99")), aged, GROWN),
    Kind("a choice more", choosing, lambda: choosing(("undo", "Undo")), CHOOSING,
         reference=(lambda: chosen("start", "end"), lambda: chosen("start", "end", "undo"))),
    Kind("table UNIQUE added", aged, lambda: person(age=pw.IntegerField(), meta=sql("UNIQUE (name, age)")),
         GROWN),
    Kind("table UNIQUE dropped", lambda: person(age=pw.IntegerField(), meta=sql("UNIQUE (name, age)")), aged,
         GROWN),
]  # fmt: skip


def indexed(*index: Any, **options: Any) -> list[Any]:
    return person(age=pw.IntegerField(**options), index=list(index))


def grown(age: int) -> Callable[[Any], Any]:
    return lambda m: m.index(m.name, unique=True, where=m.age > age, name="grown")


def raw(where: str) -> pw.SQL:
    return pw.SQL(f"CREATE INDEX person_raw ON person (name DESC, lower(name)) WHERE {where}")


INDEXES = [
    Kind("index added", aged, lambda: aged(index=True), GROWN),
    Kind("index dropped", lambda: aged(index=True), aged, GROWN),
    Kind("unique added", aged, lambda: aged(unique=True), GROWN),
    Kind("unique dropped", lambda: aged(unique=True), aged, GROWN),
    Kind("index made unique", lambda: aged(index=True), lambda: aged(unique=True), GROWN),
    Kind("composite index added", aged,
         lambda: person(age=pw.IntegerField(), meta={"indexes": ((("name", "age"), True),)}), GROWN),
    Kind("composite index turned round",
         lambda: indexed(lambda m: m.index(m.name, m.age, name="both")),
         lambda: indexed(lambda m: m.index(m.age, m.name, name="both")), GROWN),
    Kind("partial unique index added", aged, lambda: indexed(grown(18)), GROWN),
    Kind("partial unique index dropped", lambda: indexed(grown(18)), aged, GROWN),
    Kind("partial WHERE altered", lambda: indexed(grown(18)), lambda: indexed(grown(21)), GROWN),
    Kind("partial index over a boolean", lambda: person(on=pw.BooleanField(default=False)),
         lambda: person(on=pw.BooleanField(default=False),
                        index=[lambda m: m.index(m.name, where=m.on == True, name="ons")]),  # noqa: E712
         {"person": [{"id": 1, "name": "Ann", "on": True}]}),
    Kind("descending index", aged, lambda: indexed(lambda m: m.index(m.age.desc(), name="oldest")), GROWN),
    Kind("index turned descending", lambda: indexed(lambda m: m.index(m.age, name="oldest")),
         lambda: indexed(lambda m: m.index(m.age.desc(), name="oldest")), GROWN),
    Kind("expression index", person, lambda: person(index=[lambda m: m.index(pw.fn.LOWER(m.name), name="low")]),
         PEOPLE),
    Kind("expression altered",
         lambda: person(index=[lambda m: m.index(pw.fn.LOWER(m.name), name="low")]),
         lambda: person(index=[lambda m: m.index(pw.fn.UPPER(m.name), name="low")]), PEOPLE),
    Kind("raw-SQL index added", person, lambda: person(index=[raw("name > 'a'")]), PEOPLE),
    Kind("raw-SQL index altered", lambda: person(index=[raw("name > 'a'")]),
         lambda: person(index=[raw("name > 'b'")]), PEOPLE),
    Kind("raw-SQL index dropped", lambda: person(index=[raw("name > 'a'")]), person, PEOPLE),
    Kind("index renamed", lambda: indexed(lambda m: m.index(m.age, name="one")),
         lambda: indexed(lambda m: m.index(m.age, name="two")), GROWN),
    Kind("index of another kind", lambda: aged(index=True), lambda: aged(index=True, index_type="HASH"),
         GROWN, only="postgresql"),
]  # fmt: skip


def keyed(*columns: str, **more: Any) -> list[Any]:
    return [
        table(
            "visit",
            user=pw.CharField(max_length=19),
            cmd=pw.CharField(max_length=9),
            at=pw.IntegerField(),
            **more,
            meta={"primary_key": pw.CompositeKey(*columns) if columns else False},
        )
    ]


VISITS: Rows = {"visit": [{"user": "1", "cmd": "a", "at": 1}, {"user": "2", "cmd": "b", "at": 2}]}


def self_referring(**key: Any) -> list[Any]:
    return person(boss=pw.ForeignKeyField("self", null=True, **key))


def by_name(*, key: bool) -> list[Any]:
    person_ = table("person", name=pw.CharField(unique=True))
    owner = (
        pw.ForeignKeyField(person_, field="name", column_name="owner")
        if key
        else pw.CharField(index=True)
    )
    return [person_, table("pet", owner=owner)]


def by_title() -> list[Any]:
    person_ = table("person", title=pw.CharField(unique=True))
    return [
        person_,
        table("pet", owner=pw.ForeignKeyField(person_, field="title", column_name="owner")),
    ]


KEYS = [
    Kind("composite key grown", lambda: keyed("user", "cmd"), lambda: keyed("user", "cmd", "at"), VISITS),
    Kind("composite key shrunk", lambda: keyed("user", "cmd", "at"), lambda: keyed("user", "cmd"), VISITS),
    Kind("composite key turned round", lambda: keyed("user", "cmd"), lambda: keyed("cmd", "user"), VISITS),
    Kind("composite key of other columns", lambda: keyed("user", "cmd"), lambda: keyed("user", "at"), VISITS),
    Kind("a key where there was none", keyed, lambda: keyed("user", "cmd"), VISITS),
    Kind("no key where there was one", lambda: keyed("user", "cmd"), keyed, VISITS),
    Kind("a natural key for id", lambda: [table("word", text=pw.CharField(max_length=9))],
         lambda: [table("word", text=pw.CharField(max_length=9, primary_key=True))],
         {"word": [{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]}, lost=frozenset({"id"})),
    Kind("an id for a natural key", lambda: [table("word", text=pw.CharField(max_length=9, primary_key=True))],
         lambda: [table("word", text=pw.CharField(max_length=9))], {"word": [{"text": "a"}, {"text": "b"}]}),
    Kind("auto to bigauto", person, lambda: person(id=pw.BigAutoField()), PEOPLE),
    Kind("auto to a plain key", person, lambda: person(id=pw.IntegerField(primary_key=True)), PEOPLE),
    Kind("a plain key to auto", lambda: person(id=pw.IntegerField(primary_key=True)), person, PEOPLE),
    Kind("identity made", list, lambda: person(id=pw.IdentityField()), only="postgresql"),
    Kind("serial to identity", person, lambda: person(id=pw.IdentityField()), PEOPLE, only="postgresql"),
    Kind("identity always", lambda: person(id=pw.IdentityField()),
         lambda: person(id=pw.IdentityField(generate_always=True)), PEOPLE, only="postgresql"),
    Kind("AUTOINCREMENT", person, lambda: person(id=AutoIncrementField()), PEOPLE, only="sqlite"),
    Kind("a key of a sequence", list,
         lambda: person(id=pw.IntegerField(primary_key=True, sequence="counting")), only="postgresql"),
    Kind("foreign key added to a column", lambda: by_name(key=False), lambda: by_name(key=True),
         {"person": [{"id": 1, "name": "a"}], "pet": [{"id": 1, "owner": "a"}]}),
    Kind("foreign key dropped from a column", lambda: by_name(key=True), lambda: by_name(key=False),
         {"person": [{"id": 1, "name": "a"}], "pet": [{"id": 1, "owner": "a"}]}),
    Kind("ON DELETE added", with_pets, lambda: with_pets(on_delete="CASCADE"), PETS),
    Kind("ON DELETE changed", lambda: with_pets(on_delete="CASCADE", null=True),
         lambda: with_pets(on_delete="SET NULL", null=True), PETS),
    Kind("ON UPDATE added", with_pets, lambda: with_pets(on_update="CASCADE"), PETS),
    Kind("made deferrable", with_pets, lambda: with_pets(deferrable="INITIALLY DEFERRED"), PETS),
    Kind("rename a column that a key points to", lambda: by_name(key=True), by_title,
         {"person": [{"id": 1, "name": "a"}], "pet": [{"id": 1, "owner": "a"}]}, rename={"person.name": "title"}),
    Kind("rename a foreign key's column", lambda: with_pets(on_delete="CASCADE"),
         lambda: [(owner := person()[0]), table("pet", name=pw.CharField(), keeper=pw.ForeignKeyField(owner, on_delete="CASCADE"))],
         PETS, rename={"pet.owner_id": "keeper_id"}),
    Kind("foreign key named", with_pets, lambda: with_pets(constraint_name="owned"), PETS),
    Kind("self-reference added", person, self_referring, PEOPLE),
    Kind("self-reference's ON DELETE", self_referring, lambda: self_referring(on_delete="SET NULL"),
         {"person": [{"id": 1, "name": "a", "boss_id": None}, {"id": 2, "name": "b", "boss_id": 1}]}),
    Kind("foreign key added with its column", lambda: [*person(), table("pet", name=pw.CharField())],
         lambda: with_pets(null=True), {**PEOPLE, "pet": [{"id": 1, "name": "Rex"}]}),
    Kind("foreign key dropped with its column", lambda: with_pets(null=True),
         lambda: [*person(), table("pet", name=pw.CharField())], PETS, lost=frozenset({"owner_id"})),
    Kind("foreign key to another table",
         lambda: pointing("one"), lambda: pointing("two"),
         {"one": [{"id": 1}], "two": [{"id": 1}], "pet": [{"id": 1, "owner_id": 1}]}),
]  # fmt: skip


def pointing(target: str) -> list[Any]:
    tables = {name: table(name, id=pw.AutoField()) for name in ("one", "two")}
    return [*tables.values(), table("pet", owner=pw.ForeignKeyField(tables[target]))]


def tree(*names: str) -> list[Any]:
    """Tables each of which points to the one before."""
    out: list[Any] = []
    for name in names:
        key = {"parent": pw.ForeignKeyField(out[-1], null=True)} if out else {}
        out.append(table(name, title=pw.CharField(), **key))
    return out


def circle() -> list[Any]:
    ship = table("ship", captain=pw.DeferredForeignKey("Sailor", null=True))
    return [ship, table("sailor", ship=pw.ForeignKeyField(ship))]


def tagged() -> list[Any]:
    people = person()[0]
    tag = type("Tag", (pw.Model,), {"people": pw.ManyToManyField(people, backref="tags")})
    return [people, tag, tag.people.get_through_model()]


def renamed_parent() -> list[Any]:
    owner = table("human", name=pw.CharField())
    return [
        owner,
        table("pet", name=pw.CharField(), owner=pw.ForeignKeyField(owner, on_delete="CASCADE")),
    ]


TABLES = [
    Kind("new table", list, person),
    Kind("new table and a key to it", person,
         lambda: [(town := table("town", name=pw.CharField())),
                  *person(town=pw.ForeignKeyField(town, null=True))], PEOPLE),
    Kind("several tables at once", person, lambda: [*person(), *tree("a", "b", "c")], PEOPLE),
    Kind("two tables in a circle", person, lambda: [*person(), *circle()], PEOPLE),
    Kind("many-to-many", person, tagged, PEOPLE),
    Kind("table dropped", lambda: [*person(), table("pet", name=pw.CharField())], person,
         {**PEOPLE, "pet": [{"id": 1, "name": "Rex"}]}, lost=frozenset({"pet"})),
    Kind("tables dropped in their order", lambda: [*person(), *tree("a", "b", "c")], person,
         {**PEOPLE, "a": [{"id": 1, "title": "t", }], "b": [{"id": 1, "title": "t", "parent_id": 1}]},
         lost=frozenset({"a", "b"})),
    Kind("a circle dropped", lambda: [*person(), *circle()], person, PEOPLE),
    Kind("table renamed", person, lambda: [table("human", name=pw.CharField())], PEOPLE,
         rename={"person": "human"}),
    Kind("table renamed, with children", lambda: with_pets(on_delete="CASCADE"), renamed_parent, PETS,
         rename={"person": "human"}),
    Kind("table and column renamed", person, lambda: [table("human", title=pw.CharField())], PEOPLE,
         rename={"person": "human", "person.name": "title"}),
    Kind("two tables change names", lambda: [table("a", one=pw.CharField()), table("b", two=pw.CharField())],
         lambda: [table("b", one=pw.CharField()), table("a", two=pw.CharField())],
         {"a": [{"id": 1, "one": "x"}], "b": [{"id": 1, "two": "y"}]}, rename={"a": "b", "b": "a"}),
    Kind("parent made anew above ON DELETE CASCADE", lambda: with_pets(on_delete="CASCADE"),
         lambda: with_pets(on_delete="CASCADE", parent={"age": pw.IntegerField(default=1, **check("age > 0"))}),
         PETS),
    Kind("several changes of several tables", with_pets,
         lambda: [(owner := table("person", name=pw.TextField(unique=True), age=pw.IntegerField(default=3))),
                  table("pet", name=pw.CharField(null=True, **check("name <> ''")),
                        owner=pw.ForeignKeyField(owner, on_delete="CASCADE")),
                  table("toy", name=pw.CharField())], PETS),
    Kind("named schema", list, lambda: person(meta={"schema": "apart"}, age=pw.IntegerField(index=True)),
         only="postgresql"),
    Kind("changes in a named schema", lambda: person(meta={"schema": "apart"}),
         lambda: person(meta={"schema": "apart"}, age=pw.IntegerField(index=True, default=1, **check("age > 0"))),
         {"apart.person": PEOPLE["person"]}, only="postgresql"),
    Kind("an array", person, lambda: person(scores=ArrayField(pw.IntegerField, null=True)), PEOPLE,
         only="postgresql"),
    Kind("STRICT", person, lambda: person(name=pw.TextField(), meta={"strict_tables": True}), PEOPLE,
         only="sqlite"),
    Kind("WITHOUT ROWID", lambda: keyed("user", "cmd"),
         lambda: [table("visit", user=pw.CharField(max_length=19), cmd=pw.CharField(max_length=9),
                        at=pw.IntegerField(),
                        meta={"primary_key": pw.CompositeKey("user", "cmd"), "without_rowid": True})],
         VISITS, only="sqlite"),
]  # fmt: skip

KINDS = [*COLUMNS, *TYPES, *CHECKS, *INDEXES, *KEYS, *TABLES]
