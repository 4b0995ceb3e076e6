"""The log of commands: written once, by one at a time, and enough to go back, on both databases."""

import asyncio
import json
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import peewee
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import database
from domain.command import Answer, Command
from domain.errors import UserError
from domain.sessions import Break
from domain.sessions import Session as Value
from domain.snapshots import SNAPSHOT_FIELDS, restored, same, snapshot
from domain.state import SessionChanged
from models import COMMANDS, History, Session
from queries.corrections import set_note
from queries.preferences import preferences
from queries.sessions import begin
from queries.unit_of_work import commit, read
from tests.support.commands import HANA, HERE, NANAO, THERE, at, begun, command, do, worked
from tests.support.rows import refused, session

# from Discord's beginning until its ids no longer fit a column
MOMENTS = st.integers(0, 65 * 365 * 86400 * 1000).map(
    lambda milliseconds: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
)
TEXTS = st.none() | st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1)


def change(asked: Command, cmd: str, session: Value, **changes: Any) -> None:
    answer = Answer(preferences(asked))
    commit(asked, answer, (SessionChanged(cmd, session, replace(session, **changes)),))


def previous_result(asked: Command) -> int | None:
    previous = read(asked, lock=True).previous
    return previous and previous.session_id


FORGIVING = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)


@given(TEXTS, TEXTS, MOMENTS, st.none() | MOMENTS, st.none() | MOMENTS)
def test_a_snapshot_brings_back_what_it_was_taken_of(task, note, started_at, ended_at, removed_at):
    values = {
        "task": task,
        "note": note,
        "started_at": started_at,
        "ended_at": ended_at,
        "removed_at": removed_at,
        "closed_by": None,
        "edited_at": ended_at,
        "planned_end_at": removed_at,
        "confirmed_at": ended_at,
    }
    breaks = tuple(Break(started_at, end) for end in (ended_at, None))
    whole = Value(1, HERE, NANAO, "n", None, **values, breaks=breaks)
    kept = json.loads(json.dumps(snapshot(whole)))
    assert restored(kept) == values | {"breaks": breaks}
    assert tuple(values) == SNAPSHOT_FIELDS
    assert same(snapshot(whole), kept)


@FORGIVING
@given(TEXTS, MOMENTS)
def test_what_is_written_down_is_read_again_as_it_was(note, moment):
    History.delete().execute()
    Session.delete().execute()
    asked = command(moment)
    made = do(begin, asked, note, None).session
    row = History.get()
    assert (made.task, row.after["task"]) == (note, note)
    assert row.created_at == asked.at
    assert restored(row.after)["started_at"] == made.started_at == Session.get().started_at


def test_every_command_of_the_bot_may_be_written_and_no_other():
    for cmd in COMMANDS:
        History.create(user_id="1", user_name="n", cmd=cmd, created_at=at("21:00"))
    with pytest.raises(peewee.IntegrityError):
        do(History.create, user_id="1", user_name="n", cmd="dance", created_at=at("21:00"))


def test_an_interaction_is_written_down_once():
    asked = command("21:00")
    values = {"user_name": "n", "created_at": asked.at, "interaction_id": asked.id}
    do(History.create, user_id="1", cmd="start", **values)
    with pytest.raises(peewee.IntegrityError):
        do(History.create, user_id="2", cmd="end", **values)


def test_a_claim_tells_what_an_interaction_did_to_whom():
    asked = command("21:00")
    assert do(previous_result, asked) is None
    do(begin, asked, None, None)
    assert do(previous_result, asked) == asked.id
    assert do(previous_result, command("21:00")) is None


def test_a_change_by_somebody_who_was_faster_is_not_lost():
    row = session(worked("20:00", "21:00"))
    Session.update(ended_at=at("20:30")).execute()
    no = refused(change, command("21:10"), "fix", row, started_at=at("19:00"))
    assert no.key == "changed_meanwhile"
    assert Session.get().ended_at == at("20:30")


def test_a_second_open_session_is_refused_by_the_database_itself():
    begun("20:00")
    row = session(begun("20:00", HANA))
    values = {"id": 5, "guild_id": HERE, "user_id": NANAO, "user_name": "n"}
    with pytest.raises(peewee.IntegrityError):
        do(Session.create, **values, started_at=at("21:00"))
    gone = command("21:00", HANA)
    do(change, gone, "cancel", row, removed_at=gone.at)
    begun("21:01", HANA)
    no = refused(change, command("21:02", HANA), "undo", session(row.id), removed_at=None)
    assert no.key == "changed_meanwhile"


def test_no_session_ends_before_it_starts():
    values = {"id": 5, "guild_id": HERE, "user_id": NANAO, "user_name": "n"}
    with pytest.raises(peewee.IntegrityError):
        do(Session.create, **values, started_at=at("21:00"), ended_at=at("20:59"))
    with pytest.raises(peewee.IntegrityError):
        do(Session.create, **values, started_at=at("21:00"), closed_by="nobody")


def test_a_moment_without_a_zone_is_refused():
    naive = at("21:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="without a zone"):
        do(Session.create, id=5, guild_id=1, user_id=1, user_name="n", started_at=naive)
    with pytest.raises(ValueError, match="without a zone"):
        do(Session.select().where(Session.started_at < naive).execute)


def test_a_claim_holds_back_the_same_member_here(tables):
    lite = isinstance(tables, peewee.SqliteDatabase)  # where one who writes holds back everybody
    immediate = ("IMMEDIATE",) if lite else ()
    patience = "PRAGMA busy_timeout = 300" if lite else "SET lock_timeout = 300"
    holds, let_go, through = threading.Event(), threading.Event(), []

    def hold() -> None:
        with tables.connection_context(), tables.transaction(*immediate):
            previous_result(command("21:00"))
            holds.set()
            let_go.wait(10)

    def try_to(who: int, where: int) -> None:
        with tables.connection_context():
            tables.execute_sql(patience)
            with suppress(peewee.OperationalError), tables.transaction(*immediate):
                previous_result(command("21:00", who, where))
                through.append((who, where))

    others = [(NANAO, HERE), (NANAO, THERE), (HANA, HERE)]
    holder, *threads = [
        threading.Thread(target=hold),
        *(threading.Thread(target=try_to, args=other) for other in others),
    ]
    holder.start()
    assert holds.wait(10)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    let_go.set()
    holder.join()
    assert sorted(through) == ([] if lite else [(NANAO, THERE), (HANA, HERE)])


def test_a_claim_ends_with_its_transaction(tables):
    do(previous_result, command("21:00"))
    if not isinstance(tables, peewee.SqliteDatabase):
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        assert tables.execute_sql(held).fetchone() == (0,)
    assert not tables.in_transaction()


async def test_what_one_member_does_at_once_is_done_one_after_another():
    id_ = worked("20:00", "21:00")
    asked = [command(f"21:{minute:02}") for minute in range(20)]
    await asyncio.gather(
        *(database.run(set_note, one, id_, f"note {n}") for n, one in enumerate(asked))
    )
    rows = list(History.select().where(History.cmd == "note"))
    assert len(rows) == 20
    # each took over from another one: a chain without a fork from the first to what is there
    chain = {row.before["note"]: row.after["note"] for row in rows}
    assert len(chain) == 20
    reached = None
    for _ in rows:
        reached = chain[reached]
    assert Session.get().note == reached


def test_refusals_inside_take_back_what_was_written_before_them():
    def write_and_refuse() -> None:
        begin(command("21:00"), None, None)
        raise UserError("already_done")

    assert refused(write_and_refuse).key == "already_done"
    assert Session.select().count() == 0
