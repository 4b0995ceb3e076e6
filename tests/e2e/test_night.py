"""Forgotten sessions through a whole night, by Discord's clock and the bot's set ahead together."""

import asyncio
from types import SimpleNamespace

from devtools.sandbox import Member, Message
from i18n import say
from tests.cogs.test_components import STAND_FOR
from tests.e2e.deployment import Deployment, Place
from tests.e2e.people import ids, labels, private
from tests.e2e.test_downtime import TELL_QUERIES
from tests.support.until import until


async def at_night(deployment: Deployment, language: str, *, dms: bool = True) -> Place:
    """Begin with clocks that can be set ahead, and members who take messages or not."""
    place = deployment.place(language)
    deployment.rows(
        "INSERT INTO guild (guild_id, language) VALUES (?, ?)", place.guild.id, language
    )
    for member in (place.nanao, place.hana):
        member.user.accepts_dms = dms
    return place


async def dm(place: Place, member: Member, count: int = 1) -> Message:
    """Wait for a member's so many-th message from the bot."""
    messages = place.discord.dm(member.user).messages
    await until(lambda: len(messages) >= count)
    return list(messages.values())[count - 1]


async def noted(deployment: Deployment, column: str, value: object) -> None:
    """Wait until a session has a value."""
    await until(lambda: deployment.rows(f"SELECT 1 FROM session WHERE {column} = ?", value))


async def test_a_night_that_nobody_answers(database_url, deploy, words: SimpleNamespace) -> None:
    deployment: Deployment = await deploy(database_url)
    deployment.allowed.append("WARNING interactions.cache: downtime from")  # overnight
    deployment.later()
    process = await deployment.start()
    place = await at_night(deployment, words.language)
    await place.nanao.slash("start", task="math")
    posts = len(place.posts)
    deployment.later(hours=4)
    asked = await dm(place, place.nanao)
    assert place.guild.name in asked.text
    assert (
        say(words.language, "reminder", length=length_of(4, words), task=task(words)) in asked.text
    )
    assert labels(asked) == button_names(words, "still", "end_now", "ended_at")
    session = int(ids(asked)[0].split(":")[1].split("@")[0])
    assert ids(asked) == [
        f"{one}:{session}@{place.guild.id}" for one in ("still", "end", "stopped")
    ]
    # answered in time, from a message that is in no server
    answer = await place.nanao.press(asked, labels(asked)[0])
    assert answer.updated is asked
    assert asked.embeds[0]["author"]["name"] == place.guild.name  # still
    assert deployment.rows("SELECT reminded_at FROM session") == [(None,)]
    deployment.later(hours=4)
    again = await dm(place, place.nanao, 2)
    await process.stop()
    # only Discord's clock went on, so that to the bot it was away until then
    deployment.allowed.append("WARNING interactions.cache: downtime from")
    process = await deployment.start()  # whatever one process knew, another one reads
    await process.logged("the start is complete")  # that has its own time
    deployment.later(hours=8)
    over = await dm(place, place.nanao, 3)
    assert labels(over) == button_names(words, "until", "discard", "confirm")
    assert len(place.posts) == posts
    assert deployment.rows("SELECT closed_by, confirmed_at FROM session") == [("timeout", None)]
    log = private(await place.nanao.slash("log list"))
    assert say(words.language, "log.unconfirmed").strip() in log.text
    await place.nanao.press(again, labels(again)[1])  # the reminder's End now comes too late
    assert labels(again) == button_names(words, "until")
    # for ever: weeks later
    deployment.later(hours=24 * 40)
    await place.nanao.press(over, labels(over)[2])
    assert say(words.language, "log.confirmed") in over.text
    assert deployment.rows("SELECT confirmed_at FROM session") != [(None,)]
    log = private(await place.nanao.slash("log list"))
    assert say(words.language, "log.unconfirmed").strip() not in log.text


def task(words: SimpleNamespace) -> str:
    return say(words.language, "started.task", task="math")


def length_of(hours: int, words: SimpleNamespace) -> str:
    return say(words.language, "length.hours", hours=hours)


def button_names(words: SimpleNamespace, *keys: str) -> list[str]:
    return [say(words.language, f"button.{key}") for key in keys]


async def test_where_messages_are_closed_it_is_told_at_the_next_command_or_press(
    database_url, deploy, words: SimpleNamespace
) -> None:
    deployment: Deployment = await deploy(database_url)
    deployment.refusals.add(50007)
    deployment.later()
    await deployment.start()
    place = await at_night(deployment, words.language, dms=False)
    await place.nanao.slash("start")
    deployment.later(hours=4)
    await noted(deployment, "untold", "reminder")
    hers = await place.hana.slash("now")
    mine = await place.nanao.slash("now")
    (told,) = await until(lambda: mine.followups)
    assert told.ephemeral
    assert labels(told) == button_names(words, "still", "end_now", "ended_at")
    assert not hers.followups
    deployment.later(hours=8)
    await noted(deployment, "untold", "timeout")
    mine = await place.nanao.press_id(place.channel, "panel:end")
    (told,) = await until(lambda: mine.followups)
    assert labels(told) == button_names(words, "until", "discard", "confirm")
    form = (await place.nanao.press(told, labels(told)[0])).modal
    assert form
    await place.nanao.submit(form, {"end": "13h"})
    ((start, end),) = deployment.rows("SELECT started_at, ended_at FROM session")
    assert start < end
    assert deployment.rows("SELECT untold FROM session") == [(None,)]


