"""Waits that are shown in time, as privately as they must be, and what need not be waited for."""

import asyncio

import pytest

from i18n import say
from tests.e2e.deployment import Deployment
from tests.e2e.load import crowd
from tests.e2e.people import ids, labels, posted, private, public, running_ids
from tests.e2e.scene import embed, scene, shown_span
from tests.e2e.words import EN, JA
from tests.support.until import responded, until

SLOW_PICTURES = """
import os, time, views.stats
drawn = views.stats.bars_png
def slow(*args, **kwargs):
    while not os.path.exists(os.environ["STATE_DIRECTORY"] + "/drawn"):
        time.sleep(0.02)
    return drawn(*args, **kwargs)
views.stats.bars_png = slow
"""
MANY = 5
TELL_KNOWN = """
from interactions.cache import Cache
learn = Cache.set_private_members
def told(*args):
    learn(*args)
    print("KNOWN", flush=True)
Cache.set_private_members = told
"""
FEW = f"import interactions.responder; interactions.responder.BUSY = {MANY}"


async def test_until_it_is_known_who_is_private_every_wait_is(database_url, deploy):
    deployment: Deployment = await deploy(database_url)
    process = await deployment.start(TELL_KNOWN, known=False)
    place = deployment.place()
    deployment.rows(
        "INSERT INTO membership (guild_id, user_id, listed, private) VALUES (?, ?, ?, ?)",
        place.guild.id,
        place.nanao.id,
        False,
        True,
    )
    with deployment.locked("membership"):
        sent = [place.nanao.command("start"), place.hana.command("start")]
        await responded(*sent)
        assert [one.deferred_ephemeral for one in sent] == [True, True]
        assert place.posts == []
    shy, seen = [await one.answer() for one in sent]
    post = await posted(seen)
    await deployment.discord.settle(0.3)
    assert ids(private(shy)) == running_ids(shy.id)
    assert shy.followups == []
    assert labels(private(seen)) == [], "the post has the buttons"
    assert ids(public(post)) == running_ids(seen.id)
    assert place.posts == [post]
    await process.logged("KNOWN")
    with deployment.locked("membership"):
        sent = [place.nanao.command("end"), place.hana.command("end")]
        await responded(*sent)
        assert [one.deferred_ephemeral for one in sent] == [True, False]
    shy, seen = [await one.answer() for one in sent]
    assert private(shy)
    assert public(seen)


@pytest.mark.parametrize(
    ("words", "share"), [(JA, False), (EN, True)], ids=["ja alone", "en-US shared"]
)
async def test_words_come_first_and_the_picture_when_it_is_drawn(tmp_path, deploy, words, share):
    deployment: Deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    await deployment.start(SLOW_PICTURES)
    _, nanao, _ = scene(deployment, words.language)
    await nanao.says("log add", start="9:00", length="1h")
    told = await nanao.says("stats", period="week", share=share)
    assert not told.deferred
    message = public(told) if share else private(told)
    assert message.attachments == []
    text = embed(message)
    (deployment.folder / "drawn").touch()
    assert len(await until(lambda: message.attachments)) == 1
    assert embed(message) == text


@pytest.mark.parametrize("spoken", ["ja", "en-US"])
async def test_a_form_that_cannot_open_in_time_opens_by_a_button(database_url, deploy, spoken):
    words = {"ja": JA, "en-US": EN}[spoken]
    deployment: Deployment = await deploy(database_url)
    await deployment.start()
    _, nanao, _ = scene(deployment, words.language)
    entry = await nanao.says("log add", start="9:00", length="1h", task="*数学*")
    before = len(deployment.interactions)
    with deployment.locked("session"):
        late = asyncio.create_task(nanao.presses(entry.message, words.changes[0]))
        await responded(*await until(lambda: deployment.interactions[before:]))
    told = private(await late)
    assert embed(told) == say(words.language, "form.here")
    assert embed(entry.message) != embed(told), "what was pressed stays"
    with deployment.locked("session"):  # it is not asked again
        form = (await nanao.presses(told, say(words.language, "button.open_form"))).modal
    values = [field.value for field in form.fields]
    assert values == ["2026-07-01 09:00", "2026-07-01 10:00", "*数学*", None]
    await nanao.says("me", zone="london")
    edited = await nanao.fills(form, start="9:10", task="英語", text="三章")
    span = shown_span("09:10", "10:00", words.language)
    assert embed(private(edited)) == words.edited.format(span)


async def test_past_a_bound_of_those_who_wait_one_is_told_at_once(postgres, deploy):
    deployment: Deployment = await deploy(postgres.create_database())
    await deployment.start(FEW)
    place = deployment.place()
    await place.nanao.slash("start")
    members = crowd(place, 2 * MANY)
    with deployment.locked("session"):
        sent = [one.command("start") for one in members]
        await responded(*sent)
        assert all(one.deferred for one in sent)
        seconds = [one.first_answer_seconds for one in sent]
        assert max(seconds[MANY:]) < min(seconds[:MANY])
    answers = await asyncio.gather(*(one.answer() for one in sent))
    assert all(public(one) for one in answers)


async def test_past_that_bound_a_wait_goes_before_the_work(database_url, deploy):
    deployment: Deployment = await deploy(database_url)
    await deployment.start(FEW)
    members = crowd(deployment.place(), 2 * MANY)

    def begun() -> int:
        return deployment.rows("SELECT count(*) FROM session")[0][0]

    deployment.discord.answer_seconds = 60.0  # what is late here is the test's doing
    deployment.discord.delay_next(2.5, match="callback", times=2 * MANY)
    sent = [one.command("start") for one in members]
    meanwhile = [0]
    while not any(one.callback for one in sent):
        meanwhile.append(begun())
        await asyncio.sleep(0.1)
    assert max(meanwhile) == MANY
    await asyncio.gather(*(one.answer() for one in sent))
    assert begun() == 2 * MANY


async def test_who_left_while_working_is_neither_listed_nor_counted(database_url, deploy):
    deployment: Deployment = await deploy(database_url)
    process = await deployment.start()
    deployment.refusals.add(10007)
    place, _, _ = scene(deployment, "ja")
    third, fourth = crowd(place, 2)
    assert "ほか" not in public(await place.hana.slash("start")).text
    await process.stop()
    place.hana.leave()
    again = await deployment.start()
    deployment.discord.delay_next(0.5, match="/members/")
    start = await place.nanao.slash("start")
    assert "ほかに1人" in public(start).text
    asked = [one for one in deployment.discord.requests if "/members/" in one.path]
    assert not asked, "nobody waits for the gateway"
    left = "SELECT 1 FROM membership WHERE left_at IS NOT NULL"
    await until(lambda: deployment.rows(left))
    assert "ほかに1人" in public(await third.slash("start")).text
    now = private(await fourth.slash("now"))
    assert "ハナ" not in now.text
    assert "ナナオ" in now.text
    assert again.running
