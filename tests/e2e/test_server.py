"""Servers that come and go, downtimes of the bot itself, homes for adopted sessions, shards."""

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devtools.postgres import EMPTY
from devtools.sandbox import Guild
from devtools.sandbox.snowflakes import moment_of, shard_of
from tests.e2e.deployment import IDENTIFY_AT_ONCE, KNOWN, Deployment, Place
from tests.e2e.load import crowd
from tests.e2e.people import ENDED, fills, ids, labels, private, public
from tests.support.until import until

# What could not be written down is tried again soon, where a process waits for ten seconds.
TRY_AGAIN_SOON = """
make_bot = main.make_bot
def quick(*args):
    made = make_bot(*args)
    sys.modules["cogs.startup"].PAUSE = 0.2  # disnake imports a cog anew
    return made
main.make_bot = quick
"""


def instant(value: object) -> datetime:
    return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)


def closed(deployment: Deployment, session: int) -> tuple[datetime | None, str | None]:
    ((at, by),) = deployment.rows("SELECT ended_at, closed_by FROM session WHERE id = ?", session)
    return at and instant(at), by


async def until_closed(deployment: Deployment, session: int) -> datetime:
    await until(lambda: closed(deployment, session)[0])
    at, by = closed(deployment, session)
    assert (at is not None, by) == (True, "removal")
    return at


async def until_seen(deployment: Deployment, *places: Place) -> None:
    """Wait until it is written down that the bot is in these servers."""
    wanted = {place.guild.id for place in places}
    seen = "SELECT guild_id FROM guild WHERE seen_at IS NOT NULL"
    await until(lambda: wanted <= {guild for (guild,) in deployment.rows(seen)})


# the bot is removed


async def test_when_the_bot_is_removed_sessions_end_then(database_url, deploy):
    deployment = await deploy(database_url)
    process = await deployment.start()
    place, other = deployment.place(), deployment.place()
    start = await place.nanao.slash("start", time="1h")
    second = await place.hana.slash("start")
    elsewhere = await other.nanao.slash("start")
    before = datetime.now(UTC)
    await place.guild.remove_bot()
    await process.logged(f"removed from server {place.guild.id}: 2 sessions ended")
    removed = datetime.now(UTC)
    for one in (start, second):
        assert before < await until_closed(deployment, one.id) < removed
    assert closed(deployment, elsewhere.id) == (None, None)
    await place.guild.add_bot()
    told = private(await place.nanao.slash("end"))
    assert "ボットがこのサーバーから外されたので" in told.text
    assert labels(told) == ["いま開始", "記録を追加", "時刻を直す"]
    form = (await place.nanao.press(told, "時刻を直す")).modal
    fixed = await fills(place.nanao, form, end="20m")
    assert "40分" in fixed.message.text
    assert (await place.nanao.slash("start")).message.silent


async def test_an_outage_is_no_removal(postgres, deploy):
    deployment = await deploy(postgres.create_database())
    await deployment.start()
    place = deployment.place()
    start = await place.nanao.slash("start")
    place.guild.set_unavailable()
    await asyncio.sleep(0.3)
    assert closed(deployment, start.id) == (None, None)
    place.guild.set_unavailable(False)
    ended = await place.nanao.press(start.message, "終了")
    assert ended.updated is start.message
    assert closed(deployment, start.id)[1] is None


async def test_a_removal_while_nobody_was_there_is_noticed(postgres, deploy):
    deployment = await deploy(postgres.create_database())
    process = await deployment.start()
    gone, ailing, here = deployment.place(), deployment.place(), deployment.place()
    starts = [await place.nanao.slash("start") for place in (gone, ailing, here)]
    await until_seen(deployment, gone, ailing, here)
    await process.stop()
    await gone.guild.remove_bot()
    ailing.guild.set_unavailable()
    again = await deployment.start()
    await until_closed(deployment, starts[0].id)
    await again.logged(f"no longer in server {gone.guild.id}: 1 sessions ended")
    assert [closed(deployment, one.id)[0] for one in starts[1:]] == [None, None]
    ailing.guild.set_unavailable(False)
    assert (await ailing.nanao.press(starts[1].message, "終了")).updated


async def test_a_removal_while_the_database_is_away_is_kept_with_its_own_time(tmp_path, deploy):
    deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    process = await deployment.start(TRY_AGAIN_SOON)
    await process.logged("the start is complete")
    place = deployment.place()
    start = await place.nanao.slash("start")
    await until_seen(deployment, place)
    deployment.allowed += [
        "WARNING cogs.startup: leaving a server failed",
        "WARNING interactions.errors: what is due: no such table",
    ]
    with deployment.renamed("session"):
        before = datetime.now(UTC)
        await place.guild.remove_bot()
        await process.logged("leaving a server failed")
        removed = datetime.now(UTC)
        await process.logged("(?s)(leaving a server failed.*){2}")
    assert before < await until_closed(deployment, start.id) < removed


