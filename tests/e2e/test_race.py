"""Many at once, and two processes that hear the same: each thing is done once."""

import asyncio
import re

from devtools.sandbox import Interaction
from tests.e2e.deployment import Deployment, Place
from tests.e2e.people import ENDED, fills, ids, labels, posted, private, public, running_ids
from tests.support.until import responded, until

ALREADY, GONE = 40060, 10062  # what Discord tells the slower of two processes


def open_sessions(deployment: Deployment, place: Place) -> list[tuple]:
    return deployment.rows(
        "SELECT id FROM session WHERE guild_id = ? AND ended_at IS NULL AND removed_at IS NULL",
        place.guild.id,
    )


def cmds(deployment: Deployment, place: Place) -> list[str]:
    rows = deployment.rows(
        "SELECT cmd FROM history WHERE guild_id = ? ORDER BY created_at", place.guild.id
    )
    return [cmd for (cmd,) in rows]


def first_answers(deployment: Deployment, answers: list[Interaction]) -> None:
    """Check that each of them was answered first exactly once."""
    tokens = {answer.token for answer in answers}
    taken = [
        one.path.split("/")[3]
        for one in deployment.discord.requests
        if one.path.endswith("/callback") and one.status < 300
    ]
    mine = [token for token in taken if token in tokens]
    assert sorted(mine) == sorted(tokens)


async def fifty_starts(deployment: Deployment) -> None:
    place = deployment.place()
    sent = [place.nanao.command("start", values={"task": f"task {n}"}) for n in range(50)]
    answers = await asyncio.gather(*(one.answer() for one in sent))
    await deployment.discord.settle(0.2)
    ((session,),) = open_sessions(deployment, place)
    (post,) = place.posts
    assert ids(public(post)) == running_ids(session)
    refused = [one for one in answers if one.message is not post]
    assert len(refused) == 49
    for one in refused:
        assert ids(private(one)) == [f"{v}:{session}" for v in ("keep", "restart", "ended_at")]
    assert cmds(deployment, place) == ["start"]
    assert deployment.rows("SELECT count(*) FROM session WHERE guild_id = ?", place.guild.id) == [
        (1,)
    ]
    first_answers(deployment, answers)


async def fifty_ends(deployment: Deployment) -> None:
    """Let the button and the command be used together, many times."""
    place = deployment.place()
    start = await place.nanao.slash("start", time="30m")
    sent = [place.nanao.command("end") for _ in range(25)]
    pressed = (place.nanao.press(start.message, "終了") for _ in range(25))
    answers = await asyncio.gather(*pressed, *(one.answer() for one in sent))
    await deployment.discord.settle(0.2)
    assert open_sessions(deployment, place) == []
    assert cmds(deployment, place) == ["start", "end"]
    done = [one for one in answers if not one.message.ephemeral]
    assert len(done) == 1
    no = ["いま開始", "記録を追加"]
    assert all(labels(private(one)) == no for one in answers if one is not done[0])
    over = [post for post in place.posts if labels(post) == ENDED]
    assert len(over) == 1
    first_answers(deployment, answers)


async def test_at_the_same_moment_in_one_process(tmp_path, deploy):
    deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    await deployment.start()
    await fifty_starts(deployment)
    await fifty_ends(deployment)


async def two_processes(deploy, url: str) -> Deployment:
    deployment = await deploy(url)
    await deployment.start()
    await deployment.start()
    deployment.refusals |= {ALREADY, GONE}
    return deployment


def slower_ones(deployment: Deployment) -> int:
    """Count how often a process was the slower one; that is told at INFO."""
    logs = "\n".join(process.log for process in deployment.processes)
    told = re.findall(r"^\S+ \S+ (\w+) interactions\.errors: .*(?:40060|10062)", logs, re.MULTILINE)
    assert set(told) <= {"INFO"}
    return len(told)


async def test_at_the_same_moment_in_two_processes_on_one_shard(postgres, deploy):
    url = postgres.create_database()
    deployment = await two_processes(deploy, url)
    await fifty_starts(deployment)
    await until(lambda: slower_ones(deployment) >= 50)
    await fifty_ends(deployment)
    await until(lambda: slower_ones(deployment) >= 100)


async def test_two_processes_hold_one_conversation(postgres, deploy):
    deployment = await two_processes(deploy, postgres.create_database())
    place = deployment.place()
    nanao, hana = place.nanao, place.hana
    start = await nanao.slash("start", task="数学", time="1h")
    asked = await nanao.slash("start", task="英語")
    restarted = await nanao.press(private(asked), "終えて新しく開始")
    post = await posted(restarted)
    assert place.posts == [start.message, public(post)]
    here = await hana.slash("now")
    assert private(here).text.count("ナナオ") == 1
    over = await nanao.press(post, "終了")
    assert over.updated is post
    form = (await nanao.press(post, "やったこと")).modal
    assert (await fills(nanao, form, text="三章")).updated is post
    undone = await nanao.press(post, "元に戻す")
    assert undone.updated is post
    gone = await nanao.press(post, "元に戻す")
    await deployment.discord.settle(0.2)
    assert [*cmds(deployment, place)] == ["start", "end", "start", "end", "note", "undo", "undo"]
    assert gone.updated is post
    assert place.posts == [start.message, post]
    first_answers(deployment, deployment.interactions)
    await until(lambda: slower_ones(deployment) > 5)


async def test_both_are_slow_and_one_of_them_shows_the_wait(postgres, deploy):
    deployment = await two_processes(deploy, postgres.create_database())
    place = deployment.place()
    await place.nanao.slash("start")
    with deployment.locked("session"):
        sent = [place.hana.command("start"), place.nanao.command("end"), place.nanao.command("end")]
        await responded(*sent)
    started, *ends = await asyncio.gather(*(one.answer() for one in sent))
    await deployment.discord.settle(0.2)
    assert started.deferred
    assert public(started)
    assert sorted(one.message.ephemeral for one in ends) == [False, True]
    assert not any(one.loading and not one.deleted for one in place.channel.messages.values())
    assert len([post for post in place.posts if not post.ephemeral]) == 3
    assert sorted(cmds(deployment, place)) == ["end", "start", "start"]


async def test_the_old_process_of_a_deploy_finishes_and_the_new_one_goes_on(postgres, deploy):
    deployment = await two_processes(deploy, postgres.create_database())
    place = deployment.place()
    old = deployment.processes[0]
    members = [place.guild.add_member(f"m{n}", locale="ja") for n in range(8)]

    async def work(member):
        for _ in range(6):
            start = await member.slash("start")
            assert (await member.press(public(start), "終了")).updated

    stopping = asyncio.create_task(_later(old.stop, 0.05))
    await asyncio.gather(*(work(member) for member in members))
    assert await stopping < 5
    assert cmds(deployment, place).count("start") == 48
    assert cmds(deployment, place).count("end") == 48
    first_answers(deployment, deployment.interactions)


async def _later(act, seconds: float):
    await asyncio.sleep(seconds)
    return await act()
