"""One's own data: all of it, nobody else's, a page at a time."""

import asyncio
import csv
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import peewee
import pytest

import database
import models
from domain.command import Command
from domain.decisions.own_data import Exported
from domain.errors import UserError
from domain.logbook import Inputs
from interactions import exporting, pipeline
from interactions.actions import ACTIONS, Action
from interactions.cache import Cache
from models import Break, Goal, Guild, History, Member, Membership, Session
from queries import guilds, imports, own_data
from queries.active import pause, resume
from queries.corrections import discard, set_note
from queries.logbook import edit
from queries.profile import profile, restore, set_goal, set_listed, set_private, set_zone
from queries.sessions import begin, end
from tests.support.commands import HANA, HERE, NANAO, THERE, at, begun, command, do, worked
from tests.support.rows import refused
from views.answer import render

FILES = ("sessions.csv", "history.csv", "servers.csv", "profile.json", "README.txt")
CLIENT: Any = SimpleNamespace(
    get_guild=lambda id_: SimpleNamespace(name="もくもく") if id_ == HERE else None
)


async def exported(who: int = NANAO) -> dict[str, Any]:
    """Export as a member does; return each file's rows or values."""
    asked = command("23:00", who)
    begins = await database.run(own_data.export, asked)
    answer = await exporting.pack_export(CLIENT, asked, begins)
    assert isinstance(answer, Exported)
    file = render(answer, "ja").file
    assert file
    with ZipFile(BytesIO(file.data)) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert set(texts) == set(FILES)
    tables = {name: [*csv.DictReader(StringIO(texts[name]))] for name in texts if "csv" in name}
    return tables | {"profile.json": json.loads(texts["profile.json"]), "all": repr(texts)}


@pytest.mark.parametrize("page", [1, 2, 2000])
async def test_an_export_has_all_that_is_known_of_a_member_and_of_nobody_else(page, monkeypatch):
    monkeypatch.setattr(own_data, "PAGE", page)
    first = worked("09:00", "10:00")
    Break.create(session=first, guild_id=HERE, started_at=at("09:10"), ended_at=at("09:20"))
    do(set_note, command("10:30"), first, "=三章")
    worked("11:00", "12:00", where=THERE)
    gone = begun("12:30")
    do(discard, command("12:40"), gone)
    begun("13:00", task="数学")
    worked("09:00", "10:00", HANA)
    begun("11:00", HANA, task="secret")
    do(set_zone, command("14:00"), "London")
    do(set_private, command("14:01"), "yes")
    Goal.create(guild_id=HERE, user_id=NANAO, from_on=at("09:00").date(), minutes=60, per="day")
    Goal.create(guild_id=HERE, user_id=HANA, from_on=at("09:00").date(), minutes=7, per="day")

    files = await exported()
    told = [(row["server"], row["start"], row["end"]) for row in files["sessions.csv"]]
    assert told == [
        (f"#{HERE}", "2026-07-01T01:00:00+01:00", "2026-07-01T02:00:00+01:00"),
        (f"#{THERE}", "2026-07-01T03:00:00+01:00", "2026-07-01T04:00:00+01:00"),
        (f"#{HERE}", "2026-07-01T05:00:00+01:00", ""),
    ]
    assert [row["worked_seconds"] for row in files["sessions.csv"]] == ["3000", "3600", "36000"]
    assert [row["note"] for row in files["sessions.csv"]] == ["'=三章", "", ""]
    commands = [row["command"] for row in files["history.csv"]]
    assert commands == ["cancel", "end", "end", "me", "me", "note", *["start"] * 4]
    assert "removed_at" not in json.loads(files["history.csv"][0]["before"]), "what is not set"
    assert json.loads(files["history.csv"][0]["after"])["removed_at"]
    about = files["profile.json"]
    assert about["member"][0]["zone"] == "Europe/London"
    assert len(about["membership"]) == 1
    assert files["servers.csv"] == [{"server": f"#{HERE}", "name": "もくもく"}]
    assert [goal["minutes"] for goal in about["goal"]] == [60]
    assert not [word for word in ("Hana", "secret") if word in files["all"]]


