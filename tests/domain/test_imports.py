"""Tables that people bring: what is read, what is refused line by line, what is no table."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.decisions.imports import classify
from domain.errors import UserError
from domain.imports import read_lines
from tests.support.commands import TOKYO, at, command

NEW_YORK = ZoneInfo("America/New_York")
TOGGL = (
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,{0} date,{0} time"
)


def read(text: str, zone: ZoneInfo = TOKYO, guild_id: int = 1):
    return read_lines(text.encode(), zone, guild_id)


def one(text: str, zone: ZoneInfo = TOKYO):
    (entry,), refused = read(f"start,end,task\n{text}", zone)
    assert refused == []
    return entry


@pytest.mark.parametrize(
    "line",
    [
        "2026-07-01 10:00,2026-07-01 11:00,数学",
        "2026/7/1 10:00:00,2026/7/1 11:00:00,数学",
        "2026-07-01T10:00:00+09:00,2026-07-01T02:00:00Z,数学",
        '2026-07-01 10:00 AM,2026-07-01 11:00am," 数学\n"',
        "2026-06-30T21:00:00.000-04:00,2026-07-01 11:00,数学",
    ],
)
def test_an_instant_is_read_as_spreadsheets_write_it(line: str) -> None:
    entry = one(line)
    assert (entry.start, entry.end, entry.task) == (at("10:00"), at("11:00"), "数学")


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("2026-11-01 00:30,2026-11-01 01:30", 1),  # the first of the two 1:30
        ("2026-11-01T01:30-04:00,2026-11-01 01:15", 0.75),  # only the second comes after it
        ("2026-03-08 01:30,2026-03-08 03:30", 1),
    ],
)
def test_an_hour_that_comes_twice_or_never_is_read_in_the_readers_zone(line, hours) -> None:
    entry = one(f"{line},", NEW_YORK)
    assert (entry.end - entry.start).total_seconds() == hours * 3600


@pytest.mark.parametrize("header", [TOGGL.format("End"), TOGGL.format("Stop").lower()])
def test_a_toggl_export_is_read_by_the_names_of_its_columns(header: str) -> None:
    rows = (
        "N,n@x,,卒論,,第二章,No,2026-07-01,10:00:00,2026-07-01,11:00:00\n"
        "N,n@x,,卒論,,,No,2026-07-01,11:00:00 AM,2026-07-01,1:00:00 PM"
    )
    found, refused = read(f"{header}\n{rows}")
    assert [(row.start, row.end, row.task) for row in found] == [
        (at("10:00"), at("11:00"), "第二章"),
        (at("11:00"), at("13:00"), "卒論"),
    ]
    assert refused == []
    with pytest.raises(UserError, match=r"import\.people"):
        read(f"{header}\n{rows}\nH,h@x,,,,,No,2026-07-01,10:00:00,2026-07-01,11:00:00")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_a_spreadsheet_saves_is_read(encoding: str, delimiter: str) -> None:
    text = "Task,Start,END\r\n数学,2026-07-01 10:00,2026-07-01 11:00\r\n,,\r\n"
    found, _ = read_lines(text.replace(",", delimiter).encode(encoding), TOKYO, 1)
    assert [row.task for row in found] == ["数学"]


@pytest.mark.parametrize(
    ("file", "key"),
    [
        (b"", "import.columns"),
        (b"a,b\n1,2", "import.columns"),
        (b"start,task\n2026-07-01 10:00,x", "import.columns"),
        (b"\xff\xfe\x00\x81", "import.unreadable"),
        (b'start,end\n"' + b"x" * 200_000, "import.unreadable"),
        (b"start,end\n" + b"x,y\n" * 10_001, "import.many"),
    ],
)
def test_what_is_no_table_gets_one_clear_sentence(file: bytes, key: str) -> None:
    with pytest.raises(UserError) as refused:
        read_lines(file, TOKYO, 1)
    assert refused.value.key == key


LINES = """\
server,start,end,breaks,task
#1,2026-07-01 10:00,2026-07-01 11:00,2026-07-01T10:10/2026-07-01T10:20,'=x
#2,2026-07-01 12:00,2026-07-01 13:00,,
,2026-07-01 12:00,,,
,yesterday,2026-07-01 13:00,,
,2026-02-30 12:00,2026-07-01 13:00,,
,2026-07-01 12:00,2026-07-01 13:00,2026-07-01T11:00/2026-07-01T12:20,
,2026-07-01 12:00,2026-07-01 12:00,,
,2026-07-01 20:00,2026-07-01 22:00,,
,2026-06-01 10:00,2026-06-02 10:01,,
,2026-07-01 10:30,2026-07-01 10:40,,
,2026-07-01 10:00,2026-07-01 11:00,,
,2026-07-01 08:59,2026-07-01 09:01,,
,2026-07-01 11:00,2026-07-01 12:00,,
,2026-07-01 09:00,2026-07-01 10:00,,
,0001-01-01 00:00,2026-07-01 10:00,,
,1969-12-31 23:00,1969-12-31 23:30,,
,2026/7/1 12:00,2026/7/1 13:00,2026-07-01T12:10/2026-07-01T12:10 2026-07-01T12:10/2026-07-01T12:20,
#1,2026-06-01 10:00,2026-06-02 10:01,,
#1,2026-06-03 10:00,2026-06-03 10:00,,
"""


def test_every_line_is_new_there_already_or_refused_with_a_reason() -> None:
    found, refused = read(LINES)
    there = [(at("09:00"), at("10:00")), (at("14:00"), datetime.max.replace(tzinfo=UTC))]
    new, known, out = classify(found, refused, there, command("21:00"))
    assert [(row.line, row.task, len(row.breaks)) for row in new] == [
        *((2, "=x", 1), (14, None, 0)),
        *((19, None, 0), (20, None, 0)),  # of any length, for they were here
    ]
    assert known == 2
    assert [(one.line, one.key) for one in out] == [
        (3, "server"),
        (4, "running"),
        (5, "time"),
        (6, "time"),
        (7, "breaks"),
        (8, "backwards"),
        (9, "future"),
        (10, "long"),
        (11, "clash"),
        (13, "clash"),
        (16, "time"),
        (17, "time"),
        (18, "breaks"),
    ]
