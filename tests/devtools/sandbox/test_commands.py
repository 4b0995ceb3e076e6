"""Registering commands: what Discord stores, what it refuses, what a person may type."""

import asyncio
import copy

import disnake
import pytest
from disnake.custom_warnings import SyncWarning

from devtools.sandbox import NotPossible
from tests.devtools.sandbox.conftest import error_codes


@pytest.fixture
def store(discord, rest):
    """Write commands by hand."""

    async def put(*sent, guild=None):
        scope = f"/guilds/{guild.id}" if guild else ""
        return await rest("PUT", f"/applications/{discord.bot_user.id}{scope}/commands", list(sent))

    return put


def _command(**more):
    return {"name": "log", "description": "my log", **more}


def _option(**more):
    return {"type": 3, "name": "task", "description": "what", **more}


async def test_a_bot_that_starts_again_finds_its_commands_and_writes_nothing(place, make_bot):
    for _ in range(2):
        bot = make_bot()
        task = asyncio.create_task(bot.start(place.discord.token))
        await place.discord.ready()
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)
    writes = [one for one in place.discord.requests if one.method == "PUT"]
    assert len(writes) == 1
    names = ["echo", "later", "silence", "form", "upload", "picture"]
    assert [command.name for command in place.discord.commands()] == names
    assert place.discord.commands()[0].options[0]["autocomplete"] is True


async def test_guild_commands_come_beside_global_ones(place, start, make_bot):
    await start(make_bot(test_guilds=[place.guild.id]))
    assert place.discord.commands() == []
    assert len(place.discord.commands(place.guild)) == 6
    assert (await place.nanao.slash("echo")).message
    elsewhere = place.discord.add_guild("other")
    elsewhere.add_channel("general")
    with pytest.raises(NotPossible, match="no command /echo"):
        await elsewhere.add_member(user=place.nanao.user).slash("echo")


async def test_ids_stay_and_what_is_not_sent_is_gone(store, discord):
    await store(_command(), _command(name="now"))
    before = {command.name: command.id for command in discord.commands()}
    await store(_command(description="my own log"))
    assert {command.name: command.id for command in discord.commands()} == {"log": before["log"]}


async def test_single_commands_are_made_edited_and_deleted(discord, rest):
    path = f"/applications/{discord.bot_user.id}/commands"
    status, made = await rest("POST", path, _command())
    assert status == 201
    assert (await rest("POST", path, _command(description="again")))[0] == 200
    status, edited = await rest("PATCH", f"{path}/{made['id']}", {"name": "logs"})
    assert (status, edited["id"], edited["description"]) == (200, made["id"], "again")
    assert (await rest("GET", f"{path}/{made['id']}"))[1]["name"] == "logs"
    assert (await rest("DELETE", f"{path}/{made['id']}"))[0] == 204
    status, body = await rest("GET", f"{path}/{made['id']}")
    assert (status, body["code"]) == (404, 10063)


async def test_translations_are_given_back_when_asked_for(discord, store, rest):
    await store(
        _command(
            name_localizations={"ja": "記録"},
            options=[
                _option(name_localizations={"ja": "作業"}, description_localizations={"ja": "何を"})
            ],
        )
    )
    path = f"/applications/{discord.bot_user.id}/commands"
    _, (short,) = await rest("GET", path)
    _, (whole,) = await rest("GET", path + "?with_localizations=true")
    assert "name_localizations" not in short
    assert "name_localizations" not in short["options"][0]
    assert whole["name_localizations"] == {"ja": "記録"}
    assert whole["options"][0]["description_localizations"] == {"ja": "何を"}


