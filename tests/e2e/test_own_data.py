"""One's own data: handed out, and nobody else sees it."""

import asyncio
import csv
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from devtools.sandbox import Message
from i18n import say
from tests.e2e.people import labels, private
from tests.e2e.scene import Person, embed, scene


@pytest.mark.asyncio(loop_scope="module")
async def test_an_export_is_for_the_one_who_asks_alone(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    for who in (nanao, hana):
        await who.says("log add", start="9:00", end="10:00", task="=数学", note=who.member.name)
    panel = private(await nanao.says("me"))
    asked = await nanao.presses(panel, say(words.language, "button.export"))
    answer = private(asked)
    assert embed(answer) == say(words.language, "exported", count=1)
    assert labels(panel) == words.controls, "the settings are still there"
    (file,) = answer.attachments
    with ZipFile(BytesIO(file.data)) as archive:
        rows = csv.DictReader(StringIO(archive.read("sessions.csv").decode("utf-8-sig")))
        (row,) = rows
        assert archive.read("README.txt").decode() == say(words.language, "export.readme")
        assert (
            archive.read("servers.csv")
            .decode("utf-8-sig")
            .endswith(f"#{place.guild.id},{place.guild.name}\r\n")
        )
    assert (row["task"], row["note"]) == ("'=数学", nanao.member.name)
    assert row["start"].endswith("T09:00:00+09:00")
    assert place.posts == []


async def test_what_was_typed_is_gone_after_a_day_unless_one_keeps_it(
    database_url, deploy, tmp_path
):
    deployment = await deploy(database_url)
    clock = tmp_path / "clock"
    clock.write_text("0")
    deployment.refusals |= {40060, 10062}  # what Discord tells the slower of two
    processes = [await deployment.start(CLOCK_FILE=clock) for _ in range(2)]
    language = "ja" if database_url.startswith("sqlite") else "en-US"
    place = deployment.place(language)
    nanao = Person(place.nanao, datetime.now(UTC) - timedelta(minutes=5))
    await nanao.says("log add", start="1h", length="10m", task="秘密の作業")

    async def asks(word: str) -> Message:
        form = (await nanao.presses(private(await nanao.says("me")), delete)).modal
        assert form
        assert word in form.fields[0].label or word == "x"
        return private(await nanao.fills(form, text=word))

    delete, keep = (say(language, f"button.{one}_data") for one in ("delete", "keep"))
    assert "x" in embed(await asks("x"))
    word = {"ja": "削除", "en-US": "delete"}[language]
    waits = await asks(word)
    assert labels(waits) == [keep, say(language, "button.export")]
    stopped = await nanao.presses(waits, keep)
    assert embed(stopped.updated or stopped.message) == say(language, "deletion.stopped")
    await asks(word)
    panel = private(await nanao.says("me"))
    assert keep in labels(panel)
    assert delete not in labels(panel)
    assert "秘密の作業" in repr(deployment.rows("SELECT * FROM session"))
    clock.write_text(str(25 * 3600))
    told = "a member's data is deleted"
    waiting = [asyncio.create_task(process.logged(told)) for process in processes]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for table in ("session", "history", "member", "membership", "goal"):
        assert deployment.rows(f"SELECT * FROM {table}") == []
    assert place.posts == []
    late = private(await nanao.presses(panel, keep))
    assert embed(late) == say(language, "refused.keep_data.nothing")
    for one in waiting:
        one.cancel()
    assert sum(process.log.count(told) for process in processes) == 1


@pytest.mark.asyncio(loop_scope="module")
async def test_a_table_is_looked_at_first_then_added_and_taken_back(deployment, words):
    language = words.language
    place, nanao, _ = scene(deployment, language)
    rows = "2026-07-01 09:00,2026-07-01 10:00,数学\n2026-07-02 09:00,2026-07-02 10:00,\n"
    sent = ("mine.csv", f"start,end,task\n{rows}".encode())
    panel = private(await nanao.says("me"))
    form = (await nanao.presses(panel, say(language, "button.preview"))).modal
    preview = private(await nanao.fills(form, file=sent))
    assert labels(panel) == words.controls, "the settings are still there"
    add = say(language, "button.import")
    assert embed(preview).splitlines() == [
        say(language, "import.new", count=1),
        say(language, "import.refused", count=1),
        say(language, "import.line", line=3, reason=say(language, "import.line.future")),
    ]
    assert (labels(preview), preview.attachments[0].data) == ([add], sent[1])
    done = await nanao.presses(preview, add)
    assert done.updated is preview
    assert embed(preview) == say(language, "imported", count=1)
    assert preview.attachments == []
    again = private(await nanao.says("me", **{"import": sent}))
    assert embed(again).splitlines()[:2] == [
        say(language, "import.new", count=0),
        say(language, "import.known", count=1),
    ]
    assert labels(again) == []
    await nanao.presses(preview, say(language, "button.undo"))
    assert embed(preview) == say(language, "import.undone", count=1)
    junk = private(await nanao.says("me", **{"import": ("a.csv", b"a,b\n1,2\n")}))
    assert embed(junk) == say(language, "refused.import.columns")
    assert place.posts == []
