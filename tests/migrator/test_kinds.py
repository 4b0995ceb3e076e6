"""Every kind of change: found, applied with the rows kept, found once, and taken back."""

import pytest

from tests.migrator.kinds import KINDS
from tests.migrator.measure import Ours, problems


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_kind(kind, dialect, database, reference, tmp_path):
    if kind.only not in (None, dialect):
        pytest.skip(f"only {kind.only} has it")
    assert problems(kind, Ours(database, tmp_path / "migrations"), database, reference) == []