async def test_where_the_bot_was_never_seen_it_is_not_missed(database_url, deploy):
    deployment = await deploy(database_url)
    process = await deployment.start()
    place, other = deployment.place(), deployment.place()
    start = await place.nanao.slash("start")
    await until_seen(deployment, place, other)
    await process.stop()
    # as where only the commands were installed: Discord never lists the server
    deployment.rows("UPDATE guild SET seen_at = NULL WHERE guild_id = ?", place.guild.id)
    for one in (place, other):
        await one.guild.remove_bot()
    again = await deployment.start()
    await again.logged(f"no longer in server {other.guild.id}: 0 sessions ended")
    assert closed(deployment, start.id) == (None, None)


# downtime


def heartbeat_file(deployment: Deployment) -> Path:
    (found,) = deployment.folder.glob(".alive-*")
    return found


async def test_after_a_downtime_the_next_command_says_so(database_url, deploy):
    deployment = await deploy(database_url)
    place = deployment.place()
    process = await deployment.start()
    nanao, hana = place.nanao, place.hana
    third, fourth = crowd(place, 2)
    now = datetime.now(UTC)
    before = [await one.slash("start", at=now - timedelta(hours=2)) for one in (nanao, hana, third)]
    await process.logged("in 1 server")
    await process.stop()
    then = time.time() - 40 * 60
    os.utime(heartbeat_file(deployment), (then, then))
    deployment.allowed.append("WARNING cogs.startup: downtime")
    again = await deployment.start()
    await again.logged("downtime from ")
    fresh = await fourth.slash("start")

    here = private(await nanao.slash("now"))
    assert f"<t:{int(then)}:f>から" in here.text
    assert "ボットが止まっていました" in here.text
    assert labels(here) == ["終了", "終えた時刻を入力"]
    assert "止まっていました" not in private(await nanao.slash("now")).text, "once is enough"
    form = (await nanao.press(here, "終えた時刻を入力")).modal
    filled = await fills(nanao, form, time="50m")
    await deployment.discord.settle()
    assert "1時間10分" in filled.message.text
    ((ended,),) = deployment.rows("SELECT ended_at FROM session WHERE id = ?", before[0].id)
    assert instant(ended) == moment_of(filled.id) - timedelta(minutes=50)

    over = await hana.slash("end")
    assert "ボットが止まっていました" in public(over).text
    assert labels(over.message) == ENDED
    asked = private(await third.slash("start", task="x"))
    assert "ボットが止まっていました" in asked.text
    assert labels(asked) == ["このまま続ける", "終えて新しく開始", "終えた時刻を入力"]
    none = await fourth.press(fresh.message, "終了")
    assert "止まっていました" not in none.updated.text


async def test_a_short_downtime_is_nobodys_trouble(tmp_path, deploy):
    deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    place = deployment.place()
    process = await deployment.start()
    await place.nanao.slash("start", at=datetime.now(UTC) - timedelta(hours=2))
    await process.logged("in 1 server")
    await process.stop()
    then = time.time() - 4 * 60
    os.utime(heartbeat_file(deployment), (then, then))
    again = await deployment.start()
    await again.logged("the start is complete")
    assert "止まっていました" not in private(await place.nanao.slash("now")).text
    assert "downtime from" not in again.log


async def test_a_start_settles_in_once_the_database_is_there(tmp_path, deploy):
    deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    process = await deployment.start()
    place = deployment.place()
    start = await place.nanao.slash("start")
    await until_seen(deployment, place)
    await process.stop()
    await place.guild.remove_bot()
    deployment.allowed.append("WARNING cogs.startup: setting up failed")
    with deployment.renamed("session"):
        again = await deployment.start(TRY_AGAIN_SOON)
        await again.logged("setting up failed")
    await until_closed(deployment, start.id)


async def test_another_process_was_there_all_the_time(postgres, deploy):
    deployment = await deploy(postgres.create_database())
    deployment.refusals |= {40060, 10062}
    place = deployment.place()
    first = await deployment.start()
    await first.logged("in 1 server")
    start = await place.nanao.slash("start", at=datetime.now(UTC) - timedelta(hours=2))
    await place.hana.slash("start")
    elsewhere = deployment.folder / "elsewhere"  # a machine where the file is old
    elsewhere.mkdir()
    then = time.time() - 40 * 60
    old = elsewhere / heartbeat_file(deployment).name
    old.touch()
    os.utime(old, (then, then))
    second = await deployment.start(STATE_DIRECTORY=elsewhere)
    await second.logged("the start is complete")
    assert "downtime from" not in second.log
    ended = await place.nanao.press(start.message, "終了")
    assert "止まっていました" not in ended.updated.text


# adopted sessions


