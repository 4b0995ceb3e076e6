from types import SimpleNamespace

import pytest
from playhouse.db_url import connect

from tests.support import until


def test_the_database_is_empty_and_works(database_url: str):
    database = connect(database_url)
    assert database.get_tables() == []
    database.execute_sql("create table t (a int)")
    assert database.get_tables() == ["t"]
    database.close()


@pytest.mark.parametrize(("passed", "idle", "counted"), [(4, 0, 0.2), (4, 3, 3.05), (4, 7, 4)])
def test_seconds_without_a_free_processor_count_a_twentieth(monkeypatch, passed, idle, counted):
    now = SimpleNamespace(monotonic=100.0, idle=50.0)
    monkeypatch.setattr(until.time, "monotonic", lambda: now.monotonic)
    monkeypatch.setattr(until.psutil, "cpu_times", lambda: now)
    seconds = until.stopwatch()
    now.monotonic += passed
    now.idle += idle
    assert seconds() == pytest.approx(counted)
