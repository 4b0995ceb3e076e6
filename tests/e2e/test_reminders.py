"""When a reminder comes: by a plan, from another shard, and after the database was away."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from types import SimpleNamespace

from disnake.utils import snowflake_time

from devtools.sandbox.snowflakes import shard_of
from i18n import say
from tests.e2e.deployment import Deployment
from tests.e2e.people import labels, private, public
from tests.e2e.test_database import AWAY
from tests.e2e.test_downtime import TELL_QUERIES
from tests.e2e.test_night import at_night, button_names, dm, noted
from tests.support.stand_ins import Proxy, error_response
from views.reply import clock, day_and_clock

OVERNIGHT = "downtime from"  # only clocks that were set ahead


async def test_a_plan_is_shown_reminds_and_can_be_moved(
    database_url, deploy, words: SimpleNamespace
) -> None:
    deployment: Deployment = await deploy(database_url)
    deployment.allowed.append(OVERNIGHT)
    deployment.later()
    await deployment.start()
    place = await at_night(deployment, words.language)
    started = await place.nanao.slash("start", plan="2h")
    end = snowflake_time(started.id) + timedelta(hours=2)
    until = say(words.language, "until", clock=clock(end))
    post = public(started).text
    assert until in post
    assert until in private(await place.hana.slash("now")).text
    deployment.later(hours=2)
    asked = await dm(place, place.nanao)
    assert say(words.language, "reminder.planned", end=clock(end), task="") in asked.text
    assert labels(asked) == button_names(words, "still", "more", "end_now", "ended_at")
    moved = await place.nanao.press(asked, labels(asked)[1])
    assert moved.updated is asked
    end = snowflake_time(moved.id) + timedelta(minutes=30)
    until = say(words.language, "until", clock=clock(end))
    assert until in asked.text
    assert until in private(await place.hana.slash("now")).text
    deployment.later(minutes=31)
    again = await dm(place, place.nanao, 2)
    assert say(words.language, "reminder.planned", end=clock(end), task="") in again.text
    await place.nanao.press(again, labels(again)[2])
    assert deployment.rows("SELECT 1 FROM session WHERE ended_at IS NULL") == []
    # nobody is told that a plan was missed
    assert [one.text for one in place.posts] == [post]
    assert not place.discord.dm(place.hana.user).messages


async def test_a_message_reaches_another_shard_than_its_server(
    database_url, deploy, words: SimpleNamespace
) -> None:
    deployment: Deployment = await deploy(database_url)
    deployment.allowed.append(OVERNIGHT)
    deployment.later()
    both = [await deployment.start(SHARD_COUNT=2, SHARD_IDS=shard) for shard in (0, 1)]
    for process in both:
        await process.logged("the start is complete")  # that has its own time
    place = await at_night(deployment, words.language)
    while shard_of(place.guild.id, 2) == 0:
        place = await at_night(deployment, words.language)
    await place.nanao.slash("start")
    posts = [one.text for one in place.posts]
    deployment.later(hours=4)
    asked = await dm(place, place.nanao)
    assert (await place.nanao.press(asked, labels(asked)[0])).updated is asked
    # what the one shard was told in answer, the other does not know: it is read at the next start
    await both[0].stop()
    restarted = await deployment.start(SHARD_COUNT=2, SHARD_IDS=0)
    await restarted.logged("the start is complete")  # that has its own time
    deployment.later(hours=4)
    again = await dm(place, place.nanao, 2)
    assert place.guild.name in again.text
    assert say(words.language, "reminder.late", due="").strip() not in again.text
    assert (await place.nanao.press(again, labels(again)[1])).updated is again
    assert deployment.rows("SELECT 1 FROM session WHERE ended_at IS NULL") == []
    assert [one.text for one in place.posts] == posts
    assert len(place.discord.dm(place.nanao.user).messages) == 2


@contextmanager
def asleep(deployment: Deployment, proxy: Proxy | None) -> Iterator[None]:
    """Let the database be away: a Postgres that does not answer, a file without what was in it."""
    if proxy is None:
        with deployment.renamed("session"):
            yield
        return
    proxy.error = error_response("the database system is starting up")
    proxy.cut()
    yield
    proxy.error = b""


async def test_after_a_night_without_a_database_a_reminder_is_late_and_nothing_is_closed_first(
    database_url, deploy
) -> None:
    on_sqlite = database_url.startswith("sqlite")
    async with nullcontext() if on_sqlite else Proxy(database_url) as proxy:
        deployment: Deployment = await deploy(proxy.url if proxy else database_url)
        deployment.behind = database_url
        deployment.allowed += [OVERNIGHT, *AWAY]
        deployment.later()
        place = deployment.place("ja")
        place.nanao.user.accepts_dms = True
        process = await deployment.start(TELL_QUERIES)
        started = await place.nanao.slash("start")
        await process.logged("QUERY <function purges")  # the last kind that is read
        if proxy:
            await proxy.quiet()
        with asleep(deployment, proxy):
            deployment.later(hours=4)
            await process.logged("WARNING interactions.errors: what is due")
        deployment.later(hours=10)  # when it would have been closed for long
        asked = await dm(place, place.nanao)
        due = snowflake_time(started.id) + timedelta(hours=4)
        assert say("ja", "reminder.late", due=day_and_clock(due)) in asked.text
        (closes,) = re.findall(r"<t:(\d+):f>", asked.text)[1:]
        assert int(closes) >= int(due.timestamp()) + 17 * 3600  # 10 hours late, and 8 to answer
        deployment.later(hours=7)
        await place.hana.slash("now")
        assert deployment.rows("SELECT ended_at FROM session") == [(None,)]
        deployment.later(hours=1.1)
        await noted(deployment, "closed_by", "timeout")
        assert labels(await dm(place, place.nanao, 2))
        await process.stop()