def article_rows(deployment: Deployment, member_id: int) -> None:
    """Make the article's table as alembic made it, with one session over and one running."""
    deployment.rows(
        "CREATE TABLE history (user_id VARCHAR(19) NOT NULL, user_name VARCHAR NOT NULL, "
        "cmd VARCHAR(5) NOT NULL, created_at TIMESTAMP NOT NULL, "
        "PRIMARY KEY (user_id, cmd, created_at))"
    )
    now = datetime.now(UTC).replace(tzinfo=None)
    for cmd, hours in (("start", 6), ("end", 4), ("start", 2)):
        at = now - timedelta(hours=hours)
        deployment.rows(
            "INSERT INTO history VALUES (?, ?, ?, ?)",
            str(member_id),
            "ナナオ",
            cmd,
            at.isoformat(sep=" ", timespec="microseconds"),
        )


def homes(deployment: Deployment) -> set[int]:
    return {guild for (guild,) in deployment.rows("SELECT guild_id FROM session")}


async def test_the_only_server_takes_what_was_adopted(empty_database_url, deploy):
    deployment = await deploy(empty_database_url)
    place = deployment.place()
    article_rows(deployment, place.nanao.id)
    process = await deployment.start()
    await process.logged(f"2 adopted sessions now belong to server {place.guild.id}")
    assert homes(deployment) == {place.guild.id}
    end = public(await place.nanao.slash("end"))
    assert "2時間" in end.text
    again = public(await place.nanao.slash("start", time="now"))
    assert ids(again)


async def test_the_first_server_that_comes_takes_what_was_adopted(postgres, deploy):
    deployment = await deploy(postgres.create_database(EMPTY))
    article_rows(deployment, 10**17)
    process = await deployment.start()
    await process.logged("in no server yet")
    assert homes(deployment) == {0}
    place = deployment.place()
    await process.logged(f"2 adopted sessions now belong to server {place.guild.id}")
    assert homes(deployment) == {place.guild.id}


async def test_of_several_servers_only_the_home_takes_it_at_a_later_start_too(tmp_path, deploy):
    deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    place, home = deployment.place(), deployment.place()
    article_rows(deployment, home.nanao.id)
    process = await deployment.start()
    await process.logged("the start is complete")
    assert homes(deployment) == {0}
    assert labels(private(await home.nanao.slash("end"))) == ["いま開始", "記録を追加"]
    await process.stop()
    again = await deployment.start(HOME_GUILD=home.guild.id)
    await again.logged(f"2 adopted sessions now belong to server {home.guild.id}")
    assert homes(deployment) == {home.guild.id}
    assert place.guild.id not in homes(deployment)


# shards


def on_both(deployment: Deployment) -> list[Place]:
    """Make servers until each of two shards has one; give one of each."""
    found: dict[int, Place] = {}
    while len(found) < 2:
        place = deployment.place()
        found[shard_of(place.guild.id, 2)] = place
    return [found[0], found[1]]


async def converse(deployment: Deployment, places: list[Place]) -> None:
    for place in places:
        start = await place.nanao.slash("start")
        ended = await place.nanao.press(public(start), "終了")
        assert ended.updated is start.message
    await deployment.discord.settle()
    for one in deployment.interactions:
        answered = [r for r in deployment.discord.requests if f"/{one.id}/" in r.path]
        assert [r.status for r in answered] == [204]


@pytest.mark.parametrize("together", [True, False], ids=["one process", "one each"])
async def test_two_shards_answer_each_for_its_own_servers(postgres, deploy, together):
    deployment = await deploy(postgres.create_database())
    places = on_both(deployment)
    if together:
        deployment.launch(KNOWN + IDENTIFY_AT_ONCE, SHARD_COUNT=2)
    else:
        for shard in (0, 1):
            deployment.launch(KNOWN, SHARD_COUNT=2, SHARD_IDS=shard)
    await deployment.discord.ready(shards=2)
    await converse(deployment, places)
    assert sorted(one.shard for one in deployment.discord.gateways) == [0, 1]


async def test_a_shard_leaves_the_servers_of_another_alone(postgres, deploy):
    deployment = await deploy(postgres.create_database())
    places = on_both(deployment)
    first = await deployment.start(SHARD_COUNT=2, SHARD_IDS=0)
    second = await deployment.start(SHARD_COUNT=2, SHARD_IDS=1)
    starts = [await place.nanao.slash("start") for place in places]
    await until_seen(deployment, *places)
    await first.stop()
    await second.stop()
    for place in places:
        await place.guild.remove_bot()
    third: Guild = deployment.discord.add_guild("another")
    assert third
    again = await deployment.start(SHARD_COUNT=2, SHARD_IDS=0)
    await until_closed(deployment, starts[0].id)
    await again.logged("no longer in server")
    await asyncio.sleep(0.2)
    assert closed(deployment, starts[1].id) == (None, None)
    await deployment.start(SHARD_COUNT=2, SHARD_IDS=1)
    await until_closed(deployment, starts[1].id)
