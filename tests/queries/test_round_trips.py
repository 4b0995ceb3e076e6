"""How often each action asks a database that is far away: counted, on Postgres."""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import peewee
import psycopg2.extensions
import pytest

import models
from database import Job
from domain.errors import UserError
from domain.reminders import SessionKey
from interactions.actions import ACTIONS, Action
from models import Goal, Session
from queries import reminders, weekly
from queries.active import pause
from queries.config import change
from queries.corrections import set_note
from queries.guilds import completion_data
from queries.logbook import logbook
from queries.profile import set_listed
from queries.sessions import begin, begin_same, end
from queries.stats import stats
from tests.queries.conftest import opened
from tests.support.commands import HANA, HERE, NANAO, at, command, do

TABLE = b"start,end\n2026-07-01 03:00,2026-07-01 04:00\n"
# Each action, what it is aimed at and says, and how many round trips it takes.
READS = [
    (Action("now"), 1),
    (Action("export"), 1),  # the pages come after it
    (Action("preview", content=TABLE), 2),  # what is there is asked for when the times are known
    (Action("log"), 1),
    (Action("log", page=3), 1),
    (Action("me"), 1),
    (Action("panel"), 1),
    (Action("cancel"), 1),
    (Action("config"), 1),
    (Action("entry", target=1), 1),
    *((Action("form", 2, one), 1) for one in ("note", "fix", "edit")),
    *((Action("form", text=one), 1) for one in ("zone", "goal", "group_goal", "server_zone")),
    (Action("stats"), 1),
    (Action("stats", start_text="year"), 1),
    (Action("stats", start_text="6/1-6/30"), 1),
    (Action("share", start_text="month"), 1),
    (Action("why", start_text="month"), 1),
    (Action("rank", text="time"), 2),  # the names of a page are asked for when it is known
    (Action("rank", text="days", start_text="year"), 2),
]
WRITES = [
    (Action("end"), 2),
    (Action("end", text="note", start_text="5m"), 2),
    (Action("end_named", target=1), 2),
    (Action("end_asked", target=1, text="note"), 2),
    (Action("restart", target=1), 2),
    (Action("restart_asked", target=1), 2),
    (Action("still", target=1), 2),
    (Action("more", target=1), 2),
    (Action("confirm", target=6), 2),
    (Action("break"), 2),
    (Action("pause", target=1), 2),
    (Action("task", target=1, text="math"), 2),
    (Action("discard", target=1), 2),
    (Action("delete", target=1), 2),
    (Action("note", target=2, text="note"), 2),
    (Action("fix", target=2, start_text="19:10"), 3),
    (Action("until", target=2, end_text="19:20"), 3),
    (Action("add", start_text="15:00", end_text="16:00"), 3),
    (Action("add_for", start_text="15:00", end_text="1h"), 3),
    (Action("edit", target=2, text="note"), 2),
    (Action("edit", target=2, start_text="19:10"), 3),
    (Action("undo", target=3), 2),
    (Action("revert", target=3), 2),
    (Action("zone", text="London"), 2),
    (Action("language", text="ja"), 2),
    (Action("day_starts", text="4"), 2),
    (Action("remind_hours", text="2"), 2),
    (Action("listed", text="yes"), 2),
    (Action("private", text="yes"), 2),
    (Action("goal", text="day", start_text="2h"), 2),
    (Action("group_goal", start_text="100h"), 2),
    (Action("configure", text="language:ja"), 2),
    (Action("configure_surely", text="zone:London,goal:10h"), 2),
    (Action("server_zone", text="Tokyo"), 2),
    (Action("server_goal", start_text="10h"), 2),
    (Action("unset", target=5), 2),
    (Action("no_goal"), 2),
    (Action("no_group_goal"), 2),
    (Action("restore", target=4), 2),
    (Action("join", text="time"), 3),
    (Action("delete_data", text="delete"), 2),
    (Action("import", content=TABLE), 4),
]
BEFORE = {"import": 1}  # round trips before anything is locked: what a long file is read with
NOW = "21:00"
IDS = itertools.count(1)


class Counting(psycopg2.extensions.cursor):
    """Counts what is sent, COMMIT too."""

    sent: ClassVar[list[str]] = []

    def execute(self, query: Any, params: Any = None) -> None:
        Counting.sent.append(query)
        super().execute(query, params)


@pytest.fixture(autouse=True)
def tables(postgres_tables: peewee.Database) -> Iterator[None]:
    """Count on Postgres alone: SQLite is never far away."""
    postgres_tables.close()  # the next connection counts
    before = dict(postgres_tables.connect_params)
    postgres_tables.connect_params["cursor_factory"] = Counting
    with opened(postgres_tables):
        yield
    postgres_tables.close()
    postgres_tables.connect_params.clear()
    postgres_tables.connect_params.update(before)


@pytest.fixture
def ids() -> dict[int, int]:
    """An active session, one that is over, a change to undo and a choice to take back."""
    for whose in (NANAO, 0):
        since = at("12:00").date()
        Goal.create(guild_id=HERE, user_id=whose, from_on=since, minutes=60, per="week")
    worked_on(*(at(f"2026-06-{day}T10:00") for day in range(10, 30)))
    over, unanswered, active, _ = sessions_at(
        (at("19:00"), at("19:30"), NANAO),
        (at("18:00"), at("18:30"), NANAO),
        (at("20:00"), None, NANAO),
        (at("19:10"), None, HANA),
    )
    Session.update(closed_by="timeout").where(Session.id == unanswered).execute()
    noted, listed, shown = command("20:30"), command("20:31"), command("20:32")
    do(set_note, noted, over, "first")
    do(set_listed, listed, "yes")
    do(change, shown, {"posts": "no"}, sure=False)
    return {1: active, 2: over, 3: noted.id, 4: listed.id, 5: shown.id, 6: unanswered}