async def test_who_is_not_known_has_an_empty_export():
    worked("09:00", "10:00", HANA)
    files = await exported()
    assert (files["sessions.csv"], files["history.csv"]) == ([], [])
    assert files["profile.json"]["member"] == []


async def test_more_than_discord_takes_is_told(monkeypatch):
    monkeypatch.setattr(exporting, "MAX_BYTES", 100)
    with pytest.raises(UserError) as refused:
        await exported()
    assert refused.value.key == "export.too_large"


WHO, WORDS = 987654321098765432, ("Nanao★", "秘密の作業", "ひみつのメモ", "Pacific/Apia")


def said(when: str) -> Command:
    return replace(command(when, WHO), user_name="Nanao★")


def everything() -> str:
    """Every column of every row of every table, as text."""
    handle = models.database.obj
    found = {
        name: handle.execute_sql(f'SELECT * FROM "{name}"').fetchall()
        for name in handle.get_tables()
    }
    return repr(found)


OF_NOBODY = {"outage", "posting"}  # tables that have nothing of a member


def unfilled() -> set[str]:
    """Return the columns in which no row has anything, of the tables as the database has them."""
    handle = models.database.obj
    tables = {name for name in handle.get_tables() if name not in OF_NOBODY}
    return {
        f"{name}.{column.name}"
        for name in tables
        for column in handle.get_columns(name)
        if not handle.execute_sql(f'SELECT count("{column.name}") FROM "{name}"').fetchone()[0]
    }


def a_life() -> None:
    """Leave a member's rows wherever there may be any, beside another's."""
    for who in (said("09:00"), command("09:00", HANA)):
        do(begin, who, "秘密の作業" if who.user_id == WHO else "math", None)
    do(pause, said("09:10"), (own := Session.get(Session.user_id == WHO).id))
    do(resume, said("09:20"), own)
    do(end, said("10:00"), "ひみつのメモ", None)
    do(end, command("10:00", HANA), None, None)
    do(edit, said("10:01"), own, Inputs("ひみつのメモ２", task="秘密の作業"))
    do(set_zone, said("10:02"), "Apia")
    do(set_goal, said("10:03"), "2h", "day")
    do(set_listed, said("10:04"), "yes")
    do(begin, said("10:30"), None, None)
    table = "start,end,task\n2026-06-01 10:00,2026-06-01 11:00,秘密の作業\n"
    do(imports.import_sessions, made := said("10:40"), table.encode())
    then, hours = at("10:20"), {"ask_hours": 6, "remind_hours": 4, "close_hours": 12}
    told = {"closed_by": "timeout", "untold": "timeout", "reminded_at": then, "confirmed_at": then}
    Session.update(planned_end_at=then, removed_at=then, **told).where(
        Session.id == made.id + 1
    ).execute()
    Member.update(language="ja", last_language="ja", day_starts=1, remind_hours=2).execute()
    Membership.update(left_at=then).execute()
    summary = {"channel_id": 5, "day": 1, "hour": 9, "by": WHO, "since": then, "failed_at": then}
    Guild.create(
        **{"guild_id": HERE, "zone": "Asia/Tokyo", "language": "ja", "week_starts": 0, **hours},
        seen_at=then,
        removed_at=then,
        **{f"summary_{name}": value for name, value in summary.items()},
    )
    theirs = {"user_id": str(HANA), "user_name": "Hana", "guild_id": HERE}
    kept = {"summary_by": WHO, "task": "Nanao", "was": [{"user_name": "Nanao★", "n": str(WHO)}]}
    History.create(cmd="config", created_at=at("11:00"), before=kept, after=None, **theirs)
    History.create(cmd="note", created_at=at("11:01"), session_id=own, after=kept, **theirs)


