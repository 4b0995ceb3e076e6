"""Importing: an export comes back whole, the same file adds nothing, undo takes all of it back."""

from datetime import timedelta

import pytest

from domain.exports import SESSIONS, sessions_table, table
from models import Break, History, Session
from queries import imports, own_data
from tests.support.commands import HANA, HERE, THERE, TOKYO, at, begun, command, do, refused, worked


def a_table() -> bytes:
    """Export what there is, and leave nothing of it."""
    asked = command("23:00")
    rows = do(own_data.sessions_page, asked, None)
    text = table([SESSIONS]) + sessions_table(rows, TOKYO, asked.at)
    for model in (Break, Session, History):
        model.delete().execute()
    return text.encode()


def now_there() -> list[tuple]:
    """What an export can bring back."""
    rows = do(own_data.sessions_page, command("23:00"), None)
    return [(row.started_at, row.ended_at, row.breaks, row.task, row.note) for row in rows]


@pytest.mark.parametrize("seed", range(3))
def test_an_export_comes_back_whole_and_only_once(seed: int) -> None:
    for n in range(5 + 300 * seed):
        start = at("09:00") - timedelta(hours=2 * n, milliseconds=7 * seed)
        end = start + timedelta(minutes=30 + n % 60)
        text = ("=1", "'x", "数学, 二章", None)[n % 4]
        its = {"guild_id": HERE, "user_id": 11, "user_name": "Nanao", "started_at": start}
        Session.create(id=n + 1, **its, ended_at=end, task=text, note='a\n"b"' if n % 3 else None)
        if n % 2:
            rest = start + timedelta(minutes=5), start + timedelta(minutes=6)
            Break.create(session=n + 1, guild_id=HERE, started_at=rest[0], ended_at=rest[1])
    before = now_there()
    file = a_table()
    assert now_there() == []
    told = do(imports.preview, command("23:10"), file)
    assert (told.new, told.known, told.refused, told.file) == (len(before), 0, (), file)
    assert do(imports.take, command("23:11"), file).count == len(before)
    assert now_there() == before
    again = do(imports.preview, command("23:12"), file)
    assert (again.new, again.known, again.refused) == (0, len(before), ())
    assert refused(imports.take, command("23:13"), file).key == "import.nothing"


def test_undo_takes_all_of_an_import_back_and_nothing_else() -> None:
    worked("09:00", "10:00")
    worked("09:00", "10:00", HANA)
    file = b"start,end\n2026-07-01 10:00,2026-07-01 11:00\n2026-07-01 11:00,2026-07-01 12:00\n"
    made, late = command("21:00"), command("2026-07-02T21:01")
    assert do(imports.take, made, file).count == 2
    assert do(imports.take, made, file).count == 2, "heard twice, done once"
    assert History.select().where(History.cmd == "import").count() == 1
    assert {made.id + 1, made.id + 2} < {row.id for row in Session.select()}
    assert refused(imports.take_back, command("21:01", HANA), made.id).key == "not_yours"
    assert refused(imports.take_back, late, made.id).key == "undo.too_late"
    assert refused(imports.take_back, command("21:02", where=THERE), made.id).key == (
        "unknown_button"
    )
    back = command("21:03")
    assert do(imports.take_back, back, made.id).count == 2
    assert do(imports.take_back, back, made.id).undone
    assert len(now_there()) == 1
    assert do(imports.take, command("21:04"), file).count == 2, "and it can be added anew"


def test_what_runs_and_what_was_removed_is_known() -> None:
    begun("20:00")
    file = b"start,end\n2026-07-01 19:00,2026-07-01 20:01\n2026-07-01 18:00,2026-07-01 19:00\n"
    told = do(imports.preview, command("21:00"), file)
    assert ((told.new, told.known), [one.key for one in told.refused]) == ((1, 0), ["clash"])
