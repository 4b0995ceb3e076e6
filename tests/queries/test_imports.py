"""Importing: an export comes back whole, the same file adds nothing, undo takes all of it back."""

import csv
import itertools
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from domain.command import Command
from domain.exports import BOM, SESSIONS, ExportedSession, ZoneFormatter, sessions_table, table
from domain.text import clean, one_line
from models import Break, History, Session
from queries import corrections, imports, own_data, profile
from tests.support.commands import HANA, HERE, NANAO, THERE, begun, command, do, worked
from tests.support.lives import ODD_TIMES, utc
from tests.support.rows import refused

ALPHABET = "=+-@'\"#,;\t\n\r 数学aZ\u3000\ufeff🦀＝"
LENGTHS = st.sampled_from([0, 1, 59.5, 1500, 3600, 7200, 100_000.000001])  # seconds
SPANS = st.lists(
    st.tuples(
        st.integers(0, 5000),  # seconds since the one before
        LENGTHS,
        st.lists(st.integers(0, 9), max_size=4, unique=True).map(sorted),  # tenths: breaks from, to
        st.text(ALPHABET, max_size=12),
        st.text(ALPHABET, max_size=12),
    ),
    max_size=12,
)
TURNS = [(zone, utc(turn)) for zone, turns in ODD_TIMES.items() for turn in turns]
MANY = [(5 + n % 7, 60.0, [], "t", "n") for n in range(505)]  # more than one INSERT takes
FORGIVING = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
members = itertools.count(100)


def had(user_id: int) -> list[tuple]:
    """What of a member's sessions an export has to bring back."""
    rows = Session.select().where(Session.user_id == user_id, Session.removed_at.is_null())
    breaks: dict[int, list[tuple]] = {}
    for rest in Break.select().order_by(Break.started_at):
        breaks.setdefault(rest.session_id, []).append((rest.started_at, rest.ended_at))
    return [
        (row.started_at, row.ended_at, row.task, row.note, breaks.get(row.id))
        for row in rows.order_by(Session.started_at, Session.ended_at)
    ]


def live(user_id: int, first: datetime, spans: Sequence[Any]) -> datetime:
    """Write down sessions of a member; return when the last one was over."""
    end, rows, rests = first, list[dict[str, Any]](), list[dict[str, Any]]()
    for id_, (gap, seconds, cuts, task, note) in enumerate(spans, user_id * 1000):
        start = end + timedelta(seconds=1 + gap)
        end = start + timedelta(seconds=seconds)
        its = {"id": id_, "guild_id": HERE, "user_id": user_id, "user_name": "Nanao"}
        times = {"started_at": start, "ended_at": end}
        rows.append(its | times | {"task": one_line(task, 100), "note": clean(note, 500)})
        ends = [start + seconds * timedelta(seconds=cut / 10) for cut in cuts if seconds]
        rests += [
            {"session": id_, "guild_id": HERE, "started_at": since, "ended_at": over}
            for since, over in zip(ends[::2], ends[1::2], strict=False)
        ]
    for model, some in ((Session, rows), (Break, rests)):
        if some:
            model.insert_many(some).execute()
    return end


@given(st.sampled_from(TURNS), st.timedeltas(-timedelta(days=2), timedelta()), SPANS, st.booleans())
@example(TURNS[0], timedelta(), MANY, True)
@FORGIVING
def test_an_export_comes_back_whole_and_only_once(turn, before, spans, saved_again) -> None:
    zone, at_turn = turn
    nanao, other = next(members), next(members)
    over = live(nanao, at_turn + before, spans)
    # at a moment of its own, for the ids of sessions follow from it
    asked = command(over + timedelta(hours=1, milliseconds=nanao), nanao, zone=zone)
    rows: list[ExportedSession] = []
    while page := do(own_data.sessions_page, asked, rows[-1] if rows else None):
        rows += page
    text = table([SESSIONS]) + sessions_table(rows, ZoneFormatter(ZoneInfo(zone)), asked.at)
    # as it is, or as a spreadsheet in Japan saves it: without BOM, with semicolons
    file = (BOM + text).encode()
    if saved_again:
        lines = csv.reader(StringIO(text, newline=""))
        csv.writer(again := StringIO(), delimiter=";").writerows(lines)
        file = again.getvalue().encode()

    def then(minutes: int) -> Command:
        return command(asked.at + timedelta(minutes=minutes), other)

    told = do(imports.preview, then(1), file)
    assert (told.new, told.known, told.refused, told.file) == (len(spans), 0, (), file)
    if not spans:
        return
    made = then(2)
    assert do(imports.import_sessions, made, file).count == len(spans)
    assert had(other) == had(nanao)
    again = do(imports.preview, then(3), file)
    assert (again.new, again.known, again.refused) == (0, len(spans), ())
    assert refused(imports.import_sessions, then(4), file).key == "import.nothing"
    assert do(imports.undo_import, then(5), made.id).count == len(spans)
    assert had(other) == []


def test_undo_takes_all_of_an_import_back_and_nothing_else() -> None:
    worked("09:00", "10:00")
    worked("09:00", "10:00", HANA)
    file = b"start,end\n2026-07-01 10:00,2026-07-01 11:00\n2026-07-01 11:00,2026-07-01 12:00\n"
    made, late = command("21:00"), command("2026-07-02T21:01")
    assert do(imports.import_sessions, made, file).count == 2
    assert do(imports.import_sessions, made, file).count == 2, "heard twice, done once"
    assert History.select().where(History.cmd == "import").count() == 1
    assert {made.id + 1, made.id + 2} < {row.id for row in Session.select()}
    assert refused(imports.undo_import, late, made.id).key == "undo.too_late"
    back = command("21:03")
    assert do(imports.undo_import, back, made.id).count == 2
    assert do(imports.undo_import, back, made.id).undone
    assert len(had(NANAO)) == 1
    assert do(imports.import_sessions, command("21:04"), file).count == 2, (
        "and it can be added anew"
    )


def test_an_id_that_is_taken_is_told_and_the_next_press_has_another() -> None:
    made, file = command("21:00"), b"start,end\n2026-07-01 10:00,2026-07-01 11:00\n"
    its = {"guild_id": THERE, "user_id": HANA, "user_name": "Hana", "started_at": made.at}
    Session.create(id=made.id + 1, **its)
    assert refused(imports.import_sessions, made, file).key == "changed_meanwhile"
    assert do(imports.import_sessions, command("21:01"), file).count == 1


def test_what_runs_and_what_was_removed_is_known() -> None:
    begun("20:00")
    file = b"start,end\n2026-07-01 19:00,2026-07-01 20:01\n2026-07-01 18:00,2026-07-01 19:00\n"
    told = do(imports.preview, command("21:00"), file)
    assert ((told.new, told.known), [one.key for one in told.refused]) == ((1, 0), ["clash"])


@pytest.mark.parametrize("undo", [profile.restore, corrections.undo, corrections.revert])
def test_no_other_undo_takes_an_import_or_a_deletion_back(undo: Callable[..., Any]) -> None:
    made, asked = command("21:00"), command("21:01")
    do(imports.import_sessions, made, b"start,end\n2026-07-01 10:00,2026-07-01 11:00\n")
    do(own_data.ask_to_delete, asked, "delete")
    for one in (made, asked):
        key = refused(undo, command("21:02"), one.id).key
        assert key in ("unknown_button", "undo.changed_since")
    assert refused(imports.undo_import, command("21:03"), asked.id).key == "unknown_button"
    assert len(had(NANAO)) == 1
    assert do(own_data.deletions)