async def test_an_end_after_a_night_asks_when_it_was(deploy, database_url, words) -> None:
    deployment: Deployment = await deploy(database_url)
    deployment.later()
    await deployment.start()
    place = await at_night(deployment, words.language)
    started = await place.nanao.slash("start", task="math")
    deployment.later(hours=26)
    posts = len(place.posts)
    asked = private(await place.nanao.press(started.message, labels(started.message)[1]))
    assert labels(asked) == button_names(words, "just_now", "ended_at", "keep_going")
    assert len(place.posts) == posts
    noting = private(await place.nanao.slash("end", note="chapter 3"))
    form = (await place.nanao.press(noting, labels(noting)[1])).modal
    await place.nanao.submit(form, {"time": "20h"})
    (post,) = await until(lambda: place.posts[posts:])
    assert "chapter 3" in post.text
    assert ":d>" in post.text  # the dates of the span
    assert deployment.rows("SELECT note FROM session") == [("chapter 3",)]


async def test_each_reminder_comes_once_whoever_is_there(deploy, database_url) -> None:
    deployment: Deployment = await deploy(database_url)
    deployment.later()
    deployment.refusals |= {40060, 10062}  # of the processes that were slower
    processes = [await deployment.start() for _ in range(3)]
    place = await at_night(deployment, "ja")
    people = [place.guild.add_member(f"m{n}") for n in range(8)]
    for one in people:
        await one.slash("start")
    for process in processes:
        await process.logged("the start is complete")  # that has its own time
    deployment.later(hours=4)
    for one in people:
        await dm(place, one)
    deployment.later(hours=8)
    for one in people:
        await dm(place, one, 2)
    await asyncio.sleep(1)
    assert [len(place.discord.dm(one.user).messages) for one in people] == [2] * len(people)
    assert len(deployment.rows("SELECT 1 FROM history WHERE cmd = 'timeout'")) == len(people)
    assert all(process.running for process in processes)


async def test_with_nobody_working_nobody_is_asked(tmp_path, deploy) -> None:
    deployment: Deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    deployment.later()
    place = deployment.place()  # there already: one that the bot joins is read anew
    place.nanao.user.accepts_dms = True
    process = await deployment.start(TELL_QUERIES)
    await place.nanao.slash("start")
    await place.nanao.slash("end")
    await process.logged("QUERY <function guilds_without_posts")  # the last behind a first answer
    await process.logged("QUERY <function purges")  # the last kind that is read
    before = process.log.count("QUERY")
    for _ in range(10):
        deployment.later(minutes=60)
        await asyncio.sleep(0.3)
    assert process.log.count("QUERY") == before, process.log
    await place.nanao.slash("start")
    before = process.log.count("QUERY")
    deployment.later(minutes=10)
    await asyncio.sleep(0.5)
    assert process.log.count("QUERY") == before
    deployment.later(hours=4)
    await dm(place, place.nanao)
    assert process.log.count("QUERY") == before + 1


async def test_what_a_message_of_the_bot_is_forged_into_is_refused(deploy, database_url) -> None:
    deployment: Deployment = await deploy(database_url)
    deployment.later()
    await deployment.start()
    place, other = await at_night(deployment, "ja"), deployment.place("ja")
    mine, hers = await place.nanao.slash("start"), await place.hana.slash("start")
    direct = place.discord.dm(place.nanao.user)
    kept = "SELECT * FROM session ORDER BY id", "SELECT cmd, user_id FROM history ORDER BY cmd"
    before = [deployment.rows(one) for one in kept]
    # every button there is, about somebody else's; and one's own without a server, or of another
    about_hers = [one.replace(":5", f":{hers.id}") for one in STAND_FOR]
    forged = [
        *(f"{one}@{place.guild.id}" for one in about_hers),
        *(f"{one}:{mine.id}" for one in ("end", "still", "retry:start")),
        *(f"{one}@{other.guild.id}" for one in (f"end:{mine.id}", "start", "group_goal")),
    ]
    pressed = await asyncio.gather(*(place.nanao.press_id(direct, one) for one in forged))
    for custom_id, refused in zip(forged, pressed, strict=True):
        assert refused.message or refused.modal, custom_id
    elsewhere = await place.nanao.press_id(place.channel, f"end:{mine.id}@{other.guild.id}")
    assert say("ja", "refused.unknown_button") in private(elsewhere).text
    assert [deployment.rows(one) for one in kept] == before