def test_what_is_deleted_stands_in_no_column_of_any_table():
    a_life()
    before = everything()
    assert all(word in before for word in (str(WHO), *WORDS))
    asked = do(own_data.ask_to_delete, said("12:00"), "Delete ")
    assert asked.at == at("2026-07-02T12:00")
    assert unfilled() == set(), "a_life leaves something in every column that there is"
    waiting = everything()
    assert not do(own_data.delete_member, WHO, asked.at - timedelta(seconds=1))
    assert everything() == waiting
    assert do(own_data.deletions) == {WHO: asked.at}
    assert do(own_data.delete_member, WHO, asked.at)
    after = everything()
    assert not [word for word in (str(WHO), *WORDS) if word in after]
    assert not do(own_data.delete_member, WHO, asked.at), "a second process does nothing"
    assert [row.user_id for row in Session.select()] == [HANA]
    kept = History.get(History.cmd == "config").before
    assert kept == {"summary_by": None, "task": "Nanao", "was": [{"user_name": None, "n": None}]}
    assert not Break.select().exists()


def test_a_deletion_is_not_put_off_and_can_be_stopped():
    a_life()
    first = do(own_data.ask_to_delete, said("12:00"), "削除")
    assert do(own_data.ask_to_delete, said("13:00"), "delete").at == first.at
    assert do(profile, said("13:30")).deletion == first.at
    assert refused(own_data.keep_data, command("13:40", HANA)).key == "keep_data.nothing"
    assert do(own_data.deletions) == {WHO: first.at}, "nobody keeps or deletes another's"
    keeping = said("14:00")
    kept = do(own_data.keep_data, keeping)
    assert do(own_data.keep_data, keeping) == kept, "heard twice, done once"
    assert (kept.at, do(own_data.deletions), do(profile, said("14:01")).deletion) == (
        None,
        {},
        None,
    )
    assert not do(own_data.delete_member, WHO, first.at)
    assert "秘密の作業" in everything()
    assert refused(own_data.keep_data, said("14:02")).key == "keep_data.nothing"
    assert refused(own_data.ask_to_delete, said("15:00"), "yes").key == "delete_data.word"


async def test_of_many_who_delete_at_once_one_does():
    a_life()
    asked = do(own_data.ask_to_delete, said("12:00"), "delete")
    deleting = (database.run(own_data.delete_member, WHO, asked.at) for _ in range(8))
    assert sorted(await asyncio.gather(*deleting)) == [False] * 7 + [True]


def in_another_process(tables: peewee.Database, act: Callable[[], Any]) -> int:
    """Do something in a process that ends where it has not been committed; return its id."""
    reading, writing = os.pipe()
    if process := os.fork():
        os.close(writing)
        assert os.read(reading, 1) == b"."
        os.close(reading)
        return process
    try:
        handle = type(tables)(tables.database, autoconnect=False, **tables.connect_params)
        models.database.initialize(handle)
        handle.connect()
        with handle.atomic():
            act()
            os.write(writing, b".")
            signal.pause()
    finally:
        os._exit(1)


def test_a_process_that_is_killed_in_the_middle_has_deleted_nothing(tables):
    a_life()
    asked = do(own_data.ask_to_delete, said("12:00"), "delete")
    waiting = everything()
    process = in_another_process(tables, lambda: own_data.delete_member(WHO, asked.at))
    assert everything() == waiting, "nobody sees half of it"
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    assert everything() == waiting
    assert do(own_data.deletions) == {WHO: asked.at}
    assert do(own_data.delete_member, WHO, asked.at)
    assert str(WHO) not in everything()


async def test_who_keeps_it_while_it_is_deleted_is_not_told_that_it_stays(tables):
    one_at_a_time = isinstance(tables, peewee.SqliteDatabase)
    a_life()
    asked = do(own_data.ask_to_delete, said("12:00"), "delete")
    taken, committed = threading.Event(), threading.Event()

    def deletes() -> bool:
        done = own_data.delete_member(WHO, asked.at)
        taken.set()
        committed.wait(5)
        return done

    deleting = database.run(deletes)
    await asyncio.to_thread(taken.wait, 5)
    keeping = database.run(own_data.keep_data, said("13:00"))
    if not one_at_a_time:
        until_somebody_waits(tables)
    committed.set()
    assert await deleting
    with pytest.raises(UserError) as told:
        await keeping
    assert told.value.key == ("keep_data.nothing" if one_at_a_time else "changed_meanwhile")
    assert str(WHO) not in everything(), "not even that it was pressed"
    assert refused(own_data.keep_data, said("13:01")).key == "keep_data.nothing"


