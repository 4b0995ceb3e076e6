"""How the process starts, and how it says why it does not: 78 is final, 69 may be tried again."""

import asyncio
import re
import signal
import socket
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.e2e.deployment import TOKEN, Deployment
from tests.e2e.people import fills, posted, private, public
from tests.e2e.process import Process
from tests.support.stand_ins import Listener, Proxy

FINAL, LATER = 78, 69
# Be patient for a moment only, where a process waits for half a minute.
IMPATIENT = """
from database import startup
main.RETRY_PAUSES = startup.RETRY_PAUSES = (0.05, 0.1)
"""
# Let disnake and the registration wait for a moment only, where they wait for seconds.
HURRY = """
import asyncio, disnake
class Hurry:
    def __getattr__(self, name): return getattr(asyncio, name)
    async def sleep(self, seconds): await asyncio.sleep(min(seconds, 0.05))
disnake.http.asyncio = main.asyncio = Hurry()
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mokumoku.db'}"


async def fails(deployment: Deployment, code: int, first: str = "", **settings: object) -> str:
    """Start a process that must give up with `code`; return its last sentence."""
    deployment.allowed.append(r" (ERROR|WARNING) (mokumoku|database.startup): ")
    process = deployment.launch(first, **settings)
    assert await process.exit_code() == code, process.log
    records = list(process.records())
    errors = [text for level, text in records if level == "ERROR"]
    assert len(errors) == 1, process.log
    assert records[-1][1] == errors[0]
    assert "\n" not in errors[0], errors[0]
    return errors[0].partition(" mokumoku: ")[2]


def told(process: Process) -> list[str]:
    """What a process said that has no log yet."""
    return process.log.splitlines()


# settings


@pytest.mark.usefixtures("fresh_python")
async def test_without_a_token_it_says_in_three_lines_what_to_do(deploy, url):
    deployment = await deploy(url)
    process = deployment.launch(DISCORD_TOKEN="")
    assert await process.exit_code() == FINAL
    assert len(told(process)) == 3
    assert "discord.com/developers" in process.log
    assert "make demo" in process.log
    process.path.unlink()
    deployment.processes.clear()


@pytest.mark.usefixtures("fresh_python")
async def test_all_settings_that_cannot_be_used_are_told_at_once(deploy, url):
    deployment = await deploy(url)
    wrong = {
        "DATABASE_URL": "mysql://moku:hush-hush@localhost/moku",
        "DEFAULT_LANGUAGE": "tlh",
        "DEFAULT_TIMEZONE": "Mars/Olympus",
        "DISCORD_API_URL": "ftp://localhost",
        "DISCORD_TOKEN": "",
        "HOME_GUILD": "my server",
        "LOG_LEVEL": "loud",
        "MIGRATE": "maybe",
        "PORT": "0",
        "SHARD_COUNT": "none",
        "SHARD_IDS": "first",
        "TEST_GUILDS": "1,2",
    }
    process = deployment.launch(**wrong)
    assert await process.exit_code() == FINAL
    for name in set(wrong) - {"DISCORD_TOKEN"}:
        assert re.search(rf"^{name} ", process.log, re.MULTILINE), name
    assert "hush-hush" not in process.log
    assert "Traceback" not in process.log
    deployment.processes.clear()


@pytest.mark.usefixtures("fresh_python")
@pytest.mark.parametrize("address", ["mysql://u:hush-hush@h/d", "postgresql://u:hush-hush@h"])
async def test_an_address_of_another_kind_is_refused(deploy, address):
    deployment = await deploy(address)
    process = deployment.launch()
    assert await process.exit_code() == FINAL
    assert "DATABASE_URL" in process.log
    assert "hush-hush" not in process.log
    assert len(told(process)) == 2
    deployment.processes.clear()


@pytest.mark.usefixtures("fresh_python")
async def test_a_port_that_is_taken_is_told(deploy, url):
    deployment = await deploy(url)
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"PORT {port}" in await fails(deployment, FINAL, PORT=port)


# Discord


@pytest.mark.usefixtures("fresh_python")
async def test_a_token_that_discord_does_not_know_is_final(deploy, url):
    deployment = await deploy(url)
    deployment.discord.valid_tokens = {"another"}
    deployment.refusals.add(0)  # 401
    assert "DISCORD_TOKEN" in await fails(deployment, FINAL)


async def test_commands_that_discord_refuses_are_final(deploy, url):
    deployment = await deploy(url)
    deployment.refusals.add(0)
    deployment.discord.fail_next(400, match="PUT .*/commands")
    assert "refuses the commands" in await fails(deployment, FINAL)


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_gateway_that_closes_for_good_is_final(deploy, url, code):
    deployment = await deploy(url)
    failed = asyncio.create_task(fails(deployment, FINAL))
    await deployment.discord.ready()
    await deployment.discord.drop_gateway(code=code)
    assert str(code) in await failed if code == 4004 else "intents" in await failed


async def test_no_more_starts_today_is_for_later(deploy, url):
    deployment = await deploy(url)
    deployment.discord.identifies_left = 0
    assert "no more starts" in await fails(deployment, LATER)


@pytest.mark.parametrize("how", ["refused", "cut", "5xx", "gateway", "gateway 5xx"])
async def test_a_discord_that_cannot_be_reached_is_for_later(deploy, url, how):
    deployment = await deploy(url)
    settings = {}
    if how == "refused":
        settings["DISCORD_API_URL"] = "http://127.0.0.1:9/api/v10"
    elif how == "cut":
        deployment.discord.fail_next(0, match="GET /users/@me", times=100)
    elif how == "5xx":
        deployment.discord.fail_next(500, match="GET /users/@me", times=100)
    else:
        deployment.discord.fail_next(0 if how == "gateway" else 500, match="/gateway", times=100)
    assert "cannot reach Discord" in await fails(deployment, LATER, IMPATIENT + HURRY, **settings)


async def test_a_discord_that_comes_back_while_it_is_waited_for(deploy, url):
    deployment = await deploy(url)
    deployment.allowed.append("cannot reach Discord")
    deployment.discord.fail_next(0, match="GET /users/@me", times=2)
    await deployment.start(IMPATIENT)
    assert public(await deployment.place().nanao.slash("start"))


class LoginPage(Listener):
    """What a hotel's network answers to whatever is asked."""

    TEXT = b"<!DOCTYPE html><title>Welcome</title>"

    async def serve(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % (self.kind, len(self.TEXT)) + self.TEXT)
        await writer.drain()
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("kind", [b"text/html", b"application/json"])
async def test_a_login_page_in_discords_place_is_for_later(deploy, url, kind):
    deployment = await deploy(url)
    async with LoginPage() as page:
        page.kind = kind
        address = f"http://127.0.0.1:{page.port}/api/v10"
        said = await fails(deployment, LATER, IMPATIENT, DISCORD_API_URL=address)
    assert "what answers is not Discord" in said