REFUSED = [
    # what is wrong, the command, the path of the error, its code
    ("no name", {"description": "x"}, "0.name", "BASE_TYPE_REQUIRED"),
    ("name too long", _command(name="x" * 33), "0.name", "BASE_TYPE_BAD_LENGTH"),
    ("upper case", _command(name="Log"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    ("a space", _command(name="my log"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    ("no description", {"name": "log"}, "0.description", "BASE_TYPE_REQUIRED"),
    ("description", _command(description="x" * 101), "0.description", "BASE_TYPE_MAX_LENGTH"),
    ("a translation one character too long", _command(description_localizations={"ja": "あ" * 101}),
     "0.description_localizations.ja", "BASE_TYPE_BAD_LENGTH"),
    (
        "a locale that is none",
        _command(name_localizations={"jp": "記録"}),
        "0.name_localizations.jp",
        "ENUM_TYPE_COERCE",
    ),
    ("a translated name with a space", _command(name_localizations={"ja": "私 の"}),
     "0.name_localizations.ja", "APPLICATION_COMMAND_INVALID_NAME"),
    ("26 options", _command(options=[_option(name=f"o{n}") for n in range(26)]), "0.options",
     "BASE_TYPE_MAX_LENGTH"),
    ("required after optional", _command(options=[_option(), _option(name="b", required=True)]),
     "0.options.1", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"),
    ("two options of one name", _command(options=[_option(), _option()]), "0.options.1",
     "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"),
    (
        "two options of one name in one language",
        _command(
            options=[_option(name_localizations={"ja": "a"}), _option(name="a", description="b")]
        ),
        "0.options.1",
        "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
    ),
    ("26 choices",
     _command(options=[_option(choices=[{"name": f"{n}", "value": "x"} for n in range(26)])]),
     "0.options.0.choices", "BASE_TYPE_MAX_LENGTH"),
    ("a choice too long", _command(options=[_option(choices=[{"name": "x" * 101, "value": "x"}])]),
     "0.options.0.choices.0.name", "BASE_TYPE_BAD_LENGTH"),
    ("a choice of another type",
     _command(options=[_option(type=4, choices=[{"name": "x", "value": "x"}])]),
     "0.options.0.choices.0.value", "NUMBER_TYPE_COERCE"),
    ("choices and completion",
     _command(options=[_option(autocomplete=True, choices=[{"name": "x", "value": "x"}])]),
     "0.options.0.autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES"),
    ("completion of a user", _command(options=[_option(type=6, autocomplete=True)]),
     "0.options.0.choices", "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID"),
    ("lengths turned round", _command(options=[_option(min_length=5, max_length=2)]),
     "0.options.0.min_length", "APPLICATION_COMMAND_OPTIONS_RANGE_INVALID"),
    ("a length beyond 6000", _command(options=[_option(max_length=6001)]), "0.options.0.max_length",
     "NUMBER_TYPE_MAX"),
    ("subcommands beside options", _command(options=[_option(type=1, name="add"), _option()]),
     "0.options", "APPLICATION_COMMAND_OPTIONS_TYPE_MIXED"),
    ("a group in a group",
     _command(options=[_option(type=2, options=[_option(type=2, name="deep")])]),
     "0.options.0.options.0.type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
    (
        "more than 8000 characters",
        _command(
            options=[
                _option(
                    name=f"o{n}",
                    choices=[{"name": f"{m:>03}" + "n" * 30, "value": "v" * 10} for m in range(25)],
                )
                for n in range(8)
            ]
        ),
        "0",
        "APPLICATION_COMMAND_TOO_LARGE",
    ),
    ("a described context menu", {"type": 2, "name": "Who", "description": "x"}, "0.description",
     "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID"),
    ("an unknown context", _command(contexts=[7]), "0.contexts.0", "BASE_TYPE_CHOICES"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "path", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
async def test_a_command_that_breaks_a_rule_is_refused(store, discord, command, path, code):
    status, body = await store(copy.deepcopy(command))
    assert (status, body["code"]) == (400, 50035)
    assert error_codes(body, path) == [code]
    assert discord.commands() == []
    assert [request.error for request in discord.refused] == [50035]


async def test_only_the_longest_language_counts_towards_8000(store):
    choices = [
        {"name": f"{n:>02}" + "n" * 80, "value": "v", "name_localizations": {"ja": "あ" * 80}}
        for n in range(25)
    ]
    options = [_option(name=f"o{n}", choices=choices) for n in range(3)]
    assert (await store(_command(options=options)))[0] == 200


async def test_one_command_more_than_discord_holds_is_refused(store):
    status, body = await store(*(_command(name=f"c{n}") for n in range(101)))
    assert (status, body["code"]) == (400, 30032)
    status, _ = await store(*({"type": 3, "name": f"c {n}"} for n in range(15)))
    assert status == 200
    status, body = await store(*({"type": 3, "name": f"c {n}"} for n in range(16)))
    assert (status, body["code"]) == (400, 30032)


async def test_two_commands_of_one_name_are_refused(store):
    status, body = await store(_command(), _command())
    assert status == 400
    assert body["errors"]["1"]["_errors"][0]["code"] == "APPLICATION_COMMANDS_DUPLICATE_NAME"
    assert (await store(_command(), {"type": 2, "name": "log"}))[0] == 200


async def test_disnake_only_warns_when_its_commands_are_refused(place, make_bot):
    bot = make_bot()

    @bot.slash_command(description=disnake.Localized("ok", data={"ja": "あ" * 101}))
    async def bad(inter: disnake.CommandInteraction) -> None: ...

    async def start_and_stop():
        task = asyncio.create_task(bot.start(place.discord.token))
        while not place.discord.refused:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)

    with pytest.warns(SyncWarning, match="50035"):
        await start_and_stop()


TYPED = [
    (_option(), "数学", "数学"),
    (_option(max_length=2), "abc", None),
    (_option(min_length=2), "a", None),
    (_option(type=4), "42", 42),
    (_option(type=4, min_value=1, max_value=5), 6, None),
    (_option(type=4), "many", None),
    (_option(type=10), "1.5", 1.5),
    (_option(type=5), "True", True),
    (_option(type=5), "perhaps", None),
    (_option(choices=[{"name": "Week", "value": "w"}]), "Week", "w"),
    (_option(choices=[{"name": "Week", "value": "w"}]), "w", "w"),
    (
        _option(choices=[{"name": "Week", "name_localizations": {"ja": "週"}, "value": "w"}]),
        "週",
        "w",
    ),
    (_option(choices=[{"name": "Week", "value": "w"}]), "Month", None),
    (_option(type=6), "nobody", None),
]


@pytest.mark.parametrize(("option", "typed", "sent"), TYPED)
async def test_what_is_typed_is_held_to_its_type(place, store, option, typed, sent):
    await store(_command(options=[option]))
    if sent is None:
        with pytest.raises(NotPossible):
            place.nanao.command("log", values={"task": typed})
    else:
        interaction = place.nanao.command("log", values={"task": typed})
        assert interaction.data["options"] == [
            {"type": option["type"], "name": "task", "value": sent}
        ]


async def test_people_channels_and_roles_are_sent_with_what_they_are(place, store):
    kinds = {"user": 6, "channel": 7, "role": 8}
    await store(_command(options=[_option(type=n, name=name) for name, n in kinds.items()]))
    everyone = place.guild.roles[place.guild.id]
    values = {"user": "hana", "channel": place.channel, "role": str(everyone.id)}
    data = place.nanao.command("log", values=values).data
    assert [one["value"] for one in data["options"]] == [
        str(place.hana.id),
        str(place.channel.id),
        str(everyone.id),
    ]
    resolved = data["resolved"]
    assert resolved["users"][str(place.hana.id)]["global_name"] == "hana"
    assert "user" not in resolved["members"][str(place.hana.id)]
    assert resolved["channels"][str(place.channel.id)]["name"] == "general"
    assert resolved["roles"][str(everyone.id)]["name"] == "@everyone"


async def test_a_file_can_be_given_or_named_by_its_path(place, store, tmp_path):
    await store(_command(options=[_option(type=11)]))
    (tmp_path / "a.csv").write_bytes(b"1,2")
    for given in (("a.csv", b"1,2"), str(tmp_path / "a.csv")):
        data = place.nanao.command("log", values={"task": given}).data
        (file,) = data["resolved"]["attachments"].values()
        assert (file["filename"], file["size"]) == ("a.csv", 3)
    with pytest.raises(NotPossible):
        place.nanao.command("log", values={"task": str(tmp_path / "b.csv")})


async def test_names_may_be_typed_in_any_language_and_subcommands_follow(place, store):
    await store(
        _command(
            name_localizations={"ja": "記録"},
            options=[
                _option(
                    type=1,
                    name="add",
                    name_localizations={"ja": "追加"},
                    options=[_option(required=True, name_localizations={"ja": "作業"})],
                )
            ],
        )
    )
    for words, option in (("log add", "task"), ("/記録 追加", "作業")):
        (sub,) = place.nanao.command(words, values={option: "x"}).data["options"]
        assert (sub["type"], sub["name"]) == (1, "add")
        assert sub["options"] == [{"type": 3, "name": "task", "value": "x"}]
    for words, values, message in (
        ("log", {}, "needs a subcommand: add"),
        ("log edit", {}, "no subcommand 'edit'"),
        ("log add", {}, "needs 'task'"),
        ("log add", {"when": "x"}, "no option 'when'"),
        ("lock", {}, "no command /lock"),
    ):
        with pytest.raises(NotPossible, match=message):
            place.nanao.command(words, values=values)


async def test_commands_are_for_those_who_may(place, store):
    await store(_command(default_member_permissions="32"), _command(name="z", contexts=[0]))
    boss = place.guild.add_member("boss", permissions=1 << 5)
    boss.command("log")
    place.guild.add_member("admin", permissions=1 << 3).command("log")
    with pytest.raises(NotPossible, match="may not use /log"):
        place.nanao.command("log")
    place.guild.opened_commands.add("log")
    place.nanao.command("log")
    with pytest.raises(NotPossible, match="cannot be used here"):
        place.nanao.command("z", place.discord.dm(place.nanao.user))
    await place.guild.remove_bot()
    with pytest.raises(NotPossible, match="the bot is not in"):
        boss.command("log")


async def test_an_option_completes_while_it_is_typed(place, start):
    await start()
    choices = await place.nanao.complete("echo", option="text", value="20")
    assert [(choice.name, choice.value) for choice in choices] == [("20!", "20!"), ("20?", "20?")]
    with pytest.raises(NotPossible, match="does not complete"):
        await place.nanao.complete("echo", option="number")


@pytest.mark.parametrize(
    ("choices", "where"),
    [
        ([{"name": f"{n}", "value": f"{n}"} for n in range(26)], ["choices"]),
        ([{"name": "x" * 101, "value": "x"}], ["choices", "0", "name"]),
        ([{"name": "", "value": "x"}], ["choices", "0", "name"]),
        ([{"name": "x", "value": "x" * 101}], ["choices", "0", "value"]),
        ([{"name": "x", "value": 1}], ["choices", "0", "value"]),
    ],
)
async def test_completions_have_limits_too(place, store, rest, choices, where):
    from devtools.sandbox.interactions import Interaction, Kind

    focused = {"options": [{"type": 3, "name": "task", "value": "", "focused": True}]}
    interaction = Interaction(place.nanao, Kind.COMPLETION, place.channel, focused)
    place.discord.interactions.open(interaction)
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"
    status, body = await rest("POST", path, {"type": 8, "data": {"choices": choices}})
    assert (status, body["code"]) == (400, 50035)
    found = body["errors"]["data"]
    for step in where:
        found = found[step]
    assert "_errors" in found