def worked_on(*starts: datetime) -> None:
    """Work for an hour from each of some moments on."""
    sessions_at(*((start, start + timedelta(hours=1), NANAO) for start in starts))


def sessions_at(*wanted: tuple[datetime, datetime | None, int]) -> list[int]:
    """Have sessions from when to when, of whom; return their ids."""
    columns = ("id", "guild_id", "user_id", "user_name", "started_at", "ended_at")
    rows = [
        (next(IDS), HERE, who, {NANAO: "Nanao", HANA: "Hana"}[who], start, end)
        for start, end, who in wanted
    ]
    Session.insert_many(rows, [getattr(Session, name) for name in columns]).execute()
    return [row[0] for row in rows]


def counted(what: Callable[..., Any], *values: Any) -> int:
    models.database.obj.connect(reuse_if_open=True)  # to connect is not counted
    Counting.sent.clear()
    do(what, *values)
    return len(Counting.sent)


def done(action: Action, ids: dict[int, int]) -> int:
    named = replace(action, target=ids.get(action.target or 0))
    return counted(Action.do, named, command(NOW))


@pytest.mark.parametrize(("action", "trips"), READS, ids=str)
def test_what_only_reads_begins_no_transaction(action, trips, ids):
    assert done(action, ids) == trips
    assert not [sent for sent in Counting.sent if "BEGIN" in sent or "COMMIT" in sent]
    assert all("SET LOCAL statement_timeout" in sent for sent in Counting.sent)


@pytest.mark.parametrize(("action", "trips"), WRITES, ids=str)
def test_what_changes_something_reads_decides_and_writes(action, trips, ids):
    assert done(action, ids) == trips
    first, *_, last = Counting.sent[BEFORE.get(action.name, 0) :]
    assert first.startswith("BEGIN; SET LOCAL ")
    assert "INSERT INTO " in last
    assert last.endswith("; COMMIT")


@pytest.mark.parametrize(("action", "_"), WRITES, ids=str)
def test_whatever_writes_takes_all_tables_first_as_a_migration_does(action, _, ids):
    done(action, ids)
    sent = Counting.sent[BEFORE.get(action.name, 0) :]
    begin, _, rest = "; ".join(sent).partition("LOCK TABLE ")
    taken, _, rest = rest.partition(" IN ACCESS SHARE MODE; SELECT pg_advisory_xact_lock")
    tables = re.findall(r'"(\w+)"', taken)
    assert tables == sorted(tables), "lock_tables of the migrator sorts them too"
    assert not re.search("FROM|INTO|UPDATE", begin)
    used = {*re.findall(r'(?:FROM|JOIN|INTO|UPDATE)\s+"(\w+)"', rest)}
    assert used - {*re.findall(r'WITH "(\w+)"', rest)} <= {*tables}


def test_a_start_takes_two(ids):
    do(end, command("20:50"), None, None)
    assert counted(begin, command(NOW), "math", "5m") == 2
    do(end, command("21:10"), None, None)
    assert counted(begin_same, command("21:11"), ids[2]) == 2


@pytest.mark.parametrize("refused", [False, True])
def test_who_changes_nothing_is_told_before_the_transaction_ends(refused, ids, monkeypatch):
    told: list[int] = []
    monkeypatch.setattr(Job, "deliver", lambda _: told.append(len(Counting.sent)))
    with pytest.raises(UserError) if refused else nullcontext():
        counted(
            *(set_note, command(NOW), 0, "note") if refused else (begin, command(NOW), None, None)
        )
    assert (told, len(Counting.sent)) == ([1], 2)


def test_the_end_of_a_break_takes_two(ids):
    do(pause, command("20:50"), ids[1])
    assert done(Action("resume", target=1), ids) == 2


@pytest.mark.parametrize("what", [completion_data, logbook])
def test_completion_takes_one(what, ids):
    assert counted(what, command(NOW)) == 1


def test_what_is_due_takes_two_and_a_weeks_summary_five(ids):
    key = SessionKey(ids[1], HERE, NANAO)
    assert (
        counted(reminders.take, command(NOW).defaults, key, at("20:00") + timedelta(hours=4)) == 2
    )
    do(change, command("20:50"), {"summary_channel": "5"}, sure=True)
    monday = at("2026-07-06T09:00")
    for trips in (5, 1):  # the second time it is taken already
        assert counted(weekly.take, command(NOW).defaults, HERE, monday) == trips


def test_a_long_streak_takes_one_more():
    worked_on(*(at("19:00") - timedelta(days=back) for back in range(60)))
    assert counted(stats, command(NOW), None) == 2


def test_to_take_an_import_back_takes_two(ids):
    made = command("20:50")
    do(Action.do, Action("import", content=TABLE), made)
    assert done(Action("undo_import", target=9), ids | {9: made.id}) == 2


def test_to_keep_ones_data_takes_two(ids):
    do(Action.do, Action("delete_data", text="delete"), command("20:50"))
    assert done(Action("keep_data"), ids) == 2


def test_every_action_is_counted():
    others = {"start", "same", "resume", "keep_data", "undo_import"}
    assert {action.name for action, _ in READS + WRITES} | others == {*ACTIONS}
