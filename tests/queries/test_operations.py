"""What the owner is told of the database."""

import peewee

from domain.operations import Counts
from domain.reminders import SessionKey
from models import History, database
from queries import operations, reminders
from queries.active import keep_going
from tests.support.commands import HANA, HERE, NANAO, at, begun, command, do, worked


def test_what_is_open_and_overdue_is_counted() -> None:
    begun("09:00")
    begun("20:00", HANA)
    worked("09:00", "10:00", 33)
    assert do(operations.left_open, at("21:00")) == (2, 1)
    assert do(operations.left_open, at("12:59")) == (2, 0)


def test_today_has_only_what_was_done_today() -> None:
    id_ = begun("09:00")
    do(reminders.take, command("12:00").defaults, SessionKey(id_, HERE, NANAO), at("13:00"))
    do(keep_going, command("13:01"), id_)  # what is answered was asked all the same
    row = {"user_id": "7", "user_name": "x", "guild_id": HERE, "cmd": "timeout"}
    for when in ("2026-06-30T23:59", "00:00"):
        History.create(**row, created_at=at(when))
    handle: peewee.Database = database.obj
    handle.execute_sql("CREATE TABLE migratehistory (name TEXT)")
    try:
        handle.execute_sql("INSERT INTO migratehistory VALUES ('004_a'), ('005_b')")
        assert do(operations.counts, at("00:00")) == Counts("005_b", 1, 1, 1)
        assert do(operations.counts, at("14:00")) == Counts("005_b", 1, 0, 0)
    finally:
        handle.execute_sql("DROP TABLE migratehistory")
