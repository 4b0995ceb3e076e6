"""The release before, from the history, on the schema of this one; and this one after it."""

import subprocess
import tarfile
from io import BytesIO
from itertools import starmap
from pathlib import Path
from typing import Any

import pytest

from devtools.sandbox.interactions import Kind
from i18n import say
from tests.e2e.deployment import Deployment
from tests.e2e.people import fills, forge, labels, private
from tests.e2e.process import ROOT
from tests.e2e.test_night import button_names, dm, noted
from tests.e2e.words import JA

BEFORE = "6b5598c"  # the last one that knew nothing of forgotten sessions


def field(name: str, value: str) -> dict[str, Any]:
    """Return a field of a form that is sent, as Discord's clients send it."""
    return {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}


@pytest.fixture
def release_before(tmp_path: Path) -> Path:
    """Take the release before out of the history, where there is one."""
    command = ["git", "archive", "--format=tar", BEFORE]
    packed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        pytest.skip(f"the repository's history has no {BEFORE} here")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(tmp_path / "before", filter="data")
    return tmp_path / "before"


@pytest.mark.long
async def test_the_release_before_works_on_this_ones_schema_and_this_one_reads_it(
    database_url, deploy, release_before
) -> None:
    deployment: Deployment = await deploy(database_url)
    deployment.allowed += [
        "the database is newer than this version of the bot: 005_forgotten_sessions",
        "downtime from",
        "nobody was there from",  # as it said itself
    ]
    deployment.later()
    this = await deployment.start()
    place = deployment.place("ja")
    for one in (place.nanao, place.hana):
        one.user.accepts_dms = True
    mine = await place.nanao.slash("start", task="this release's", plan="9h")
    await this.stop()

    before = await deployment.start(project=release_before)
    await before.logged("the database is newer")
    nanao, hana, channel = place.nanao, place.hana, place.channel
    hers = await hana.slash("start", task="old")
    for action_name in ("pause", "resume"):
        await hana.press_id(channel, f"{action_name}:{hers.id}")
    await fills(hana, (await hana.press_id(channel, f"task:{hers.id}")).modal, text="older")
    ended = await hana.slash("end", note="done")
    assert labels(ended.message)
    typed = {"start": "2h", "task": "older", "text": "edited"}
    form = {"custom_id": f"edit:{hers.id}", "components": [*starmap(field, typed.items())]}
    await forge(hana, channel, Kind.MODAL, form, ended.message)
    # and in what this release began
    for action_name in ("pause", "resume"):
        await nanao.press_id(channel, f"{action_name}:{mine.id}")
    over = await nanao.slash("end")
    await nanao.press_id(channel, f"undo:{over.id}")
    again = await hana.slash("start", task="left alone")
    await before.stop()

    this = await deployment.start()
    rows = deployment.rows(
        "SELECT id, task, note, edited_at IS NOT NULL, ended_at IS NULL FROM session ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [
        (mine.id, "this release's", None, False, True),
        (hers.id, "older", "edited", True, False),
        (again.id, "left alone", None, False, True),
    ]
    breaks = "SELECT session_id, ended_at IS NULL FROM break ORDER BY session_id"
    assert deployment.rows(breaks) == [(mine.id, False), (hers.id, False)]
    book = private(await hana.slash("log list")).text
    assert say("ja", "log.edited").strip() in book
    assert say("ja", "log.unconfirmed").strip() not in book
    deployment.later(hours=4.1)  # after a start of which the release before wrote no sign of life
    asked = await dm(place, hana)
    assert labels(asked) == button_names(JA, "still", "end_now", "ended_at")
    deployment.later(hours=9)
    over = await dm(place, hana, 2)
    assert labels(over) == button_names(JA, "until", "discard", "confirm")
    await noted(deployment, "closed_by", "timeout")
    planned = await dm(place, nanao)
    assert labels(planned) == button_names(JA, "still", "more", "end_now", "ended_at")
