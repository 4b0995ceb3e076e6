"""Tables of one's own data: what spreadsheets make of them, and that nothing is lost."""

import csv
import json
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.exports import (
    SESSIONS,
    ExportedChange,
    ExportedSession,
    ZoneFormatter,
    escape_formula,
    history_table,
    sessions_table,
    unescape_formula,
)
from domain.work_intervals import as_instant
from tests.support.answers import NOW, TOKYO, texts
from tests.support.lives import ODD_TIMES, utc


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("＝cmd", "'＝cmd"),
        ("+1", "'+1"),
        ("-", "'-"),
        ("@a", "'@a"),
        ("'=a", "''=a"),
        ("a=b", "a=b"),
        ("数学", "数学"),
        (None, ""),
    ],
)
def test_no_spreadsheet_takes_what_was_typed_for_a_formula(typed, cell):
    assert escape_formula(typed) == cell
    assert unescape_formula(cell) == (typed or "")


@given(st.text(alphabet="=+-@'a\t＝"))
def test_what_was_typed_comes_back(typed):
    assert unescape_formula(escape_formula(typed)) == typed


ROWS = st.builds(
    ExportedSession,
    id=st.integers(1, 2**63 - 1),
    guild_id=st.integers(0, 2**63 - 1),
    started_at=st.just("2026-07-01 11:00:00"),
    ended_at=st.sampled_from([None, "2026-07-01 12:00:00.5"]),
    breaks=st.just(()),
    task=st.none() | texts(100),
    note=st.none() | texts(500),
    edited_at=st.sampled_from([None, "2026-07-01 12:00:00"]),
    closed_by=st.sampled_from([None, "removal"]),
)


@given(ROWS)
def test_every_row_has_every_column_whatever_people_typed(drawn):
    (row,) = csv.reader(StringIO(sessions_table([drawn], ZoneFormatter(TOKYO), NOW), newline=""))
    told = dict(zip(SESSIONS, row, strict=True))
    assert (unescape_formula(told["task"]), unescape_formula(told["note"])) == (
        drawn.task or "",
        drawn.note or "",
    )
    assert bool(told["end"]) == (drawn.ended_at is not None)
    assert told["server"] == f"#{drawn.guild_id}"


def test_times_have_the_offset_of_a_zone_and_breaks_both_ends():
    lasts = "2026-07-01 11:50:00", None
    row = ExportedSession(
        *(5, 1, "2026-07-01 11:00:00.123", None),
        *([("2026-07-01 11:30:00", "2026-07-01 11:40:00"), lasts], None, None, None, None),
    )
    (told,) = csv.reader(StringIO(sessions_table([row], ZoneFormatter(TOKYO), NOW)))
    assert told[:4] == ["#1", "2026-07-01T20:00:00.123000+09:00", "", "2399"]
    assert told[4] == (
        "2026-07-01T20:30:00+09:00/2026-07-01T20:40:00+09:00 2026-07-01T20:50:00+09:00/"
    )


@given(st.sampled_from([*ODD_TIMES]), st.integers(-400_000, 400_000), st.data())
def test_an_instant_is_written_in_a_zone_as_datetime_does(name, seconds, data):
    turn = data.draw(st.sampled_from(ODD_TIMES[name]))
    text = str((utc(turn) + timedelta(seconds=seconds / 4)).replace(tzinfo=None))
    zone = ZoneInfo(name)
    assert ZoneFormatter(zone)(text) == as_instant(text).astimezone(zone).isoformat()


@given(st.none() | texts(100))
def test_what_was_done_is_one_row_whatever_people_typed(typed):
    kept = typed and json.dumps({"task": typed}, ensure_ascii=False)
    act = ExportedChange("2026-07-01 11:00:00.000000", "note", 1, None, None, kept)
    (row,) = csv.reader(StringIO(history_table([act], ZoneFormatter(TOKYO)), newline=""))
    assert row == ["2026-07-01T20:00:00+09:00", "note", "#1", "", "", kept or ""]
