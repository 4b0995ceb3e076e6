"""Commands that an earlier release, or another bot, left behind."""

from devtools.sandbox.interactions import Kind
from i18n import say
from tests.e2e.people import forge, private, public
from tests.e2e.scene import embed
from tests.support.until import until


async def test_what_test_guilds_left_behind_is_removed_with_its_first_use(tmp_path, deploy):
    deployment = await deploy(f"sqlite:///{tmp_path / 'test.db'}")
    place, other = deployment.place(), deployment.place()
    process = await deployment.start(ready=False, TEST_GUILDS=place.guild.id)
    await process.logged(r"registered \d+ commands")
    await process.stop()
    foreign = {"name": "dance", "description": "x", "type": 1}
    again = await deployment.start()
    registry, guild_id = deployment.discord.commands_registry, place.guild.id
    registry._scopes[guild_id][1, "dance"] = registry._stored(guild_id, foreign, {})
    assert public(await place.nanao.slash("start"))
    deployment.allowed.append("WARNING bot: server .* has a command that is none of ours: /dance")
    await again.logged("has a command that is none of ours: /dance")
    await until(lambda: {one.name for one in deployment.discord.commands(place.guild)} == {"dance"})
    assert public(await place.nanao.slash("end"))
    assert deployment.discord.commands()
    assert public(await other.nanao.slash("start"))


def text(name: str, value: str) -> dict[str, object]:
    return {"type": 3, "name": name, "value": value}


async def test_a_text_in_an_option_that_is_gone_is_kept_or_refused(deploy, database_url):
    deployment = await deploy(database_url)
    deployment.allowed.append(
        r"WARNING bot: /(start|log) came with unknown options: (mood|old|time|log)"
    )
    await deployment.start()
    for language in ("ja", "en-US"):
        place = deployment.place(language)
        mood = text("mood", "*元気*")
        start = {"id": "1", "name": "start", "type": 1, "options": [mood]}
        told = private(await forge(place.nanao, place.channel, Kind.COMMAND, start))
        assert embed(told) == say(language, "refused.unknown_option", text=r"\*元気\*")
        start["options"] = [{"name": "time", "type": 4, "value": 20}]  # it was a number then
        told = private(await forge(place.nanao, place.channel, Kind.COMMAND, start))
        assert embed(told) == say(language, "refused.unknown_option", text="20")
        bare = {"id": "1", "name": "log", "type": 1, "options": []}
        told = private(await forge(place.nanao, place.channel, Kind.COMMAND, bare))
        assert embed(told) == say(language, "refused.unknown_option", text="/log")
        asked = [  # /log list has no note to keep a text in; /log add has
            ("list", [mood], say(language, "refused.unknown_option", text=r"\*元気\*")),
            ("old", [], say(language, "refused.unknown_option", text="old")),
            ("add", [*(text("start", "1h"), text("length", "9m")), mood], None),
        ]
        for name, options, refusal in asked:
            part = {"name": name, "type": 1, "options": options}
            log = {"id": "1", "name": "log", "type": 1, "options": [part]}
            told = private(await forge(place.nanao, place.channel, Kind.COMMAND, log))
            assert refusal in (None, embed(told))
        await place.nanao.slash("start")
        end = {"id": "1", "name": "end", "type": 1, "options": [text("task", "三章")]}
        over = public(await forge(place.nanao, place.channel, Kind.COMMAND, end))
        assert over.embeds[0]["fields"][0]["value"] == "三章"
    assert {*deployment.rows("SELECT note FROM session")} == {("三章",), ("*元気*",)}