@pytest.mark.parametrize("status", [500, 429, 0])
async def test_trouble_while_commands_are_registered_passes(deploy, url, status):
    deployment = await deploy(url)
    deployment.allowed += ["cannot register the commands", "rate limit"]
    # disnake tries five times itself: a sixth makes us wait and try
    match = "(GET|PUT) .*/commands"
    deployment.discord.fail_next(status, match=match, times=6, retry_after=0.02)
    process = await deployment.start(HURRY)
    await process.logged(r"registered \d+ commands")
    assert "cannot register the commands" in process.log
    assert public(await deployment.place().nanao.slash("start"))


async def test_commands_that_are_as_they_were_are_left_alone(deploy, url):
    deployment = await deploy(url)
    await (await deployment.start()).stop()
    written = [one for one in deployment.discord.requests if one.method == "PUT"]
    await deployment.start()
    assert [one for one in deployment.discord.requests if one.method == "PUT"] == written


async def test_commands_of_test_guilds_are_for_these_alone(deploy, url):
    deployment = await deploy(url)
    place = deployment.place()
    process = await deployment.start(ready=False, TEST_GUILDS=place.guild.id)
    await process.logged(r"registered \d+ commands")
    assert {"start", "end"} < {one.name for one in deployment.discord.commands(place.guild)}
    assert deployment.discord.commands() == []
    assert public(await place.nanao.slash("start"))


# the database


async def test_a_database_that_is_behind_is_not_touched_when_told_not_to(
    empty_database_url, deploy
):
    deployment = await deploy(empty_database_url)
    said = await fails(deployment, FINAL, MIGRATE="off")
    assert "001_create_initial_table" in said
    assert "MIGRATE is off" in said


async def test_a_database_that_is_up_to_date_is_enough(database_url, deploy):
    deployment = await deploy(database_url)
    await (await deployment.start()).stop()
    process = await deployment.start(MIGRATE="off")
    assert "migrations applied: none" in process.log


async def test_a_database_that_cannot_be_reached_is_for_later(deploy, tmp_path):
    deployment = await deploy(f"postgresql://moku:hush-hush@/moku?host={tmp_path}")
    said = await fails(deployment, LATER, IMPATIENT)
    assert "cannot reach the database" in said
    assert deployment.processes[0].log.count("trying again") == 2
    assert "hush-hush" not in deployment.processes[0].log


@pytest.mark.parametrize("at", ["the next command", "rest"])
async def test_a_file_that_is_gone_ends_the_bot(deploy, tmp_path, url, at):
    deployment = await deploy(url)
    deployment.allowed += [r" (ERROR|WARNING) (mokumoku|interactions)", r"setting up"]
    soon = "from database import executor; executor.FILE_SECONDS = 0.2"
    process = await deployment.start(soon if at == "rest" else "")
    nanao = deployment.place().nanao
    assert public(await nanao.slash("start"))
    (tmp_path / "mokumoku.db").unlink()
    if at != "rest":
        assert "記録できませんでした" in private(await nanao.slash("end")).text
    assert await process.exit_code() == LATER
    assert "mokumoku.db was deleted while the bot was running" in process.log
    assert not (tmp_path / "mokumoku.db").exists()


