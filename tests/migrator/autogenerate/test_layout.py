"""A generated file is as `ruff format` leaves it, whatever is in it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import peewee as pw
import pytest
from playhouse.postgres_ext import ArrayField, DateTimeTZField

from migrator import Router
from tests.migrator.kinds import check, person, table

RUFF = Path(sys.executable).parent / "ruff"
LONG = " AND ".join(f"name <> 'word{number}'" for number in range(20))
ZONE = timezone(timedelta(hours=-3, minutes=-30))

AFTER: dict[str, Any] = {
    "a long CHECK": lambda: person(name=pw.CharField(**check(LONG))),
    "a long CHECK with a name": lambda: person(
        name=pw.CharField(**check(LONG, "a_name_that_is_long_itself_and_says_what_the_words_are"))
    ),
    "both quotes": lambda: person(
        name=pw.CharField(default="\"'", **check("\"name\" IN ('a', 'b')"))
    ),
    "more double quotes": lambda: person(name=pw.CharField(default='""\'\\\n')),
    "a long default": lambda: person(name=pw.TextField(default="it's a long one, " * 9)),
    "a long word": lambda: person(name=pw.TextField(default="x" * 150)),
    "Japanese": lambda: person(name=pw.TextField(default="作業をはじめます。" * 4)),
    "bytes": lambda: person(data=pw.BlobField(default=b"'\"\x00" * 30)),
    "a list": lambda: person(more=ArrayField(pw.TextField, default=["'a", 'b"', "c" * 90])),
    "a large number": lambda: person(pay=pw.DoubleField(default=1e30)),
    "a moment": lambda: person(at=DateTimeTZField(default=datetime(2020, 1, 2, tzinfo=ZONE))),
    "a moment of UTC": lambda: person(at=DateTimeTZField(default=datetime(2020, 1, 2, tzinfo=UTC))),
    "all that is imported": lambda: person(
        key=pw.UUIDField(null=True),
        boss=pw.ForeignKeyField("self", null=True, on_delete="CASCADE", on_update="SET DEFAULT"),
        on=pw.BooleanField(null=True, index=True),
        index=[lambda model: model.index(model.name, where=model.on == True, name="on")],  # noqa: E712
        meta={"constraints": [pw.SQL("UNIQUE (name, key)"), pw.Check(LONG.replace("<>", "!="))]},
    ),
}


@pytest.mark.parametrize("width", [None, 79, 100, 200])
def test_ruff_changes_nothing(width: int | None, tmp_path: Path):
    if width is not None:
        (tmp_path / "pyproject.toml").write_text(f"[tool.ruff]\nline-length = {width}\n")
    for number, make in enumerate(AFTER.values()):
        router = Router(pw.PostgresqlDatabase(None), tmp_path / f"m{number}")
        router.create("first", auto=person())
        router.create("second", auto=make())
        router.create("third", auto=[*make(), table("pet", name=pw.CharField(max_length=9))])
        router.create("empty")
    options = ["--diff", *(["--isolated"] if width is None else [])]
    ruff = subprocess.run(
        [RUFF, "format", *options, tmp_path], capture_output=True, text=True, check=False
    )
    assert ruff.returncode == 0, ruff.stdout


def test_a_long_check_is_on_several_lines(tmp_path: Path):
    router = Router(pw.PostgresqlDatabase(None), tmp_path)
    name = router.create("first", auto=AFTER["a long CHECK"]())
    text = (tmp_path / f"{name}.py").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 88
    assert list(router.schema_of([name])) == ["person"]
