"""One's own data: handed out, and nobody else sees it."""

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from i18n import say
from tests.e2e.people import labels, private
from tests.e2e.scene import embed, scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