async def test_a_database_that_is_not_there_is_final(postgres, deploy):
    url = postgres.create_database()
    postgres.drop_database(url)
    deployment = await deploy(url)
    assert "does not exist" in await fails(deployment, FINAL)


async def test_a_password_that_is_wrong_is_final(guarded, deploy):
    deployment = await deploy(guarded.url.replace(quote(guarded.password, safe=""), "hush-hush"))
    assert "password authentication failed" in await fails(deployment, FINAL)
    assert "hush-hush" not in deployment.processes[0].log


async def test_processes_that_start_together_on_an_empty_database_all_come_up(
    empty_database_url, deploy
):
    deployment, together = await deploy(empty_database_url), 3
    for _ in range(together):
        deployment.launch()
    await deployment.discord.ready(sessions=together)
    done = deployment.rows("SELECT name FROM migratehistory ORDER BY name")
    assert len(done) == len(set(done)) >= 2
    applied = [process.log.count("migrations applied: 0") for process in deployment.processes]
    assert sorted(applied) == [0] * (together - 1) + [1]
    deployment.refusals |= {40060, 10062}
    start = await deployment.place().nanao.slash("start")
    # until it is known who is private the wait for it is, if a busy machine takes a second
    assert public(await posted(start) if start.deferred_ephemeral else start)


# what an operator reads


@pytest.mark.usefixtures("fresh_python")
async def test_the_log_tells_a_keeper_what_they_need(guarded, deploy):
    deployment = await deploy(guarded.url)
    process = await deployment.start(DISCORD_CHANNEL_ID="1")
    await process.logged("in no server yet")
    assert re.search(r"mokumoku-bot \d+\.\d+\.\d+, database postgresql://", process.log)
    assert urlsplit(guarded.url).path in process.log
    assert re.search(r"migrations applied: 001_\w+, 002_\w+", process.log)
    assert "DISCORD_CHANNEL_ID means nothing here and is ignored" in process.log
    link = re.search(r"invite the bot: (\S+)", process.log)[1]
    assert f"client_id={deployment.discord.bot_user.id}" in link
    assert "scope=bot+applications.commands" in link
    assert f"permissions={(1 << 10) | (1 << 11) | (1 << 14) | (1 << 15)}" in link
    again = await deployment.start()
    await again.logged("invite the bot")
    assert "migrations applied: none, all were" in again.log


async def test_the_log_never_holds_a_secret_nor_what_was_typed(guarded, deploy):
    deployment = await deploy(guarded.url)
    deployment.allowed.append("interactions.errors")
    process = await deployment.start(LOG_LEVEL="DEBUG")
    place = deployment.place()
    start = await place.nanao.slash("start", task="内緒の作業")
    await place.nanao.slash("start", task="内緒の作業")
    await place.nanao.slash("start", time="内緒の時刻")
    await place.nanao.complete("start", option="task", value="内緒の補完")
    end = await place.nanao.slash("end", note="内緒のメモ")
    form = (await place.nanao.press(public(end), "やったこと")).modal
    await fills(place.nanao, form, text="内緒の変更")
    with deployment.renamed("session"):
        await place.hana.slash("start", task="内緒の失敗")
    assert start.message
    await process.logged("invite the bot")
    assert await process.stop() < 5
    for secret in (TOKEN, guarded.password, "内緒", "sandbox.the-secret"):
        assert secret not in process.log
    assert " DEBUG " not in re.sub(r" DEBUG (mokumoku|database|bot|cogs)", "", process.log)


# stopping before it is up


@pytest.mark.usefixtures("fresh_python")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_at_once_while_it_waits_for_discord(deploy, url, number):
    deployment = await deploy(url)
    deployment.allowed.append("cannot reach Discord")
    process = deployment.launch(DISCORD_API_URL="http://127.0.0.1:9/api/v10")
    await process.logged("cannot reach Discord")
    assert await process.stop(number) < 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("silent", [False, True])
async def test_it_stops_at_once_while_it_waits_for_its_database(postgres, deploy, number, silent):
    address = postgres.create_database()
    async with Proxy(address) as proxy:
        proxy.swallows = silent
        deployment = await deploy(proxy.url if silent else "postgresql://u:p@127.0.0.1:9/d")
        deployment.allowed.append("cannot reach the database")
        process = deployment.launch()
        await process.logged(r"mokumoku-bot .*database" if silent else "trying again")
        await asyncio.sleep(0.5)
        assert await process.stop(number) < 5
    postgres.drop_database(address)