def until_somebody_waits(tables: peewee.Database) -> None:
    """Return once a connection waits for what another one has locked."""
    while not tables.execute_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]:
        time.sleep(0.01)


async def test_others_are_served_between_the_pages_of_an_export(monkeypatch):
    for hour in range(9, 20):
        worked(f"{hour:02}:00", f"{hour:02}:30")
    monkeypatch.setattr(own_data, "PAGE", 1)
    loop, second, pages = asyncio.get_running_loop(), asyncio.Event(), list[Any]()
    page, write = own_data.sessions_page, exporting.write
    one_thread, served = database.current_executor().sqlite, threading.Event()

    def counted(asked: Command, last: Any) -> Any:
        pages.append(last)
        if len(pages) == 2:
            loop.call_soon_threadsafe(second.set)
        elif len(pages) > 2 and not one_thread:  # which would not come to the others meanwhile
            assert served.wait(60)
        return page(asked, last)

    def written(*what: Any) -> None:
        assert threading.current_thread() is not threading.main_thread()
        write(*what)

    monkeypatch.setattr(own_data, "sessions_page", counted)
    monkeypatch.setattr(exporting, "write", written)
    exporting_all = asyncio.ensure_future(exported())
    await second.wait()
    await database.run(guilds.working, command("23:00", HANA))
    served.set()
    assert not exporting_all.done()
    assert len(pages) < 6
    assert len((await exporting_all)["sessions.csv"]) == 11


async def test_a_member_waits_for_one_thing_of_their_data_at_a_time(monkeypatch):
    worked("09:00", "10:00")
    begin_export, go_on = own_data.export, threading.Event()

    def held(asked):
        assert go_on.wait(60)
        return begin_export(asked)

    async def press(action, who=NANAO):
        return await pipeline.run_action(client, Action(action, text="x"), command("23:00", who))

    monkeypatch.setattr(own_data, "export", held)
    client: Any = SimpleNamespace(cache=Cache(), get_guild=lambda _: None)
    first = asyncio.ensure_future(press("export"))
    await asyncio.sleep(0)
    refused_meanwhile = [name for name, one in ACTIONS.items() if one.exclusive]
    assert refused_meanwhile == ["preview", "export"]
    assert all(ACTIONS[name].read_only for name in refused_meanwhile)
    for action in refused_meanwhile:
        with pytest.raises(UserError) as second:
            await press(action)
        assert second.value.key == "one_at_a_time"
    others = asyncio.ensure_future(press("export", HANA))
    go_on.set()
    assert (await first).sessions == 1
    assert (await others).sessions == 0
    with pytest.raises(UserError) as asked:
        await press("delete_data")
    assert asked.value.key == "delete_data.word", "and a failure leaves nobody waiting"
    assert (await press("export")).sessions == 1


def test_an_undo_of_settings_does_not_undo_a_deletion():
    asked = said("12:00")
    do(own_data.ask_to_delete, asked, "delete")
    assert refused(restore, said("12:01"), asked.id).key == "undo.changed_since"


@pytest.mark.parametrize(
    ("back", "days", "gone"), [(False, 89, False), (False, 90, True), (True, 90, False)]
)
def test_the_rows_of_a_server_that_removed_the_bot_go_after_90_days(back, days, gone):
    begun("09:00", task="数学")
    worked("09:30", "10:00", where=THERE)
    do(set_goal, command("10:00"), "2h", "day")
    do(guilds.note_seen, [HERE, THERE], at("08:00"))
    do(guilds.note_removed, HERE, at("11:00"))
    if back:
        do(guilds.note_seen, [HERE], at("12:00"))
    due = {} if back else {HERE: at("11:00") + timedelta(days=90)}
    assert do(guilds.purges) == due
    assert do(guilds.purge, HERE, at("11:00") + timedelta(days=days)) == gone
    assert (str(HERE) in everything()) == (not gone)
    assert str(THERE) in everything()
    assert not do(guilds.purge, THERE, at("11:00") + timedelta(days=999))
