"""Every kind of change: found, applied with the rows kept, found once, and taken back."""

from pathlib import Path

import peewee as pw
import pytest

from tests.migrator.kinds import KINDS, Kind
from tests.migrator.measure import Ours, problems


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_kind(
    kind: Kind, dialect: str, database: pw.Database, reference: pw.Database, tmp_path: Path
):
    if kind.only not in (None, dialect):
        pytest.skip(f"only {kind.only} has it")
    assert problems(kind, Ours(database, tmp_path / "migrations"), database, reference) == []
