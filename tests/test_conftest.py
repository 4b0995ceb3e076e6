import pytest
from playhouse.db_url import connect

from tests.support import until


def test_the_database_is_empty_and_works(database_url: str):
    database = connect(database_url)
    assert database.get_tables() == []
    database.execute_sql("create table t (a int)")
    assert database.get_tables() == ["t"]
    database.close()


@pytest.mark.parametrize(
    ("own", "others", "counted"), [(0, (), 4), (1, (), 3), (1, (0.5, 2), 1), (0, (-9,), 4)]
)
def test_seconds_that_processes_wait_for_a_processor_do_not_count(
    monkeypatch, own, others, counted
):
    waited, now = dict.fromkeys(range(len(others) + 1), 10.0), [100.0]
    monkeypatch.setattr(until.os, "getpid", lambda: 0)
    monkeypatch.setattr(until, "waited", waited.__getitem__)
    monkeypatch.setattr(until.time, "monotonic", lambda: now[0])
    seconds = until.stopwatch(*range(1, len(others) + 1))
    now[0] += 4.0
    for pid, more in enumerate((own, *others)):  # nothing is known of one that has ended
        waited[pid] += more
    assert seconds() == pytest.approx(counted)
