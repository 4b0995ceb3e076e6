"""One's own data: all of it, nobody else's, a page at a time."""

import csv
import json
from io import BytesIO, StringIO
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest

import database
from domain.own_data import Exported
from interactions import exporting
from models import Break, Goal
from queries import own_data
from queries.corrections import discard, set_note
from queries.profile import set_private, set_zone
from tests.support.commands import HANA, HERE, NANAO, THERE, at, begun, command, do, worked
from views.answer import render

FILES = ("sessions.csv", "history.csv", "servers.csv", "profile.json", "README.txt")
CLIENT: Any = SimpleNamespace(
    get_guild=lambda id_: SimpleNamespace(name="もくもく") if id_ == HERE else None
)


async def exported(who: int = NANAO) -> dict[str, Any]:
    """Export as a member does; return each file's rows or values."""
    asked = command("23:00", who)
    begins = await database.run(own_data.export, asked)
    answer = await exporting.packed(CLIENT, asked, begins)
    assert isinstance(answer, Exported)
    file = render(answer, "ja").file
    assert file
    with ZipFile(BytesIO(file.data)) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert set(texts) == {
        "sessions.csv",
        "history.csv",
        "servers.csv",
        "profile.json",
        "README.txt",
    }
    tables = {name: [*csv.DictReader(StringIO(texts[name]))] for name in texts if "csv" in name}
    return tables | {"profile.json": json.loads(texts["profile.json"]), "all": repr(texts)}


@pytest.mark.parametrize("page", [1, 2, 2000])
async def test_an_export_has_all_that_is_known_of_a_member_and_of_nobody_else(
    page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    assert json.loads(files["history.csv"][0]["before"])["removed_at"] is None
    about = files["profile.json"]
    assert about["member"][0]["zone"] == "Europe/London"
    assert len(about["membership"]) == 1
    assert files["servers.csv"] == [{"server": f"#{HERE}", "name": "もくもく"}]
    assert [goal["minutes"] for goal in about["goal"]] == [60]
    assert not [word for word in ("Hana", "secret") if word in files["all"]]


async def test_who_is_not_known_has_an_empty_export() -> None:
    worked("09:00", "10:00", HANA)
    files = await exported()
    assert (files["sessions.csv"], files["history.csv"]) == ([], [])
    assert files["profile.json"]["member"] == []


async def test_more_than_discord_takes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST", 100)
    with pytest.raises(exporting.UserError) as refused:
        await exported()
    assert refused.value.key == "export.too_large"
